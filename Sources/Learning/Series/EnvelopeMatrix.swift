/// A symmetric matrix whose row `i` begins at column `first[i]`, which never decreases: banded,
/// with a band of any width.
///
/// It becomes its Cholesky factor, and that its inverse within the same band, in place:
/// O(u w²) for `u` rows of width `w`.
struct EnvelopeMatrix: Sendable {
    private let first: [Int]
    /// Where row `i` would have its column 0.
    private let origins: [Int]
    private var values: [Double]

    init(first: [Int]) {
        self.first = first
        var origins: [Int] = []
        origins.reserveCapacity(first.count)
        var end = 0
        for (i, column) in first.enumerated() {
            origins.append(end - column)
            end += i - column + 1
        }
        self.origins = origins
        values = [Double](repeating: 0, count: end)
    }

    /// An element of the lower triangle within the band.
    subscript(_ i: Int, _ j: Int) -> Double { values[origins[i] + j] }
    mutating func add(_ i: Int, _ j: Int, _ value: Double) { values[origins[i] + j] += value }

    /// Replaces the matrix by `L` with `A = L Lᵀ`; NaN where it is not positive definite.
    mutating func factorize() {
        values.withUnsafeMutableBufferPointer { values in
            guard let base = values.baseAddress else { return }
            for i in first.indices {
                let row = base + origins[i]
                for j in first[i]..<i {
                    let from = max(first[i], first[j])
                    let other = base + origins[j]
                    row[j] = (row[j] - dot(row + from, other + from, j - from)) / other[j]
                }
                row[i] = (row[i] - dot(row + first[i], row + first[i], i - first[i])).squareRoot()
            }
        }
    }

    /// Solves `L Lᵀ x = b` in place.
    func solve(_ b: inout [Double]) {
        values.withUnsafeBufferPointer { values in
            b.withUnsafeMutableBufferPointer { b in
                guard let base = values.baseAddress, let x = b.baseAddress else { return }
                for i in first.indices {
                    let row = base + origins[i]
                    x[i] = (x[i] - dot(row + first[i], x + first[i], i - first[i])) / row[i]
                }
                for i in first.indices.reversed() {
                    let row = base + origins[i]
                    x[i] /= row[i]
                    for j in first[i]..<i { x[j] -= row[j] * x[i] }
                }
            }
        }
    }

    /// Replaces `L` by the elements of `(L Lᵀ)⁻¹` within the band.
    mutating func invert() {
        var last = first.count - 1
        var column = [Double](repeating: 0, count: widest)
        var product = column
        values.withUnsafeMutableBufferPointer { values in
            guard let base = values.baseAddress else { return }
            for j in first.indices.reversed() {
                while first[last] > j { last -= 1 }
                let diagonal = (base + origins[j])[j]
                let count = last - j
                column.withUnsafeMutableBufferPointer { column in
                    product.withUnsafeMutableBufferPointer { product in
                        guard let c = column.baseAddress, let y = product.baseAddress else { return }
                        for k in 0..<count {
                            c[k] = (base + origins[j + 1 + k])[j] / diagonal
                            y[k] = 0
                        }
                        // The inverse of the later rows times the column, from its lower triangle.
                        for k in 0..<count {
                            let row = base + origins[j + 1 + k] + j + 1
                            y[k] += dot(row, c, k + 1)
                            accumulate(row, c[k], y, k)
                        }
                        var variance = 1 / (diagonal * diagonal)
                        for k in 0..<count {
                            (base + origins[j + 1 + k])[j] = -y[k]
                            variance += c[k] * y[k]
                        }
                        (base + origins[j])[j] = variance
                    }
                }
            }
        }
    }

    private var widest: Int { first.indices.reduce(0) { max($0, $1 - first[$1]) } + 1 }
}

/// `Σ x[i] y[i]` in four sums at a time.
func dot(_ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, _ count: Int) -> Double {
    var sums = (SIMD4<Double>(repeating: 0), SIMD4<Double>(repeating: 0))
    var i = 0
    while i + 8 <= count {
        sums.0 += four(x + i) * four(y + i)
        sums.1 += four(x + i + 4) * four(y + i + 4)
        i += 8
    }
    var total = (sums.0 + sums.1).sum()
    while i < count {
        total += x[i] * y[i]
        i += 1
    }
    return total
}

/// `y ← y + a x`
private func accumulate(_ x: UnsafePointer<Double>, _ a: Double, _ y: UnsafeMutablePointer<Double>, _ count: Int) {
    for i in 0..<count { y[i] += a * x[i] }
}

@inline(__always)
private func four(_ x: UnsafePointer<Double>) -> SIMD4<Double> {
    UnsafeRawPointer(x).loadUnaligned(as: SIMD4<Double>.self)
}
