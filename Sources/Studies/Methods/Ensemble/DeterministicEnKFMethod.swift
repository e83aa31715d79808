import Assimilation
import Tensors

/// The deterministic ensemble Kalman filter.
public struct DeterministicEnKFMethod: EnsembleMethod {
    public static let name = "denkf"
    public static let summary = "deterministic ensemble Kalman filter with half the gain for anomalies"
    public static let parameters: [Parameter<Self>] = [.members(\.members), .inflation(\.inflation)]
    public static let costs: CostTerms = [.observedSquared]

    public var members = 20, inflation = 1.0

    public init() {}
    public init(members: Int, inflation: Double = 1) { (self.members, self.inflation) = (members, inflation) }

    public func analysis<Model, Operator>(_ problem: Problem<Model, Operator>) -> DeterministicEnKF {
        DeterministicEnKF()
    }
}
