/// Runs a LAPACK routine on each matrix of a batch in double precision; failures become NaN, a value like any other.
///
/// LAPACK's matrices lie by columns: the routine gets the transposed matrix, and what it leaves there is transposed
/// again.
private func eachMatrix(
    _ a: Tensor, _ body: (_ n: Int, _ matrix: UnsafeMutablePointer<Double>, _ index: Int) -> Bool
) -> [Double] {
    let n = a.shape[a.rank - 1]
    var values = a.values
    guard n > 0 else { return values }
    values.withUnsafeMutableBufferPointer { values in
        for index in 0..<(values.count / (n * n)) {
            let matrix = values.baseAddress! + index * n * n
            transpose(matrix, n)
            if body(n, matrix, index) { transpose(matrix, n) } else { for i in 0..<(n * n) { matrix[i] = .nan } }
        }
    }
    return values
}

private func storage(_ values: [Double], _ type: ElementType) -> Storage { Storage.float64(values).cast(to: type) }

func choleskyValue(_ a: Tensor) -> Storage {
    let factors = eachMatrix(a) { n, matrix, _ in
        var (size, status) = (Int32(n), Int32(0))
        LinearLibrary.ofProcess.dpotrf(LAPACKLetter.lower, &size, matrix, &size, &status, 1)
        for column in 1..<max(n, 1) { for row in 0..<column { matrix[column * n + row] = 0 } }
        return status == 0
    }
    return storage(factors, a.type)
}

func triangularSolveValue(_ l: Tensor, _ b: Tensor, _ transposed: Bool) -> Storage {
    let n = l.shape[l.rank - 1]
    let m = b.shape[b.rank - 1]
    let factors = l.values
    var solutions = b.values
    guard n > 0, m > 0 else { return b.known }
    for index in 0..<(factors.count / (n * n)) {
        factors.withUnsafeBufferPointer { factors in
            solutions.withUnsafeMutableBufferPointer { solutions in
                LinearLibrary.ofProcess.dtrsm(
                    BLAS.rowMajor, BLAS.left, BLAS.lower, transposed ? BLAS.transposed : BLAS.asIs, BLAS.anyDiagonal,
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
    var columns = [Double](repeating: 0, count: b.shape[b.rank - 2] * m)
    _ = eachMatrix(a) { n, matrix, index in
        solutions.withUnsafeMutableBufferPointer { solutions in
            let right = solutions.baseAddress! + index * n * m
            var (size, count, status) = (Int32(n), Int32(m), Int32(1))
            var pivots = [Int32](repeating: 0, count: n)
            if !hasNaN(matrix, n * n), !hasNaN(right, n * m) {
                transpose(right, rows: n, columns: m, to: &columns)
                LinearLibrary.ofProcess.dgesv(&size, &count, matrix, &size, &pivots, &columns, &size, &status)
                transpose(columns, rows: m, columns: n, to: right)
            }
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
            var size = Int32(n)
            var integerCount = Int32(3 + 5 * n)
            var integers = [Int32](repeating: 0, count: 3 + 5 * n)
            let status =
                !isFinite
                ? 1
                : withWorkspace { work, workSize, status in
                    LinearLibrary.ofProcess.dsyevd(
                        LAPACKLetter.vectors, LAPACKLetter.lower, &size, matrix, &size, target, work, workSize,
                        &integers, &integerCount, status, 1, 1)
                }
            if status != 0 { for i in 0..<n { target[i] = .nan } }
            return status == 0
        }
    }
    return [storage(eigenvalues, a.type), storage(vectors, a.type)]
}

/// Householder's `Q` and `R`, signs turned so that the diagonal of `R` is not negative; NaN in, NaN out.
func qrValue(_ a: Tensor) -> [Storage] {
    let (m, n) = (a.shape[a.rank - 2], a.shape[a.rank - 1])
    var q = a.values
    var r = [Double](repeating: 0, count: m == 0 || n == 0 ? 0 : q.count / m * n)
    var reflectors = [Double](repeating: 0, count: n)
    var columns = [Double](repeating: 0, count: m * n)
    var (rows, width) = (Int32(m), Int32(n))
    for index in 0..<(r.isEmpty ? 0 : r.count / (n * n)) {
        q.withUnsafeMutableBufferPointer { q in
            let matrix = q.baseAddress! + index * m * n
            guard !hasNaN(matrix, m * n) else {
                for i in 0..<(m * n) { matrix[i] = .nan }
                for i in 0..<n { for j in i..<n { r[(index * n + i) * n + j] = .nan } }
                return
            }
            transpose(matrix, rows: m, columns: n, to: &columns)
            _ = withWorkspace { work, size, status in
                LinearLibrary.ofProcess.dgeqrf(&rows, &width, &columns, &rows, &reflectors, work, size, status)
            }
            for i in 0..<n { for j in i..<n { r[(index * n + i) * n + j] = columns[j * m + i] } }
            _ = withWorkspace { work, size, status in
                LinearLibrary.ofProcess.dorgqr(&rows, &width, &width, &columns, &rows, &reflectors, work, size, status)
            }
            transpose(columns, rows: n, columns: m, to: matrix)
            for i in 0..<n where r[(index * n + i) * n + i] < 0 {
                for j in i..<n { r[(index * n + i) * n + j].negate() }
                for row in 0..<m { matrix[row * n + i].negate() }
            }
        }
    }
    return [storage(q, a.type), storage(r, a.type)]
}

/// `V Λ^±½ Vᵀ`; eigenvalues that rounding made negative count as zero.
func sqrtmValue(_ a: Tensor, _ inverse: Bool) -> Storage {
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
                LinearLibrary.ofProcess.dgemm(
                    BLAS.rowMajor, BLAS.asIs, BLAS.transposed, Int32(n), Int32(n), Int32(n), 1, scaled, Int32(n),
                    vectors.baseAddress! + index * n * n, Int32(n), 0, result.baseAddress! + index * n * n, Int32(n))
            }
        }
    }
    return storage(result, a.type)
}

/// `V (F ∘ Vᵀ B V) Vᵀ` with `Fᵢⱼ = 1 / (λᵢ + λⱼ)`; rounding errors of two zero eigenvalues count as zero.
func symmetricSylvesterValue(_ a: Tensor, _ b: Tensor) -> Storage {
    guard a.count > 0 else { return b.known }
    let (lambda, v) = a.symmetricEigen()
    let total = lambda.expanded(axis: -1) + lambda.expanded(axis: -2)
    let isZero = total .<= 1e-13 * total.maximum(axes: [-1, -2]).expanded(axis: -1).expanded(axis: -1)
    let f = select(isZero, 0, 1 / select(isZero, 1, total))
    return v.matrixProduct(f * v.transposed.matrixProduct(b).matrixProduct(v)).matrixProduct(v.transposed).known
}
