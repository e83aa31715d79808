import Tensors

/// One map after another: `second(first(x))`.
public struct Composition<First: Map, Second: Map>: Map where First.Output == Second.Input {
    public var first: First
    public var second: Second

    public init(_ first: First, _ second: Second) {
        self.first = first
        self.second = second
    }

    public func callAsFunction(_ input: First.Input) -> Second.Output { second(first(input)) }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&first, "first")
        visitor.visit(&second, "second")
    }
}

extension Map {
    /// This map, then another.
    public func then<Next: Map>(_ next: Next) -> Composition<Self, Next> where Next.Input == Output {
        Composition(self, next)
    }
}

/// An activation as a map, to stand between layers in a composition.
extension Activation: Map {
    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {}
}
