import Assimilation

/// The local ensemble transform Kalman filter.
public struct LETKFMethod: EnsembleMethod {
    public static let name = "letkf"
    public static let summary = "local ensemble transform Kalman filter"
    public static let reference =
        "Hunt, Kostelich & Szunyogh, Efficient data assimilation for spatiotemporal chaos, Physica D 230 (2007)"
    public static let ownParameters: [Parameter<Self>] = [.radius(\.radius)]
    public static let requirements: [Requirement] = [.coordinates]
    public static let costs: CostTerms = [.localEnsembles]

    public var ensemble = EnsembleTreatment()
    public var radius = 4.0

    public init() {}
    public init(members: Int, inflation: Double = 1, radius: Double, rotates: Bool = false) {
        ensemble = EnsembleTreatment(members: members, inflation: inflation, rotates: rotates)
        self.radius = radius
    }

    public func analysis<Model, Operator>(_ problem: Problem<Model, Operator>) -> LETKF<GaspariCohn> {
        LETKF(problem.localization(radius: radius))
    }
}
