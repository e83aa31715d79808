import Tensors

/// A model whose states are cut off far outside of the attractor, so that none goes to infinity: a learned one that is
/// not yet good, a member that was thrown off. Where it is cut off it has no derivative.
public struct Bounded<Base: StateMap>: Map {
    public var base: Base
    public let low: Double
    public let high: Double

    public init(_ base: Base, from low: Double, to high: Double) {
        precondition(low < high, "Bounded: from \(low) to \(high)")
        (self.base, self.low, self.high) = (base, low, high)
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        base(x).clipped(from: Tensor(floatLiteral: low), to: Tensor(floatLiteral: high))
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&base, "base") }
}
