/// The letters that LAPACK takes.
enum LAPACKLetter {
    static let lower = [UInt8(ascii: "L")]
    static let vectors = [UInt8(ascii: "V")]
    static let thin = [UInt8(ascii: "S")]
}

/// Calls a routine of LAPACK with as much memory as it asks for, and returns its status.
func withWorkspace(
    _ routine: (_ work: LinearLibrary.Reals, _ size: LinearLibrary.Size, _ status: LinearLibrary.Integers) -> Void
) -> Int32 {
    var (wanted, size, status) = (0.0, Int32(-1), Int32(0))
    routine(&wanted, &size, &status)
    size = Int32(max(wanted, 1))
    var work = [Double](repeating: 0, count: Int(size))
    routine(&work, &size, &status)
    return status
}

func hasNaN(_ values: UnsafePointer<Double>, _ count: Int) -> Bool { !(0..<count).allSatisfy { !values[$0].isNaN } }

/// Squares of so many rows stay in the nearest cache while they are transposed.
private let square = 16

/// Transposes a row-major matrix.
func transpose(_ from: UnsafePointer<Double>, rows: Int, columns: Int, to: UnsafeMutablePointer<Double>) {
    for i in stride(from: 0, to: rows, by: square) {
        for j in stride(from: 0, to: columns, by: square) {
            for column in j..<min(j + square, columns) {
                for row in i..<min(i + square, rows) { to[column * rows + row] = from[row * columns + column] }
            }
        }
    }
}

/// Transposes a square matrix in place.
func transpose(_ matrix: UnsafeMutablePointer<Double>, _ n: Int) {
    for i in stride(from: 0, to: n, by: square) {
        for j in stride(from: i, to: n, by: square) {
            for row in i..<min(i + square, n) {
                for column in max(j, row + 1)..<max(min(j + square, n), max(j, row + 1)) {
                    let value = matrix[row * n + column]
                    matrix[row * n + column] = matrix[column * n + row]
                    matrix[column * n + row] = value
                }
            }
        }
    }
}
