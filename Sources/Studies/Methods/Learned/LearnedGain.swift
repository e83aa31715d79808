import Assimilation
import Learning
import Tensors

/// 3D-Var whose gain is learned by gradients through the cycles.
public struct LearnedGainMethod: GradientTrained {
    public static let name = "learned-gain"
    public static let summary = "3D-Var whose gain is learned by gradients through the cycles"
    public static let reference =
        "Bach, Baptista, Sanz-Alonso & Stuart, arXiv 2410.10523, section 9.2.1"
    public static let parameters: [Parameter<Self>] = [.scale(\.scale)] + trainingParameters
    public static let costs: CostTerms = [.observedSquared]
    public static let losses: [FilterLoss] = [.squaredError, .predictionError]

    public var scale = 1.0
    public var gradient = GradientTraining()
    public var loss = FilterLoss.squaredError
    public var weights: FixedGain<PointEstimate>?

    public init() {}

    public func trained<World, Model, Keeper: TrainingKeeper>(
        _ task: TrainingTask<World, Model>, _ keeper: Keeper
    ) throws(Keeper.Failure) -> (weights: FixedGain<PointEstimate>, record: TrainingRecord) {
        let start = FixedGain<PointEstimate>(task.gain(scale: scale))
        if let saved = try keeper.saved(like: start) { return (saved.model, saved.record) }
        let model = task.model
        let (spread, variables) = (task.world.startSpread(task.climate), task.variables)
        let objective = objective(task, segment: gradient.truncation) { mean, key in
            PointEstimate(mean + spread * key.normal([variables]))
        } filter: { (gain: FixedGain<PointEstimate>) in
            Cycle(PointForecast(model), gain)
        }
        return try descend(objective, from: start, gradient, task, keeper)
    }

    public func run<Model, Operator>(_ problem: Problem<Model, Operator>) -> MethodRun {
        problem.run(
            Cycle(PointForecast(problem.model), requireWeights()),
            from: PointEstimate(problem.background.climatology.mean))
    }

    public func gain(on setting: TwinSetting, seed: Int) -> Tensor? { weights?.gain }
}

/// An ensemble with perturbed observations and one gain, learned by gradients through the cycles.
public struct LearnedEnsembleGain: GradientTrained {
    public static let name = "learned-ensemble-gain"
    public static let summary =
        "ensemble with perturbed observations and one gain, learned by gradients through the cycles"
    public static let reference =
        "Bach, Baptista, Sanz-Alonso & Stuart, arXiv 2410.10523, chapter 9"
    public static let parameters: [Parameter<Self>] =
        [.members(\.members), .scale(\.scale)] + trainingParameters
    public static let costs: CostTerms = [.observedSquared]
    public static let losses = FilterLoss.usualOrder

    public var members = 20, scale = 1.0
    public var gradient = GradientTraining()
    public var loss = FilterLoss.squaredError
    public var weights: FixedGain<Ensemble>?

    public init() {}

    public func trained<World, Model, Keeper: TrainingKeeper>(
        _ task: TrainingTask<World, Model>, _ keeper: Keeper
    ) throws(Keeper.Failure) -> (weights: FixedGain<Ensemble>, record: TrainingRecord) {
        return try trainedEnsemble(
            from: FixedGain<Ensemble>(task.gain(scale: scale)), members: members, gradient,
            task, keeper
        ) { $0 }
    }

    public func run<Model, Operator>(_ problem: Problem<Model, Operator>) -> MethodRun {
        let forecast = EachMember(problem.model, modelError: problem.modelError)
        return problem.run(Cycle(forecast, requireWeights()), from: problem.ensemble(members))
    }

    public func gain(on setting: TwinSetting, seed: Int) -> Tensor? { weights?.gain }
}

extension FilterLoss {
    /// The losses of methods that can have any.
    static let usualOrder: [FilterLoss] = [
        .squaredError, .crps, .energyScore, .likelihood, .predictionError, .predictionCRPS,
        .predictionEnergyScore,
    ]
}
