#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An immutable n-dimensional array, or a stand-in for one that a transform is recording.
///
/// A tensor is *known* (it carries its numbers, row-major), *traced* (it remembers the operation that made it), or
/// both: `gradient`, `jvp` and `vjp` trace known values, so that ordinary Swift control flow works inside them; `vmap`,
/// `scan` and `Program` trace unknown ones.
public struct Tensor: Sendable {
    /// The length of each axis; empty for a scalar.
    public let shape: [Int]
    public let type: ElementType
    let storage: Storage?
    let tracer: Tracer?
    /// A Swift literal takes the element type of the other operand.
    let isLiteral: Bool

    init(shape: [Int], type: ElementType, storage: Storage?, tracer: Tracer?, isLiteral: Bool = false) {
        self.shape = shape
        self.type = type
        self.storage = storage
        self.tracer = tracer
        self.isLiteral = isLiteral
    }

    init(_ storage: Storage, _ shape: [Int]) {
        precondition(
            storage.count == shape.elementCount, "\(storage.count) numbers do not fill the shape \(shape)")
        self.init(shape: shape, type: storage.type, storage: storage, tracer: nil)
    }

    /// The number of axes.
    public var rank: Int { shape.count }
    /// The number of elements.
    public var count: Int { shape.elementCount }
    /// Whether the numbers are there to be looked at.
    public var isKnown: Bool { storage != nil }
    /// The same values, detached from all traces; an unknown tensor stays as it is.
    var detached: Tensor {
        guard let storage, tracer != nil else { return self }
        return Tensor(shape: shape, type: type, storage: storage, tracer: nil)
    }

    /// Whether two known tensors have the same shape and the same numbers, bit for bit.
    package func isIdentical(to other: Tensor) -> Bool {
        guard let storage, let otherStorage = other.storage else { return false }
        return shape == other.shape && storage.isIdentical(to: otherStorage)
    }

    var known: Storage {
        guard let storage else {
            preconditionFailure(
                "the value of a traced \(type)\(shape) is not known while a program is recorded: "
                    + "branch with `select`, loop with `scan`")
        }
        return storage
    }
}

/// Where in which graph a traced tensor was made.
struct Tracer: Sendable {
    let graph: Graph
    let index: Int
}

// MARK: - Making tensors

extension Tensor {
    /// A scalar in double precision.
    public init(_ value: Double) { self.init(.float64([value]), []) }
    /// A vector in double precision, or an array of `shape`.
    public init(_ values: [Double], shape: [Int]? = nil) { self.init(.float64(values), shape ?? [values.count]) }
    /// A vector in single precision, or an array of `shape`.
    public init(floats values: [Float], shape: [Int]? = nil) { self.init(.float32(values), shape ?? [values.count]) }
    /// A vector of integers, or an array of `shape`.
    public init(integers values: [Int], shape: [Int]? = nil) { self.init(.int64(values), shape ?? [values.count]) }
    /// An integer scalar.
    public init(integer value: Int) { self.init(.int64([value]), []) }
    /// A vector of truth values, or an array of `shape`.
    public init(_ values: [Bool], shape: [Int]? = nil) { self.init(.bool(values), shape ?? [values.count]) }
    /// A matrix in double precision, row by row; all rows have one length.
    public init(rows: [[Double]]) {
        let columns = rows.first?.count ?? 0
        if let odd = rows.firstIndex(where: { $0.count != columns }) {
            // Output before a trap would be lost where it is no terminal.
            fflush(nil)
            preconditionFailure("Tensor(rows:): row \(odd) has \(rows[odd].count) numbers, row 0 has \(columns)")
        }
        self.init(rows.flatMap { $0 }, shape: [rows.count, columns])
    }

    /// An array filled with one number.
    public static func filled(_ value: Double, _ shape: [Int] = [], type: ElementType = .float64) -> Tensor {
        Tensor(Storage(repeating: value, count: shape.elementCount, type: type), shape)
    }
    public static func zeros(_ shape: [Int] = [], type: ElementType = .float64) -> Tensor {
        filled(0, shape, type: type)
    }
    public static func ones(_ shape: [Int] = [], type: ElementType = .float64) -> Tensor {
        filled(1, shape, type: type)
    }
    /// The integers `0..<count`.
    public static func range(_ count: Int) -> Tensor { Tensor(integers: Array(0..<count)) }
    /// The identity matrix of size `n`.
    public static func identity(_ n: Int, type: ElementType = .float64) -> Tensor {
        var values = [Double](repeating: 0, count: n * n)
        for i in 0..<n { values[i * n + i] = 1 }
        return Tensor(values, shape: [n, n]).cast(to: type)
    }
    /// `count` numbers from `start` to `end`, both included.
    public static func linearlySpaced(_ start: Double, _ end: Double, count: Int) -> Tensor {
        Tensor((0..<count).map { start + (end - start) * Double($0) / Double(Swift.max(count - 1, 1)) })
    }
}

extension Tensor: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
    public init(floatLiteral value: Double) {
        self.init(shape: [], type: .float64, storage: .float64([value]), tracer: nil, isLiteral: true)
    }
    public init(integerLiteral value: Int) { self.init(floatLiteral: Double(value)) }
}

// MARK: - Looking at tensors

extension Tensor {
    /// The numbers in row-major order, as doubles. Traps if they are not known.
    public var values: [Double] { known.doubles }
    /// The numbers in row-major order, as integers. Traps if they are not known.
    public var integers: [Int] { known.integers }
    /// The truth values in row-major order. Traps if they are not known.
    public var booleans: [Bool] { known.booleans }
    /// The only number of a tensor of one element.
    public var scalar: Double {
        precondition(count == 1, "a tensor of shape \(shape) is not a scalar")
        return values[0]
    }
}

extension Tensor: CustomStringConvertible {
    public var description: String {
        guard let storage else { return "\(type)\(shape) (traced)" }
        return rank == 0 ? storage.text(at: 0) : text(storage, axis: 0, from: 0, indent: "")
    }

    private func text(_ storage: Storage, axis: Int, from start: Int, indent: String) -> String {
        if axis == rank { return storage.text(at: start) }
        let stride = shape[(axis + 1)...].reduce(1, *)
        let shown =
            shape[axis] <= 12 ? Array(0..<shape[axis]) : Array(0..<5) + [-1] + Array((shape[axis] - 5)..<shape[axis])
        let parts = shown.map {
            $0 < 0 ? "…" : text(storage, axis: axis + 1, from: start + $0 * stride, indent: indent + " ")
        }
        return "[" + parts.joined(separator: axis == rank - 1 ? ", " : ",\n\(indent) ") + "]"
    }
}
