import Tensors

/// A convolution of images: `[..., inputs, height, width] → [..., outputs, height, width]`.
///
///     y[o, i, j] = b[o] + Σ w[o, c, k, l] x[c, s i + k − (kernel height − 1) / 2, s j + l − (kernel width − 1) / 2]
///
/// with zeros beyond the edges (`.zero`), the other edge (`.periodic`), or only where the kernel fits (`.valid`).
/// Weights are laid out as in PyTorch's `Conv2d`. Cost: one matrix product of `places × (inputs · kernel) × outputs`;
/// compiled, with a batch that is a multiple of 16, a block of images stays in the cache.
public struct Convolution2D: Map {
    /// `w`, of shape `[outputs, inputs, kernel height, kernel width]`.
    public var weight: Tensor
    /// `b`, of shape `[outputs]`.
    public var bias: Tensor
    public let padding: Padding
    /// `s`, along both axes.
    public let stride: Int

    /// A layer of given weights.
    public init(weight: Tensor, bias: Tensor, padding: Padding = .zero, stride: Int = 1) {
        precondition(
            weight.rank == 4 && bias.shape == [weight.shape[0]] && stride > 0,
            "Convolution2D: weights of shape \(weight.shape), a bias of shape \(bias.shape), a stride of \(stride)")
        (self.weight, self.bias, self.padding, self.stride) = (weight, bias, padding, stride)
    }

    /// A layer of random weights, of square kernels, and of bias zero.
    public init(
        _ inputs: Int, _ outputs: Int, size: Int, padding: Padding = .zero, stride: Int = 1, key: Key,
        initialization: Initialization = .heNormal, type: ElementType = .float64
    ) {
        precondition(
            inputs > 0 && outputs > 0 && size > 0,
            "Convolution2D: from \(inputs) to \(outputs) channels with kernels of \(size) × \(size)")
        self.init(
            weight: initialization.weights(
                [outputs, inputs, size, size], inputs: inputs * size * size, outputs: outputs * size * size, key: key,
                type: type), bias: Tensor.zeros([outputs], type: type), padding: padding, stride: stride)
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        precondition(
            x.rank >= 3 && x.shape[x.rank - 3] == weight.shape[1],
            "a convolution of \(weight.shape[1]) channels was given the shape \(x.shape), "
                + "not [..., \(weight.shape[1]), height, width]")
        let lead = Array(x.shape.dropLast(3))
        let images = x.reshaped([lead.reduce(1, *)] + x.shape.suffix(3))
        let y =
            images.convolution(weight, strides: [stride, stride], padding: padding) + bias.reshaped([bias.count, 1, 1])
        return y.reshaped(lead + y.shape.dropFirst())
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&weight, "weight")
        visitor.visit(&bias, "bias")
    }
}

/// A convolution of sequences that looks back alone: `[..., inputs, length] → [..., outputs, length]`.
///
/// `y[o, t] = b[o] + Σ w[o, c, k] x[c, t − (width − 1 − k) · dilation]`, zeros before the start: the last weight is
/// that of the present. Reference: Bai, Kolter & Koltun 2018, arXiv 1803.01271.
public struct CausalConvolution: Map {
    /// `w`, of shape `[outputs, inputs, width]`.
    public var weight: Tensor
    /// `b`, of shape `[outputs]`.
    public var bias: Tensor
    public let dilation: Int

    public init(
        _ inputs: Int, _ outputs: Int, width: Int, dilation: Int = 1, key: Key,
        initialization: Initialization = .heNormal, type: ElementType = .float64
    ) {
        precondition(
            inputs > 0 && outputs > 0 && width > 0 && dilation > 0,
            "CausalConvolution: from \(inputs) to \(outputs) channels, width \(width), dilation \(dilation)")
        weight = initialization.weights(
            [outputs, inputs, width], inputs: inputs * width, outputs: outputs * width, key: key, type: type)
        bias = Tensor.zeros([outputs], type: type)
        self.dilation = dilation
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        precondition(
            x.rank >= 2 && x.shape[x.rank - 2] == weight.shape[1],
            "a convolution of \(weight.shape[1]) channels was given the shape \(x.shape)")
        let lead = Array(x.shape.dropLast(2))
        let signals = x.reshaped([lead.reduce(1, *)] + x.shape.suffix(2))
            .padded(axis: -1, before: (weight.shape[2] - 1) * dilation, after: 0)
        let y = signals.convolution(weight, dilations: [dilation]) + bias.expanded(axis: -1)
        return y.reshaped(lead + y.shape.dropFirst())
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&weight, "weight")
        visitor.visit(&bias, "bias")
    }
}
