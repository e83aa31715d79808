import Assimilation

/// The ensemble Kalman filter with perturbed observations and localised covariances.
public struct LocalStochasticEnKF: EnsembleMethod {
    public static let name = "local-stochastic-enkf"
    public static let summary = "ensemble Kalman filter with perturbed observations and localised covariances"
    public static let reference =
        "Houtekamer & Mitchell, A sequential ensemble Kalman filter for atmospheric data assimilation, MWR 129 (2001)"
    public static let ownParameters: [Parameter<Self>] = [.radius(\.radius)]
    public static let requirements: [Requirement] = [.coordinates]
    public static let costs: CostTerms = [.observedSquared]

    public var ensemble = EnsembleTreatment()
    public var radius = 4.0

    public init() {}
    public init(members: Int, inflation: Double = 1, radius: Double) {
        ensemble = EnsembleTreatment(members: members, inflation: inflation)
        self.radius = radius
    }

    public func analysis<Model, Operator>(_ problem: Problem<Model, Operator>) -> LocalizedStochasticEnKF<GaspariCohn> {
        LocalizedStochasticEnKF(problem.localization(radius: radius))
    }
}
