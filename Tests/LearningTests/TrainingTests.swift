import Foundation
import Kernels
import Networks
import Tensors
import Testing

@testable import Learning

@Suite struct TrainingTests {
    /// Noisy samples of a line, and some to score on.
    static func line(_ count: Int, seed: Int) -> Pair<Tensor, Tensor> {
        let keys = Key(seed).split(2)
        let x = keys[0].normal([count, 2])
        let y =
            x.matrixProduct(Tensor([[1.5], [-0.5]].flatMap(\.self), shape: [2, 1])) + 0.1 * keys[1].normal([count, 1])
        return Pair(x, y)
    }
    static func loss(_ weight: Tensor, _ samples: Pair<Tensor, Tensor>) -> Tensor {
        Loss.meanSquaredError(samples.first.matrixProduct(weight), samples.second)
    }
    static let start = Tensor.zeros([2, 1])

    static func training(epochs: Int, patience: Int? = nil) -> Training<BatchLoss<Tensor, Pair<Tensor, Tensor>>, Adam> {
        Training(
            BatchLoss(line(70, seed: 1), validation: line(30, seed: 2), batchSize: 16) { loss($0, $1) },
            Adam(rate: 0.05), epochs: epochs, patience: patience, like: start)
    }

    @Test func anEpochIsTheLoopOfItsBatches() {
        let training = Self.training(epochs: 3)
        let state = training(Self.start, key: Key(5))
        var (weight, memory) = (Self.start, training.optimizer.start(Self.start))
        let samples = Self.line(70, seed: 1)
        for epoch in 0..<3 {
            let order = Key(5).folding(epoch).split(2)[0].permutation(70)
            for batch in 0..<4 {
                let chosen = order[(16 * batch)..<(16 * batch + 16)]
                let slope = gradient { Self.loss($0, samples.mappingLeaves { $0.taking(chosen) }) }(weight)
                training.optimizer.update(&weight, gradient: slope, state: &memory)
            }
        }
        #expect((state.parameters - weight).absolute().maximum().scalar < 1e-12)
        #expect(state.optimizer.step.scalar == 12)
        #expect(state.history.validation.count == 4 && state.outcome == .completed)
    }

    @Test func itLearnsAndStopsEarly() {
        let state = Self.training(epochs: 500, patience: 10)(Self.start, key: Key(5))
        #expect(state.epochs < 500 && state.epochs == state.bestEpoch.integer + 10)
        let error = state.best - Tensor([1.5, -0.5], shape: [2, 1])
        #expect(error.absolute().maximum().scalar < 0.05)
        #expect(state.history.validation.min() == state.history.validation[state.history.kept])
    }

    @Test func resumedFromABytewiseCopyItGoesOnToTheSameBits() throws {
        let training = Self.training(epochs: 6)
        let whole = training(Self.start, key: Key(5))
        var half = training.start(Self.start, key: Key(5))
        for _ in 0..<3 { training.advance(&half) }
        let saved = try Checkpoint(half, description: "half").encoded()
        let restored = try Checkpoint<String>(decoding: saved).restored(into: training.start(Self.start, key: Key(0)))
        let resumed = Self.training(epochs: 6)(from: restored)
        for (a, b) in zip(whole.leaves, resumed.leaves) {
            #expect(a.values.map(\.bitPattern) == b.values.map(\.bitPattern))
        }
    }

    @Test func lossThatIsNotFiniteEndsTrainingAndKeepsTheBest() {
        // Gradient descent of x⁴ with a rate that is far too large from a start where the first steps still descend.
        let training = Training(
            WholeLoss(Nothing()) { x, _, _ in x.squared().squared() }, GradientDescent(rate: 0.6), epochs: 100,
            like: Tensor(1.0))
        let state = training(Tensor(1.0), key: Key(1))
        guard case .diverged(let step) = state.outcome else {
            Issue.record("\(state.outcome)")
            return
        }
        #expect(step < 100 && step == state.epochs && state.best.scalar.isFinite)
        #expect(state.history.outcome == .diverged(step: step) && state.history.validation.isEmpty)
    }

    /// A carry is handed on, and no derivative goes through it.
    struct Sum: Objective {
        let stepsPerEpoch = 3
        func epoch(_ key: Key) -> (carry: Tensor, steps: Nothing) { (carry: 1 as Tensor, steps: Nothing()) }
        func loss(_ rate: Tensor, _ carry: Tensor, _ step: Nothing, key: Key) -> (value: Tensor, carry: Tensor) {
            let next = rate * carry
            return (next, next)
        }
        mutating func walk<V: TreeVisitor>(_ visitor: inout V) {}
    }

    @Test func noDerivativeGoesThroughACarry() {
        let training = Training(Sum(), GradientDescent(rate: 1e-3), epochs: 1, like: Tensor(2.0))
        let state = training(Tensor(2.0), key: Key(1))
        // The gradient of every step is its carry: 1, a₀, a₀ a₁.
        let a1 = 2 - 1e-3
        let a2 = a1 - 1e-3 * 2.0
        let a3 = a2 - 1e-3 * 2 * a1
        #expect(abs(state.parameters.scalar - a3) < 1e-13)
    }
}
