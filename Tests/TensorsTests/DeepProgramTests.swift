import Foundation
import Testing

@testable import Tensors

/// Long programs are recorded, differentiated and freed in loops, never by recursion: half a mebibyte of stack is
/// plenty; and in a time that grows with their length, not with its square.
@Suite(.serialized) struct DeepProgramTests {
    private static let length = 50_000

    /// `x ← x + c sin x`, again and again: two operations more than the length each.
    private static func chain(_ x: Tensor, length: Int = length) -> Tensor {
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
            let reverse = gradient(of: { Self.chain($0) })(Tensor(1)).scalar
            let forward = jvp({ Self.chain($0) }, at: Tensor(1), along: Tensor(1)).tangent.scalar
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

    @Test func secondOrderBatchesAndLoopsOfALongChain() async {
        let (second, reverse, batch, looped, chosen) = await onSmallStack {
            let f = { (x: Tensor) in Self.chain(x) }
            let second = hessianVectorProduct(of: f)(Tensor(1), Tensor(1)).scalar
            let reverse = gradient(of: gradient(of: f))(Tensor(1)).scalar
            let batch = vmap(gradient(of: f))(Tensor([1, 2])).values
            let looped = gradient(of: { (x: Tensor) in
                scan(over: Nothing(), from: x, count: 2) { (f($0), $1) }.final
            })(Tensor(1)).scalar
            let chosen = vmap { (x: Tensor) in
                cond(x .> 1) {
                    f(x)
                } else: {
                    x
                }
            }(Tensor([1, 2])).values
            return (second, reverse, batch, looped, chosen)
        }
        #expect(abs(second - reverse) < 1e-10 * abs(second))
        #expect(batch.count == 2 && batch[0] == gradient(of: { Self.chain($0) })(Tensor(1)).scalar)
        #expect(abs(looped - gradient(of: { Self.chain($0, length: 2 * Self.length) })(Tensor(1)).scalar) < 1e-10)
        #expect(chosen[0] == 1 && chosen[1] == Self.chain(Tensor(2)).scalar)
    }

    /// Four times the length takes about four times as long, and far from sixteen times.
    @Test(arguments: ["gradient", "second order", "many small gradients", "vmap", "many captured values"])
    func timeIsLinearInLength(_ what: String) {
        func seconds(_ length: Int) -> Double {
            let clock = ContinuousClock()
            let run = { DeepProgramTests.run(what, length) }
            return (0..<3).map { _ in clock.measure(run) / .seconds(1) }.min() ?? 0
        }
        // Whatever else the machine does may disturb one comparison, not all.
        let pairs = (0..<4).lazy.map { _ in (short: seconds(4_000), long: seconds(16_000)) }
        #expect(pairs.contains { $0.long < 9 * $0.short }, "\(what)")
    }

    private static func run(_ what: String, _ length: Int) {
        let f = { (x: Tensor) in chain(x, length: length) }
        switch what {
        case "gradient": _ = gradient(of: f)(Tensor(1))
        case "second order": _ = hessianVectorProduct(of: f)(Tensor(1), Tensor(1))
        case "vmap": _ = vmap(f)(Tensor([1, 2]))
        case "many small gradients":
            // Transforms one after another inside another, each of which walks only what is its own.
            _ = gradient(of: { (x: Tensor) in
                var y = x
                for _ in 0..<(length / 20) { y = y + 1e-5 * gradient(of: { (z: Tensor) in (z * y).sin() })(y) }
                return y
            })(Tensor(1))
        default:
            // A loop whose body uses many tensors from outside.
            _ = gradient(of: { (x: Tensor) in
                let parts = (0..<(length / 20)).map { x * Tensor(Double($0)) }
                return scan(over: Nothing(), from: x, count: 2) { state, nothing in
                    (parts.reduce(state) { $0 + 1e-9 * $1 * state }, nothing)
                }.final
            })(Tensor(1))
        }
    }
}
