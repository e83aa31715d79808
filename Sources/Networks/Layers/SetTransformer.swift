import Tensors

/// A block of a transformer without positions, for the elements of a set `[..., n, channels]`: attention to all
/// elements, then the same network on each, both on normalised inputs and added to them.
/// A permutation of the elements permutes the result.
///
///     x ← x + attention(norm x),   x ← x + W₂ a(W₁ norm x)
///
/// Reference: Lee et al. 2019 (set transformer), arXiv 1810.00825; Xiong et al. 2020, arXiv 2002.04745, on the order.
public struct SetBlock: Map {
    public var firstNormalization: LayerNormalization
    public var attention: Attention
    public var secondNormalization: LayerNormalization
    public var network: DenseNetwork

    public init(_ channels: Int, heads: Int, hidden: Int, key: Key, type: ElementType = .float64) {
        let keys = key.split(2)
        firstNormalization = LayerNormalization(channels, type: type)
        attention = Attention(channels, heads: heads, key: keys[0], type: type)
        secondNormalization = LayerNormalization(channels, type: type)
        network = DenseNetwork(widths: [channels, hidden, channels], activation: .silu, key: keys[1], type: type)
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        let seen = x + attention(firstNormalization(x))
        return seen + network(secondNormalization(seen))
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&firstNormalization, "firstNormalization")
        visitor.visit(&attention, "attention")
        visitor.visit(&secondNormalization, "secondNormalization")
        visitor.visit(&network, "network")
    }
}

/// A set `[..., n, channels]` as so many vectors as there are seeds, `[..., seeds, channels]`: learned queries attend
/// to the elements, so that neither their order nor, but for sampling, their number matters.
///
/// Reference: Lee et al. 2019, arXiv 1810.00825, section 3.2.
public struct SetPooling: Map {
    /// `[seeds, channels]`
    public var seeds: Tensor
    public var attention: Attention

    public init(_ channels: Int, seeds: Int, heads: Int, key: Key, type: ElementType = .float64) {
        let keys = key.split(2)
        self.seeds = keys[0].normal([seeds, channels]).cast(to: type)
        attention = Attention(channels, heads: heads, key: keys[1], type: type)
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        attention(seeds.broadcast(to: x.shape.dropLast(2) + seeds.shape), to: x)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&seeds, "seeds")
        visitor.visit(&attention, "attention")
    }
}
