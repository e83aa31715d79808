import Assimilation

/// The finite-size ensemble Kalman filter.
public struct FiniteSizeEnKF: EnsembleMethod {
    public static let name = "enkf-n"
    public static let summary = "finite-size ensemble Kalman filter, which finds its inflation"
    public static let reference =
        "Bocquet, Raanes & Hannart, Expanding the validity of the ensemble Kalman filter, NPG 22 (2015)"
    public static let ownParameters: [Parameter<Self>] = [
        .real(
            "certainty", \.certainty, 0.01...100,
            "Certainty of the prior for the covariance, above 1 where members sample better than at random (DAPPER's xN)."
        )
    ]
    public static let costs: CostTerms = [.membersSquared]

    public var ensemble = EnsembleTreatment()
    public var certainty = 1.0

    public init() {}
    public init(members: Int, inflation: Double = 1, rotates: Bool = false, certainty: Double = 1) {
        ensemble = EnsembleTreatment(members: members, inflation: inflation, rotates: rotates)
        self.certainty = certainty
    }

    public func analysis<Model, Operator>(_ problem: Problem<Model, Operator>) -> EnKFN { EnKFN(certainty: certainty) }
}
