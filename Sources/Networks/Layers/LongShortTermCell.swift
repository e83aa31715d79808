import Tensors

/// One step of a network with long short-term memory: input `[..., inputs]`, output `h` and cell `c`, both
/// `[..., units]`, to the next output and cell.
///
///     (i, f, g, o) = x W + b + h U + d
///     c ← σ(f) ∘ c + σ(i) ∘ tanh g
///     h ← σ(o) ∘ tanh c
///
/// The four blocks stand in this order along the last axis of each layer, as in PyTorch's `LSTMCell`.
/// Reference: Hochreiter & Schmidhuber 1997, Neural Comput. 9, 1735–1780; Gers et al. 2000.
public struct LongShortTermCell: RecurrentCell {
    /// `W` and `b`, from inputs to four times the units.
    public var input: Dense
    /// `U` and `d`, from units to four times the units.
    public var memory: Dense

    public init(_ inputs: Int, units: Int, key: Key, type: ElementType = .float64) {
        let keys = key.split(2)
        input = Dense(inputs, 4 * units, key: keys[0], type: type)
        memory = Dense(units, 4 * units, key: keys[1], type: type)
    }

    public var units: Int { memory.inputs }

    /// Output and cell before anything was seen.
    public func start(_ shape: [Int]) -> Pair<Tensor, Tensor> {
        let zero = Tensor.zeros(shape + [units], type: memory.bias.type)
        return Pair(zero, zero)
    }

    public func next(projected: Tensor, _ state: Pair<Tensor, Tensor>) -> Pair<Tensor, Tensor> {
        let sums = projected + memory(state.first)
        func block(_ i: Int) -> Tensor { sums.slice(axis: -1, from: i * units, to: (i + 1) * units) }
        let cell = block(1).logistic() * state.second + block(0).logistic() * block(2).tanh()
        return Pair(block(3).logistic() * cell.tanh(), cell)
    }

    public func output(_ state: Pair<Tensor, Tensor>) -> Tensor { state.first }

    public func callAsFunction(_ now: Pair<Tensor, Pair<Tensor, Tensor>>) -> Pair<Tensor, Tensor> {
        next(projected: input(now.first), now.second)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&input, "input")
        visitor.visit(&memory, "memory")
    }
}

/// One step of the simplest recurrent network, `h ← tanh(x W + b + h U + d)`, as PyTorch's `RNNCell`.
///
/// Reference: Elman 1990, Cognitive Science 14, 179–211.
public struct ElmanCell: RecurrentCell {
    /// `W` and `b`
    public var input: Dense
    /// `U` and `d`
    public var memory: Dense

    public init(_ inputs: Int, units: Int, key: Key, type: ElementType = .float64) {
        let keys = key.split(2)
        input = Dense(inputs, units, key: keys[0], type: type)
        memory = Dense(units, units, key: keys[1], type: type)
    }

    public var units: Int { memory.inputs }
    public func start(_ shape: [Int]) -> Tensor { Tensor.zeros(shape + [units], type: memory.bias.type) }
    public func next(projected: Tensor, _ state: Tensor) -> Tensor { (projected + memory(state)).tanh() }
    public func output(_ state: Tensor) -> Tensor { state }
    public func callAsFunction(_ now: Pair<Tensor, Tensor>) -> Tensor { next(projected: input(now.first), now.second) }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&input, "input")
        visitor.visit(&memory, "memory")
    }
}
