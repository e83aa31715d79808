import RealModule

/// The kinds of number that a tensor holds.
public enum ElementType: String, Sendable, Codable {
    case float64, float32, int64, bool

    /// Whether derivatives exist for it.
    public var isReal: Bool { self == .float64 || self == .float32 }
}

/// The numbers of a known tensor, contiguous and row-major.
enum Storage: Sendable {
    case float64([Double])
    case float32([Float])
    case int64([Int])
    case bool([Bool])

    init(repeating value: Double, count: Int, type: ElementType) {
        switch type {
        case .float64: self = .float64([Double](repeating: value, count: count))
        case .float32: self = .float32([Float](repeating: Float(value), count: count))
        case .int64: self = .int64([Int](repeating: Int(value), count: count))
        case .bool: self = .bool([Bool](repeating: value != 0, count: count))
        }
    }

    var type: ElementType {
        switch self {
        case .float64: .float64
        case .float32: .float32
        case .int64: .int64
        case .bool: .bool
        }
    }

    var count: Int {
        switch self {
        case .float64(let x): x.count
        case .float32(let x): x.count
        case .int64(let x): x.count
        case .bool(let x): x.count
        }
    }

    var doubles: [Double] {
        switch self {
        case .float64(let x): x
        case .float32(let x): x.map(Double.init)
        case .int64(let x): x.map(Double.init)
        case .bool(let x): x.map { $0 ? 1 : 0 }
        }
    }

    var floats: [Float] {
        switch self {
        case .float64(let x): x.map(Float.init)
        case .float32(let x): x
        case .int64(let x): x.map(Float.init)
        case .bool(let x): x.map { $0 ? 1 : 0 }
        }
    }

    var integers: [Int] {
        switch self {
        case .float64(let x): x.map(integer)
        case .float32(let x): x.map { integer(Double($0)) }
        case .int64(let x): x
        case .bool(let x): x.map { $0 ? 1 : 0 }
        }
    }

    var booleans: [Bool] {
        switch self {
        case .float64(let x): x.map { $0 != 0 }
        case .float32(let x): x.map { $0 != 0 }
        case .int64(let x): x.map { $0 != 0 }
        case .bool(let x): x
        }
    }

    func cast(to type: ElementType) -> Storage {
        if type == self.type { return self }
        return switch type {
        case .float64: .float64(doubles)
        case .float32: .float32(floats)
        case .int64: .int64(integers)
        case .bool: .bool(booleans)
        }
    }

    /// Whether two hold the same numbers, bit for bit.
    func isIdentical(to other: Storage) -> Bool {
        func match<T>(_ x: [T], _ y: [T]) -> Bool {
            x.withUnsafeBytes { a in
                y.withUnsafeBytes { b in
                    a.baseAddress == b.baseAddress && a.count == b.count || a.elementsEqual(b)
                }
            }
        }
        return switch (self, other) {
        case (.float64(let x), .float64(let y)): match(x, y)
        case (.float32(let x), .float32(let y)): match(x, y)
        case (.int64(let x), .int64(let y)): match(x, y)
        case (.bool(let x), .bool(let y)): match(x, y)
        case (.float64, _), (.float32, _), (.int64, _), (.bool, _): false
        }
    }

    func text(at index: Int) -> String {
        switch self {
        case .float64(let x): "\(x[index])"
        case .float32(let x): "\(x[index])"
        case .int64(let x): "\(x[index])"
        case .bool(let x): "\(x[index])"
        }
    }
}

/// The whole part of a real number.
private func integer(_ x: Double) -> Int {
    guard let whole = Int(exactly: x.rounded(.towardZero)) else {
        preconditionFailure("\(x) is not an integer of 64 bits")
    }
    return whole
}

/// Does the same thing to whichever array a storage holds: for work that only moves numbers.
protocol ArrayRearrangement {
    func callAsFunction<T>(_ x: [T]) -> [T]
}

extension Storage {
    func rearranged(_ how: some ArrayRearrangement) -> Storage {
        switch self {
        case .float64(let x): .float64(how(x))
        case .float32(let x): .float32(how(x))
        case .int64(let x): .int64(how(x))
        case .bool(let x): .bool(how(x))
        }
    }
}
