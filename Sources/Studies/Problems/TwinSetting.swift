import Assimilation
import Kernels
import Tensors

/// A twin experiment: a model, what is observed of it, and how long; everything but the method and the seed.
///
/// The settings of papers are files of `Literature`.
public struct TwinSetting: Sendable {
    public var name: String
    public var title: String
    /// The paper that published it; empty for a setting of one's own.
    public var reference: String
    public var model: SteppedModel
    /// Which variables are observed.
    public var observed: [Int]
    public var function: ObservedFunction
    /// The standard deviation of the observations' errors.
    public var error: Double
    /// The standard deviation of the errors of the first states, in units of the state; nil: that of an observation.
    public var startError: Double?
    /// The share of the observed values that is missing at random.
    public var missing: Double
    /// The variance that model error adds to every variable between observations, in truth and filters alike.
    public var modelError: Double
    /// The number of observation times of one seed.
    public var cycles: Int
    /// How many of them are not scored.
    public var spinUp: Int
    /// Methods with their parameters, and the scores that were published for them.
    public var expectations: [Expectation]
    /// Methods without a published score that are compared as well.
    public var alsoCompared: [ComparedMethod]

    /// - Parameters:
    ///   - steps: of the model, from one observation to the next.
    ///   - observed: the numbers of the observed variables; all by default.
    public init(
        name: String, title: String = "", reference: String = "", model: any TestModel, steps: Int = 1,
        observed: [Int]? = nil, function: ObservedFunction = .identity, error: Double,
        startError: Double? = nil, missing: Double = 0, modelError: Double = 0, cycles: Int, spinUp: Int,
        expectations: [Expectation] = [],
        alsoCompared: [ComparedMethod] = []
    ) {
        (self.name, self.title, self.reference) = (name, title, reference)
        (self.model, self.observed) = (SteppedModel(model, steps: steps), observed ?? Array(0..<model.variables))
        (self.function, self.error, self.missing, self.modelError) = (function, error, missing, modelError)
        (self.startError, self.cycles, self.spinUp) = (startError, cycles, spinUp)
        (self.expectations, self.alsoCompared) = (expectations, alsoCompared)
        precondition(
            0 <= spinUp && spinUp < cycles && error > 0 && !self.observed.isEmpty
                && self.observed.allSatisfy { 0 <= $0 && $0 < model.variables },
            "TwinSetting: \(cycles) cycles with spin-up \(spinUp), error \(error), observing \(self.observed)")
    }

    /// The setting as changed from this published one: nothing was published for it, and it has another name.
    ///
    /// - Parameter original: the setting before the change.
    public func renamed(from original: TwinSetting) -> TwinSetting {
        let changes: [(String, Bool)] = [
            ("model", model != original.model), ("observed variables", observed != original.observed),
            ("function of the observations", function != original.function),
            ("observation error", error != original.error), ("start error", startError != original.startError),
            ("missing values", missing != original.missing),
            ("model error", modelError != original.modelError), ("cycles", cycles != original.cycles),
            ("spin-up", spinUp != original.spinUp),
        ]
        let changed = changes.filter(\.1).map(\.0)
        // A setting of one's own has neither.
        guard !changed.isEmpty, !original.reference.isEmpty else { return self }
        var setting = self
        setting.name = "changed"
        setting.title = "\(original.name) with another \(changed.joined(separator: ", "))"
        setting.reference = "Changed from the setting of \(original.reference)"
        (setting.expectations, setting.alsoCompared) = ([], [])
        return setting
    }

    /// The methods that 'apus compare' runs: those with a published score, but for baselines, and some more.
    ///
    /// Of several of one kind the first has its name, the others are numbered: `etkf`, `etkf-2`.
    public var methods: [ComparedMethod] {
        let published = expectations.map(\.method).filter { !$0.isBaseline }
        return published.indices.map { place in
            let method = published[place]
            let number = published[...place].count { $0.name == method.name }
            return ComparedMethod(method, name: number == 1 ? nil : "\(method.name)-\(number)")
        } + alsoCompared
    }

    public var operation: ObservedPart {
        ObservedPart(indices: observed, function: function, variables: model.variables)
    }
    public var errorCovariance: Tensor { Tensor(error * error) * Tensor.identity(observed.count) }

    /// Of model error over one interval; nil without any.
    public var noise: ModelError? {
        modelError > 0
            ? ModelError(factors: Tensor(modelError.squareRoot()) * Tensor.identity(model.variables)) : nil
    }

    /// Where variables and observations are; on a line where the variables have no coordinates.
    public var geometry: Geometry {
        Geometry(
            coordinates: model.coordinates ?? .line(model.variables), observed: observed,
            isLinear: function == .identity)
    }

    /// The properties by which methods are admitted.
    public var traits: ProblemTraits {
        ProblemTraits(
            model: model.name, variables: model.variables, hasCoordinates: model.coordinates != nil,
            hasModelError: modelError > 0, function: function)
    }

    /// The number of variables after which the pattern of the observations repeats itself.
    public var period: Int {
        let (count, seen) = (model.variables, Set(observed))
        return (1...count).first { period in
            count % period == 0 && seen.allSatisfy { seen.contains(($0 + period) % count) }
        } ?? count
    }
}

// MARK: - Drawing problems

/// The purpose of a seed. The same number never gives the same truth for two purposes.
public enum SeedPurpose: String, CaseIterable, Sendable, Codable {
    case tuning, validation, test, training

    fileprivate var offset: Int {
        switch self {
        case .tuning: 1_000_000
        case .validation: 2_000_000
        case .test: 3_000_000
        case .training: 4_000_000
        }
    }
}

/// One seed of a setting.
public struct TwinDraw: Sendable {
    public let twin: Twin<ObservedPart>
    /// States of another, free run, `[count, n]`: the knowledge without observations. At least 1000, and twenty for
    /// each variable up to 5000, so that covariances are known to some per cent.
    public let climate: Tensor
    /// Of the filters' random numbers.
    public let key: Key
}

extension TwinSetting {
    /// Truth, observations and climate of one seed.
    public func draw(_ purpose: SeedPurpose, seed: Int, cycles: Int? = nil) -> TwinDraw {
        draw(model.map, purpose, seed, cycles ?? self.cycles)
    }

    private func draw<Model: ForecastMap>(
        _ map: Model, _ purpose: SeedPurpose, _ seed: Int, _ count: Int
    ) -> TwinDraw {
        let keys = Key(purpose.offset + seed).split(5)
        let mask =
            missing > 0
            ? (keys[3].uniform([count, observed.count]) .>= Tensor(missing)).cast(to: .float64) : nil
        let twin = simulate(
            map, modelError: noise, from: spunUp(map, keys[0]), observing: operation,
            errorCovariance: errorCovariance, mask: mask, steps: count, key: keys[1])
        return TwinDraw(twin: twin, climate: climate(map, keys[2]), key: keys[4])
    }

    /// Observations alone, of many truths for learning, side by side.
    public func observations(_ count: Int, times: Int, seed: Int) -> [Observations<ObservedPart>] {
        observations(of: model.map, count, times, seed)
    }

    private func observations<Model: ForecastMap>(
        of map: Model, _ count: Int, _ times: Int, _ seed: Int
    ) -> [Observations<ObservedPart>] {
        let key = Key(SeedPurpose.training.offset + seed)
        let drawn = compile(like: key) { key in
            vmap { (number: Tensor) in
                let keys = key.folding(number).split(3)
                let twin = simulate(
                    map, modelError: noise, from: spunUp(map, keys[0]), observing: operation,
                    errorCovariance: errorCovariance, steps: times, key: keys[1])
                let mask = keys[2].uniform(twin.observations.values.shape) .>= Tensor(missing)
                return Pair(twin.observations.values, mask.cast(to: .float64))
            }(Tensor.range(count))
        }(key)
        return (0..<count).map { number in
            Observations(
                values: drawn.first[number] * drawn.second[number], mask: missing > 0 ? drawn.second[number] : nil,
                errorCovariance: errorCovariance, operator: operation)
        }
    }

    /// The problem of a seed for a method that forecasts with a model.
    public func problem<Model: ForecastMap>(
        _ draw: TwinDraw, forecastingWith model: Model, modelError: ModelError?
    ) -> Problem<Model, ObservedPart> {
        Problem(model, modelError: modelError, draw.twin, background: background(draw), geometry: geometry)
    }

    /// The first truth, as uncertain as ``startSpread(_:)`` tells, and the climate.
    public func background(_ draw: TwinDraw) -> Background {
        Background(
            mean: draw.twin.truth[0], deviations: startSpread(draw.climate), climate: draw.climate, key: draw.key)
    }

    /// The standard deviation of the errors with which a filter starts, `[n]`: that of the setting or else of an
    /// observation in units of the state, or that of the climate where it is less.
    public func startSpread(_ climate: Tensor) -> Tensor {
        let spread = climate.variance(axes: [0]).sqrt()
        let observed = startError.map { Tensor($0) } ?? Tensor(error) / function.slope(over: climate)
        let isNearer = observed .< spread
        // A climate without finite numbers limits nothing.
        return selecting(isNearer, observed, selecting(spread .> 0, spread, observed))
    }

    /// A state after a free run that is long enough to forget its start.
    private func spunUp<Model: ForecastMap>(_ map: Model, _ key: Key) -> Tensor {
        map.repeated(max(1, Int((20 / model.interval).rounded(.up))))(model.model.start(key))
    }

    private var climateCount: Int { max(1000, min(20 * model.variables, 5000)) }

    /// States of a free run, far enough apart to be nearly independent.
    private func climate<Model: ForecastMap>(_ map: Model, _ key: Key) -> Tensor {
        let apart = map.repeated(max(1, Int((model.model.decorrelationTime / model.interval).rounded(.up))))
        func run(_ key: Key) -> Tensor {
            let start = apart.repeated(40)(model.model.start(key))
            return scan(over: Nothing(), from: start, count: climateCount) { x, _ in
                let next = apart(x)
                return (next, next)
            }.outputs
        }
        // Ten thousands of steps, each of some Fourier transforms, are worth a compilation.
        return model.model.isCompiledForClimate ? compile(like: key, run)(key) : run(key)
    }
}
