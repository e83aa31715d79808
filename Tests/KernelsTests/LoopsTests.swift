import Testing

@testable import Kernels
@testable import Tensors

/// What is done with loops that belong together: a filter's forecast, and the adjoint that goes back through it.
@Suite struct LoopsTests {
    private let start = Tensor.identity(20)
    private let sequence = Key(1).normal([6, 20, 20])

    /// A covariance through some steps, each of which needs two products and a factorization; and what is seen of each.
    private func value(_ gain: Tensor) -> Tensor {
        scan(over: sequence, from: start) { covariance, now in
            let matrix = Tensor.identity(20) + 0.1 * gain * now
            let next = matrix.matrixProduct(covariance).matrixProduct(matrix.transposed) + Tensor.identity(20)
            return (next, next.cholesky().diagonal().log().sum())
        }.outputs.sum()
    }

    private func program(_ gain: Tensor) -> Program {
        Simplify.all(
            Program.tracing([gain.signature]) { inputs in
                let (value, slope) = valueAndGradient(of: value)(inputs[0])
                return [value, slope]
            })
    }

    private func loops(_ program: Program) -> [Scan] {
        program.instructions.compactMap { if case .scan(let scan) = $0.operation { scan } else { nil } }
    }

    /// Where the covariance starts, and what is seen, are constants:
    /// the forecast and its trajectory begin alike all the same.
    @Test func aForecastAndItsTrajectoryAreOneLoop() {
        #expect(loops(program(Key(2).normal([20, 20]))).map(\.isReversed) == [false, true])
    }

    @Test func theAdjointFactorizesNothingAgain() {
        let loops = loops(program(Key(2).normal([20, 20])))
        let factorizations = loops.map { loop in
            loop.body.instructions.count { if case .cholesky = $0.operation { true } else { false } }
        }
        #expect(factorizations == [1, 0])
    }

    @Test func keptValuesChangeNoResult() {
        let gain = Key(2).normal([20, 20])
        let (value, slope) = valueAndGradient(of: value)(gain)
        let found = program(gain).run([gain])
        #expect(abs(found[0].scalar / value.scalar - 1) < 1e-13)
        #expect(((found[1] - slope).squared().sum() / slope.squared().sum()).scalar < 1e-24)
    }

    /// Whether constants are the same is asked of their bits, however many there are.
    @Test func equalityIsOfBits() {
        let x = Key(3).normal([100, 100])
        let copy = Tensor(x.values, shape: [100, 100])
        #expect(x.isIdentical(to: copy) && !x.isIdentical(to: x.reshaped([10_000])))
        #expect(!Tensor([0.0]).isIdentical(to: Tensor([-0.0])))
        #expect(Tensor([Double.nan]).isIdentical(to: Tensor([Double.nan])))
        #expect(!Tensor([1.0]).isIdentical(to: Tensor([1.0]).cast(to: .float32)))
    }
}
