import Testing

@testable import Kernels
@testable import Tensors

/// Long programs are given to the compiler in parts, and large loops to all threads; neither changes a number.
@Suite struct DivisionTests {
    private func emitted(_ x: Tensor, _ f: @escaping (Tensor) -> Tensor) -> EmittedProgram {
        EmittedProgram(Simplify.all(Program.tracing([x.signature]) { [f($0[0])] }))
    }

    /// Sums between elementwise work, so that nothing is fused, in loops with memory,
    /// choices and loops until a condition fails.
    private func stretch(_ x: Tensor, _ count: Int) -> Tensor {
        (0..<count).reduce(x) { y, i in
            (y - 0.1 * y.cumulativeSum(axis: i % 2)).tanh() + y.sum(axes: [1]).expanded(axis: 1)
        }
    }

    private func long(_ x: Tensor) -> Tensor {
        let outer = stretch(x, 40)
        let scanned = scan(over: Tensor.range(3).cast(to: .float64), from: outer) { y, t in
            let next = stretch(y + t, 40)
            return (next, next.mean())
        }
        let isPositive = scanned.outputs.sum() .> 0
        let chosen = cond(
            isPositive, scanned.final, then: { stretch($0, 30) }, else: { stretch(-$0, 35) })
        let ended = whileLoop(
            from: Pair(chosen, Tensor(0)), while: { $0.second .< 2.5 },
            do: { now in Pair(stretch(now.first, 30), now.second + 1) })
        return ended.first + scanned.outputs.sum()
    }

    @Test func longProgramsAreDividedAndTheSame() {
        let x = Key(1).normal([4, 5])
        let code = emitted(x) { long($0) }.body
        #expect(code.split(separator: "\n").count { $0.hasPrefix("static __attribute__((noinline)) void part") } > 8)
        let (native, interpreted) = (compile(like: x) { long($0) }(x), long(x))
        let difference = (native - interpreted).absolute().maximum().scalar
        #expect(difference < 1e-12 * max(1, interpreted.absolute().maximum().scalar), "\(difference)")
        // Backwards too, where loops keep what they need.
        let slope = { (x: Tensor) in
            gradient(of: { (x: Tensor) in
                scan(over: Tensor.range(3).cast(to: .float64), from: x) { y, t in (stretch(y + t, 40), y.mean()) }.final
                    .mean()
            })(x)
        }
        let (a, b) = (compile(like: x, slope)(x), slope(x))
        #expect((a - b).absolute().maximum().scalar < 1e-10 * max(1, b.absolute().maximum().scalar))
    }

    @Test(arguments: [[40_000], [200, 200], [20, 64, 64]]) func largeLoopsAreSharedAndTheSame(_ shape: [Int]) {
        let x = Key(2).normal(shape)
        let f = { (x: Tensor) in
            let rows = x.mean(axes: [x.rank - 1]).expanded(axis: -1)
            let y = (x - rows).exp() / (1 + x.squared())
            return (x.rank > 1 ? y.rolled(by: 3, axis: -1) : y) * x.tanh()
        }
        #expect(emitted(x, f).body.contains("runtime->parallel"))
        let (native, interpreted) = (compile(like: x, f)(x), f(x))
        #expect((native - interpreted).absolute().maximum().scalar < 1e-12)
        // What may fail is left to one thread: a gather checks its indices.
        let indices = Tensor(integers: (0..<shape[0]).map { ($0 * 7) % shape[0] })
        #expect(!emitted(x) { $0.taking(indices) }.body.contains("runtime->parallel"))
    }

    @Test func threadsChangeNoBit() {
        let x = Key(3).normal([300, 300])
        let f = { (x: Tensor) in ((x * x).tanh() + x.exp()).sqrt() / (x.absolute() + 1) }
        let program = compile(like: x, f)
        let one = ThreadPool.withThreads(1) { program(x).values.map(\.bitPattern) }
        let two = ThreadPool.withThreads(2) { program(x).values.map(\.bitPattern) }
        #expect(one == two)
    }
}
