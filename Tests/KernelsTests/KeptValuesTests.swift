import Testing

@testable import Kernels
@testable import Tensors

/// What a forecast keeps of its stages for its adjoint: states whose neighbours are read,
/// while they fit into near caches.
@Suite struct KeptValuesTests {
    private func stage(_ x: Tensor) -> Tensor { (x.rolled(by: -1) - x.rolled(by: 2)) * x.rolled(by: 1) - x + 8 }

    private func forecast(_ x: Tensor, steps: Int) -> Tensor {
        scan(over: Nothing(), from: x, count: steps, checkpoints: .everyStep) { x, _ in
            let a = stage(x)
            let b = stage(x + 0.02 * a)
            return (x + 0.02 * (a + stage(x + 0.02 * b)), Nothing())
        }.final.squared().mean()
    }

    /// How many arrays the first loop leaves behind, one a step.
    private func kept(_ steps: Int) -> Int? {
        let program = Simplify.all(
            Program.tracing([Signature([40])]) { [gradient(of: { forecast($0, steps: steps) })($0[0])] })
        return program.instructions.lazy.compactMap { instruction in
            if case .scan(let scan) = instruction.operation { instruction.results.count - scan.carries } else { nil }
        }.first
    }

    @Test func statesOfStagesAreKeptWhereTheyAreNear() {
        #expect(kept(10) == 3, "the state, and those of two stages")
        #expect(kept(20_000) == 1, "the state")
    }

    @Test func gradientsAreThose() {
        let x = 2 + Key(1).normal([40])
        let slope = { (x: Tensor) in gradient(of: { forecast($0, steps: 12) })(x) }
        let (native, interpreted) = (compile(like: x, slope)(x), slope(x))
        #expect((native - interpreted).absolute().maximum().scalar < 1e-12)
    }
}
