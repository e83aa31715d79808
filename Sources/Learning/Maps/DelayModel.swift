import Networks
import Tensors

/// A model with memory: its state is the last values of what is observed, newest first, and a network says from them by
/// how much the next value differs from the last.
///
/// `[..., τ, d] → [..., τ, d]` for `τ` times and `d` variables: the newest value is `z[0] + scale · network(z)`, the
/// others move on. With enough of them the delayed values of few variables determine the state
/// that is not seen (Takens 1981).
public struct DelayModel<Network: StateMap>: Map {
    /// `[..., τ, d] → [..., 1, d]`
    public var network: Network
    public let scale: Double

    public init(_ network: Network, scale: Double = 1) { (self.network, self.scale) = (network, scale) }

    public func callAsFunction(_ window: Tensor) -> Tensor {
        let times = window.shape[window.rank - 2]
        let newest = window.slice(axis: -2, from: 0, to: 1)
        let next = newest + Tensor(floatLiteral: scale) * network(window)
        return times == 1
            ? next : Tensor.concatenated([next, window.slice(axis: -2, from: 0, to: times - 1)], axis: -2)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&network, "network") }
}

/// A recurrent network that reads the past of every variable, oldest value first, and says what follows from it in some
/// numbers, its next change if it is one: `[..., τ, d] → [..., outputs, d]`, the same weights for all variables.
public struct RecurrentReader: Map {
    public var cell: GatedRecurrentCell
    public var output: Dense

    /// - Parameter startingAtZero: whether it starts by saying nothing.
    public init(
        units: Int, outputs: Int = 1, key: Key, startingAtZero: Bool = false, type: ElementType = .float64
    ) {
        let keys = key.split(2)
        cell = GatedRecurrentCell(1, units: units, key: keys[0], type: type)
        output = Dense(
            units, outputs, key: keys[1], initialization: startingAtZero ? .zeros : .glorotUniform, type: type)
    }

    public func callAsFunction(_ window: Tensor) -> Tensor {
        let values = window.transposed.expanded(axis: -1)  // [..., d, τ, 1]
        let axis = values.rank - 2
        var memory = cell.start(Array(values.shape.dropLast(2)))
        for time in (0..<values.shape[axis]).reversed() {
            memory = cell(values.element(time, axis: axis), memory: memory)
        }
        return output(memory).transposed  // [..., d, outputs] to [..., outputs, d]
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&cell, "cell")
        visitor.visit(&output, "output")
    }
}
