import Testing

@testable import Tensors

/// The algorithm of the textbook, beside what the transforms derive: for `f = fₙ ∘ … ∘ f₁` with Jacobian matrices `Jᵢ`
/// at the states on the way, forward mode multiplies `Jₙ … J₁ dx` from the right,
/// reverse mode `dyᵀ Jₙ … J₁` from the left.
///
/// Reference: Griewank & Walther, *Evaluating Derivatives* (SIAM, 2008), chapter 3.
@Suite struct ChainRuleTests {
    private let functions: [(Tensor) -> Tensor] = [
        { $0.sin() + 0.3 * $0.rolled(by: 1) },
        { Key(1).normal([4, 3]).vectorProduct($0).tanh() },
        { $0 * $0.rolled(by: -1) - $0.cumulativeSum() },
        { ($0.outerProduct($0) + Tensor.identity(4)).solve($0.expanded(axis: 1)).flattened() },
        { Tensor.stacked([$0.sum(), ($0 * $0).sum().logOnePlus()]) },
    ]
    private let x = Tensor([0.4, -1.1, 0.7])
    private let dx = Tensor([1.0, 0.5, -2.0])
    private let dy = Tensor([0.3, -0.8])

    private func composition(_ x: Tensor) -> Tensor { functions.reduce(x) { $1($0) } }

    @Test func forwardReverseAndDifferencesAgree() {
        var (state, forward, total) = (x, dx, Tensor.identity(3))
        var jacobians: [Tensor] = []
        for f in functions {
            let local = jacobian(of: f)(state)
            jacobians.append(local)
            forward = local.vectorProduct(forward)
            total = local.matrixProduct(total)
            state = f(state)
        }
        let reverse = jacobians.reversed().reduce(dy) { $1.transposed.vectorProduct($0) }
        let pushed = jvp(composition, at: x, along: dx)
        let pulled = vjp(composition, at: x).pullback(dy)
        #expect(close(pushed.value, state, 0))
        #expect(close(pushed.tangent, forward, 1e-12))
        #expect(close(pulled, reverse, 1e-12))
        #expect(close(jacobian(of: composition)(x), total, 1e-12))
        #expect(abs((forward.dot(dy) - dx.dot(reverse)).scalar) < 1e-12)
        let h = 1e-6
        let differences = (composition(x + h * dx) - composition(x - h * dx)) / (2 * h)
        #expect(close(differences, forward, 1e-7))
    }

    private func close(_ a: Tensor, _ b: Tensor, _ tolerance: Double) -> Bool {
        a.shape == b.shape && zip(a.values, b.values).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
    }
}
