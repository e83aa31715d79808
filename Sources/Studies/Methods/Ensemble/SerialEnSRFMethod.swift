import Assimilation
import Tensors

/// The ensemble square root filter, one observation after the other.
public struct SerialEnSRFMethod: EnsembleMethod {
    public static let name = "serial-ensrf"
    public static let summary = "ensemble square root filter, one observation after the other"
    public static let parameters: [Parameter<Self>] = [
        .members(\.members), .inflation(\.inflation), .rotates(\.rotates),
    ]
    public static let costs: CostTerms = [.membersSquared]

    public var members = 20, inflation = 1.0, rotates = false

    public init() {}
    public init(members: Int, inflation: Double = 1, rotates: Bool = false) {
        (self.members, self.inflation, self.rotates) = (members, inflation, rotates)
    }

    public func analysis<Model, Operator>(_ problem: Problem<Model, Operator>) -> SerialEnSRF {
        SerialEnSRF(rotates: rotates)
    }
}
