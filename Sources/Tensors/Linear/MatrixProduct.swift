/// Batched matrix product through BLAS; the axes before the last two broadcast.
func matrixProductValue(_ a: Tensor, _ b: Tensor, _ shape: [Int]) -> Storage {
    switch (a.known, b.known) {
    case (.float64(let x), .float64(let y)):
        return .float64(
            products(x, a.shape, y, b.shape, shape) { n, m, k, x, y, z in
                if n * m * k <= smallProduct { return productBySums(n, m, k, x, y, z) }
                LinearLibrary.ofProcess.dgemm(
                    BLAS.rowMajor, BLAS.asIs, BLAS.asIs, Int32(n), Int32(m), Int32(k), 1, x, Int32(k), y, Int32(m), 0,
                    z,
                    Int32(m))
            })
    case (.float32(let x), .float32(let y)):
        return .float32(
            products(x, a.shape, y, b.shape, shape) { n, m, k, x, y, z in
                if n * m * k <= smallProduct { return productBySums(n, m, k, x, y, z) }
                LinearLibrary.ofProcess.sgemm(
                    BLAS.rowMajor, BLAS.asIs, BLAS.asIs, Int32(n), Int32(m), Int32(k), 1, x, Int32(k), y, Int32(m), 0,
                    z,
                    Int32(m))
            })
    default: preconditionFailure("matrixProduct of \(a.signature) and \(b.signature)")
    }
}

/// So many multiplications cost less than a call of BLAS.
private let smallProduct = 128

@inline(__always)
private func productBySums<T: FloatingPoint>(
    _ n: Int, _ m: Int, _ k: Int, _ x: UnsafePointer<T>, _ y: UnsafePointer<T>, _ z: UnsafeMutablePointer<T>
) {
    for i in 0..<n {
        for j in 0..<m {
            var sum = x[i * k] * y[j]
            for l in 1..<max(k, 1) { sum += x[i * k + l] * y[l * m + j] }
            (z + i * m + j).initialize(to: sum)
        }
    }
}

@inline(__always)
private func products<T: ExpressibleByIntegerLiteral>(
    _ x: [T], _ xShape: [Int], _ y: [T], _ yShape: [Int], _ shape: [Int],
    _ multiply: (Int, Int, Int, UnsafePointer<T>, UnsafePointer<T>, UnsafeMutablePointer<T>) -> Void
) -> [T] {
    let k = xShape[xShape.count - 1]
    let m = yShape[yShape.count - 1]
    var n = xShape[xShape.count - 2]
    if xShape.count == 2, yShape.count == 2, k > 0, n > 0, m > 0 {
        return [T](unsafeUninitializedCapacity: n * m) { out, count in
            x.withUnsafeBufferPointer { x in
                y.withUnsafeBufferPointer { y in
                    multiply(n, m, k, x.baseAddress!, y.baseAddress!, out.baseAddress!)
                }
            }
            count = n * m
        }
    }
    var batch = Array(shape.dropLast(2))
    guard k > 0 else { return [T](repeating: 0, count: shape.elementCount) }
    if yShape.dropLast(2).allSatisfy({ $0 == 1 }), xShape.count == shape.count {
        n *= batch.reduce(1, *)  // one matrix on the right serves the whole batch: a single tall product
        batch = []
    }
    let strides =
        batch.isEmpty
        ? [[], []]
        : [(xShape, n * k), (yShape, k * m)].map { operand, size in
            Array(operand.dropLast(2)).strides(broadcastTo: batch).map { $0 * size }
        }
    let total = shape.elementCount
    return [T](unsafeUninitializedCapacity: total) { out, count in
        if total > 0 {
            x.withUnsafeBufferPointer { x in
                y.withUnsafeBufferPointer { y in
                    var at = 0
                    forEachRow(batch, strides, [0, 0]) { length, starts, steps in
                        for i in 0..<length {
                            multiply(
                                n, m, k, x.baseAddress! + starts[0] + i * steps[0],
                                y.baseAddress! + starts[1] + i * steps[1], out.baseAddress! + at)
                            at += n * m
                        }
                    }
                }
            }
        }
        count = total
    }
}

/// The numbers of CBLAS for its choices.
enum BLAS {
    static let rowMajor: Int32 = 101
    static let asIs: Int32 = 111
    static let transposed: Int32 = 112
    static let lower: Int32 = 122
    static let anyDiagonal: Int32 = 131
    static let left: Int32 = 141
}
