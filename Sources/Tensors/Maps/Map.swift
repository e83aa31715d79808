/// A function with parameters: a forecast model, an observation operator, a network, an analysis. Its parameters are the
/// leaves of its tree; its tangent, its adjoint and its batched form are derived from `callAsFunction`.
public protocol Map: Tree {
    associatedtype Input: Tree
    associatedtype Output: Tree
    func callAsFunction(_ input: Input) -> Output
}

extension Map {
    /// The tangent-linear map about `x`, with its adjoint.
    public func linearized(at x: Input) -> LinearizedMap<Self> { LinearizedMap(map: self, point: x) }

    /// The map on every member of an ensemble, stacked along the first axis of every leaf.
    public func ensemble(_ members: Input) -> Output { vmap { self($0) }(members) }

    /// The map applied `count` times.
    public func repeated(_ count: Int) -> Repeated<Self> where Input == Output { Repeated(map: self, count: count) }
}

/// The tangent-linear map `M` of a map about a point, and its adjoint `M*`.
public struct LinearizedMap<Base: Map> {
    let map: Base
    let point: Base.Input

    public func callAsFunction(_ dx: Base.Input) -> Base.Output { jvp({ map($0) }, at: point, along: dx).tangent }
    public func adjoint(_ dy: Base.Output) -> Base.Input { vjp({ map($0) }, at: point).pullback(dy) }
}

/// A map applied several times in a row, as one `scan`.
public struct Repeated<Base: Map>: Map where Base.Input == Base.Output {
    public var map: Base
    public let count: Int

    public func callAsFunction(_ input: Base.Input) -> Base.Input {
        if count == 1 { return map(input) }
        return scan(over: Nothing(), from: input, count: count) { state, _ in (map(state), Nothing()) }.final
    }
    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&map, "map") }
}

/// A function without parameters, as a map.
public struct Function<Input: Tree, Output: Tree>: Map {
    private let body: @Sendable (Input) -> Output
    public init(_ body: @escaping @Sendable (Input) -> Output) { self.body = body }
    public func callAsFunction(_ input: Input) -> Output { body(input) }
    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {}
}
