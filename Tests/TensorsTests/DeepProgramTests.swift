import Foundation
import Testing

@testable import Tensors

/// Long programs are recorded, differentiated and freed in loops, never by recursion: half a mebibyte of stack is plenty.
@Suite struct DeepProgramTests {
    private static let length = 50_000

    /// `x ← x + c sin x`, again and again: two operations more than the length each.
    private static func chain(_ x: Tensor) -> Tensor {
        var y = x
        for _ in 0..<length { y = y + 1e-5 * y.sin() }
        return y
    }

    private func onSmallStack<R: Sendable>(_ body: @escaping @Sendable () -> R) async -> R {
        await withCheckedContinuation { continuation in
            let thread = Thread { continuation.resume(returning: body()) }
            thread.stackSize = 512 * 1024
            thread.start()
        }
    }

    @Test func aChainOfManyOperations() async {
        let (slope, forward, count, again) = await onSmallStack {
            let program = Program.tracing([Signature([])]) { [Self.chain($0[0])] }
            let reverse = gradient(of: Self.chain)(Tensor(1)).scalar
            let forward = jvp(Self.chain, at: Tensor(1), along: Tensor(1)).tangent.scalar
            let again = gradient(of: { program.run([$0])[0] })(Tensor(1)).scalar
            return (reverse, forward, program.count, again)
        }
        var (x, expected) = (1.0, 1.0)
        for _ in 0..<Self.length { (x, expected) = (x + 1e-5 * sin(x), expected * (1 + 1e-5 * cos(x))) }
        #expect(count >= 100_000)
        #expect(abs(slope - expected) < 1e-10)
        #expect(abs(forward - expected) < 1e-10)
        #expect(again == slope)
    }
}
