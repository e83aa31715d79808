import Assimilation
import Learning
import Tensors

/// A source of truths with their observations to learn from: a twin setting, or a system with the times, places, errors
/// and gaps of its observations.
public protocol TrainingWorld: Sendable {
    associatedtype Operator: StateMap
    var name: String { get }
    var geometry: Geometry { get }
    /// The number of variables after which the pattern of the observations repeats itself.
    var period: Int { get }
    var operation: Operator { get }
    /// Of the observations of one time, `[m, m]`, the usual one where it varies.
    var errorCovariance: Tensor { get }
    /// How many truths a gradient is the mean of, and how many others choose the weights that are kept.
    var trajectories: (learned: Int, held: Int) { get }
    /// Whether losses are in units of the variables' climates and of the errors of observations, for states whose
    /// variables have several units.
    var scalesLosses: Bool { get }

    /// Truth and observations of a seed.
    func twin(_ purpose: SeedPurpose, seed: Int) -> Twin<Operator>
    /// States of the climate, `[count, n]`.
    func climate(_ purpose: SeedPurpose, seed: Int) -> Tensor
    /// The standard deviations of the first belief, `[n]`.
    func startSpread(_ climate: Tensor) -> Tensor
    /// The mean of the first belief about a truth `[T, n]`, `[n]`.
    func start(of truth: Tensor) -> Tensor
}

/// A world, the forecast model and the seed of a training.
public struct TrainingTask<World: TrainingWorld, Model: ForecastMap>: Sendable {
    public let world: World
    public let model: Model
    public let modelError: ModelError?
    public let seed: Int

    public init(_ world: World, model: Model, modelError: ModelError?, seed: Int) {
        (self.world, self.model, self.modelError, self.seed) = (world, model, modelError, seed)
    }

    var key: Key { Key(1_000_000 + seed).folding(7) }
    /// States of the climate, of a seed of tuning, `[count, n]`.
    var climate: Tensor { world.climate(.tuning, seed: seed) }
    var coordinates: Coordinates { world.geometry.coordinates }
    /// Of the state.
    var variables: Int { world.geometry.variables }

    /// Twins to learn from, with those that are held back behind them.
    func twins() -> (learned: [Twin<World.Operator>], held: Int) {
        let (count, held) = world.trajectories
        let learned = (0..<count).map { world.twin(.training, seed: count * seed + $0) }
        return (learned + (0..<held).map { world.twin(.validation, seed: held * seed + $0) }, held)
    }

    /// The units of losses; nil: those of the variables.
    var lossScale: LossScale? {
        guard world.scalesLosses else { return nil }
        let spread = climate.variance(axes: [0]).sqrt()
        return LossScale(
            state: select(spread .> 0, spread, 1), observed: world.errorCovariance.diagonal().sqrt())
    }

    /// The setting of a twin experiment, for methods that learn nowhere else (``Requirement/twins``).
    var setting: TwinSetting {
        guard let setting = world as? TwinSetting else {
            preconditionFailure("a method that learns on twin settings alone, on \(world.name)")
        }
        return setting
    }

    /// The gain of optimal interpolation with a share of the climate's covariance, `[n, m]`.
    func gain(scale: Double) -> Tensor { world.operation.gain(scale, ofClimate: climate, world.errorCovariance) }
}

extension StateMap {
    /// The gain of optimal interpolation with a share of the covariance of states `[k, n]`, `[n, m]`.
    fileprivate func gain(_ scale: Double, ofClimate states: Tensor, _ errorCovariance: Tensor) -> Tensor {
        let climate = ClimatologicalForecast(of: states).climate
        let matrix = jacobian(of: { self($0) })(climate.mean)
        let cross = (Tensor(scale) * climate.covariance).matrixProduct(matrix.transposed)
        return (matrix.matrixProduct(cross) + errorCovariance).symmetricSolve(cross.transposed).transposed
    }
}

extension TwinSetting: TrainingWorld {
    /// Averaging limits the effect of a filter that diverged.
    public var trajectories: (learned: Int, held: Int) { (8, 2) }
    public var scalesLosses: Bool { false }

    public func twin(_ purpose: SeedPurpose, seed: Int) -> Twin<ObservedPart> { draw(purpose, seed: seed).twin }
    public func climate(_ purpose: SeedPurpose, seed: Int) -> Tensor { draw(purpose, seed: seed, cycles: 2).climate }
    public func start(of truth: Tensor) -> Tensor { truth[0] }
}
