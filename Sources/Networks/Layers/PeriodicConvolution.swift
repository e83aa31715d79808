import Tensors

/// A convolution along a periodic last axis: `[..., inputs, length] → [..., outputs, length]`.
///
/// `y[o, i] = b[o] + Σ w[o, c, k] x[c, i + k − (width − 1) / 2]`, indices modulo the length. Its weights are laid out
/// as in PyTorch's `Conv1d` with circular padding. Cost: one matrix product of `outputs × (inputs · width) × length`,
/// or about half of it where a batch of 16 or more states, given as such, meets many channels (``MinimalFilter``).
public struct PeriodicConvolution: Map {
    /// `w`, of shape `[outputs, inputs, width]`.
    public var weight: Tensor
    /// `b`, of shape `[outputs]`.
    public var bias: Tensor

    /// A layer of given weights: `[outputs, inputs, width]`, the width odd, and `[outputs]`.
    public init(weight: Tensor, bias: Tensor) {
        precondition(
            weight.rank == 3 && weight.shape[2] % 2 == 1 && bias.shape == [weight.shape[0]],
            "PeriodicConvolution: weights of shape \(weight.shape) and a bias of shape \(bias.shape); "
                + "the width must be odd, so that the kernel has a centre")
        self.weight = weight
        self.bias = bias
    }

    /// A layer of random weights and of bias zero.
    public init(
        _ inputs: Int, _ outputs: Int, width: Int, key: Key, initialization: Initialization = .glorotUniform,
        type: ElementType = .float64
    ) {
        precondition(
            inputs > 0 && outputs > 0 && width > 0,
            "PeriodicConvolution: from \(inputs) to \(outputs) channels with width \(width)")
        self.init(
            weight: initialization.weights(
                [outputs, inputs, width], inputs: inputs * width, outputs: outputs * width, key: key, type: type),
            bias: Tensor.zeros([outputs], type: type))
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        let (outputs, inputs, width) = (weight.shape[0], weight.shape[1], weight.shape[2])
        precondition(
            x.rank >= 2 && x.shape[x.rank - 2] == inputs,
            "a convolution of \(inputs) channels was given the shape \(x.shape), not [..., \(inputs), length]")
        let length = x.shape[x.rank - 1]
        precondition((width - 1) / 2 <= length, "a convolution of width \(width) was given the shape \(x.shape)")
        if let filter = MinimalFilter(kernel: weight.shape, signals: x.shape) {
            return filter(x.periodicallyExtended(by: (width - 1) / 2), weight) + bias.expanded(axis: -1)
        }
        let patches = x.periodicNeighbors(width).reshaped(x.shape.dropLast(2) + [inputs * width, length])
        return weight.reshaped([outputs, inputs * width]).matrixProduct(patches) + bias.expanded(axis: -1)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&weight, "weight")
        visitor.visit(&bias, "bias")
    }
}

extension Tensor {
    /// What is around each place of a periodic last axis: `[..., n] → [..., width, n]`,
    /// the middle row the tensor itself.
    public func periodicNeighbors(_ width: Int) -> Tensor {
        periodicallyExtended(by: (width - 1) / 2).unfold(axis: -1, size: width).transposed
    }

    /// A periodic last axis with `half` of its elements repeated on each side: `[..., n] → [..., n + 2 half]`.
    func periodicallyExtended(by half: Int) -> Tensor {
        Tensor.concatenated(
            [slice(axis: -1, from: shape[rank - 1] - half), self, slice(axis: -1, from: 0, to: half)], axis: -1)
    }
}
