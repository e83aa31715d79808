import Assimilation
import Dynamics
import Learning
import Tensors

/// Forecast model and analysis by networks, learned together from observations alone.
///
/// Neither truths nor the dynamics are used: the loss is the error of forecasts against observations that they have
/// not seen.
public struct JointNetworksMethod: GradientTrained {
    public static let name = "joint-networks"
    public static let summary = "forecast model and analysis by networks, learned together from observations alone"
    public static let parameters: [Parameter<Self>] = [
        .length(\.length), .width(\.width), .depth(\.depth), .steps(\.gradient.steps), .rate(\.gradient.rate),
        .truncation(\.gradient.truncation), .batch(\.batch), .patience(\.gradient.patience),
    ]
    public static let requirements: [Requirement] = [
        .twins, .coordinates, .variables(GainNetwork.fewestPlaces), .linearObservations,
    ]
    public static let takesModel = false
    public static let losses: [FilterLoss] = [.predictionError, .predictionCRPS, .predictionEnergyScore]

    public var length = 2000, width = 32, depth = 4, batch = 64
    public var gradient = GradientTraining()
    public var loss = FilterLoss.predictionError
    public var weights: Weights?

    public typealias Weights = Cycle<
        PointForecast<Autonomous<Bounded<TendencyModel<ConvolutionField>>>>, ResidualAnalysis
    >

    public init() {}

    public func trained<World, Model, Keeper: TrainingKeeper>(
        _ task: TrainingTask<World, Model>, _ keeper: Keeper
    ) throws(Keeper.Failure) -> (weights: Weights, record: TrainingRecord) {
        let held = max(1, batch / 8)
        let setting = task.setting
        let trajectories = setting.observations(batch + held, times: length, seed: 700_000 + task.seed)
        let (center, scale) = trajectories.sizeOfStates
        let start = start(center, scale, setting.model.interval, task.key)
        // Networks do not hold the size of states: it is of the same observations.
        if let saved = try keeper.saved(like: start) { return (saved.model, saved.record) }
        let variables = setting.model.variables
        let objective = FilterObjective(
            learning: start, from: trajectories, loss: loss, segment: gradient.truncation, spinUp: min(20, length / 10),
            held: held
        ) { _ in PointEstimate(Tensor(center) * Tensor.ones([variables])) }
        return try descend(objective, from: start, gradient, task, keeper)
    }

    private func start(_ center: Double, _ scale: Double, _ interval: Double, _ key: Key) -> Weights {
        let keys = key.split(5)
        let field = ConvolutionField.startingAtZero(
            width: width, center: center, scale: scale, outputScale: 3 * scale, keys[3], keys[4])
        let model = TendencyModel(field: field, physics: nil, interval: interval)
        let network = GainNetwork(channels: 2, width: width, depth: depth, key: keys[0], type: .float32)
        // While it learns it may forecast anything.
        let bounded = Bounded(model, from: center - 8 * scale, to: center + 8 * scale)
        return Cycle(PointForecast(bounded), ResidualAnalysis(network, center: center, scale: scale))
    }

    public func run<Model, Operator>(_ problem: Problem<Model, Operator>) -> MethodRun {
        problem.run(requireWeights(), from: PointEstimate(problem.background.climatology.mean))
    }

    public func gain(on setting: TwinSetting, seed: Int) -> Tensor? {
        weights.map { setting.gain($0.analysis, seed: seed) }
    }

    public var forecastModel: (any ForecastMap)? { weights?.forecast.model.map.base }
}

extension [Observations<ObservedPart>] {
    /// The mean of the observed values, and their standard deviation.
    var sizeOfStates: (center: Double, scale: Double) {
        let values = Tensor.stacked(map(\.values))
        let mask = Tensor.stacked(map(\.mask))
        let mean = (values * mask).sum() / mask.sum()
        let square = ((values - mean).squared() * mask).sum() / mask.sum()
        return (mean.scalar, Swift.max(square.scalar.squareRoot(), 1e-12))
    }
}
