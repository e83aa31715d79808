import Assimilation

/// The ensemble square root filter, one observation after the other.
public struct SerialEnSRFMethod: EnsembleMethod {
    public static let name = "serial-ensrf"
    public static let summary = "ensemble square root filter, one observation after the other"
    public static let reference =
        "Whitaker & Hamill, Ensemble data assimilation without perturbed observations, MWR 130 (2002)"
    public static let costs: CostTerms = [.membersSquared]

    public var ensemble = EnsembleTreatment()

    public init() {}
    public init(members: Int, inflation: Double = 1, rotates: Bool = false) {
        ensemble = EnsembleTreatment(members: members, inflation: inflation, rotates: rotates)
    }

    public func analysis<Model, Operator>(_ problem: Problem<Model, Operator>) -> SerialEnSRF { SerialEnSRF() }
}
