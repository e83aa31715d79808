import Tensors

/// A network from images to images of the same size, `[batch, inputs, height, width] → [batch, outputs, height, width]`,
/// that works on halved images too and brings back the details it had before.
///
/// Downwards each level has two convolutions of 3 × 3 points and rectifiers, then the maximum over 2 × 2; each next one
/// has twice the channels. Upwards the image is doubled, joined with that of its level on the way down, and convolved
/// twice again. A convolution of 1 × 1 ends it. Height and width are multiples of 2^depth. References: Ronneberger,
/// Fischer & Brox 2015, arXiv 1505.04597; nearest neighbours in place of transposed convolutions, Odena et al. 2016.
public struct UNet: TrainedMap {
    /// The levels on the way down, the lowest last; two convolutions each.
    public var down: [[Convolution2D]]
    /// The levels on the way up, the highest first.
    public var up: [[Convolution2D]]
    public var last: Convolution2D

    /// A network of random weights.
    ///
    /// - Parameters:
    ///   - channels: of the highest level.
    ///   - depth: how often the image is halved.
    public init(
        _ inputs: Int, _ outputs: Int, channels: Int, depth: Int, padding: Padding = .zero, key: Key,
        type: ElementType = .float64
    ) {
        precondition(
            inputs > 0 && outputs > 0 && channels > 0 && depth > 0 && padding != .valid,
            "UNet: from \(inputs) to \(outputs) channels, \(channels) within, depth \(depth), padding \(padding)")
        let keys = key.split(4 * depth + 3)
        func pair(_ from: Int, _ to: Int, _ place: Int) -> [Convolution2D] {
            [(from, keys[place]), (to, keys[place + 1])].map {
                Convolution2D($0, to, size: 3, padding: padding, key: $1, type: type)
            }
        }
        down = (0...depth).map { level in
            pair(level == 0 ? inputs : channels << (level - 1), channels << level, 2 * level)
        }
        up = (0..<depth).map { level in
            pair(3 * (channels << level), channels << level, 2 * (depth + 1 + level))
        }
        last = Convolution2D(channels, outputs, size: 1, key: keys[4 * depth + 2], type: type)
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        let depth = up.count
        precondition(
            x.rank == 4 && x.shape[2] % (1 << depth) == 0 && x.shape[3] % (1 << depth) == 0,
            "a U-net of depth \(depth) was given the shape \(x.shape), not [batch, channels, height, width] with sides that "
                + "are multiples of \(1 << depth)")
        func convolved(_ x: Tensor, _ layers: [Convolution2D]) -> Tensor {
            layers.reduce(x) { $1($0).maximum(0) }
        }
        var levels = [convolved(x, down[0])]
        for level in down.dropFirst() {
            levels.append(convolved(levels[levels.count - 1].maximumPooling([2, 2]), level))
        }
        var signal = levels[depth]
        for level in (0..<depth).reversed() {
            let both = Tensor.concatenated([levels[level], UpSampling()(signal)], axis: 1)
            signal = convolved(both, up[level])
        }
        return last(signal)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&down, "down")
        visitor.visit(&up, "up")
        visitor.visit(&last, "last")
    }
}
