import Assimilation
import Tensors

/// One forecast, analysed with a constant background covariance.
public struct ThreeDVar: AssimilationMethod {
    public static let name = "3dvar"
    public static let summary = "one forecast and a constant background covariance, a share of the climate's"
    public static let reference =
        "Lorenc, Analysis methods for numerical weather prediction, QJRMS 112 (1986)"
    public static let parameters: [Parameter<Self>] = [.scale(\.scale), .covariance(\.covariance)]
    public static let costs: CostTerms = [.observedSquared, .variablesSquared]

    public var scale = 1.0, covariance = BackgroundCovariance.climate

    public init() {}
    public init(scale: Double, of covariance: BackgroundCovariance = .climate) {
        (self.scale, self.covariance) = (scale, covariance)
    }

    public func run<Model, Operator>(_ problem: Problem<Model, Operator>) -> MethodRun {
        let climate = problem.background.climatology
        let analysis = Variational(
            covariance: Tensor(scale) * covariance.matrix(climate), iterations: problem.geometry.isLinear ? 1 : 3)
        return problem.run(
            Cycle(PointForecast(problem.model), analysis), from: PointEstimate(climate.mean))
    }
}
