/// Sliding windows, convolution and pooling along any number of axes.
extension Tensor {
    /// Windows of `size` elements, `dilation` apart and starting every `stride`: the axis becomes that of the windows,
    /// and their elements a new last axis.
    ///
    ///     windows[..., i, ..., k] = self[..., i · stride + k · dilation, ...]
    ///
    /// `[..., n, ...]` becomes `[..., (n − (size − 1) · dilation − 1) / stride + 1, ..., size]`;
    /// no window where none fits.
    public func unfold(axis: Int, size: Int, stride: Int = 1, dilation: Int = 1) -> Tensor {
        apply(.unfold(axis: shape.axis(axis, "unfold"), size: size, stride: stride, dilation: dilation), self)
    }

    /// The convolution of images `[batch, channels, space...]` with a kernel `[outputs, channels / groups, size...]`.
    ///
    ///     y[b, o, i, j] = Σ kernel[o, c, k, l] · x[b, c, i · stride + k · dilation, j · stride + l · dilation]
    ///
    /// As in every library for networks the kernel is not turned round. One axis of space or more; outputs are split
    /// over the groups as channels are. Cost: one matrix product of `batch · places` by `channels · sizes` by
    /// `outputs`, whose left side, the windows, is stored.
    ///
    /// - Parameters:
    ///   - strides: between places of the result, one an axis of space; 1 by default.
    ///   - dilations: between elements that a kernel sees, one an axis of space; 1 by default.
    public func convolution(
        _ kernel: Tensor, strides: [Int]? = nil, dilations: [Int]? = nil, padding: Padding = .valid, groups: Int = 1
    ) -> Tensor {
        let space = kernel.rank - 2
        let sizes = Array(kernel.shape.dropFirst(2))
        let (strides, dilations) = (steps(strides, space, "strides"), steps(dilations, space, "dilations"))
        precondition(
            space > 0 && rank == kernel.rank && groups > 0 && kernel.shape[0] % groups == 0
                && shape[1] == kernel.shape[1] * groups,
            "convolution: images \(signature) and a kernel \(kernel.signature) in \(groups) groups; "
                + "needs [batch, channels, space...] and [outputs, channels / groups, size...]")
        let padded = padding.apply(to: self, spans: zip(sizes, dilations).map { ($0 - 1) * $1 })
        let (batch, inputs, outputs) = (shape[0], kernel.shape[1], kernel.shape[0])
        // Channels come last, so that the windows are rows of a matrix as they are: [groups, batch,
        // space..., channels].
        let order = [1, 0] + Array(3..<(space + 3)) + [2]
        var patches = padded.reshaped([batch, groups, inputs] + padded.shape.dropFirst(2)).transposed(to: order)
        for axis in 0..<space {
            patches = patches.unfold(
                axis: axis + 2, size: sizes[axis], stride: strides[axis], dilation: dilations[axis])
        }
        let places = Array(patches.shape[2..<(space + 2)])
        let width = inputs * sizes.elementCount
        let lead = groups == 1 ? [] : [groups]
        let images = kernel.reshaped(lead + [outputs / groups, width]).transposed
        let product = patches.reshaped(lead + [batch, places.elementCount, width])
            .matrixProduct(groups == 1 ? images : images.expanded(axis: 1))
        return product.reshaped([groups, batch] + places + [outputs / groups])
            .transposed(to: [1, 0, space + 2] + Array(2..<(space + 2)))
            .reshaped([batch, outputs] + places)
    }

    /// The largest element of every window of `[..., space...]` along the last `sizes.count` axes;
    /// ties share the derivative.
    public func maximumPooling(_ sizes: [Int], strides: [Int]? = nil) -> Tensor {
        let windows = pooled(sizes, strides)
        return windows.maximum(axes: Array(rank..<windows.rank))
    }
    /// The mean of every window of `[..., space...]` along the last `sizes.count` axes.
    public func averagePooling(_ sizes: [Int], strides: [Int]? = nil) -> Tensor {
        let windows = pooled(sizes, strides)
        return windows.mean(axes: Array(rank..<windows.rank))
    }
    /// Windows that lie side by side unless strides say otherwise; what does not fill a window at the end is left out.
    private func pooled(_ sizes: [Int], _ strides: [Int]?) -> Tensor {
        precondition(sizes.count <= rank, "pooling windows of \(sizes) of \(signature)")
        let strides = steps(strides ?? sizes, sizes.count, "strides")
        return sizes.indices.reduce(self) { x, i in
            x.unfold(axis: rank - sizes.count + i, size: sizes[i], stride: strides[i])
        }
    }

    private func steps(_ given: [Int]?, _ count: Int, _ name: String) -> [Int] {
        let steps = given ?? [Int](repeating: 1, count: count)
        precondition(steps.count == count, "\(name) \(steps) for \(count) axes of space of \(signature)")
        return steps
    }
}

/// The values of a convolution beyond the ends of an axis. With `zero` and `periodic` and a stride of
/// 1 an axis keeps its length.
public enum Padding: String, Codable, CaseIterable, Sendable {
    /// Nothing: only places where the whole kernel fits.
    case valid
    /// Zeros on both sides, the odd one at the end.
    case zero
    /// The other end.
    case periodic

    /// `[batch, channels, space...]` longer by `spans` along the axes of space.
    func apply(to x: Tensor, spans: [Int]) -> Tensor {
        if self == .valid { return x }
        return spans.enumerated().reduce(x) { x, item in
            let (axis, span) = (item.offset + 2, item.element)
            let (before, length) = (span / 2, x.shape[item.offset + 2])
            if self == .zero { return x.padded(axis: axis, before: before, after: span - before) }
            precondition(
                span - before <= length,
                "periodic padding by \(span - before) elements of axis \(axis) of \(x.signature): the kernel is too wide"
            )
            if span == 0 { return x }
            return Tensor.concatenated(
                [
                    x.slice(axis: axis, from: length - before), x,
                    x.slice(axis: axis, from: 0, to: span - before),
                ], axis: axis)
        }
    }
}
