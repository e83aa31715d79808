import Assimilation
import Kernels
import Learning
import Tensors

/// Truths of a system with observations at the times, places and gaps of its real ones: the world in which methods
/// learn to assimilate these.
///
/// Starts and unknown parameters are drawn from their priors, model errors and errors of observations from their
/// distributions; no real value is looked at but in the sizes of errors that were estimated. Draws from which the model
/// diverges are left out.
public struct SystemTwins: TrainingWorld {
    public let name: String
    public let geometry: Geometry
    public let operation: SystemOperator
    public let errorCovariance: Tensor
    public let trajectories: (learned: Int, held: Int)
    let given: Problem<SystemForecast, SystemOperator>
    private let twins: [Twin<SystemOperator>]

    public var period: Int { geometry.variables }
    public var scalesLosses: Bool { true }

    /// The times of all trajectories together, so that short records do not repeat a few of them.
    private static let times = 1500
    private static let drawn = 8...64

    /// How many truths of so many times a gradient is the mean of, and how many choose the weights.
    private static func counts(times: Int) -> (learned: Int, held: Int) {
        let learned = min(max(Self.times / max(times, 1), drawn.lowerBound), drawn.upperBound)
        return (learned, max(2, learned / 4))
    }

    /// How many truths of so many times are drawn: a third more, for those that diverge.
    public static func draws(times: Int) -> Int {
        let (learned, held) = counts(times: times)
        return (learned + held) * 4 / 3 + 1
    }

    /// - Parameters:
    ///   - sizes: the estimate of the standard deviations that are unknown; medians of the priors by default.
    ///   - seed: of the draws.
    /// - Throws: ``ModelDiverges`` where too few draws of the priors stay finite.
    public init(_ name: String, _ problem: SystemProblem, sizes: SizeEstimate?, seed: Int) throws(ModelDiverges) {
        self.name = name
        var values = problem.medians
        if let sizes { values.sizes = sizes.sizes }
        given = problem.problem(values, augmented: true)
        geometry = given.geometry
        let observations = given.observations
        operation = observations.operator
        let count = problem.observations.observedCount
        errorCovariance =
            observations.errorCovariance.rank == 3
            ? observations.errorCovariance[0..<count].mean(axes: [0]) : observations.errorCovariance
        let (learned, held) = Self.counts(times: count)
        let all = Self.draws(given, count: count, number: Self.draws(times: count), seed: seed)
        let whole = all.filter { $0.truth.values.allSatisfy(\.isFinite) }
        guard whole.count >= learned + held else { throw ModelDiverges(draws: all.count, whole: whole.count) }
        twins = Array(whole.prefix(learned + held))
        trajectories = (learned, held)
    }

    /// Too few draws of the priors from which the model stays finite.
    public struct ModelDiverges: Error {
        public let draws: Int
        public let whole: Int
    }

    private static func draws(
        _ given: Problem<SystemForecast, SystemOperator>, count: Int, number: Int, seed: Int
    ) -> [Twin<SystemOperator>] {
        let observations = given.observations.mappingTimes { $0[0..<count] }
        let input = Pair(given.model, Pair(given.background.mean, given.background.deviations))
        let keys = Key(4_000_000 + seed)
        let drawn = compile(like: Pair(input, keys), calls: .few) { input in
            let (mean, deviations) = (input.first.second.first, input.first.second.second)
            let model = input.first.first
            return vmap { (number: Tensor) in
                let keys = input.second.folding(number).split(2)
                let twin = simulated(
                    model, given.modelError, from: mean + deviations * keys[0].normal([mean.count]), observations,
                    keys[1])
                return Pair(twin.truth, twin.observations.values)
            }(Tensor.range(number))
        }(Pair(input, keys))
        return (0..<number).map { place in
            var own = observations
            own.values = drawn.second[place]
            return Twin(truth: drawn.first[place], observations: own)
        }
    }

    private static func simulated<Model: ForecastModel>(
        _ model: Model, _ modelError: ModelError?, from state: Tensor, _ observations: Observations<SystemOperator>,
        _ key: Key
    ) -> Twin<SystemOperator> {
        simulate(
            model, modelError: modelError, from: state, observing: observations.operator,
            errorCovariance: observations.errorCovariance, mask: observations.mask, steps: observations.count, key: key)
    }

    public func twin(_ purpose: SeedPurpose, seed: Int) -> Twin<SystemOperator> {
        let (learned, held) = trajectories
        return purpose == .validation ? twins[learned + seed % held] : twins[seed % learned]
    }

    /// States of the truths, at most 2000.
    public func climate(_ purpose: SeedPurpose, seed: Int) -> Tensor {
        let states = Tensor.concatenated(twins.prefix(trajectories.learned).map(\.truth))
        let count = states.shape[0]
        let apart = (count + 1999) / 2000
        return states.taking(Tensor(integers: Array(stride(from: 0, to: count, by: apart))))
    }

    public func startSpread(_ climate: Tensor) -> Tensor { given.background.deviations }
    public func start(of truth: Tensor) -> Tensor { given.background.mean }
}

extension SystemTwins {
    /// Trains a method, or reads what was trained before.
    public func train<Method: TrainableMethod, Keeper: TrainingKeeper>(
        _ method: Method, seed: Int, _ keeper: Keeper
    ) throws(Keeper.Failure) -> (method: any TrainableMethod, record: TrainingRecord) {
        let states = climate(.tuning, seed: seed)
        let (low, high) = (states.minimum(axes: [0]), states.maximum(axes: [0]))
        let margin = 0.5 * (high - low)
        let model = ClippedForecast(base: given.model, low: low - margin, high: high + margin)
        let task = TrainingTask(self, model: model, modelError: given.modelError, seed: seed)
        let (weights, record) = try method.trained(task, keeper)
        return (method.with(weights: weights), record)
    }
}

/// A system whose states are cut off outside of the range of its truths, so that the analysis of a method that is not
/// yet trained takes none to infinity. Where it is cut off it has no derivative.
private struct ClippedForecast: ForecastMap {
    var base: SystemForecast
    var low: Tensor
    var high: Tensor

    func callAsFunction(_ state: Tensor) -> Tensor { self(state, step: Tensor(integer: 0)) }
    func callAsFunction(_ state: Tensor, step: Tensor) -> Tensor {
        base(state.clipped(from: low, to: high), step: step).clipped(from: low, to: high)
    }

    mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&base, "base")
        visitor.visit(&low, "low")
        visitor.visit(&high, "high")
    }
}

extension SystemObservations {
    /// How many times there are up to the last with a value.
    var observedCount: Int {
        let isThere = mask.values
        return (isThere.lastIndex { $0 > 0 } ?? 0) / max(1, channels.count) + 1
    }
}
