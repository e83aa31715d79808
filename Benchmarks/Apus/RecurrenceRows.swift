import Kernels
import Tensors

/// A recurrence with gates, as a network of long short-term memory has it: 50 steps, batch 64, 40 inputs, 128 units.
///
///     (i, f, g, o) = x W + h U,   c ← σ(f) c + σ(i) tanh(g),   h ← σ(o) tanh(c)
private func recurrence() -> Prepared {
    let (batch, inputs, units) = (64, 40, 128)
    func single(_ seed: UInt64, _ shape: [Int], _ scale: Double = 1) -> Tensor {
        (scale * uniform(seed, shape)).cast(to: .float32)
    }
    let weights = Pair(single(1, [inputs, 4 * units], 0.1), single(2, [units, 4 * units], 0.1))
    let sequence = single(3, [50, batch, inputs])
    let zero = Tensor.zeros([batch, units], type: .float32)
    return prepared(Pair(weights, sequence)) { now in
        let (w, u) = (now.first.first, now.first.second)
        func gate(_ x: Tensor) -> Tensor { 1 / (1 + (-x).exp()) }
        return scan(over: now.second, from: Pair(zero, zero)) { state, x in
            let parts = x.matrixProduct(w) + state.first.matrixProduct(u)
            func part(_ k: Int) -> Tensor { parts.slice(axis: -1, from: k * units, to: (k + 1) * units) }
            let cell = gate(part(1)) * state.second + gate(part(0)) * part(2).tanh()
            return (Pair(gate(part(3)) * cell.tanh(), cell), Nothing())
        }.final.first
    }
}

let recurrenceRows: [String: @Sendable () -> Prepared] = ["recurrence": recurrence]
