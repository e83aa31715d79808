import Tensors

/// A residual connection: `x + base(x)`.
///
/// Reference: He et al. 2016, arXiv 1512.03385.
public struct Residual<Base: StateMap>: Map {
    public var base: Base

    public init(_ base: Base) { self.base = base }

    public func callAsFunction(_ x: Tensor) -> Tensor { x + base(x) }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&base, "base") }
}
