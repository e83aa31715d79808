/// A function with parameters: a forecast model, an observation operator, a network, an analysis. Its parameters are
/// the leaves of its tree; its tangent, its adjoint and its batched form are derived from `callAsFunction`.
public protocol Map<Input, Output>: Tree {
    associatedtype Input: Tree
    associatedtype Output: Tree
    func callAsFunction(_ input: Input) -> Output
}

/// A map from vector to vector, as are forecast models, observation operators and most networks: from a state to its
/// tendency, to the next state, or to the values that are observed of it.
public typealias StateMap = Map<Tensor, Tensor>

extension Map {
    /// The tangent-linear map about `x`, with its adjoint.
    public func linearized(at x: Input) -> LinearizedMap<Self> { LinearizedMap(self, at: x) }

    /// The map on every member of an ensemble, stacked along the first axis of every leaf.
    public func ensemble(_ members: Input) -> Output { vmap { self($0) }(members) }

    /// The map applied `count` times; derivatives keep the states that `checkpoints` says.
    public func repeated(_ count: Int, checkpoints: Checkpoints = .automatic) -> Repeated<Self> where Input == Output {
        Repeated(map: self, count: count, checkpoints: checkpoints)
    }
}

/// The tangent-linear map `M` of a map about a point, and its adjoint `M*`. The map is evaluated once, when this is
/// made; each application costs about as much as the map.
public struct LinearizedMap<Base: Map> {
    /// The value of the map at the point.
    public let value: Base.Output
    private let pullback: Pullback<Base.Input, Base.Output>

    init(_ map: Base, at point: Base.Input) { (value, pullback) = vjp({ map($0) }, at: point) }

    public func callAsFunction(_ dx: Base.Input) -> Base.Output {
        let linearization = pullback.linearization
        let directions = tangents(dx.leaves, of: pullback.input.leaves, "linearized: the direction")
        return value.replacingLeaves(linearization.push(directions))
    }
    public func adjoint(_ dy: Base.Output) -> Base.Input { pullback(dy) }
}

/// A map applied several times in a row, as one `scan`.
public struct Repeated<Base: Map>: Map where Base.Input == Base.Output {
    public var map: Base
    public let count: Int
    /// Which states derivatives keep.
    public let checkpoints: Checkpoints

    public func callAsFunction(_ input: Base.Input) -> Base.Input {
        if count == 1 { return map(input) }
        return scan(over: Nothing(), from: input, count: count, checkpoints: checkpoints) { state, _ in
            (map(state), Nothing())
        }.final
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
