import Assimilation

/// The mean of a free run, without observations.
public struct ClimatologyMethod: AssimilationMethod {
    public static let name = "climatology"
    public static let summary = "the mean of a free run, without observations"
    public static let reference =
        "mean and covariance of a long free run, without observations"
    public static let parameters: [Parameter<Self>] = []
    public static let costs: CostTerms = [.variablesSquared]
    public static let isBaseline = true
    public static let takesModel = false

    public init() {}

    public func run<Model, Operator>(_ problem: Problem<Model, Operator>) -> MethodRun {
        problem.score(problem.background.climatology)
    }
}
