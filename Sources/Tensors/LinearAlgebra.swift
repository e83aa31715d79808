/// Linear algebra on the last two axes; the axes before are a batch.
extension Tensor {
    /// The matrix product, batched and broadcast over the axes before the last two.
    public func matrixProduct(_ other: Tensor) -> Tensor { apply(.matrixProduct, self, other) }
    /// `A P Aᵀ` of a symmetric `P`, as a covariance goes with a linear map. The derivative with respect to `A` is that
    /// for symmetric matrices, one product where two factors would need two.
    public func congruence(_ symmetric: Tensor) -> Tensor {
        customTangent { (x: Pair<Tensor, Tensor>) in
            x.first.matrixProduct(x.second).matrixProduct(x.first.transposed)
        } tangent: { x, _, dx in
            let half = dx.first.matrixProduct(x.first.matrixProduct(x.second).transposed)
            return half + half.transposed + x.first.matrixProduct(dx.second).matrixProduct(x.first.transposed)
        }(Pair(self, symmetric))
    }
    /// The product with a vector along the last axis: `[..., n, k] · [..., k] → [..., n]`.
    public func vectorProduct(_ vector: Tensor) -> Tensor {
        let product = matrixProduct(vector.expanded(axis: -1))
        return product.reshaped(Array(product.shape.dropLast()))
    }
    /// The sum of the products of all elements.
    public func dot(_ other: Tensor) -> Tensor { (self * other).sum() }
    /// The outer product of two vectors along the last axis.
    public func outerProduct(_ other: Tensor) -> Tensor { expanded(axis: -1) * other.expanded(axis: -2) }

    /// The lower Cholesky factor; NaN for a matrix that is not positive definite. Reads the lower triangle.
    public func cholesky() -> Tensor { apply(.cholesky, self) }
    /// `X` in `L X = B` (`Lᵀ X = B` when transposed), `L` lower triangular.
    public func triangularSolve(_ right: Tensor, transposed: Bool = false) -> Tensor {
        apply(.triangularSolve(transposed: transposed), self, right)
    }
    /// `X` in `A X = B` by LU decomposition; NaN for a singular matrix.
    public func solve(_ right: Tensor) -> Tensor { apply(.solve, self, right) }
    /// `X` in `A X = B` for symmetric positive definite `A`.
    public func symmetricSolve(_ right: Tensor) -> Tensor {
        let factor = cholesky()
        return factor.triangularSolve(factor.triangularSolve(right), transposed: true)
    }
    /// The inverse of a symmetric positive definite matrix.
    public func symmetricInverse() -> Tensor {
        symmetricSolve(Tensor.identity(shape[rank - 1], type: type).broadcast(to: shape))
    }
    /// The inverse by LU decomposition; NaN for a singular matrix. Prefer `solve`.
    public func inverse() -> Tensor {
        solve(Tensor.identity(shape[rank - 1], type: type).broadcast(to: shape))
    }
    /// Eigenvalues, ascending, and eigenvectors, in columns, of a symmetric matrix.
    public func symmetricEigen() -> (values: Tensor, vectors: Tensor) {
        let parts = applyAll(.symmetricEigen, [self])
        return (parts[0], parts[1])
    }
    /// `A = Q R` with `Q` of orthonormal columns, of the shape of `A` (`[..., m, n]`, `m ≥ n`), and `R` upper
    /// triangular with a diagonal that is not negative. Derivatives need full rank.
    public func qr() -> (q: Tensor, r: Tensor) {
        let parts = applyAll(.qr, [self])
        return (parts[0], parts[1])
    }
    /// `A[order] = L U` with partial pivoting: `L` lower triangular with ones on its diagonal, `U` upper triangular,
    /// `order` the rows of `A` (`[..., n]`, integers). Derivatives need an invertible matrix.
    public func lu() -> (lower: Tensor, upper: Tensor, order: Tensor) {
        let parts = applyAll(.lu, [self])
        let (lower, upper) = parts[0].unpackedLU()
        return (lower, upper, parts[1])
    }
    /// `L` and `U` from the packed matrix of both.
    func unpackedLU() -> (lower: Tensor, upper: Tensor) {
        let strict = strictlyLowerTriangle()
        return (strict + Tensor.identity(shape[rank - 1], type: type), self - strict)
    }
    /// The sign (−1, 0 or 1) and the logarithm of the magnitude of the determinant of any square matrix; 0 and −∞ for a
    /// singular one. Cost: an LU decomposition, and `n²` comparisons for the sign.
    public func signedLogDeterminant() -> (sign: Tensor, logarithm: Tensor) {
        let parts = applyAll(.lu, [self])
        let (pivots, order) = (parts[0].diagonal(), parts[1])
        // A permutation is odd if its number of inversions is odd.
        let place = Tensor.range(shape[rank - 1])
        let isWrong =
            (order.expanded(axis: -1) .> order.expanded(axis: -2))
            .& (place.expanded(axis: -1) .< place.expanded(axis: -2))
        let parity = isWrong.cast(to: .int64).sum(axes: [-2, -1]) % 2
        let sign = pivots.sign().product(axes: [-1]) * (1 - 2 * parity).cast(to: type)
        return (sign, pivots.absolute().log().sum(axes: [-1]))
    }
    /// `A = U diag(s) Vᵀ`, thin: of `[..., m, n]` with `k = min(m, n)`, `left` is `[..., m, k]`, `values` are
    /// `[..., k]`, not negative and descending, and `right` is `[..., n, k]`; NaN for matrices that are not finite.
    ///
    /// The signs of pairs of vectors are not determined, nor are the vectors of equal values within their group;
    /// derivatives of functions that do not depend on this choice are right there too, such as `U Vᵀ`.
    public func singularValueDecomposition() -> (left: Tensor, values: Tensor, right: Tensor) {
        let parts = applyAll(.singularValueDecomposition, [self])
        return (parts[0], parts[1], parts[2])
    }
    /// The symmetric `A^½` of a positive semidefinite matrix.
    public func sqrtm() -> Tensor { apply(.sqrtm(inverse: false), self) }
    /// The symmetric `A^-½` of a positive definite matrix.
    public func inverseSqrtm() -> Tensor { apply(.sqrtm(inverse: true), self) }
    /// `X` in `A X + X A = B` for symmetric positive semidefinite `A`; zero between eigenvectors of eigenvalue zero.
    public func symmetricSylvester(_ right: Tensor) -> Tensor { apply(.symmetricSylvester, self, right) }
    /// `log det A` of a symmetric positive definite matrix.
    public func logDeterminant() -> Tensor { 2 * cholesky().diagonal().log().sum(axes: [-1]) }

    /// The diagonal of square matrices, `[..., n, n] → [..., n]`.
    public func diagonal() -> Tensor {
        let n = shape[rank - 1]
        precondition(shape[rank - 2] == n, "diagonal: of matrices that are not square, \(shape)")
        return reshaped(shape.dropLast(2) + [n * n]).slice(axis: -1, from: 0, by: n + 1)
    }
    /// Diagonal matrices from vectors along the last axis.
    public func diagonalMatrix() -> Tensor { expanded(axis: -1) * Tensor.identity(shape[rank - 1], type: type) }
    public func trace() -> Tensor { diagonal().sum(axes: [-1]) }
    /// The matrix with zeros on and above its diagonal.
    func strictlyLowerTriangle() -> Tensor { triangle { $0 < $1 } }
    /// The matrix with zeros above its diagonal.
    public func lowerTriangle() -> Tensor { triangle { $0 <= $1 } }
    private func triangle(_ isKept: (_ column: Int, _ row: Int) -> Bool) -> Tensor {
        let (rows, columns) = (shape[rank - 2], shape[rank - 1])
        let mask = (0..<rows).flatMap { i in (0..<columns).map { isKept($0, i) } }
        return select(Tensor(mask, shape: [rows, columns]), self, Tensor.zeros(type: type))
    }
}
