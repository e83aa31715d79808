import Tensors

/// One step of a gated recurrent unit: input `[..., inputs]` and memory `h` `[..., units]` to the next memory.
///
///     r = σ(x Wᵣ + bᵣ + h Uᵣ + cᵣ)
///     z = σ(x W_z + b_z + h U_z + c_z)
///     n = tanh(x Wₙ + bₙ + r ∘ (h Uₙ + cₙ))
///     h ← (1 − z) ∘ n + z ∘ h
///
/// The three blocks stand in this order along the last axis of each layer, as in PyTorch's `GRUCell`.
/// Reference: Cho et al. 2014, arXiv 1406.1078.
public struct GatedRecurrentCell: RecurrentCell {
    /// `W` and `b`, from inputs to three times the units.
    public var input: Dense
    /// `U` and `c`, from units to three times the units.
    public var memory: Dense

    public init(_ inputs: Int, units: Int, key: Key, type: ElementType = .float64) {
        let keys = key.split(2)
        input = Dense(inputs, 3 * units, key: keys[0], type: type)
        memory = Dense(units, 3 * units, key: keys[1], type: type)
    }

    /// The number of units.
    public var units: Int { memory.inputs }

    /// The memory before anything was seen.
    public func start(_ shape: [Int]) -> Tensor { Tensor.zeros(shape + [units], type: memory.bias.type) }

    public func callAsFunction(_ now: Pair<Tensor, Tensor>) -> Tensor { self(now.first, memory: now.second) }

    public func callAsFunction(_ x: Tensor, memory h: Tensor) -> Tensor { next(projected: input(x), h) }

    public func output(_ state: Tensor) -> Tensor { state }

    public func next(projected fromInput: Tensor, _ h: Tensor) -> Tensor {
        let fromMemory = memory(h)
        func block(_ i: Int, _ sums: Tensor) -> Tensor { sums.slice(axis: -1, from: i * units, to: (i + 1) * units) }
        let reset = (block(0, fromInput) + block(0, fromMemory)).logistic()
        let update = (block(1, fromInput) + block(1, fromMemory)).logistic()
        let proposal = (block(2, fromInput) + reset * block(2, fromMemory)).tanh()
        return proposal + update * (h - proposal)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&input, "input")
        visitor.visit(&memory, "memory")
    }
}
