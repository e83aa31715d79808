import Tensors

/// An operator that sees the first variables of a longer state: of one that is augmented by parameters, by a memory,
/// by a bias.
public struct FirstVariables<Operator: StateMap>: Map {
    public let count: Int
    public var `operator`: Operator

    public init(_ count: Int, seenBy operator: Operator) { (self.count, self.operator) = (count, `operator`) }

    public func callAsFunction(_ state: Tensor) -> Tensor { `operator`(state.slice(axis: -1, from: 0, to: count)) }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&`operator`, "operator") }
}

/// The operator that sees the state as it is.
public struct IdentityOperator: Map {
    public init() {}
    public func callAsFunction(_ state: Tensor) -> Tensor { state }
    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {}
}

extension FirstVariables where Operator == IdentityOperator {
    /// The first variables as they are: a slice, where ``LinearOperator/first(_:of:)`` multiplies by a matrix.
    public init(_ count: Int) { self.init(count, seenBy: IdentityOperator()) }
}

extension Observations {
    /// The same observations of a state whose first `count` variables they are of.
    public func ofFirst(_ count: Int) -> Observations<FirstVariables<Operator>> {
        Observations<FirstVariables<Operator>>(
            values: values, mask: mask, errorCovariance: errorCovariance,
            operator: FirstVariables(count, seenBy: `operator`))
    }
}
