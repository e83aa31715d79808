import Tensors

/// Attention of the elements of one set to those of another, with several heads: `[..., n, channels]` and
/// `[..., m, channels]` to `[..., n, channels]`.
///
///     head i = softmax(Q Kᵀ / √d) V,   Q = x Wq,  K = y Wk,  V = y Wv in the channels of the head, d of them
///
/// The order of the set that is attended to does not matter, nor does their number; causal attention of a sequence is
/// to an element itself and those before it. Cost: four affine maps and `O(n m channels)`.
/// Reference: Vaswani et al. 2017, arXiv 1706.03762.
public struct Attention: Map {
    public var query: Dense
    public var key: Dense
    public var value: Dense
    /// The output projection of the heads, side by side.
    public var output: Dense
    public let heads: Int

    public init(
        _ channels: Int, heads: Int, key: Key, startingAtZero: Bool = false, type: ElementType = .float64
    ) {
        precondition(
            heads > 0 && channels % heads == 0, "Attention: \(channels) channels do not split into \(heads) heads")
        let keys = key.split(4)
        query = Dense(channels, channels, key: keys[0], type: type)
        self.key = Dense(channels, channels, key: keys[1], type: type)
        value = Dense(channels, channels, key: keys[2], type: type)
        output = Dense(
            channels, channels, key: keys[3], initialization: startingAtZero ? .zeros : .glorotUniform, type: type)
        self.heads = heads
    }

    /// Of a set to itself.
    public func callAsFunction(_ x: Tensor) -> Tensor { self(x, to: x) }

    /// Of a set to itself, or of each element of a sequence to those up to it.
    public func callAsFunction(_ x: Tensor, isCausal: Bool) -> Tensor {
        attended(x, to: x, isSeen: isCausal ? Self.causalMask(x.shape[x.rank - 2]) : nil)
    }

    public func callAsFunction(_ x: Tensor, to y: Tensor) -> Tensor { attended(x, to: y, isSeen: nil) }

    /// The places that each place of a sequence attends to, `[n, n]`.
    private static func causalMask(_ n: Int) -> Tensor {
        Tensor.range(n) .<= Tensor.range(n).expanded(axis: -1)
    }

    private func attended(_ x: Tensor, to y: Tensor, isSeen: Tensor?) -> Tensor {
        let (q, k, v) = (split(query(x)), split(key(y)), split(value(y)))
        let scale = Tensor(floatLiteral: 1 / Double(q.shape[q.rank - 1]).squareRoot())
        let products = scale * q.matrixProduct(k.transposed)
        let logits = isSeen.map { select($0, products, Tensor(floatLiteral: -.infinity)) } ?? products
        let seen = logits.softmax().matrixProduct(v)  // [..., heads, n, channels / heads]
        let together = swappedHeads(seen)
        return output(together.reshaped(x.shape.dropLast() + [query.outputs]))
    }

    /// `[..., n, channels]` to `[..., heads, n, channels / heads]`.
    private func split(_ x: Tensor) -> Tensor {
        swappedHeads(x.reshaped(x.shape.dropLast() + [heads, query.outputs / heads]))
    }
    private func swappedHeads(_ x: Tensor) -> Tensor {
        let rank = x.rank
        return x.transposed(to: Array(0..<(rank - 3)) + [rank - 2, rank - 3, rank - 1])
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&query, "query")
        visitor.visit(&key, "key")
        visitor.visit(&value, "value")
        visitor.visit(&output, "output")
    }
}

extension Tensor {
    /// `exp(x) / Σ exp(x)` along the last axis, without overflow.
    public func softmax() -> Tensor { (self - logSumExp().expanded(axis: -1)).exp() }
}
