import Assimilation

/// The deterministic ensemble Kalman filter.
public struct DeterministicEnKFMethod: EnsembleMethod {
    public static let name = "denkf"
    public static let summary = "deterministic ensemble Kalman filter with half the gain for anomalies"
    public static let reference =
        "Sakov & Oke, A deterministic formulation of the ensemble Kalman filter, Tellus A 60 (2008)"
    public static let costs: CostTerms = [.observedSquared]

    public var ensemble = EnsembleTreatment()

    public init() {}
    public init(members: Int, inflation: Double = 1) {
        ensemble = EnsembleTreatment(members: members, inflation: inflation)
    }

    public func analysis<Model, Operator>(_ problem: Problem<Model, Operator>) -> DeterministicEnKF {
        DeterministicEnKF()
    }
}
