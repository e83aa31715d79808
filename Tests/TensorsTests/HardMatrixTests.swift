import Checks
import RealModule
import Testing

@testable import Tensors

/// Decompositions of general matrices where vectors are not determined, and products with zeros.
@Suite struct HardMatrixTests {
    private static func turn(_ n: Int, _ seed: Int) -> Tensor { Key(seed).normal([n, n]).qr().q }
    private static func matrix(_ values: [Double]) -> Tensor {
        turn(3, 1).matrixProduct(Tensor(values).diagonalMatrix()).matrixProduct(turn(3, 2).transposed)
    }

    @Test(arguments: [[2, 2, 2], [3, 1, 1], [3, 1 + 1e-9, 1], [4, 1 + 1e-5, 1], [3, 2, 0]] as [[Double]])
    func equalNearlyEqualAndZeroSingularValues(_ values: [Double]) {
        let a = Self.matrix(values)
        let laws: Set<OperationLaw> = [.tangent, .adjoint, .batchOfGradient]
        #expect(
            checkOperation("function of singular values", at: a, laws: laws) {
                $0.singularValueDecomposition().values.squared().sum()
            } == [])
        // Through vectors whose derivatives cancel, rounding grows with the inverse of the smallest gap.
        let gaps = zip(values, values.dropFirst()).map { $0 - $1 }.filter { $0 > 0 }
        let rounding = max(1e-11, 1e-14 / (gaps.min() ?? 1))
        let tolerances = Tolerances(rounding: rounding, difference: max(1e-7, rounding))
        if values[2] > 0 {  // the orthogonal factor of the polar decomposition, and the gradient of the sum of values
            #expect(
                checkOperation("U Vᵀ", at: a, laws: laws, tolerances: tolerances) {
                    let (left, _, right) = $0.singularValueDecomposition()
                    return left.matrixProduct(right.transposed)
                } == [])
            let (left, _, right) = a.singularValueDecomposition()
            let slope = gradient(of: { (x: Tensor) in x.singularValueDecomposition().values.sum() })(a)
            #expect((slope - left.matrixProduct(right.transposed)).absolute().maximum().scalar < 1e-12)
        }
        let tangents = jvp(
            { (x: Tensor) -> [Tensor] in
                let (left, values, right) = x.singularValueDecomposition()
                return [left, values, right]
            }, at: a, along: Key(3).normal([3, 3])
        ).tangent
        #expect(tangents.allSatisfy { $0.values.allSatisfy { $0.isFinite } })
    }

    @Test func aTallMatrixOfLowRankHasFiniteDerivatives() {
        let a = Key(4).normal([4, 1]).matrixProduct(Key(5).normal([1, 2]))
        let slope = gradient(of: { (x: Tensor) in x.singularValueDecomposition().left.squared().sum() })(a)
        #expect(slope.values.allSatisfy { $0.isFinite })
        #expect(
            Tensor([.nan, 1, 2, 3], shape: [2, 2]).singularValueDecomposition().values.values.allSatisfy { $0.isNaN })
    }

    @Test func determinantsKeepTheirSigns() {
        let exchange = Tensor(rows: [[0, 1], [1, 0]])
        #expect(exchange.signedLogDeterminant().sign.scalar == -1)
        #expect(exchange.signedLogDeterminant().logarithm.scalar == 0)
        let slope = gradient(of: { (x: Tensor) in x.signedLogDeterminant().logarithm })(exchange)
        #expect(slope.values == [0, 1, 1, 0])
        let none = Tensor.zeros([0, 0]).signedLogDeterminant()
        #expect(none.sign.scalar == 1 && none.logarithm.scalar == 0)
    }

    @Test func productsWithZeros() {
        let slope = gradient(of: { (x: Tensor) in x.product() })
        #expect(slope(Tensor([2, 0, 3])).values == [0, 6, 0])
        #expect(slope(Tensor([2, 0, 0])).values == [0, 0, 0])
        let curvature = hessianVectorProduct(of: { (x: Tensor) in x.product() })
        #expect(curvature(Tensor([2, 0, 0]), Tensor([1, 1, 1])).values == [0, 2, 2])
        #expect(gradient(of: { (x: Tensor) in x.asinh() })(Tensor(0)).scalar == 1)
    }

    @Test func sumsOfNothingInLogarithms() {
        let soft = gradient(of: { (x: Tensor) in x.logSumExp() })
        #expect(soft(Tensor([-.infinity, -.infinity])).values == [0, 0])
        #expect(Tensor.zeros([2, 0]).logSumExp(axes: [1]).values == [-.infinity, -.infinity])
    }
}
