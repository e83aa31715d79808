import Assimilation
import Tensors

/// One forecast, analysed with a constant background covariance.
public struct ThreeDVar: AssimilationMethod {
    public static let name = "3dvar"
    public static let summary = "one forecast and a constant background covariance, a share of the climate's"
    public static let parameters: [Parameter<Self>] = [.scale(\.scale)]
    public static let costs: CostTerms = [.observedSquared, .variablesSquared]

    public var scale = 1.0

    public init() {}
    public init(scale: Double) { self.scale = scale }

    public func run<Model, Operator>(_ problem: Problem<Model, Operator>) -> ScoredRun {
        let climate = problem.background.climatology
        let analysis = Variational(
            covariance: Tensor(scale) * climate.covariance, iterations: problem.geometry.isLinear ? 1 : 3)
        return problem.run(
            Cycle(PointForecast(Autonomous(problem.model)), analysis), from: PointEstimate(climate.mean))
    }
}
