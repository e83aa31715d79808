import Tensors

/// The right-hand side of `dx/dt = f(x, t)`: a state `[n]` and a time, a scalar, to the tendency `[n]`.
public protocol Tendency: Tree {
    func callAsFunction(_ state: Tensor, time: Tensor) -> Tensor
}

/// A tendency that does not depend on time.
public struct AutonomousTendency<Base: Map>: Tendency where Base.Input == Tensor, Base.Output == Tensor {
    /// From the state to its tendency.
    public var map: Base
    public init(_ map: Base) { self.map = map }

    public func callAsFunction(_ state: Tensor, time: Tensor) -> Tensor { map(state) }
    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&map, "map") }
}
