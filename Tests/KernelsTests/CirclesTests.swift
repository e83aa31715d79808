import Dynamics
import Testing

@testable import Kernels
@testable import Tensors

/// Nests along short circles are whole vectors, rolled ones among them,
/// and compute what loops over single numbers would.
@Suite struct CirclesTests {
    private func check(
        _ x: Tensor, isCircle: Bool? = true, sourceLocation: SourceLocation = #_sourceLocation,
        _ f: @escaping (Tensor) -> Tensor
    ) {
        let compiled = compile(like: x, f)
        if let code = compiled.code, let isCircle {
            #expect(code.contains("TURNED_") == isCircle, "\(x.shape)", sourceLocation: sourceLocation)
        }
        let (found, expected) = (compiled(x), f(x))
        let tolerance = x.type == .float32 ? 1e-5 : 1e-13
        let scale = max(1, expected.absolute().maximum().scalar)
        #expect((found - expected).absolute().maximum().scalar < tolerance * scale, sourceLocation: sourceLocation)
    }

    @Test(arguments: [[16], [24], [40], [128], [3, 40], [2, 1, 40], [5, 2, 16]], [ElementType.float64, .float32])
    func rollsInWholeVectors(_ shape: [Int], _ type: ElementType) {
        let x = Key(1).normal(shape).cast(to: type)
        // Rows that have nothing to do with each other are lanes.
        let isCircle = shape.count == 1 ? true : nil
        for shift in [1, -1, 2, 7, 8, -9, 15, 1001] {
            check(x, isCircle: isCircle) { $0.rolled(by: shift) * $0 - 0.5 }
        }
        check(x, isCircle: isCircle) { x in
            let flux = (x.rolled(by: -1) - x.rolled(by: 2)) * x.rolled(by: 1)
            return (flux.rolled(by: 3) - x / (2 + flux * flux)).rolled(by: -1) - x
        }
    }

    /// What is the same along the circle is one number; so is a constant.
    @Test func constantsAlongTheCircleAreNumbers() {
        check(Key(2).normal([40])) { x in
            let rows = x.reshaped([4, 10]).mean(axes: [1]).expanded(axis: 1)
            return (rows * x).rolled(by: 1) - rows * x.rolled(by: 3) - 3 * x
        }
        check(Key(3).normal([40])) { x in Tensor.ones([4, 1]) * x.rolled(by: 5) + x.rolled(by: -5) }
    }

    /// Other lengths, and more than arithmetic on whole axes, are loops as they were.
    @Test func othersAreLoops() {
        check(Key(4).normal([39]), isCircle: false) { $0.rolled(by: 1) * $0 }
        check(Key(4).normal([8]), isCircle: false) { $0.rolled(by: 1) * $0 }
        check(Key(4).normal([40]), isCircle: false) { ($0.rolled(by: 1) * $0).sin() }
        check(Key(4).normal([48]), isCircle: false) { $0.rolled(by: 1).slice(axis: 0, from: 0, to: 40) * 2 }
        check(Key(4).normal([40, 40]), isCircle: false) { $0.rolled(by: 1, axis: 0) * $0.transposed }
        check(Key(4).normal([40]), isCircle: false) { ($0.padded(axis: 0, before: 0, after: 8)).rolled(by: 1) + 1 }
    }

    /// Where a nest has several results, one is read by the next without a way through memory.
    @Test func aModelAndItsAdjoint() {
        let model = RungeKutta4(Lorenz96(), step: 0.05)
        let x = 2 + 3 * Key(5).uniform([40])
        check(x) { model.repeated(20)($0) }
        check(x) { gradient(of: { model.repeated(6)($0).squared().sum() })($0) }
        check(x) { x in
            scan(over: Tensor.range(5), from: x) { x, _ in
                let next = model(x)
                return (next, (next - 2 * x).squared())
            }.outputs
        }
    }
}
