@testable import Tensors

/// Decompositions of general matrices, and Einstein's summation.
extension OperationCase {
    static var decompositions: [OperationCase] {
        let a = smooth([2, 3, 3], 100)
        let spread = { @Sendable (a: Tensor) in
            // Singular values far from each other and from zero.
            let (m, n) = (a.shape[a.rank - 2], a.shape[a.rank - 1])
            let scale = (0..<m).flatMap { i in (0..<n).map { i == $0 ? 4 * Double(i + 1) : 0 } }
            return a + Tensor(scale, shape: [m, n]).cast(to: a.type)
        }
        let shapes = [[2, 4, 3], [3, 4], [3, 3], [1, 1], [3, 1]]
        return shapes.flatMap { shape in
            [
                OperationCase("singular values", [smooth(shape, 101)]) {
                    [spread($0[0]).singularValueDecomposition().values]
                },
                OperationCase("singular vectors", [smooth(shape, 102)]) {
                    let (left, _, right) = spread($0[0]).singularValueDecomposition()
                    return [left * left, left.matrixProduct(right.transposed)]  // their signs are not determined
                },
            ]
        } + [
            OperationCase("singular values of nothing", [smooth([2, 0, 3], 103)]) {
                let (left, values, right) = $0[0].singularValueDecomposition()
                return [left, values, right]
            },
            OperationCase("lu", [a]) {
                let (lower, upper, order) = $0[0].lu()
                return [lower, upper, order]
            },
            OperationCase("lu of one number", [smooth([1, 1], 104)]) { [$0[0].lu().upper] },
            OperationCase("lu of nothing", [smooth([2, 0, 0], 105)]) {
                let (lower, upper, order) = $0[0].lu()
                return [lower, upper, order]
            },
            OperationCase("signedLogDeterminant", [a]) {
                let (sign, logarithm) = $0[0].signedLogDeterminant()
                return [sign, logarithm]
            },
            OperationCase("inverse", [a]) { [($0[0] + 4 * Tensor.identity(3, type: $0[0].type)).inverse()] },
        ]
    }

    static var einsums: [OperationCase] {
        [
            OperationCase("einsum of matrices", [smooth([2, 3], 110), smooth([3, 4], 111)]) {
                [einsum("ij,jk->ki", $0[0], $0[1]), einsum("ij,jk->", $0[0], $0[1])]
            },
            OperationCase("einsum in batches", [smooth([2, 3, 2], 112), smooth([3, 2, 4], 113)]) {
                [einsum("abc,bcd->cda", $0[0], $0[1]), einsum("abc,bcd->bc", $0[0], $0[1])]
            },
            OperationCase("einsum of diagonals", [smooth([3, 2, 3], 114), smooth([2], 115)]) {
                [einsum("iji,j->i", $0[0], $0[1]), einsum("iji->ij", $0[0])]
            },
            OperationCase("einsum of three", [smooth([2, 3], 116), smooth([3, 4], 117), smooth([4, 2], 118)]) {
                [einsum("ab,bc,ca->", $0[0], $0[1], $0[2]), einsum("ab,bc,ca->abc", $0[0], $0[1], $0[2])]
            },
            OperationCase("einsum of scalars and of nothing", [smooth([], 119), smooth([2, 0], 120)]) {
                [einsum(",ij->ij", $0[0], $0[1]), einsum("ij,kj->ik", $0[1], $0[1])]
            },
            OperationCase("einsum of integers", [Tensor(integers: [1, 2, 3, 4], shape: [2, 2])]) {
                [einsum("ij,jk->ik", $0[0], $0[0])]
            },
        ]
    }
}
