import Tensors

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
