import RealModule

@inline(__always)
private func mapped<T, U>(_ x: [T], _ f: (T) -> U) -> [U] {
    [U](unsafeUninitializedCapacity: x.count) { out, count in
        for i in x.indices { (out.baseAddress! + i).initialize(to: f(x[i])) }
        count = x.count
    }
}

/// Combines two arrays through broadcasting; equal shapes and scalars take a straight loop.
@inline(__always)
private func combined<T, U>(
    _ x: [T], _ xShape: [Int], _ y: [T], _ yShape: [Int], _ shape: [Int], _ f: (T, T) -> U
) -> [U] {
    let total = shape.elementCount
    guard total > 0 else { return [] }
    return [U](unsafeUninitializedCapacity: total) { out, count in
        let out = out.baseAddress!
        x.withUnsafeBufferPointer { x in
            y.withUnsafeBufferPointer { y in
                if xShape == yShape {
                    for i in 0..<total { (out + i).initialize(to: f(x[i], y[i])) }
                } else if y.count == 1 {
                    for i in 0..<total { (out + i).initialize(to: f(x[i], y[0])) }
                } else if x.count == 1 {
                    for i in 0..<total { (out + i).initialize(to: f(x[0], y[i])) }
                } else {
                    var at = 0
                    let strides = [xShape.strides(broadcastTo: shape), yShape.strides(broadcastTo: shape)]
                    forEachRow(shape, strides, [0, 0]) { length, starts, steps in
                        let (a, b, da, db) = (starts[0], starts[1], steps[0], steps[1])
                        for i in 0..<length { (out + at + i).initialize(to: f(x[a + i * da], y[b + i * db])) }
                        at += length
                    }
                }
            }
        }
        count = total
    }
}

// MARK: - One operand

func unaryValue(_ f: Unary, _ x: Storage) -> Storage {
    switch x {
    case .float64(let x): .float64(realUnary(f, x))
    case .float32(let x): .float32(realUnary(f, x))
    case .int64(let x): .int64(integerUnary(f, x))
    case .bool(let x): .bool(x.map { !$0 })
    }
}

@inline(__always)
private func realUnary<T: Real & BinaryFloatingPoint>(_ f: Unary, _ x: [T]) -> [T] {
    switch f {
    case .negative: mapped(x) { -$0 }
    case .absolute: mapped(x) { $0.magnitude }
    case .sign: mapped(x) { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 }
    case .floor: mapped(x) { $0.rounded(.down) }
    case .ceiling: mapped(x) { $0.rounded(.up) }
    case .rounded: mapped(x) { $0.rounded(.toNearestOrEven) }
    case .logicalNot: mapped(x) { $0 == 0 ? 1 : 0 }
    case .exp: mapped(x) { T.exp($0) }
    case .expMinusOne: mapped(x) { T.expMinusOne($0) }
    case .log: mapped(x) { T.log($0) }
    case .logOnePlus: mapped(x) { T.log(onePlus: $0) }
    case .sqrt: mapped(x) { $0.squareRoot() }
    case .sin: mapped(x) { T.sin($0) }
    case .cos: mapped(x) { T.cos($0) }
    case .tanh: mapped(x) { T.tanh($0) }
    case .erf: mapped(x) { T.erf($0) }
    case .logistic: mapped(x) { $0 >= 0 ? 1 / (1 + T.exp(-$0)) : T.exp($0) / (1 + T.exp($0)) }
    case .reciprocal: mapped(x) { 1 / $0 }
    }
}

private func integerUnary(_ f: Unary, _ x: [Int]) -> [Int] {
    switch f {
    case .negative: x.map { 0 &- $0 }
    case .absolute: x.map { $0 < 0 ? 0 &- $0 : $0 }
    case .sign: x.map { $0.signum() }
    case .logicalNot, .floor, .ceiling, .rounded, .exp, .expMinusOne, .log, .logOnePlus, .sqrt, .sin, .cos, .tanh,
        .erf, .logistic, .reciprocal:
        preconditionFailure("\(f) of integers")
    }
}

// MARK: - Two operands

func binaryValue(_ f: Binary, _ a: Tensor, _ b: Tensor, _ shape: [Int]) -> Storage {
    switch (a.known, b.known) {
    case (.float64(let x), .float64(let y)): .float64(realBinary(f, x, a.shape, y, b.shape, shape))
    case (.float32(let x), .float32(let y)): .float32(realBinary(f, x, a.shape, y, b.shape, shape))
    case (.int64(let x), .int64(let y)): .int64(integerBinary(f, x, a.shape, y, b.shape, shape))
    case (.bool(let x), .bool(let y)): .bool(truthBinary(f, x, a.shape, y, b.shape, shape))
    default: preconditionFailure("\(f) of \(a.signature) and \(b.signature)")
    }
}

/// The four operations of arithmetic on as many doubles; nil for the others. Not generic, so that nothing is looked up.
func doubles(_ f: Binary, _ x: [Double], _ y: [Double]) -> [Double]? {
    @inline(__always) func each(_ f: (Double, Double) -> Double) -> [Double] {
        [Double](unsafeUninitializedCapacity: x.count) { out, count in
            for i in 0..<x.count { out[i] = f(x[i], y[i]) }
            count = x.count
        }
    }
    return switch f {
    case .add: each { $0 + $1 }
    case .subtract: each { $0 - $1 }
    case .multiply: each { $0 * $1 }
    case .divide: each { $0 / $1 }
    case .power, .maximum, .minimum, .remainder, .atan2: nil
    }
}

@inline(__always)
private func realBinary<T: Real & BinaryFloatingPoint>(
    _ f: Binary, _ x: [T], _ xs: [Int], _ y: [T], _ ys: [Int], _ shape: [Int]
) -> [T] {
    switch f {
    case .add: combined(x, xs, y, ys, shape) { $0 + $1 }
    case .subtract: combined(x, xs, y, ys, shape) { $0 - $1 }
    case .multiply: combined(x, xs, y, ys, shape) { $0 * $1 }
    case .divide: combined(x, xs, y, ys, shape) { $0 / $1 }
    case .power: combined(x, xs, y, ys, shape) { power($0, $1) }
    // A NaN on either side is kept.
    case .maximum: combined(x, xs, y, ys, shape) { $0 > $1 || $0.isNaN ? $0 : $1 }
    case .minimum: combined(x, xs, y, ys, shape) { $0 < $1 || $0.isNaN ? $0 : $1 }
    case .remainder: combined(x, xs, y, ys, shape) { floorRemainder($0, $1) }
    case .atan2: combined(x, xs, y, ys, shape) { T.atan2(y: $0, x: $1) }
    }
}

/// The exact remainder of C, moved to the sign of the divisor.
@inline(__always)
private func floorRemainder<T: BinaryFloatingPoint>(_ a: T, _ b: T) -> T {
    let remainder = a.truncatingRemainder(dividingBy: b)
    if remainder == 0 { return b < 0 ? -0.0 : 0 }
    return (remainder < 0) != (b < 0) ? remainder + b : remainder
}

/// `x^y` as C has it: a negative base is allowed with a whole exponent.
@inline(__always)
private func power<T: Real & BinaryFloatingPoint>(_ x: T, _ y: T) -> T {
    if y == 2 { return x * x }
    if y == 0.5 && x >= 0 { return x.squareRoot() }
    if y.rounded(.towardZero) == y, y.magnitude < 1e9 { return T.pow(x, Int(y)) }
    return T.pow(x, y)
}

private func integerBinary(_ f: Binary, _ x: [Int], _ xs: [Int], _ y: [Int], _ ys: [Int], _ shape: [Int]) -> [Int] {
    switch f {
    case .add: combined(x, xs, y, ys, shape) { $0 &+ $1 }
    case .subtract: combined(x, xs, y, ys, shape) { $0 &- $1 }
    case .multiply: combined(x, xs, y, ys, shape) { $0 &* $1 }
    case .divide: combined(x, xs, y, ys, shape) { floorDivision($0, $1) }
    case .power: combined(x, xs, y, ys, shape) { wholePower($0, $1) }
    case .maximum: combined(x, xs, y, ys, shape) { max($0, $1) }
    case .minimum: combined(x, xs, y, ys, shape) { min($0, $1) }
    case .remainder: combined(x, xs, y, ys, shape) { $0 &- $1 &* floorDivision($0, $1) }
    case .atan2: preconditionFailure("\(f) of integers")
    }
}

/// The quotient rounded down, as in the array API.
private func floorDivision(_ a: Int, _ b: Int) -> Int {
    precondition(b != 0, "divide: the integer \(a) by 0")
    if b == -1 { return 0 &- a }  // of the least integer as well
    let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
    return remainder != 0 && (remainder < 0) != (b < 0) ? quotient - 1 : quotient
}

/// By repeated squaring, with the wrap-around of integer multiplication.
private func wholePower(_ base: Int, _ exponent: Int) -> Int {
    precondition(exponent >= 0, "power: the integer \(base) to the power of \(exponent)")
    var (result, square, rest) = (1, base, exponent)
    while rest > 0 {
        if rest & 1 == 1 { result = result &* square }
        square = square &* square
        rest >>= 1
    }
    return result
}

/// Truth values add as "or" and multiply as "and".
private func truthBinary(_ f: Binary, _ x: [Bool], _ xs: [Int], _ y: [Bool], _ ys: [Int], _ shape: [Int]) -> [Bool] {
    switch f {
    case .add, .maximum: combined(x, xs, y, ys, shape) { $0 || $1 }
    case .multiply, .minimum: combined(x, xs, y, ys, shape) { $0 && $1 }
    case .subtract, .divide, .power, .remainder, .atan2: preconditionFailure("\(f) of truth values")
    }
}

func comparisonValue(_ f: Comparison, _ a: Tensor, _ b: Tensor, _ shape: [Int]) -> Storage {
    switch (a.known, b.known) {
    case (.float64(let x), .float64(let y)): .bool(compared(f, x, a.shape, y, b.shape, shape))
    case (.float32(let x), .float32(let y)): .bool(compared(f, x, a.shape, y, b.shape, shape))
    case (.int64(let x), .int64(let y)): .bool(compared(f, x, a.shape, y, b.shape, shape))
    case (let x, let y): .bool(compared(f, x.integers, a.shape, y.integers, b.shape, shape))
    }
}

@inline(__always)
private func compared<T: Comparable>(
    _ f: Comparison, _ x: [T], _ xs: [Int], _ y: [T], _ ys: [Int], _ shape: [Int]
) -> [Bool] {
    switch f {
    case .less: combined(x, xs, y, ys, shape) { $0 < $1 }
    case .lessOrEqual: combined(x, xs, y, ys, shape) { $0 <= $1 }
    case .equal: combined(x, xs, y, ys, shape) { $0 == $1 }
    case .notEqual: combined(x, xs, y, ys, shape) { $0 != $1 }
    case .greater: combined(x, xs, y, ys, shape) { $0 > $1 }
    case .greaterOrEqual: combined(x, xs, y, ys, shape) { $0 >= $1 }
    }
}

func selectValue(_ condition: Tensor, _ a: Tensor, _ b: Tensor, _ shape: [Int]) -> Storage {
    let strides = [condition, a, b].map { $0.shape.strides(broadcastTo: shape) }
    let choose = condition.booleans
    func chosen<T>(_ x: [T], _ y: [T]) -> [T] {
        guard shape.elementCount > 0 else { return [] }
        var result: [T] = []
        result.reserveCapacity(shape.elementCount)
        forEachRow(shape, strides, [0, 0, 0]) { length, starts, steps in
            for i in 0..<length {
                result.append(
                    choose[starts[0] + i * steps[0]] ? x[starts[1] + i * steps[1]] : y[starts[2] + i * steps[2]])
            }
        }
        return result
    }
    return switch (a.known, b.known) {
    case (.float64(let x), .float64(let y)): .float64(chosen(x, y))
    case (.float32(let x), .float32(let y)): .float32(chosen(x, y))
    case (.int64(let x), .int64(let y)): .int64(chosen(x, y))
    case (let x, let y): .bool(chosen(x.booleans, y.booleans))
    }
}
