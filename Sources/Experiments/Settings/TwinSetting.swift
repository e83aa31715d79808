import Assimilation
import Kernels
import Tensors

/// A twin experiment: a model, what is observed of it, and how long; everything but the method and the seed.
struct TwinSetting: Sendable {
    var name: String
    var title: String
    /// The paper that published it.
    var reference: String
    var model: ModelChoice
    /// Which variables are observed.
    var observed: [Int]
    var function: ObservedFunction = .identity
    /// The standard deviation of the observations' errors.
    var error: Double
    /// The share of the observed values that is missing at random.
    var missing = 0.0
    /// The variance that model error adds to every variable between observations, in truth and filters alike.
    var modelError = 0.0
    /// The number of observation times of one seed.
    var cycles: Int
    /// How many of them are not scored.
    var spinup: Int
    /// Published mean errors of analyses, by method.
    var published: [PublishedScore] = []

    /// The setting as changed from this published one: nothing was published for it, and it has another name.
    ///
    /// - Parameter original: what it was before.
    func renamed(from original: TwinSetting) -> TwinSetting {
        let changes: [(String, Bool)] = [
            ("model", model != original.model), ("observed variables", observed != original.observed),
            ("function of the observations", function != original.function),
            ("observation error", error != original.error), ("missing values", missing != original.missing),
            ("model error", modelError != original.modelError), ("cycles", cycles != original.cycles),
            ("spin-up", spinup != original.spinup),
        ]
        let changed = changes.filter(\.1).map(\.0)
        // A setting of one's own has neither.
        guard !changed.isEmpty, !original.reference.isEmpty else { return self }
        var setting = self
        setting.name = "changed"
        setting.title = "\(original.name) with another \(changed.joined(separator: ", "))"
        setting.reference = "Changed from the setting of \(original.reference)"
        setting.published = []
        return setting
    }

    var operation: ObservedPart { ObservedPart(indices: observed, function: function, variables: model.variables) }
    var errorCovariance: Tensor { Tensor(error * error) * Tensor.identity(observed.count) }

    /// Truth, observations and starts of one seed. Seeds of tuning, validation and test differ in their purpose, so
    /// that none is met twice.
    func draw(_ purpose: SeedPurpose, seed: Int, cycles: Int? = nil) -> TwinDraw {
        let keys = Key(purpose.offset + seed).split(5)
        let count = cycles ?? self.cycles
        let mask =
            missing > 0
            ? (keys[3].uniform([count, observed.count]) .>= Tensor(missing)).cast(to: .float64) : nil
        let twin = simulate(
            model.model, modelError: noise, from: settled(keys[0]), observing: operation,
            errorCovariance: errorCovariance, mask: mask, steps: count, key: keys[1])
        return TwinDraw(twin: twin, climate: climate(keys[2]), key: keys[4])
    }

    /// A state after a free run that is long enough to forget how it began.
    private func settled(_ key: Key) -> Tensor {
        model.model.repeated(max(1, Int((20 / model.interval).rounded(.up))))(model.start(key))
    }

    /// What is observed of many truths for learning, side by side.
    func observations(_ count: Int, times: Int, seed: Int) -> [Observations<ObservedPart>] {
        let key = Key(SeedPurpose.training.offset + seed)
        let drawn = compile(like: key) { key in
            vmap { (number: Tensor) in
                let keys = key.folding(number).split(3)
                let twin = simulate(
                    model.model, modelError: noise, from: settled(keys[0]), observing: operation,
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

    var noise: ModelError? {
        modelError > 0
            ? ModelError(factors: Tensor(modelError.squareRoot()) * Tensor.identity(model.variables)) : nil
    }

    /// Members about a truth: what they begin with is forgotten before scoring.
    ///
    /// - Parameter spread: their standard deviation, `[n]`.
    func start(_ members: Int, about truth: Tensor, spread: Tensor, key: Key) -> Ensemble {
        let keys = key.split(2)
        let noise = keys[0].normal([members, model.variables])
        return Ensemble(members: truth + spread * noise, key: keys[1])
    }

    /// Members about the first truth of a seed.
    func start(_ members: Int, _ draw: TwinDraw) -> Ensemble {
        start(members, about: draw.twin.truth[0], spread: startSpread(draw.climate), key: draw.key)
    }

    /// How far from the truth a filter starts, `[n]`: as far as an observation is, in units of the state, or as states
    /// of the climate are from their mean, whichever is nearer.
    func startSpread(_ climate: Tensor) -> Tensor {
        let spread = climate.variance(axes: [0]).sqrt()
        let observed = Tensor(error) / function.slope(over: climate)
        let isNearer = observed .< spread
        // A climate without finite numbers limits nothing.
        return selecting(isNearer, observed, selecting(spread .> 0, spread, observed))
    }

    /// The same for what is learned on many truths, by the climate of a seed of tuning.
    func startSpread(seed: Int) -> Tensor { startSpread(draw(.tuning, seed: seed, cycles: 2).climate) }

    /// Where the variables are; on a line where they have no place, which is refused when a configuration asks for it.
    var places: Coordinates { model.coordinates ?? .line(model.variables) }

    /// After how many variables what is observed of them repeats itself.
    var period: Int {
        let (count, seen) = (model.variables, Set(observed))
        return (1...count).first { period in
            count % period == 0 && seen.allSatisfy { seen.contains(($0 + period) % count) }
        } ?? count
    }

    /// States of a free run, far enough apart to be nearly independent.
    private func climate(_ key: Key) -> Tensor {
        let apart = model.model.repeated(max(1, Int((model.decorrelation / model.interval).rounded(.up))))
        func run(_ key: Key) -> Tensor {
            let start = apart.repeated(40)(model.start(key))
            return scan(over: Nothing(), from: start, count: 1000) { x, _ in
                let next = apart(x)
                return (next, next)
            }.outputs
        }
        switch model.name {
        case .lorenz63, .lorenz96: return run(key)
        // Ten thousands of steps, each of some Fourier transforms.
        case .kuramotoSivashinsky: return compile(like: key, run)(key)
        }
    }
}

/// What a seed is drawn for. The same number never gives the same truth for two purposes.
enum SeedPurpose: String, CaseIterable, Sendable, Codable {
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
struct TwinDraw: Sendable {
    let twin: Twin<ObservedPart>
    /// States of another, free run, `[1000, n]`: what is known without observations.
    let climate: Tensor
    /// Of the filters' random numbers.
    let key: Key
}

/// A score that a paper or a package reports.
struct PublishedScore: Sendable {
    let method: String
    let error: Double
    /// What runs of that length leave uncertain.
    let tolerance: Double
}
