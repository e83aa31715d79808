import Assimilation
import Tensors

/// The finite-size ensemble Kalman filter.
public struct FiniteSizeEnKF: EnsembleMethod {
    public static let name = "enkf-n"
    public static let summary = "finite-size ensemble Kalman filter, which needs no inflation"
    public static let parameters: [Parameter<Self>] = [.members(\.members), .rotates(\.rotates)]
    public static let costs: CostTerms = [.membersSquared]

    public var members = 20, rotates = false

    public init() {}
    public init(members: Int, rotates: Bool = false) { (self.members, self.rotates) = (members, rotates) }

    public func analysis<Model, Operator>(_ problem: Problem<Model, Operator>) -> EnKFN {
        EnKFN(rotates: rotates)
    }
}
