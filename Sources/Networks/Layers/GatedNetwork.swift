import Tensors

/// One field multiplied by what a network makes of all: `last(features(x) ∘ linear(x[gated]))`, `[..., channels, length]` to
/// `[..., outputs, length]`.
///
/// It is linear in the channel that is gated as far as the features do not see that, as the increment of a Kalman filter is linear in
/// the innovation, with a gain that depends on the state.
public struct GatedNetwork: Map {
    /// Of all channels.
    public var features: PeriodicNetwork
    /// Of the channel `gated`.
    public var linear: PeriodicConvolution
    public var last: PeriodicConvolution
    public let gated: Int

    /// - Parameters:
    ///   - inputs: the number of channels of the input, of which `gated` is one.
    ///   - width: of the hidden layers, `depth` of them.
    ///   - kernel: the width of the kernels of the features and of the last layer.
    ///   - reach: the width of the kernels on the gated channel.
    public init(
        inputs: Int, gated: Int, width: Int, depth: Int, outputs: Int = 1, kernel: Int = 5, reach: Int = 9, key: Key,
        type: ElementType = .float64
    ) {
        precondition(0..<inputs ~= gated && depth > 0, "GatedNetwork: channel \(gated) of \(inputs), depth \(depth)")
        let keys = key.split(3)
        features = PeriodicNetwork(
            channels: [inputs] + [Int](repeating: width, count: depth), width: kernel, activation: .silu,
            isResidual: true, key: keys[0], type: type)
        linear = PeriodicConvolution(1, width, width: reach, key: keys[1], type: type)
        last = PeriodicConvolution(width, outputs, width: kernel, key: keys[2], initialization: .zeros, type: type)
        self.gated = gated
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        last(features(x) * linear(x.slice(axis: -2, from: gated, to: gated + 1)))
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&features, "features")
        visitor.visit(&linear, "linear")
        visitor.visit(&last, "last")
    }
}
