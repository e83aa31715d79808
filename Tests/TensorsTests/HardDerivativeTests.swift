import Checks
import RealModule
import Testing

@testable import Tensors

/// Derivatives where the naive formula divides by zero, or where there is more than one answer.
@Suite struct HardDerivativeTests {
    private func slope(_ x: Double, _ f: @escaping (Tensor) -> Tensor) -> Double { gradient(of: f)(Tensor(x)).scalar }
    private func symmetric(_ a: Tensor) -> Tensor { 0.5 * (a + a.transposed) }
    /// A matrix with the given eigenvalues and no zeros.
    private func matrix(eigenvalues: [Double]) -> Tensor {
        let turn = symmetric(Key(7).normal([eigenvalues.count, eigenvalues.count])).symmetricEigen().vectors
        return turn.matrixProduct(Tensor(eigenvalues).diagonalMatrix()).matrixProduct(turn.transposed)
    }

    static let spectra: [[Double]] = [
        [2, 2, 2], [1, 1, 3], [1, 1 + 1e-9, 3], [1, 1 + 1e-13, 1 - 1e-13], [1, 1 + 1e-5, 4],
    ]

    @Test(arguments: spectra)
    func equalAndNearlyEqualEigenvalues(_ eigenvalues: [Double]) {
        let a = matrix(eigenvalues: eigenvalues)
        let laws: Set<OperationLaw> = [.tangent, .adjoint, .batchOfGradient]
        // A root is smooth there, in all orders; eigenvalues on their own are not.
        #expect(checkOperation("root", at: a) { symmetric($0).sqrtm() } == [])
        #expect(checkOperation("inverse root", at: a) { symmetric($0).inverseSqrtm() } == [])
        #expect(
            checkOperation("function of eigenvalues", at: a, laws: laws) {
                symmetric($0).symmetricEigen().values.exp().sum()
            } == [])
        let cube = gradient(of: { (x: Tensor) in symmetric(x).symmetricEigen().values.power(3).sum() })(a)
        #expect(distance(cube, 3 * a.matrixProduct(a)) < 1e-12)
        let vectors = jvp({ $0.symmetricEigen().vectors }, at: a, along: symmetric(Key(8).normal([3, 3]))).tangent
        #expect(vectors.values.allSatisfy { $0.isFinite })
    }

    @Test func aRootWithZeroEigenvaluesHasFiniteDerivatives() {
        let a = matrix(eigenvalues: [0, 0, 2]).matrixProduct(Tensor.identity(3))
        #expect(Tensor.zeros([3, 3]).sqrtm().values == [Double](repeating: 0, count: 9))
        let g = gradient(of: { (x: Tensor) in x.sqrtm().sum() })(Tensor.zeros([3, 3]))
        #expect(g.values == [Double](repeating: 0, count: 9))
        let root = a.sqrtm()
        #expect(distance(root.matrixProduct(root), a) < 1e-7)
    }

    @Test func theSideNotTakenHasDerivativeZero() {
        let guarded = { (x: Tensor) in select(x .> 0, x.log(), 3 * x) }
        #expect(slope(-2, guarded) == 3)
        #expect(jvp(guarded, at: Tensor(-2), along: Tensor(1)).tangent.scalar == 3)
        let twice = { (x: Tensor) in select(x .> 0, select(x .> 0, x, 1).sqrt(), 0) }
        for x in [0.0, -1.0] {
            #expect(slope(x, twice) == 0)
            #expect(jvp(twice, at: Tensor(x), along: Tensor(1)).tangent.scalar == 0)
        }
    }

    @Test func normAtZero() {
        let zero = Tensor.zeros([3])
        #expect(gradient(of: { (x: Tensor) in x.norm() })(zero).values == [0, 0, 0])
        #expect(hessianVectorProduct(of: { (x: Tensor) in x.norm() })(zero, Tensor([1, 2, 3])).values == [0, 0, 0])
    }

    @Test func choleskyNearSingular() {
        for gap in [1e-4, 1e-8, 1e-11] {
            let a = Tensor(rows: [[1, 1 - gap], [1 - gap, 1]])
            let determinant = gap * (2 - gap)
            let found = gradient(of: { (x: Tensor) in x.logDeterminant() })(a)
            let inverse = Tensor(rows: [[1, gap - 1], [gap - 1, 1]]) / determinant
            #expect(distance(found * determinant, inverse * determinant) < 1e-14 / gap)
        }
        let indefinite = Tensor(rows: [[1, 2], [2, 1]])
        let (value, slope) = valueAndGradient(of: { (x: Tensor) in x.logDeterminant() })(indefinite)
        #expect(value.scalar.isNaN && slope.values.allSatisfy { $0.isNaN })
    }

    @Test func tiesShareTheDerivative() {
        #expect(gradient(of: { (x: Tensor) in x.maximum() })(Tensor([1, 3, 3, 0])).values == [0, 0.5, 0.5, 0])
        #expect(
            gradient(of: { (x: Tensor) in x.minimum(axes: [1]).sum() })(Tensor.ones([2, 4])).values
                == Array(
                    repeating: 0.25, count: 8))
        let both = gradient(of: { (p: Pair<Tensor, Tensor>) in p.first.maximum(p.second).sum() })(
            Pair(Tensor([1, 2]), Tensor([1, 0])))
        #expect(both.first.values == [0.5, 1] && both.second.values == [0.5, 0])
        #expect(slope(0) { $0.absolute() } == 0)
    }

    @Test func sortingAndGatheringMoveDerivatives() {
        let weights = Tensor([1, 10, 100, 1000])
        let sorted = gradient(of: { (x: Tensor) in (x.sorted() * weights).sum() })(Tensor([2, 1, 2, 0]))
        #expect(sorted.values == [100, 10, 1000, 1])
        let counts = gradient(of: { (x: Tensor) in x.taking(Tensor(integers: [2, 0, 2, 2])).sum() })(Tensor([1, 2, 3]))
        #expect(counts.values == [1, 0, 3])
    }

    @Test func nanOnTheSideNotTakenStaysThereInEveryOrderAndBatch() {
        // The value of the other side is NaN, and so is its own derivative.
        let f = { (x: Tensor) in select(x .> 0, select(x .> 0, x, 1).log(), x * x * x) }
        #expect(slope(-2, f) == 12)
        #expect(slope(-2) { x in gradient(of: f)(x) } == -12)
        #expect(vmap(gradient(of: f))(Tensor([-2, 4])).values == [12, 0.25])
        #expect(vmap(gradient(of: gradient(of: f)))(Tensor([-2, 4])).values == [-12, -0.0625])
        // A choice computes one side only, so that nothing need be guarded, in loops too.
        let g = { (x: Tensor) in
            cond(x .> 0, x) {
                $0.log()
            } else: {
                $0 * $0 * $0
            }
        }
        #expect(slope(-2, g) == 12 && slope(4, g) == 0.25)
        let looped = scan(over: Tensor([-2, 4]), from: Nothing()) { ($0, gradient(of: g)($1)) }.outputs
        #expect(looped.values == [12, 0.25])
    }

    @Test func emptyAxes() {
        let empty = Tensor.zeros([2, 0])
        #expect(gradient(of: { (x: Tensor) in x.sum() })(empty).shape == [2, 0])
        #expect(gradient(of: { (x: Tensor) in x.sorted().norm() })(empty).shape == [2, 0])
        #expect(jacobian(of: { (x: Tensor) in x.sum(axes: [1]) })(empty).shape == [2, 2, 0])
        #expect(jacobian(of: { (x: Tensor) in x.slice(axis: 0, to: 0) * 2 })(Tensor([1, 2])).shape == [0, 2])
        #expect(vmap(gradient(of: { (x: Tensor) in x.sin().sum() }))(Tensor.zeros([0, 3])).shape == [0, 3])
        let solved = vmap { (a: Tensor) in fixedPoint(from: Tensor(0)) { 0.5 * $0 + a } }(Tensor.zeros([0]))
        #expect(solved.shape == [0])
        let halved = vmap { (a: Tensor) in
            whileLoop(from: a) {
                $0 .> 1
            } do: {
                $0 / 2
            }
        }(Tensor.zeros([0]))
        #expect(halved.shape == [0])
        let joined = gradient(of: { (x: Tensor) in (Tensor.concatenated([x, x.slice(axis: 0, to: 0)]) * 2).sum() })
        #expect(joined(Tensor([1, 2])).values == [2, 2])
    }

    @Test func indicesInEveryOrder() {
        let indices = Tensor(integers: [1, 1, 0, 1])
        let f = { (x: Tensor) in (x.taking(indices).power(3) * Tensor([1, 2, 3, 4])).sum() }
        #expect(hessian(of: f)(Tensor([2, 5])).values == [36, 0, 0, 210])
        let sorted = { (x: Tensor) in (x.sorted().power(2) * Tensor([1, 2, 3])).sum() }
        #expect(hessian(of: sorted)(Tensor([3, 1, 2])).values == [6, 0, 0, 0, 2, 0, 0, 0, 4])
        #expect(vmap(gradient(of: sorted))(Tensor(rows: [[3, 1, 2], [1, 1, 1]])).values == [18, 2, 8, 2, 4, 6])
    }

    @Test func powers() {
        #expect(slope(0) { $0.power(2) } == 0)
        #expect(slope(0) { $0.power(1) } == 1)
        #expect(slope(0) { $0.power(0) } == 0)
        #expect(slope(-2) { $0.power(3) } == 12)
        #expect(slope(0) { Tensor(2).power($0) } == Double.log(2))
        #expect(slope(3) { Tensor(0).power($0) } == 0)
        // ∂²/∂a∂b aᵇ at b = 0 is 1 / a, in either order.
        let byBase = { (b: Tensor) in gradient(of: { (a: Tensor) in a.power(b) })(Tensor(4)) }
        let byExponent = { (a: Tensor) in gradient(of: { (b: Tensor) in a.power(b) })(Tensor(0)) }
        #expect(slope(0, byBase) == 0.25)
        #expect(slope(4, byExponent) == 0.25)
    }

    @Test func smoothFunctionsWrittenWithKinks() {
        let softplus = { (x: Tensor) in x.softplus() }
        #expect(slope(0, softplus) == 0.5)
        #expect(abs(slope(0) { x in gradient(of: softplus)(x) } - 0.25) < 1e-15)
        #expect(slope(1000, softplus) == 1 && slope(-1000, softplus) == 0)
        let soft = gradient(of: { (x: Tensor) in x.logSumExp() })
        #expect(soft(Tensor([5, 5, 5, 5])).values == [0.25, 0.25, 0.25, 0.25])
        #expect(soft(Tensor([-.infinity, 0])).values == [0, 1])
        #expect(slope(1000) { $0.tanh() } == 0 && slope(-1000) { $0.logistic() } == 0)
        #expect(slope(0) { $0.sqrt() } == .infinity)
    }
}

private func distance(_ a: Tensor, _ b: Tensor) -> Double { (a - b).absolute().maximum().scalar }
