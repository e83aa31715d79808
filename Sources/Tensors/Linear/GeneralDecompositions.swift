import CLinearAlgebra

/// The factors of LU with partial pivoting, packed, and the order in which the rows were taken. A singular matrix keeps
/// its zero pivots.
func lowerUpperValue(_ a: Tensor) -> [Storage] {
    BLAS.prepare()
    let n = a.shape[a.rank - 1]
    var factors = a.values
    var order = [Int](repeating: 0, count: n == 0 ? 0 : a.count / n)
    for index in 0..<(n == 0 ? 0 : a.count / (n * n)) {
        var pivots = [Int32](repeating: 0, count: n)
        factors.withUnsafeMutableBufferPointer { factors in
            _ = LAPACKE_dgetrf(
                LAPACK_ROW_MAJOR, Int32(n), Int32(n), factors.baseAddress! + index * n * n, Int32(n), &pivots)
        }
        for i in 0..<n { order[index * n + i] = i }
        for i in 0..<n { order.swapAt(index * n + i, index * n + Int(pivots[i]) - 1) }
    }
    return [Storage.float64(factors).cast(to: a.type), .int64(order)]
}

/// The thin singular value decomposition by divide and conquer; NaN in, NaN out.
func singularValueValue(_ a: Tensor) -> [Storage] {
    BLAS.prepare()
    let (m, n) = (a.shape[a.rank - 2], a.shape[a.rank - 1])
    let k = min(m, n)
    let count = k == 0 ? 0 : a.count / (m * n)
    var matrices = a.values
    var left = [Double](repeating: 0, count: count * m * k)
    var values = [Double](repeating: 0, count: count * k)
    var right = [Double](repeating: 0, count: count * n * k)
    var rows = [Double](repeating: 0, count: k * n)
    for index in 0..<count {
        let isSolved = matrices.withUnsafeMutableBufferPointer { matrices in
            left.withUnsafeMutableBufferPointer { left in
                values.withUnsafeMutableBufferPointer { values in
                    let matrix = matrices.baseAddress! + index * m * n
                    guard (0..<(m * n)).allSatisfy({ matrix[$0].isFinite }) else { return false }
                    return LAPACKE_dgesdd(
                        LAPACK_ROW_MAJOR, CChar(UInt8(ascii: "S")), Int32(m), Int32(n), matrix, Int32(n),
                        values.baseAddress! + index * k, left.baseAddress! + index * m * k, Int32(k), &rows, Int32(n))
                        == 0
                }
            }
        }
        for i in 0..<n { for j in 0..<k { right[(index * n + i) * k + j] = isSolved ? rows[j * n + i] : .nan } }
        if !isSolved {
            for i in 0..<(m * k) { left[index * m * k + i] = .nan }
            for i in 0..<k { values[index * k + i] = .nan }
        }
    }
    return [left, values, right].map { Storage.float64($0).cast(to: a.type) }
}
