import Assimilation

/// The ensemble transform Kalman filter with the symmetric square root.
public struct ETKFMethod: EnsembleMethod {
    public static let name = "etkf"
    public static let summary = "ensemble transform Kalman filter, symmetric square root"
    public static let reference =
        "Bishop, Etherton & Majumdar, MWR 129 (2001); Hunt, Kostelich & Szunyogh, Physica D 230 (2007)"
    public static let costs: CostTerms = [.membersSquared]

    public var ensemble = EnsembleTreatment()

    public init() {}
    public init(members: Int, inflation: Double = 1, rotates: Bool = false) {
        ensemble = EnsembleTreatment(members: members, inflation: inflation, rotates: rotates)
    }

    public func analysis<Model, Operator>(_ problem: Problem<Model, Operator>) -> ETKF { ETKF() }
}
