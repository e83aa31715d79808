import Assimilation
import Learning
import Tensors

/// A localised ensemble filter, corrected by a network that sees the members as a set.
public struct SetTransformerMethod: GradientTrained {
    public static let name = "set-transformer"
    public static let summary =
        "localised ensemble filter with learned inflation, taper and gain, corrected by a network that sees the members as a set"
    public static let reference =
        "Bach, Baptista, Calvello, Chen & Stuart, Learning enhanced ensemble filters (2025), arXiv 2504.17836"
    public static let parameters: [Parameter<Self>] =
        [.members(\.members), .inflation(\.inflation), .radius(\.radius), .width(\.width), .depth(\.depth)]
        + trainingParameters
    public static let requirements: [Requirement] = [.coordinates, .homogeneous, .variables(12)]
    public static let costs: CostTerms = [.observedSquared]
    public static let losses = FilterLoss.usualOrder

    public var members = 20, inflation = 1.0, radius = 4.0, width = 32, depth = 4
    public var gradient = GradientTraining()
    public var loss = FilterLoss.squaredError
    public var weights: SetTransformerAnalysis?

    public init() {}

    public func trained<World, Model, Keeper: TrainingKeeper>(
        _ task: TrainingTask<World, Model>, _ keeper: Keeper
    ) throws(Keeper.Failure) -> (weights: SetTransformerAnalysis, record: TrainingRecord) {
        let climate = task.climate
        let error = task.world.errorCovariance.diagonal().mean().sqrt().scalar
        let start = SetTransformerAnalysis(
            radius: radius, inflation: inflation, task.coordinates, observing: task.world.geometry.observed,
            period: task.world.period, taperCount: min(12, task.variables / 2 + 1),
            scales: .init(
                center: climate.mean().scalar, state: climate.variance().scalar.squareRoot(), error: error),
            channels: max(1, width / 2), width: width, depth: depth, key: task.key.folding(1))
        return try trainedEnsemble(from: start, members: members, gradient, task, keeper) { $0 }
    }

    public func run<Model, Operator>(_ problem: Problem<Model, Operator>) -> MethodRun {
        let forecast = EachMember(problem.model, modelError: problem.modelError)
        return problem.run(Cycle(forecast, requireWeights()), from: problem.ensemble(members))
    }
}
