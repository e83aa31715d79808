import Tensors

/// Images made smaller: the largest element or the mean of every window of `[..., height, width]`; windows lie side by
/// side, and what does not fill one at the end is left out.
public struct Pooling: Map {
    public enum Kind: String, Codable, CaseIterable, Sendable {
        case maximum, mean
    }

    public let kind: Kind
    /// Height and width of the windows.
    public let size: Int

    public init(_ kind: Kind = .maximum, size: Int = 2) {
        precondition(size > 0, "Pooling: windows of \(size) × \(size)")
        (self.kind, self.size) = (kind, size)
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        switch kind {
        case .maximum: x.maximumPooling([size, size])
        case .mean: x.averagePooling([size, size])
        }
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {}
}

/// Images made larger by a whole factor, `[..., height, width] → [..., factor · height, factor · width]`: each element
/// repeated, or linear between the centres of the elements and constant beyond the outermost (PyTorch's `nearest`, and
/// `bilinear` without aligned corners).
public struct UpSampling: Map {
    public enum Kind: String, Codable, CaseIterable, Sendable {
        case nearest, bilinear
    }

    public let kind: Kind
    public let factor: Int

    public init(_ kind: Kind = .nearest, factor: Int = 2) {
        precondition(factor > 0, "UpSampling: by a factor of \(factor)")
        (self.kind, self.factor) = (kind, factor)
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        precondition(x.rank >= 2, "an up-sampling was given the shape \(x.shape), not [..., height, width]")
        let (lead, height, width) = (Array(x.shape.dropLast(2)), x.shape[x.rank - 2], x.shape[x.rank - 1])
        switch kind {
        case .nearest:
            return x.reshaped(lead + [height, 1, width, 1]).broadcast(to: lead + [height, factor, width, factor])
                .reshaped(lead + [factor * height, factor * width])
        case .bilinear:
            let rows = interpolation(height).cast(to: x.type)
            let columns = interpolation(width).cast(to: x.type)
            return rows.matrixProduct(x).matrixProduct(columns.transposed)
        }
    }

    /// The weights of `n` elements at `factor · n` places, a row each.
    private func interpolation(_ n: Int) -> Tensor {
        Tensor(
            rows: (0..<(factor * n)).map { place in
                let at = min(max((Double(place) + 0.5) / Double(factor) - 0.5, 0), Double(n - 1))
                let (below, share) = (Int(at), at - at.rounded(.down))
                var row = [Double](repeating: 0, count: n)
                row[below] += 1 - share
                row[min(below + 1, n - 1)] += share
                return row
            })
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {}
}
