import Tensors

/// A vector for each word, category or position: integers `[...]` to `[..., channels]`.
public struct Embedding: Map {
    /// `[words, channels]`
    public var table: Tensor

    /// Vectors of standard normal numbers.
    public init(_ words: Int, channels: Int, key: Key, type: ElementType = .float64) {
        precondition(words > 0 && channels > 0, "Embedding: \(words) words of \(channels) channels")
        table = key.normal([words, channels]).cast(to: type)
    }

    public func callAsFunction(_ words: Tensor) -> Tensor {
        precondition(words.type == .int64, "an embedding was given \(words.type)\(words.shape), not integers")
        return table.taking(words.flattened()).reshaped(words.shape + [table.shape[1]])
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&table, "table") }
}
