import Assimilation
import Learning
import Tensors

/// The ensemble transform Kalman filter whose inflation and relaxation are learned by gradients through the cycles.
///
/// For any model: the places of variables are not asked for.
public struct LearnedInflationMethod: GradientTrained {
    public static let name = "learned-inflation"
    public static let summary =
        "ensemble transform Kalman filter whose inflation and relaxation are learned by gradients through the cycles"
    public static let reference = "Chen, Sanz-Alonso & Willett, SIAM J. Math. Data Sci. 4 (2022), 801–833"
    public static let parameters: [Parameter<Self>] =
        [.members(\.members), .inflation(\.inflation)] + trainingParameters
    public static let costs: CostTerms = [.membersSquared]
    public static let losses = FilterLoss.usualOrder

    public var members = 20, inflation = 1.0
    public var gradient = GradientTraining()
    public var loss = FilterLoss.squaredError
    public var weights: LearnedInflation?

    public init() {}

    public func trained<World, Model, Keeper: TrainingKeeper>(
        _ task: TrainingTask<World, Model>, _ keeper: Keeper
    ) throws(Keeper.Failure) -> (weights: LearnedInflation, record: TrainingRecord) {
        let start = LearnedInflation(logInflation: Tensor(inflation).log(), share: 0)
        return try trainedEnsemble(
            from: start, members: members, gradient, task, keeper,
            describing: {
                "inflation \(NumberText.fixed($0.logInflation.exp().scalar, decimals: 3)), "
                    + "relaxation \(NumberText.fixed($0.share.scalar, decimals: 3))"
            }, analysis: { $0.analysis })
    }

    public func run<Model, Operator>(_ problem: Problem<Model, Operator>) -> MethodRun {
        let forecast = EachMember(problem.model, modelError: problem.modelError)
        return problem.run(Cycle(forecast, requireWeights().analysis), from: problem.ensemble(members))
    }
}

/// Inflation, and the share of the spread that an analysis takes away and that is given back.
public struct LearnedInflation: Tree {
    public var logInflation: Tensor
    public var share: Tensor

    var analysis: Inflated<Modified<ETKF, SpreadRelaxation>> {
        Inflated(Modified(ETKF(), SpreadRelaxation(share)), by: logInflation.exp())
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&logInflation, "logInflation")
        visitor.visit(&share, "share")
    }
}
