import Assimilation
import Tensors

/// The ensemble Kalman filter with perturbed observations and localised covariances.
public struct LocalStochasticEnKF: EnsembleMethod {
    public static let name = "local-stochastic-enkf"
    public static let summary = "ensemble Kalman filter with perturbed observations and localised covariances"
    public static let parameters: [Parameter<Self>] = [
        .members(\.members), .inflation(\.inflation), .radius(\.radius),
    ]
    public static let requirements: [Requirement] = [.coordinates]
    public static let costs: CostTerms = [.observedSquared]

    public var members = 20, inflation = 1.0, radius = 4.0

    public init() {}
    public init(members: Int, inflation: Double = 1, radius: Double) {
        (self.members, self.inflation, self.radius) = (members, inflation, radius)
    }

    public func analysis<Model, Operator>(_ problem: Problem<Model, Operator>) -> LocalizedStochasticEnKF<GaspariCohn> {
        LocalizedStochasticEnKF(problem.localization(radius: radius))
    }
}
