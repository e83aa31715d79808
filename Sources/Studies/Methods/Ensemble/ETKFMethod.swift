import Assimilation
import Tensors

/// The ensemble transform Kalman filter with the symmetric square root.
public struct ETKFMethod: EnsembleMethod {
    public static let name = "etkf"
    public static let summary = "ensemble transform Kalman filter, symmetric square root"
    public static let parameters: [Parameter<Self>] = [
        .members(\.members), .inflation(\.inflation), .rotates(\.rotates),
    ]
    public static let costs: CostTerms = [.membersSquared]

    public var members = 20, inflation = 1.0, rotates = false

    public init() {}
    public init(members: Int, inflation: Double = 1, rotates: Bool = false) {
        (self.members, self.inflation, self.rotates) = (members, inflation, rotates)
    }

    public func analysis<Model, Operator>(_ problem: Problem<Model, Operator>) -> ETKF {
        ETKF(rotates: rotates)
    }
}
