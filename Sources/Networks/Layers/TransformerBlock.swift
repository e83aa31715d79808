import Tensors

/// A block of a transformer, for the elements of a set or of a sequence `[..., n, channels]`: attention to the
/// elements, then the same network on each, both on normalised inputs and added to them.
///
///     x ← x + attention(norm x),   x ← x + W₂ a(W₁ norm x)
///
/// A causal block lets an element attend to itself and those before it; without, a permutation of the elements
/// permutes the result. Positions are no matter of the block. While it is trained, `dropout` leaves out parts of what
/// attention and network add.
///
/// Reference: Vaswani et al. 2017, arXiv 1706.03762; Xiong et al. 2020, arXiv 2002.04745, on the order; Lee et al.
/// 2019, arXiv 1810.00825, on sets.
public struct TransformerBlock: TrainedMap {
    public var firstNormalization: LayerNormalization
    public var attention: Attention
    public var secondNormalization: LayerNormalization
    public var network: DenseNetwork
    public let isCausal: Bool
    public let dropout: Dropout

    public init(
        _ channels: Int, heads: Int, hidden: Int, activation: Activation = .silu, isCausal: Bool = false,
        dropout: Double = 0, key: Key, type: ElementType = .float64
    ) {
        let keys = key.split(2)
        firstNormalization = LayerNormalization(channels, type: type)
        attention = Attention(channels, heads: heads, key: keys[0], type: type)
        secondNormalization = LayerNormalization(channels, type: type)
        network = DenseNetwork(widths: [channels, hidden, channels], activation: activation, key: keys[1], type: type)
        self.isCausal = isCausal
        self.dropout = Dropout(dropout)
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        let seen = x + attention(firstNormalization(x), isCausal: isCausal)
        return seen + network(secondNormalization(seen))
    }

    public func training(_ x: Tensor, key: Key) -> (output: Tensor, next: TransformerBlock) {
        let keys = key.split(2)
        let attended = attention(firstNormalization(x), isCausal: isCausal)
        let seen = x + dropout.training(attended, key: keys[0]).output
        return (seen + dropout.training(network(secondNormalization(seen)), key: keys[1]).output, self)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&firstNormalization, "firstNormalization")
        visitor.visit(&attention, "attention")
        visitor.visit(&secondNormalization, "secondNormalization")
        visitor.visit(&network, "network")
    }
}
