import Assimilation
import Kernels
import Tensors

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
        return select(isNearer, observed, select(spread .> 0, spread, observed))
    }

    /// A state after a free run that is long enough to forget its start.
    private func spunUp<Model: ForecastMap>(_ map: Model, _ key: Key) -> Tensor {
        map.repeated(max(1, Int((20 / model.interval).rounded(.up))))(model.model.start(key))
    }

    /// The number of states that the climate is known from.
    public var climateCount: Int { max(1000, min(20 * model.variables, 5000)) }

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
