import Assimilation

/// Analyses of the climate's mean and covariance, without a forecast.
public struct OptimalInterpolation: AssimilationMethod {
    public static let name = "optimal-interpolation"
    public static let summary = "analyses of the climate's mean and covariance, without a forecast"
    public static let reference =
        "Gandin, Objective analysis of meteorological fields (1963)"
    public static let parameters: [Parameter<Self>] = []
    public static let costs: CostTerms = [.observedSquared, .variablesSquared]
    public static let isBaseline = true
    public static let takesModel = false

    public init() {}

    public func run<Model, Operator>(_ problem: Problem<Model, Operator>) -> MethodRun {
        let climate = problem.background.climatology
        return problem.run(Cycle(ClimatologicalForecast(climate), KalmanAnalysis()), from: climate)
    }
}
