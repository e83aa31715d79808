import Assimilation
import Tensors

/// Strong-constraint four-dimensional variational assimilation over a sliding window.
public struct FourDVar: AssimilationMethod {
    public static let name = "4dvar"
    public static let summary = "strong-constraint four-dimensional variational assimilation over a sliding window"
    public static let reference =
        "Le Dimet & Talagrand, Variational algorithms for analysis and assimilation, Tellus A 38 (1986)"
    public static let parameters: [Parameter<Self>] = [
        .scale(\.scale), .covariance(\.covariance), .lag(\.lag), .iterations(\.iterations),
    ]
    public static let costs: CostTerms = [.observedSquared, .variablesSquared]

    public var scale = 1.0, covariance = BackgroundCovariance.climate, lag = 1, iterations = 3

    public init() {}
    public init(scale: Double, of covariance: BackgroundCovariance = .climate, lag: Int = 1, iterations: Int = 3) {
        (self.scale, self.covariance, self.lag, self.iterations) = (scale, covariance, lag, iterations)
    }

    public func run<Model, Operator>(_ problem: Problem<Model, Operator>) -> MethodRun {
        let (climate, model) = (problem.background.climatology, problem.model)
        let analysis = Variational(
            covariance: Tensor(scale) * covariance.matrix(climate), iterations: iterations)
        return problem.run(
            WindowedCycle(PointForecast(model), analysis, model: model, lag: lag, shift: 1),
            from: PointEstimate(climate.mean))
    }
}
