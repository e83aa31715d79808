import Kernels
import Tensors

/// Positive definite: the identity plus a Gram matrix.
private func batch(_ n: Int) -> Tensor {
    let factor = uniform(1, [10_000, n, n])
    return factor.matrixProduct(factor.transposed) + Tensor.identity(n)
}

private func eigen(_ n: Int) -> Prepared {
    let matrices = batch(n)
    let decompose = compile(like: matrices) { matrices in
        let (values, vectors) = matrices.symmetricEigen()
        return Pair(values, vectors)
    }
    return Prepared(
        run: { keep(decompose(matrices)) },
        result: {
            let found = decompose(matrices)
            // Signs of vectors are free; what they put together is not.
            let (values, vectors) = (found.first[0..<10], found.second[0..<10])
            let whole = (vectors * values.expanded(axis: -2)).matrixProduct(vectors.transposed)
            return found.first[0..<1000].values + whole.values
        })
}

private func cholesky(_ n: Int) -> Prepared { prepared(batch(n)) { $0.cholesky() } }

let matrixRows: [String: @Sendable () -> Prepared] = [
    "eigen/20": { eigen(20) },
    "eigen/40": { eigen(40) },
    "cholesky/20": { cholesky(20) },
    "cholesky/40": { cholesky(40) },
]
