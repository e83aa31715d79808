import Tensors

/// Convolutions along a periodic last axis with an activation between them, none after the last:
/// `[..., channels[0], length] → [..., channels.last, length]`.
///
/// It does the same at every place, and a place sees `(width − 1) / 2` neighbours on each side for every layer. Where a
/// layer has as many outputs as inputs, `isResidual` adds its input to what the activation returns (He et al.
/// 2016, arXiv 1512.03385).
public struct PeriodicNetwork: Map {
    public var layers: [PeriodicConvolution]
    public let activation: Activation
    public let isResidual: Bool

    /// A network with random weights.
    ///
    /// - Parameters:
    ///   - channels: the numbers of channels of input, hidden layers and output: `[2, 16, 1]` has one hidden layer.
    ///   - width: of every kernel, odd.
    ///   - startingAtZero: whether the last layer starts at zero, so that a correction starts as nothing.
    public init(
        channels: [Int], width: Int, activation: Activation = .tanh, isResidual: Bool = false, key: Key,
        initialization: Initialization = .glorotUniform, startingAtZero: Bool = false, type: ElementType = .float64
    ) {
        precondition(channels.count >= 2, "PeriodicNetwork: channels \(channels) need at least an input and an output")
        let last = channels.count - 2
        layers = key.split(channels.count - 1).enumerated().map { i, key in
            PeriodicConvolution(
                channels[i], channels[i + 1], width: width, key: key,
                initialization: i == last && startingAtZero ? .zeros : initialization, type: type)
        }
        self.activation = activation
        self.isResidual = isResidual
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        let last = layers.count - 1
        return layers.enumerated().reduce(x) { signal, item in
            let (i, layer) = item
            let next = layer(signal)
            if i == last { return next }
            let isAdded = isResidual && layer.weight.shape[0] == layer.weight.shape[1]
            return isAdded ? signal + activation(next) : activation(next)
        }
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&layers, "layers") }
}
