import Tensors

extension Tensor {
    /// `X` in `A X = B` for a covariance `A` that may be singular, where `B` lies in its range.
    ///
    ///     C = D^-½ A D^-½,   C⁺ = V diag(1 / λ where λ is above rounding) Vᵀ,   X ← X + D^-½ C⁺ D^-½ (B − A X), thrice
    /// from 0
    ///
    /// `D` is the diagonal of `A`, so that the result does not depend on the units of the variables. Derivatives, first
    /// and second, go through the two repetitions, and need none of an eigenvector. Cost O(n³), with one
    /// eigendecomposition.
    func generalizedSolve(_ right: Tensor) -> Tensor {
        let diagonal = self.diagonal().stoppingGradient
        let scale = 1 / select(diagonal .> 0, diagonal, 1).sqrt()
        let inverse = (scale.outerProduct(scale) * stoppingGradient).pseudoInverse(tolerance: 1e-14)
        let scaled = scale.outerProduct(scale) * inverse
        var solution = scaled.matrixProduct(right)
        for _ in 0..<2 { solution = solution + scaled.matrixProduct(right - matrixProduct(solution)) }
        return solution
    }

    /// The pseudo-inverse of a symmetric positive semidefinite matrix `[n, n]`.
    ///
    /// - Parameter tolerance: eigenvalues below this fraction of `n` times the largest count as zero.
    func pseudoInverse(tolerance: Double) -> Tensor {
        let (values, vectors) = symmetricEigen()
        let isLarge = values .> Tensor(tolerance * Double(values.count)) * values.absolute().maximum()
        let inverse = select(isLarge, 1 / select(isLarge, values, 1), 0)
        return (vectors * inverse).matrixProduct(vectors.transposed)
    }
}
