/// The source of random numbers as a value: the same key gives the same numbers, always and everywhere.
///
/// Never use a key twice; `split` it, or `fold` a counter into it.
public struct Key: Tree {
    var words: Tensor

    init(words: Tensor) { self.words = words }

    /// The key of a seed.
    public init(_ seed: Int) {
        let words = threefry((UInt64(bitPattern: Int64(seed)), 0), (0, 3))
        self.init(
            words: Tensor(integers: [Int(truncatingIfNeeded: words.0), Int(truncatingIfNeeded: words.1)]))
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&words, "words") }

    /// `count` keys that are independent of each other and of this one.
    public func split(_ count: Int) -> [Key] {
        let words = apply(.random(.split(count)), words)
        return (0..<count).map { Key(words: words[$0]) }
    }
    /// The key that this one and `number` determine.
    public func folding(_ number: Tensor) -> Key { Key(words: apply(.random(.fold), words, number)) }
    public func folding(_ number: Int) -> Key { folding(Tensor(.int64([number]), [])) }

    /// Uniform numbers in (0, 1).
    public func uniform(_ shape: [Int] = []) -> Tensor { apply(.random(.uniform(shape)), words) }
    /// Standard normal numbers.
    public func normal(_ shape: [Int] = []) -> Tensor { apply(.random(.normal(shape)), words) }
    /// −1 or 1 with equal probability.
    public func rademacher(_ shape: [Int] = []) -> Tensor { (uniform(shape) - 0.5).sign() }
    /// Indices drawn with probability proportional to `exp(logits)` along the last axis, by Gumbel's trick.
    public func categorical(_ logits: Tensor) -> Tensor {
        (logits - (-uniform(logits.shape).log()).log()).argmax(axis: -1)
    }
    /// The integers `0..<count` in random order.
    public func permutation(_ count: Int) -> Tensor { uniform([count]).argsort() }
}
