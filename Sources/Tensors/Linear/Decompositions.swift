import CLinearAlgebra

/// The letters that LAPACK takes.
private enum LAPACKOption {
    static let lower = CChar(UInt8(ascii: "L"))
    static let vectors = CChar(UInt8(ascii: "V"))
}

/// Runs a LAPACK routine on each matrix of a batch in double precision; what fails becomes NaN, a value like any other.
private func eachMatrix(
    _ a: Tensor, _ body: (_ n: Int, _ matrix: UnsafeMutablePointer<Double>, _ index: Int) -> Bool
) -> [Double] {
    BLAS.prepare()
    let n = a.shape[a.rank - 1]
    var values = a.values
    guard n > 0 else { return values }
    values.withUnsafeMutableBufferPointer { values in
        for index in 0..<(values.count / (n * n)) {
            let matrix = values.baseAddress! + index * n * n
            if !body(n, matrix, index) { for i in 0..<(n * n) { matrix[i] = .nan } }
        }
    }
    return values
}

private func storage(_ values: [Double], _ type: ElementType) -> Storage { Storage.float64(values).cast(to: type) }

func choleskyValue(_ a: Tensor) -> Storage {
    let factors = eachMatrix(a) { n, matrix, _ in
        guard LAPACKE_dpotrf_work(LAPACK_ROW_MAJOR, LAPACKOption.lower, Int32(n), matrix, Int32(n)) == 0 else {
            return false
        }
        for i in 0..<n { for j in (i + 1)..<max(n, i + 1) { matrix[i * n + j] = 0 } }
        return true
    }
    return storage(factors, a.type)
}

func triangularSolveValue(_ l: Tensor, _ b: Tensor, _ transposed: Bool) -> Storage {
    BLAS.prepare()
    let n = l.shape[l.rank - 1]
    let m = b.shape[b.rank - 1]
    let factors = l.values
    var solutions = b.values
    guard n > 0, m > 0 else { return b.known }
    for index in 0..<(factors.count / (n * n)) {
        factors.withUnsafeBufferPointer { factors in
            solutions.withUnsafeMutableBufferPointer { solutions in
                cblas_dtrsm(
                    CblasRowMajor, CblasLeft, CblasLower, transposed ? CblasTrans : CblasNoTrans, CblasNonUnit,
                    Int32(n), Int32(m), 1, factors.baseAddress! + index * n * n, Int32(n),
                    solutions.baseAddress! + index * n * m, Int32(m))
            }
        }
    }
    return storage(solutions, b.type)
}

func solveValue(_ a: Tensor, _ b: Tensor) -> Storage {
    let m = b.shape[b.rank - 1]
    var solutions = b.values
    guard m > 0 else { return b.known }
    _ = eachMatrix(a) { n, matrix, index in
        var pivots = [Int32](repeating: 0, count: n)
        return solutions.withUnsafeMutableBufferPointer { solutions in
            let right = solutions.baseAddress! + index * n * m
            let status = LAPACKE_dgesv(
                LAPACK_ROW_MAJOR, Int32(n), Int32(m), matrix, Int32(n), &pivots, right, Int32(m))
            if status != 0 { for i in 0..<(n * m) { right[i] = .nan } }
            return true
        }
    }
    return storage(solutions, b.type)
}

func symmetricEigenValue(_ a: Tensor) -> [Storage] {
    var eigenvalues = [Double](repeating: 0, count: a.count / max(a.shape[a.rank - 1], 1))
    let vectors = eachMatrix(a) { n, matrix, index in
        eigenvalues.withUnsafeMutableBufferPointer { eigenvalues in
            let target = eigenvalues.baseAddress! + index * n
            // LAPACK need not stop on NaN.
            let isFinite = (0..<(n * n)).allSatisfy { matrix[$0].isFinite }
            let status =
                !isFinite
                ? 1
                : LAPACKE_dsyevd(
                    LAPACK_ROW_MAJOR, LAPACKOption.vectors, LAPACKOption.lower, Int32(n), matrix, Int32(n), target)
            if status != 0 { for i in 0..<n { target[i] = .nan } }
            return status == 0
        }
    }
    return [storage(eigenvalues, a.type), storage(vectors, a.type)]
}

/// Householder's `Q` and `R`, signs turned so that the diagonal of `R` is not negative; NaN in, NaN out.
func orthogonalTriangularValue(_ a: Tensor) -> [Storage] {
    BLAS.prepare()
    let (m, n) = (a.shape[a.rank - 2], a.shape[a.rank - 1])
    var q = a.values
    var r = [Double](repeating: 0, count: m == 0 || n == 0 ? 0 : q.count / m * n)
    var reflectors = [Double](repeating: 0, count: n)
    for index in 0..<(r.isEmpty ? 0 : r.count / (n * n)) {
        q.withUnsafeMutableBufferPointer { q in
            let matrix = q.baseAddress! + index * m * n
            _ = LAPACKE_dgeqrf(LAPACK_ROW_MAJOR, Int32(m), Int32(n), matrix, Int32(n), &reflectors)
            for i in 0..<n { for j in i..<n { r[(index * n + i) * n + j] = matrix[i * n + j] } }
            _ = LAPACKE_dorgqr(LAPACK_ROW_MAJOR, Int32(m), Int32(n), Int32(n), matrix, Int32(n), reflectors)
            for i in 0..<n where r[(index * n + i) * n + i] < 0 {
                for j in i..<n { r[(index * n + i) * n + j].negate() }
                for row in 0..<m { matrix[row * n + i].negate() }
            }
        }
    }
    return [storage(q, a.type), storage(r, a.type)]
}

/// `V Λ^±½ Vᵀ`; eigenvalues that rounding made negative count as zero.
func symmetricRootValue(_ a: Tensor, _ inverse: Bool) -> Storage {
    let n = a.shape[a.rank - 1]
    let eigen = symmetricEigenValue(a.detached)
    let (lambda, vectors) = (eigen[0].doubles, eigen[1].doubles)
    var result = [Double](repeating: 0, count: a.count)
    guard n > 0 else { return a.known }
    for index in 0..<(a.count / (n * n)) {
        var scaled = [Double](repeating: 0, count: n * n)
        for j in 0..<n {
            let value = lambda[index * n + j]
            let root = value.isNaN ? value : max(value, 0).squareRoot()
            for i in 0..<n { scaled[i * n + j] = vectors[index * n * n + i * n + j] * (inverse ? 1 / root : root) }
        }
        vectors.withUnsafeBufferPointer { vectors in
            result.withUnsafeMutableBufferPointer { result in
                cblas_dgemm(
                    CblasRowMajor, CblasNoTrans, CblasTrans, Int32(n), Int32(n), Int32(n), 1, scaled, Int32(n),
                    vectors.baseAddress! + index * n * n, Int32(n), 0, result.baseAddress! + index * n * n, Int32(n))
            }
        }
    }
    return storage(result, a.type)
}

/// `V (F ∘ Vᵀ B V) Vᵀ` with `Fᵢⱼ = 1 / (λᵢ + λⱼ)`; what rounding leaves of two zero eigenvalues counts as zero.
func symmetricSylvesterValue(_ a: Tensor, _ b: Tensor) -> Storage {
    guard a.count > 0 else { return b.known }
    let (lambda, v) = a.symmetricEigen()
    let total = lambda.expanded(axis: -1) + lambda.expanded(axis: -2)
    let isZero = total .<= 1e-13 * total.maximum(axes: [-1, -2]).expanded(axis: -1).expanded(axis: -1)
    let f = selecting(isZero, 0, 1 / selecting(isZero, 1, total))
    return v.matrixProduct(f * v.transposed.matrixProduct(b).matrixProduct(v)).matrixProduct(v.transposed).known
}
