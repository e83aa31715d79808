import Checks
import Tensors
import Testing

/// A sequence of operations drawn at random, each on values that earlier ones made.
private struct RandomProgram: Sendable {
    struct Instruction: Sendable {
        let kind: Int
        let operands: (Int, Int)
    }
    static let kinds = 24
    let instructions: [Instruction]

    init(seed: Int) {
        var state = UInt64(seed)
        func next(_ bound: Int) -> Int {
            // Steele, Lea & Flood's SplitMix64.
            state &+= 0x9e37_79b9_7f4a_7c15
            var z = state
            z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
            return Int((z ^ (z >> 31)) % UInt64(bound))
        }
        instructions = (0..<(5 + next(36))).map { place in
            Instruction(kind: next(RandomProgram.kinds), operands: (next(place + 2), next(place + 2)))
        }
    }

    /// All that the instructions make from two vectors of three; every value is again such a vector, of moderate size.
    func run(_ x: [Tensor]) -> [Tensor] {
        var values = x
        for instruction in instructions {
            let (a, b) = (values[instruction.operands.0], values[instruction.operands.1])
            values.append(
                instruction.kind < 12 ? elementwise(instruction.kind, a, b) : structured(instruction.kind, a, b))
        }
        return Array(values.suffix(2)) + [values.reduce(Tensor(0), +)]
    }

    private func elementwise(_ kind: Int, _ a: Tensor, _ b: Tensor) -> Tensor {
        switch kind {
        case 0: (a + b) * 0.6
        case 1: a - 0.5 * b
        case 2: (a * b).tanh()
        case 3: a / (b * b + 1)
        case 4: a.sin()
        case 5: (-(a * a)).exp()
        case 6: (a * a).logOnePlus()
        case 7: a.logistic() * b.cos()
        case 8: (a * a + 0.5).sqrt().erf()
        case 9: a.maximum(b)
        case 10: selecting(a .> b, a.softplus(), b)
        default: a.stoppingGradient * b.tanh()
        }
    }

    private func structured(_ kind: Int, _ a: Tensor, _ b: Tensor) -> Tensor {
        let matrix = a.outerProduct(a).tanh() + Tensor([2, 3, 5]).diagonalMatrix()
        switch kind {
        case 12: return a.rolled(by: 1) - b
        case 13: return 0.4 * a.cumulativeSum()
        case 14: return Tensor.concatenated([a.slice(axis: 0, from: 1), b.slice(axis: 0, to: 1)])
        case 15: return a.taking(Tensor(integers: [2, 2, 0])) * 0.5 + b
        case 16: return a.sorted()
        case 17: return matrix.solve(b.expanded(axis: 1)).flattened()
        case 18: return a.outerProduct(a.sin()).symmetricPart.vectorProduct(b).tanh()
        case 19: return (a.outerProduct(a) + Tensor.identity(3)).cholesky().vectorProduct(b).sin()
        case 20: return a.mean() + 0.5 * b
        case 21: return a.outerProduct(b).transposed.reshaped([9]).slice(axis: 0, from: 1, by: 3).tanh()
        case 22:
            return scan(over: Tensor([0.3, 0.7]), from: a) { state, weight in
                (state.sin() + weight * b, Nothing())
            }.final * 0.5
        default: return vmap { (x: Tensor) in gradient(of: { (y: Tensor) in (y * x).sin() + y * y * 0.1 })(x) }(a)
        }
    }
}

extension Tensor {
    fileprivate var symmetricPart: Tensor { 0.5 * (self + transposed) }
}

@Suite struct RandomProgramTests {
    @Test func lawsHoldInRandomPrograms() {
        for seed in 0..<300 {
            let program = RandomProgram(seed: seed)
            let x = [Key(seed).normal([3]), Key(seed + 1_000_000).normal([3])]
            let found = checkOperation(
                "program \(seed)", at: x,
                laws: [.recorded, .values, .adjoint, .batch, .nestedBatch, .gradientOfBatch, .batchOfGradient],
                tolerances: Tolerances(rounding: 1e-10), program.run)
            #expect(found == [])
        }
    }
}
