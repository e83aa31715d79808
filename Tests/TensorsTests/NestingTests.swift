import Checks
import Kernels
import Testing

@testable import Tensors

/// Transforms nested to the third order in any order, with closures that use traced values from outside.
@Suite struct NestingTests {
    /// A scalar function of a vector that uses a transform inside, and captures `w`.
    enum Inner: String, CaseIterable, Sendable {
        case plain, vmapped, scanned, chosen, checkpointed, solved, ownRule, gradient, pushed, pulled, compiled

        func callAsFunction(_ x: Tensor, _ w: Tensor) -> Tensor {
            let f = { (x: Tensor) in (w * x).sin() + x * x * w * 0.3 }
            return switch self {
            case .plain: f(x).sum()
            case .vmapped: vmap(f)(x).sum()
            case .scanned:
                scan(over: x, from: w, count: 3, checkpoints: .every(2)) { ((f($1) * $0).tanh(), $0 * $1) }.outputs
                    .sum()
            case .chosen:
                cond(x.sum() + w .> 0) {
                    f(x).sum()
                } else: {
                    (x * w).exp().sum()
                }
            case .checkpointed: Tensors.checkpointed { (x: Tensor) in f(x * w) }(x).sum()
            case .solved: fixedPoint(from: x, tolerance: 1e-14) { y in 0.2 * (y * w).sin() + x }.squared().sum()
            case .ownRule:
                customTangent { (p: [Tensor]) in
                    (p[0] * p[1]).sin()
                } tangent: { p, _, dp in
                    (p[0] * p[1]).cos() * (p[0] * dp[1] + p[1] * dp[0])
                }([x, w]).sum()
            case .gradient: (Tensors.gradient(of: { (x: Tensor) in f(x).sum() })(x) * x).sum()
            case .pushed: jvp({ f($0 * w) }, at: x, along: x * w).tangent.sum()
            case .pulled: vjp({ f($0 * w) }, at: x).pullback(x * w).sum()
            case .compiled: compile(like: x) { f($0 * w) }(x).sum()
            }
        }
    }

    /// How a scalar function of a scalar is differentiated once, three ways.
    enum Derivative: String, CaseIterable, Sendable {
        case forward, reverse, batchedReverse

        func callAsFunction(_ f: @escaping (Tensor) -> Tensor) -> (Tensor) -> Tensor {
            switch self {
            case .forward: { x in jvp(f, at: x, along: Tensor.ones(type: x.type)).tangent }
            case .reverse: { x in vjp(f, at: x).pullback(Tensor.ones(type: x.type)) }
            case .batchedReverse: { x in vmap(gradient(of: f))(Tensor.stacked([x, x + 1]))[0] }
            }
        }
    }

    @Test(arguments: Inner.allCases)
    func everyOrderOfEveryMode(_ inner: Inner) {
        let x = Tensor([0.4, -0.3, 0.9])
        // Along a line, through argument and captured value alike; differentiated in all 27 ways.
        let f = { (t: Tensor) in inner(x * t.exp(), t.cos()) }
        let all = Derivative.allCases
        let orders = all.flatMap { a in all.flatMap { b in all.map { c in (a, b, c) } } }
        let found = orders.map { a, b, c in a(b(c(f)))(Tensor(0.3)).scalar }
        let second = { (t: Tensor) in Derivative.forward(Derivative.forward(f))(t) }
        let h = 1e-3
        let slope = { (h: Double) in (second(Tensor(0.3 + h)) - second(Tensor(0.3 - h))).scalar / (2 * h) }
        let expected = (4 * slope(h / 2) - slope(h)) / 3
        for (order, value) in zip(orders, found) {
            #expect(abs(value - found[0]) < 1e-8 * max(1, abs(found[0])), "\(inner) \(order)")
        }
        #expect(abs(found[0] - expected) < 1e-6 * max(1, abs(expected)), "\(inner)")
    }

    @Test(arguments: Inner.allCases)
    func everyTransformInsideEveryOther(_ inner: Inner) {
        let laws: Set<OperationLaw> = [.recorded, .values, .tangent, .adjoint, .batch, .batchOfGradient, .secondOrder]
        let point = [Tensor([0.4, -0.3, 0.9]), Tensor(0.7)]
        for outer in Inner.allCases {
            // The inner function of each element, as the body of the outer transform.
            let f = { (p: [Tensor]) in outer(inner(p[0], p[1]).reshaped([1]) * p[0] * 0.2, p[1]) }
            let found = checkOperation(
                "\(inner) inside \(outer)", at: point, laws: laws, tolerances: Tolerances(rounding: 1e-9), f)
            #expect(found == [])
        }
    }

    @Test func gradientOfVmapOfScanOfGradient() {
        let loss = { (w: Tensor) in
            vmap { (x: Tensor) in
                scan(over: Nothing(), from: x, count: 4) { state, nothing in
                    (state - 0.1 * gradient(of: { (s: Tensor) in ((w * s).sin() * x).sum() })(state), nothing)
                }.final.squared().sum()
            }(Tensor(rows: [[0.1, 0.5], [-0.4, 0.2], [1, 2]])).sum()
        }
        #expect(checkOperation("gradient of vmap of scan of gradient", at: Tensor(0.8), loss) == [])
    }
}
