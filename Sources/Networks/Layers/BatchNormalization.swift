import Tensors

/// Brings each channel of `[batch, channels, space...]` to mean zero and variance one, then scales and shifts it.
///
///     y = gain (x − m) / √(v + ε) + offset
///
/// In training `m` and `v` are those of the batch and all places (`v` divided by their number), and the statistics move
/// by `momentum` towards them, the variance towards the unbiased one; in a prediction they are the statistics, leaves
/// without a derivative. Reference: Ioffe & Szegedy 2015, arXiv 1502.03167, as in PyTorch's `BatchNorm`.
public struct BatchNormalization: TrainedMap {
    /// `[channels]`
    public var gain: Tensor
    /// `[channels]`
    public var offset: Tensor
    /// Statistics of training, `[channels]`.
    public var mean: Tensor
    public var variance: Tensor
    public let momentum: Double
    /// `ε`
    public let epsilon: Double

    public init(_ channels: Int, momentum: Double = 0.1, epsilon: Double = 1e-5, type: ElementType = .float64) {
        precondition(
            channels > 0 && epsilon > 0 && 0...1 ~= momentum,
            "BatchNormalization: \(channels) channels, ε \(epsilon), momentum \(momentum)")
        (gain, offset) = (Tensor.ones([channels], type: type), Tensor.zeros([channels], type: type))
        (mean, variance) = (Tensor.zeros([channels], type: type), Tensor.ones([channels], type: type))
        (self.momentum, self.epsilon) = (momentum, epsilon)
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        normalized(x, mean.stoppingGradient, variance.stoppingGradient)
    }

    public func training(_ x: Tensor, key: Key) -> (output: Tensor, next: BatchNormalization) {
        let axes = [0] + Array(2..<x.rank)
        let count = axes.reduce(1) { $0 * x.shape[$1] }
        precondition(count > 1, "a normalisation over a batch of one value a channel, of shape \(x.shape)")
        let center = x.mean(axes: axes)
        let spread = (x - aligned(center, x.rank)).squared().mean(axes: axes)
        var next = self
        let (old, share) = (1 - momentum, momentum * Double(count) / Double(count - 1))
        next.mean = (old * mean + momentum * center).stoppingGradient
        next.variance = (old * variance + share * spread).stoppingGradient
        return (normalized(x, center, spread), next)
    }

    public func adopting(_ other: BatchNormalization) -> BatchNormalization {
        var result = self
        (result.mean, result.variance) = (other.mean, other.variance)
        return result
    }

    private func normalized(_ x: Tensor, _ mean: Tensor, _ variance: Tensor) -> Tensor {
        precondition(
            x.rank >= 2 && x.shape[1] == gain.count,
            "a normalisation of \(gain.count) channels was given the shape \(x.shape), not [batch, channels, space...]")
        let scale = gain / (variance + Tensor(floatLiteral: epsilon)).sqrt()
        return aligned(scale, x.rank) * (x - aligned(mean, x.rank)) + aligned(offset, x.rank)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&gain, "gain")
        visitor.visit(&offset, "offset")
        visitor.visit(&mean, "mean")
        visitor.visit(&variance, "variance")
    }
}

/// Brings each group of channels of each element of `[batch, channels, space...]` to mean zero and variance one, then
/// scales and shifts each channel. It is the same in training and prediction.
///
/// Reference: Wu & He 2018, arXiv 1803.08494.
public struct GroupNormalization: Map {
    /// `[channels]`
    public var gain: Tensor
    /// `[channels]`
    public var offset: Tensor
    public let groups: Int
    /// `ε`
    public let epsilon: Double

    public init(_ channels: Int, groups: Int, epsilon: Double = 1e-5, type: ElementType = .float64) {
        precondition(
            groups > 0 && channels > 0 && channels % groups == 0 && epsilon > 0,
            "GroupNormalization: \(channels) channels in \(groups) groups, ε \(epsilon)")
        (gain, offset) = (Tensor.ones([channels], type: type), Tensor.zeros([channels], type: type))
        (self.groups, self.epsilon) = (groups, epsilon)
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        precondition(
            x.rank >= 2 && x.shape[1] == gain.count,
            "a normalisation of \(gain.count) channels was given the shape \(x.shape), not [batch, channels, space...]")
        let rows = x.reshaped([x.shape[0], groups, x.count / (x.shape[0] * groups)])
        let deviation = rows - rows.mean(axes: [-1]).expanded(axis: -1)
        let variance = deviation.squared().mean(axes: [-1]).expanded(axis: -1)
        let standard = (deviation / (variance + Tensor(floatLiteral: epsilon)).sqrt()).reshaped(x.shape)
        return aligned(gain, x.rank) * standard + aligned(offset, x.rank)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&gain, "gain")
        visitor.visit(&offset, "offset")
    }
}

/// A number for each channel, as an array that broadcasts to `[batch, channels, space...]` of a rank.
private func aligned(_ x: Tensor, _ rank: Int) -> Tensor {
    x.reshaped([x.count] + [Int](repeating: 1, count: rank - 2))
}
