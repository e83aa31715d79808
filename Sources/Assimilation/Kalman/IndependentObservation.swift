import Tensors

/// One of the values of a time after they were made independent: `value = row · x + error` with an error of its own.
struct IndependentObservation {
    let row: Tensor
    let value: Double
    /// Of its error.
    let variance: Double
}

extension Observation where Operator == LinearOperator {
    /// The existing values as independent ones of the same likelihood: `L⁻¹ y` with `R = L diag(v) Lᵀ` and a unit
    /// diagonal in `L`, whose determinant is one. Where errors are independent the values stay as they are.
    var independent: [IndependentObservation] {
        let there = mask.values.indices.filter { mask.values[$0] != 0 }
        if there.isEmpty { return [] }
        let kept = Tensor(integers: there)
        let rows = `operator`.matrix.taking(kept)
        let factor = UnitTriangularFactor(errorCovariance.taking(kept).taking(kept, axis: 1))
        let solved = factor.lower.triangularSolve(
            Tensor.concatenated([rows, (values - `operator`.offset).taking(kept).expanded(axis: -1)], axis: 1))
        let n = rows.shape[1]
        return there.indices.map { i in
            IndependentObservation(
                row: solved[i][0..<n], value: solved[i][n].scalar, variance: factor.pivots[i])
        }
    }
}

/// `A = L diag(d) Lᵀ` of a positive semidefinite matrix, with ones on the diagonal of the lower triangle `L`.
///
/// A pivot that is rounding beside its diagonal element is zero, and so is its column below: the matrix is singular
/// there.
struct UnitTriangularFactor {
    let lower: Tensor
    let pivots: [Double]

    init(_ matrix: Tensor) {
        let n = matrix.shape[0]
        let a = matrix.values
        var lower = [Double](repeating: 0, count: n * n)
        var pivots = [Double](repeating: 0, count: n)
        for j in 0..<n {
            lower[j * n + j] = 1
            func rest(_ i: Int) -> Double {
                (0..<j).reduce(a[i * n + j]) { $0 - lower[i * n + $1] * lower[j * n + $1] * pivots[$1] }
            }
            let pivot = rest(j)
            guard pivot > 1e-14 * a[j * n + j] else { continue }
            pivots[j] = pivot
            for i in (j + 1)..<max(n, j + 1) { lower[i * n + j] = rest(i) / pivot }
        }
        (self.lower, self.pivots) = (Tensor(lower, shape: [n, n]), pivots)
    }
}
