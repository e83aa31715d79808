import Assimilation
import Tensors

/// The local ensemble transform Kalman filter.
public struct LETKFMethod: EnsembleMethod {
    public static let name = "letkf"
    public static let summary = "local ensemble transform Kalman filter"
    public static let parameters: [Parameter<Self>] = [
        .members(\.members), .inflation(\.inflation), .radius(\.radius), .rotates(\.rotates),
    ]
    public static let requirements: [Requirement] = [.coordinates]
    public static let costs: CostTerms = [.localEnsembles]

    public var members = 20, inflation = 1.0, radius = 4.0, rotates = false

    public init() {}
    public init(members: Int, inflation: Double = 1, radius: Double, rotates: Bool = false) {
        (self.members, self.inflation, self.radius, self.rotates) = (members, inflation, radius, rotates)
    }

    public func analysis<Model, Operator>(_ problem: Problem<Model, Operator>) -> LETKF<GaspariCohn> {
        LETKF(problem.localization(radius: radius), rotates: rotates)
    }
}
