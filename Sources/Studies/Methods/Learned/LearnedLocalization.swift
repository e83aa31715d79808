import Assimilation
import Learning
import Tensors

/// A localised ensemble Kalman filter whose inflation and localisation are learned by gradients through the cycles.
public struct LearnedLocalizationMethod: GradientTrained {
    public static let name = "learned-localization"
    public static let summary =
        "localised ensemble Kalman filter whose inflation and localisation are learned by gradients through the cycles"
    public static let reference =
        "Bach, Baptista, Sanz-Alonso & Stuart, arXiv 2410.10523, section 9.2.3"
    public static let parameters: [Parameter<Self>] =
        [
            .members(\.members), .inflation(\.inflation), .radius(\.radius),
            .flag(
                "free-taper", \.hasFreeTaper,
                "1: the localisation learns a weight for each distance; 0: its radius alone."),
        ] + trainingParameters
    public static let requirements: [Requirement] = [.coordinates]
    public static let costs: CostTerms = [.observedSquared]
    public static let losses = FilterLoss.usualOrder

    public var members = 20, inflation = 1.0, radius = 4.0, hasFreeTaper = false
    public var gradient = GradientTraining()
    public var loss = FilterLoss.squaredError
    public var weights: LearnedTaper?

    public init() {}

    public func trained<World, Model, Keeper: TrainingKeeper>(
        _ task: TrainingTask<World, Model>, _ keeper: Keeper
    ) throws(Keeper.Failure) -> (weights: LearnedTaper, record: TrainingRecord) {
        let (logInflation, coordinates) = (Tensor(inflation).log(), task.coordinates)
        if !hasFreeTaper {
            let start = TunedLocalization(logInflation: logInflation, taper: LogRadius(radius: radius))
            let (tuning, record) = try trained(from: start, task, keeper) {
                "radius \(NumberText.fixed($0.logRadius.exp().scalar, decimals: 2))"
            }
            return (.radius(tuning), record)
        }
        let farthest = coordinates.distances(to: coordinates).maximum().scalar
        let taper = FreeTaper(like: GaspariCohn(radius: Tensor(radius)), count: Int(farthest) + 1)
        let (tuning, record) = try trained(
            from: TunedLocalization(logInflation: logInflation, taper: taper), task, keeper
        ) { taper in "weights " + taper.weights.values.map { NumberText.fixed($0, decimals: 2) }.joined(separator: " ")
        }
        return (.free(tuning), record)
    }

    private func trained<Weights: Taper, World, Model, Keeper: TrainingKeeper>(
        from start: TunedLocalization<Weights>, _ task: TrainingTask<World, Model>, _ keeper: Keeper,
        describing: (Weights) -> String
    ) throws(Keeper.Failure) -> (TunedLocalization<Weights>, TrainingRecord) {
        let (coordinates, observed) = (task.coordinates, task.world.geometry.observed)
        return try trainedEnsemble(
            from: start, members: members, gradient, task, keeper,
            describing: {
                "inflation \(NumberText.fixed($0.logInflation.exp().scalar, decimals: 3)), \(describing($0.taper))"
            }, analysis: { $0.analysis(coordinates, observing: observed) })
    }

    public func run<Model, Operator>(_ problem: Problem<Model, Operator>) -> MethodRun {
        switch requireWeights() {
        case .radius(let tuning): run(tuning, problem)
        case .free(let tuning): run(tuning, problem)
        }
    }

    private func run<Weights: Taper, Model, Operator>(
        _ tuning: TunedLocalization<Weights>, _ problem: Problem<Model, Operator>
    ) -> MethodRun {
        let forecast = EachMember(problem.model, modelError: problem.modelError)
        let analysis = tuning.analysis(problem.geometry.coordinates, observing: problem.geometry.observed)
        return problem.run(Cycle(forecast, analysis), from: problem.ensemble(members))
    }
}

/// Learned inflation with a learned radius, or with a weight for each distance.
public enum LearnedTaper: Tree {
    case radius(TunedLocalization<LogRadius>)
    case free(TunedLocalization<FreeTaper>)

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        switch self {
        case .radius(var tuning):
            tuning.walk(&visitor)
            self = .radius(tuning)
        case .free(var tuning):
            tuning.walk(&visitor)
            self = .free(tuning)
        }
    }
}
