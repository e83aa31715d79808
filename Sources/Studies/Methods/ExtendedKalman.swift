import Assimilation
import Tensors

/// The Kalman filter with the model linearised about the mean.
public struct ExtendedKalman: AssimilationMethod {
    public static let name = "extended-kalman"
    public static let summary = "Kalman filter with the model linearised about the mean"
    public static let reference =
        "Jazwinski, Stochastic processes and filtering theory (1970)"
    public static let parameters: [Parameter<Self>] = [.inflation(\.inflation)]
    public static let costs: CostTerms = [.observedSquared, .variablesSquared]

    public var inflation = 1.0

    public init() {}
    public init(inflation: Double) { self.inflation = inflation }

    public func run<Model, Operator>(_ problem: Problem<Model, Operator>) -> MethodRun {
        let forecast = ExtendedForecast(
            problem.model, modelError: problem.modelError ?? .none(problem.variables),
            inflation: Tensor(inflation))
        return problem.run(Cycle(forecast, KalmanAnalysis()), from: problem.background.gaussian)
    }
}
