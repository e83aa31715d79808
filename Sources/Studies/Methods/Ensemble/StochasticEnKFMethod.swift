import Assimilation

/// The ensemble Kalman filter with perturbed observations.
public struct StochasticEnKFMethod: EnsembleMethod {
    public static let name = "stochastic-enkf"
    public static let summary = "ensemble Kalman filter with perturbed observations"
    public static let reference =
        "Burgers, van Leeuwen & Evensen, On the analysis scheme in the ensemble Kalman filter, MWR 126 (1998)"
    public static let costs: CostTerms = [.observedSquared]

    public var ensemble = EnsembleTreatment()

    public init() {}
    public init(members: Int, inflation: Double = 1) {
        ensemble = EnsembleTreatment(members: members, inflation: inflation)
    }

    public func analysis<Model, Operator>(_ problem: Problem<Model, Operator>) -> StochasticEnKF { StochasticEnKF() }
}
