import Tensors

/// A model of the next state as a function of parameters and state, with its parameters:
/// what is learned as the leaves of a map.
public struct ParametricModel<Parameters: Tree>: Map {
    public var parameters: Parameters
    private let body: @Sendable (Parameters, Tensor) -> Tensor

    public init(_ parameters: Parameters, _ body: @escaping @Sendable (Parameters, Tensor) -> Tensor) {
        (self.parameters, self.body) = (parameters, body)
    }

    public func callAsFunction(_ state: Tensor) -> Tensor { body(parameters, state) }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&parameters, "parameters") }
}
