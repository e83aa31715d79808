/// The factors of LU with partial pivoting, packed, and the order in which the rows were taken. A singular matrix keeps
/// its zero pivots; NaN in, NaN out.
func luValue(_ a: Tensor) -> [Storage] {
    let n = a.shape[a.rank - 1]
    var factors = a.values
    var order = [Int](repeating: 0, count: n == 0 ? 0 : a.count / n)
    for index in 0..<(n == 0 ? 0 : a.count / (n * n)) {
        var pivots = (0..<n).map { Int32($0 + 1) }
        factors.withUnsafeMutableBufferPointer { factors in
            let matrix = factors.baseAddress! + index * n * n
            guard !hasNaN(matrix, n * n) else {
                for i in 0..<(n * n) { matrix[i] = .nan }
                return
            }
            var (size, status) = (Int32(n), Int32(0))
            transpose(matrix, n)
            LinearLibrary.ofProcess.dgetrf(&size, &size, matrix, &size, &pivots, &status)
            transpose(matrix, n)
        }
        for i in 0..<n { order[index * n + i] = i }
        for i in 0..<n { order.swapAt(index * n + i, index * n + Int(pivots[i]) - 1) }
    }
    return [Storage.float64(factors).cast(to: a.type), .int64(order)]
}

/// The thin singular value decomposition by divide and conquer; NaN in, NaN out.
func singularValueValue(_ a: Tensor) -> [Storage] {
    let (m, n) = (a.shape[a.rank - 2], a.shape[a.rank - 1])
    let k = min(m, n)
    let count = k == 0 ? 0 : a.count / (m * n)
    var matrices = a.values
    var left = [Double](repeating: 0, count: count * m * k)
    var values = [Double](repeating: 0, count: count * k)
    var right = [Double](repeating: 0, count: count * n * k)
    var columns = [Double](repeating: 0, count: m * n)
    var leftColumns = [Double](repeating: 0, count: m * k)
    var integers = [Int32](repeating: 0, count: 8 * k)
    var (rows, width, rank) = (Int32(m), Int32(n), Int32(k))
    for index in 0..<count {
        let isSolved = matrices.withUnsafeMutableBufferPointer { matrices in
            let matrix = matrices.baseAddress! + index * m * n
            guard (0..<(m * n)).allSatisfy({ matrix[$0].isFinite }) else { return false }
            transpose(matrix, rows: m, columns: n, to: &columns)
            return left.withUnsafeMutableBufferPointer { left in
                values.withUnsafeMutableBufferPointer { values in
                    right.withUnsafeMutableBufferPointer { right in
                        let status = withWorkspace { work, size, status in
                            LinearLibrary.ofProcess.dgesdd(
                                LAPACKLetter.thin, &rows, &width, &columns, &rows, values.baseAddress! + index * k,
                                &leftColumns, &rows, right.baseAddress! + index * n * k, &rank, work, size, &integers,
                                status, 1)
                        }
                        transpose(leftColumns, rows: k, columns: m, to: left.baseAddress! + index * m * k)
                        return status == 0
                    }
                }
            }
        }
        if !isSolved {
            for i in 0..<(n * k) { right[index * n * k + i] = .nan }
            for i in 0..<(m * k) { left[index * m * k + i] = .nan }
            for i in 0..<k { values[index * k + i] = .nan }
        }
    }
    return [left, values, right].map { Storage.float64($0).cast(to: a.type) }
}
