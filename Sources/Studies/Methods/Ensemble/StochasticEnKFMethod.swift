import Assimilation
import Tensors

/// The ensemble Kalman filter with perturbed observations.
public struct StochasticEnKFMethod: EnsembleMethod {
    public static let name = "stochastic-enkf"
    public static let summary = "ensemble Kalman filter with perturbed observations"
    public static let parameters: [Parameter<Self>] = [.members(\.members), .inflation(\.inflation)]
    public static let costs: CostTerms = [.observedSquared]

    public var members = 20, inflation = 1.0

    public init() {}
    public init(members: Int, inflation: Double = 1) { (self.members, self.inflation) = (members, inflation) }

    public func analysis<Model, Operator>(_ problem: Problem<Model, Operator>) -> StochasticEnKF {
        StochasticEnKF()
    }
}
