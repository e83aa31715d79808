import Foundation
import Testing

@testable import Kernels
@testable import Tensors

/// Long programs become C in loops, not by recursion: half a mebibyte of stack is plenty, but for the sanitizers, which
/// put borders around all that lies on a stack.
@Suite(.serialized) struct LongProgramTests {
    private static let stackSize = (ProcessInfo.processInfo.environment["ASAN_OPTIONS"] == nil ? 1 : 8) * 512 * 1024

    private func emitted(_ shape: [Int], _ step: @escaping @Sendable (Tensor) -> Tensor, _ count: Int) async -> Int {
        await withCheckedContinuation { continuation in
            let thread = Thread {
                let program = Program.tracing([Signature(shape)]) { x in
                    [(0..<count).reduce(x[0]) { y, _ in step(y) }]
                }
                continuation.resume(returning: EmittedProgram(Simplify.all(program)).body.utf8.count)
            }
            thread.stackSize = Self.stackSize
            thread.start()
        }
    }

    @Test func arithmetic() async {
        #expect(await emitted([], { $0 + 1e-5 * $0.sin() }, 34_000) > 100_000)
        #expect(await emitted([3], { $0 + 1e-5 * $0.sin() }, 34_000) > 100_000)
    }

    /// What only moves elements is computed where it is read.
    @Test func moves() async {
        #expect(await emitted([3], { $0.rolled(by: 1) }, 100_000) > 100)
        #expect(await emitted([2, 3], { $0.transposed.rolled(by: 1) }, 50_000) > 100)
        #expect(await emitted([4], { $0.padded(axis: 0, before: 1, after: 0).slice(axis: 0, to: 4) }, 50_000) > 100)
        #expect(await emitted([4], { ($0 .> 0).cast(to: .float64) }, 50_000) > 100)
    }
}
