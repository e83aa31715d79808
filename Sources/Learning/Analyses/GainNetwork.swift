import Networks
import Tensors

/// A gain that depends on the state: a convolutional network says how the innovations around a place change it.
///
///     K d + b = last(f ∘ linear(d)),   f = features(channels)
///
/// The features see all but the innovation, so that the increment is affine in that, as Kalman's is; the weights of `K`
/// are then a convolution of the features with a kernel that is the product of the two others. Periodic,
/// and the same at every place.
public struct GainNetwork: Map {
    /// `[..., channels, n] → [..., width, n]`
    public var features: PeriodicNetwork
    /// Of the innovation: one channel to `width`.
    public var linear: PeriodicConvolution
    /// From `width` channels to one.
    public var last: PeriodicConvolution

    /// Of kernels by default: the increment of a place is from six places on each side.
    public static let fewestPlaces = 6

    /// A network of random features and no gain.
    ///
    /// - Parameters:
    ///   - channels: the number of inputs of the gain.
    ///   - width: of the hidden layers, `depth` of them.
    ///   - kernel: the width of the kernels of the features and of the last layer.
    ///   - reach: the width of the kernels on the innovation.
    public init(
        channels: Int, width: Int, depth: Int, kernel: Int = 5, reach: Int = 9, key: Key, type: ElementType = .float64
    ) {
        precondition(
            channels > 0 && width > 0 && depth > 0, "GainNetwork: \(channels) channels, \(depth) layers of \(width)")
        let keys = key.split(3)
        features = PeriodicNetwork(
            channels: [channels] + [Int](repeating: width, count: depth), width: kernel, activation: .silu,
            isResidual: true, key: keys[0], type: type)
        linear = PeriodicConvolution(1, width, width: reach, key: keys[1], type: type)
        last = PeriodicConvolution(width, 1, width: kernel, key: keys[2], initialization: .zeros, type: type)
    }

    public func callAsFunction(_ channels: Tensor) -> LocalGain {
        let (kernel, reach) = (last.weight.shape[2], linear.weight.shape[2])
        let (outer, inner) = (last.weight.element(0, axis: 0), linear.weight.element(0, axis: 1))
        // One output for each place around, and one for what needs no innovation.
        let taps = (0..<kernel).map { k in
            let moved = inner.padded(axis: 1, before: k, after: kernel - 1 - k)
            return outer.slice(axis: 1, from: k, to: k + 1)
                * Tensor.concatenated([moved, linear.bias.expanded(axis: -1)], axis: 1)
        }
        let count = kernel + reach - 1
        let rows = PeriodicConvolution(
            weight: Tensor.stacked(taps, axis: 2).transposed(to: [1, 0, 2]),
            bias: last.bias.padded(axis: 0, before: count, after: 0))(features(channels))
        return LocalGain(weights: rows.slice(axis: -2, from: 0, to: count), shift: rows.element(count, axis: -2))
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&features, "features")
        visitor.visit(&linear, "linear")
        visitor.visit(&last, "last")
    }
}

/// The increment of every place from the innovations around it, on a periodic axis.
///
///     increment[i] = b[i] + Σ_l K[l, i] d[i + l − (reach − 1) / 2]
public struct LocalGain: Tree {
    /// `K`, `[..., reach, n]`
    public var weights: Tensor
    /// `b`, `[..., n]`: the bias, added without an innovation.
    public var shift: Tensor

    /// Of innovations `[..., n]`.
    public func increment(_ innovation: Tensor) -> Tensor {
        (weights * around(innovation)).sum(axes: [-2]) + shift
    }

    /// The variance that errors of variance 1 bring into the increments where the coverage is 1:
    /// `diag K Kᵀ`, `[..., n]`.
    public func errorVariance(_ coverage: Tensor) -> Tensor {
        (weights.squared() * around(coverage)).sum(axes: [-2])
    }

    private func around(_ x: Tensor) -> Tensor {
        x.periodicNeighbors(weights.shape[weights.rank - 2])
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&weights, "weights")
        visitor.visit(&shift, "shift")
    }
}
