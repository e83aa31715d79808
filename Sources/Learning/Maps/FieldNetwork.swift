import Networks
import Tensors

/// A network on the one field that is the state, `[..., n] → [..., n]`: the state is brought to the size of one, is the
/// only channel of the network's input, and the only channel of its output is brought to the size of what is learned.
///
///     f(x) = outputScale · network((x − centre) / scale)
///
/// It computes in the element type of its weights, whatever that of the state, and returns the latter.
public struct FieldNetwork<Network: StateMap>: Map {
    /// `[..., 1, n] → [..., 1, n]`
    public var network: Network
    public let center: Double
    public let scale: Double
    public let outputScale: Double

    public init(_ network: Network, center: Double = 0, scale: Double = 1, outputScale: Double = 1) {
        precondition(scale > 0 && outputScale > 0, "FieldNetwork: scales of \(scale) and \(outputScale)")
        self.network = network
        (self.center, self.scale, self.outputScale) = (center, scale, outputScale)
    }

    public func callAsFunction(_ state: Tensor) -> Tensor {
        let input = (state - Tensor(floatLiteral: center)) * Tensor(floatLiteral: 1 / scale)
        let type = network.leaves.first?.type ?? state.type
        let output = network(input.cast(to: type).expanded(axis: -2)).element(0, axis: -2)
        return (output * Tensor(floatLiteral: outputScale)).cast(to: state.type)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&network, "network") }
}
