import Tensors

/// A function drawn at random of arrays of many shapes and element types: scalars, axes of length zero and one,
/// operands that are broadcast, whole numbers and truth values. The same seed gives the same function everywhere.
///
/// Where an operation jumps, its argument is moved by a number that meets no other by chance: two ways to compute the
/// same thing may then differ by rounding and no more.
public struct RandomArrays: Sendable {
    private let seed: Int
    private let operations: Int
    private let precision: ElementType
    private let kinds: [Kind]

    /// A function of `operations` steps, a step being a few primitive operations.
    ///
    /// - Parameters:
    ///   - precision: the type of the real numbers.
    ///   - isReversible: without loops of unknown length.
    ///   - isPlain: without those, choices and factorizations: what is computed in lanes.
    public init(
        seed: Int, operations: Int, precision: ElementType = .float64, isReversible: Bool = false, isPlain: Bool = false
    ) {
        (self.seed, self.operations, self.precision) = (seed, operations, precision)
        kinds = Kind.allCases.filter { (!isReversible || $0 != .repeated) && (!isPlain || $0.isPlain) }
    }

    private static let shapes: [[Int]] = [
        [], [1], [3], [5], [2, 3], [3, 1], [1, 4], [0], [2, 0], [2, 1, 3], [4, 2], [3, 3],
    ]

    /// Three arrays of real numbers, whole numbers, truth values: other ones for each seed.
    public var inputs: [Tensor] {
        var source = RandomSource(seed)
        let key = Key(seed)
        let real = (0..<3).map { key.folding($0).normal(source.choose(Self.shapes)).cast(to: precision) }
        let whole = (4 * key.folding(3).normal(source.choose(Self.shapes))).floor().cast(to: .int64)
        return real + [whole, key.folding(4).normal(source.choose(Self.shapes)) .> 0]
    }

    /// The last values, one of those before, and an input.
    public func callAsFunction(_ x: [Tensor]) -> [Tensor] {
        var steps = Steps(source: RandomSource(seed &+ 1_000_003), precision: precision, values: x)
        for _ in 0..<operations { steps.add(steps.source.choose(kinds)) }
        return Array(steps.values.suffix(4)) + [steps.source.choose(steps.values), x[steps.source.next(x.count)]]
    }
}

/// The effect of a step.
private enum Kind: CaseIterable {
    case smooth, jumping, wholeUnary, sum, product, quotient, power, larger, remainder, angle, wholeBinary
    case compared, logical, selected, cast, reduced, accumulated, broadcast, reshaped, transposed, sliced, padded
    case concatenated, rolled, gathered, taken, scattered, oneHot, windows, multiplied, spectrum, scanned, checkpointed
    case largest, sorted, factored, chosen, repeated, drawn

    var isPlain: Bool {
        switch self {
        case .factored, .chosen, .repeated: false
        case .smooth, .jumping, .wholeUnary, .sum, .product, .quotient, .power, .larger, .remainder, .angle,
            .wholeBinary, .compared, .logical, .selected, .cast, .reduced, .accumulated, .broadcast, .reshaped,
            .transposed, .sliced, .padded, .concatenated, .rolled, .gathered, .taken, .scattered, .oneHot, .windows,
            .multiplied, .spectrum, .scanned, .checkpointed, .largest, .sorted, .drawn:
            true
        }
    }
}

/// A function in the making. What is chosen depends on shapes and types alone.
private struct Steps {
    var source: RandomSource
    let precision: ElementType
    var values: [Tensor]

    mutating func add(_ kind: Kind) {
        let result = apply(kind)
        // Arrays stay small.
        values.append(result.count > 64 ? result.flattened().slice(axis: 0, to: 24) : result)
    }

    private mutating func apply(_ kind: Kind) -> Tensor {
        switch kind {
        case .smooth, .jumping, .wholeUnary, .sum, .product, .quotient, .power, .larger, .remainder, .angle,
            .wholeBinary, .compared, .logical, .selected, .cast:
            elementwise(kind)
        case .reduced, .accumulated, .broadcast, .reshaped, .transposed, .sliced, .padded, .concatenated, .rolled,
            .oneHot, .windows:
            arranged(kind)
        case .gathered, .taken, .scattered, .largest, .sorted: indexed(kind)
        case .multiplied, .spectrum, .scanned, .checkpointed, .factored, .chosen, .repeated, .drawn: transformed(kind)
        }
    }

    // MARK: Operands

    /// Mostly recent values, so that chains grow long.
    private mutating func any() -> Tensor {
        source.next(2) == 0 ? source.choose(values) : values[max(0, values.count - 1 - source.next(6))]
    }

    private mutating func real() -> Tensor {
        let x = any()
        return x.type == precision ? x : 0.3 * x.cast(to: precision)
    }

    private mutating func whole() -> Tensor {
        let x = any()
        return x.type == .int64 ? x : (x.type == .bool ? x : (2 * x + number()).tanh() * 4).cast(to: .int64)
    }

    private mutating func truth() -> Tensor {
        let x = any()
        return x.type == .bool ? x : x.cast(to: precision) .> number()
    }

    /// Another real value that can be broadcast with `x`.
    private mutating func partner(_ x: Tensor) -> Tensor {
        for _ in 0..<6 {
            let y = real()
            if fit(x.shape, y.shape) { return y }
        }
        return x.sum() * number()
    }

    private func fit(_ a: [Int], _ b: [Int]) -> Bool {
        zip(a.reversed(), b.reversed()).allSatisfy { $0 == $1 || $0 == 1 || $1 == 1 }
    }

    private mutating func number() -> Tensor { Tensor(floatLiteral: source.number()) }

    private mutating func axis(_ x: Tensor) -> Int { source.next(x.rank) }

    /// A value with an axis.
    private mutating func array() -> Tensor {
        let x = real()
        return x.rank == 0 ? x.expanded(axis: 0) : x
    }

    // MARK: Operations

    private mutating func elementwise(_ kind: Kind) -> Tensor {
        switch kind {
        case .smooth: return smooth(real())
        case .jumping: return jumping(real() + number())
        case .wholeUnary:
            let x = whole()
            return [x.absolute(), x.sign(), -x][source.next(3)]
        case .sum, .product, .quotient, .power, .larger, .remainder, .angle:
            let a = real()
            return joined(kind, a, partner(a))
        case .wholeBinary:
            let a = whole()
            let b = whole()
            let c = fit(a.shape, b.shape) ? b : Tensor(integer: source.next(7) - 3)
            let small = [a + c, a - c, a * c, a.maximum(c), a.minimum(c)][source.next(5)]
            return small % Tensor(integer: 50)
        case .compared:
            let a = real()
            let b = partner(a) + number()
            return [a .< b, a .<= b, a .> b, a .>= b, a .== b, a .!= b][source.next(6)]
        case .logical:
            let a = truth()
            let b = truth()
            let c = fit(a.shape, b.shape) ? b : a
            return [a .& c, a .| c, a .^ c, !a][source.next(4)]
        case .selected:
            let a = real()
            let condition = truth()
            return select(fit(condition.shape, a.shape) ? condition : a .> number(), a, number() * a.sin())
        default:
            return source.next(2) == 0 ? whole() : 0.2 * any().cast(to: precision)
        }
    }

    private mutating func smooth(_ x: Tensor) -> Tensor {
        switch source.next(15) {
        case 0: -x
        case 1: x.tanh()
        case 2: x.sin()
        case 3: x.cos()
        case 4: (-(x * x)).exp()
        case 5: x.tanh().expMinusOne()
        case 6: (x * x + 0.1).log().tanh()
        case 7: (x * x).logOnePlus()
        case 8: (x * x + 0.2).sqrt()
        case 9: x.erf()
        case 10: x.logistic()
        case 11: (x * x + 0.7).reciprocal()
        case 12: x.softplus() * 0.5
        case 13: x.gelu() * 0.7
        default: x.stoppingGradient * 0.9
        }
    }

    private mutating func jumping(_ x: Tensor) -> Tensor {
        switch source.next(5) {
        case 0: x.absolute()
        case 1: x.sign() * 0.5
        case 2: (2 * x.tanh()).floor() * 0.5
        case 3: (2 * x.tanh()).ceiling() * 0.5
        default: (3 * x.tanh()).rounded() * 0.3
        }
    }

    private mutating func joined(_ kind: Kind, _ a: Tensor, _ b: Tensor) -> Tensor {
        switch kind {
        case .sum: source.next(2) == 0 ? (a + b) * 0.6 : 0.7 * a - 0.5 * b
        case .product: (a * b).tanh()
        case .quotient: a / (b * b + 1)
        case .power: (a * a + 0.3).tanh().power(b.tanh())
        case .larger: source.next(2) == 0 ? a.maximum(b + number()) : a.minimum(b + number())
        case .remainder: (a + number()) % (b * b + 0.7)
        default: (a + number()).atan2(b + number()) * 0.3
        }
    }

    private mutating func arranged(_ kind: Kind) -> Tensor {
        switch kind {
        case .reduced: return reduced()
        case .accumulated:
            let x = array()
            let axis = axis(x)
            let sum = 0.4 * x.cumulativeSum(axis: axis)
            return source.next(2) == 0 ? sum : 0.4 * x.sum(axes: [axis]).expanded(axis: axis) - sum + 0.4 * x
        case .broadcast:
            let x = any()
            let shape = x.shape.map { $0 == 1 ? [1, 3][source.next(2)] : $0 }
            return x.broadcast(to: (source.next(2) == 0 ? [2] : []) + shape)
        case .reshaped: return reshaped(any())
        case .transposed:
            let x = any()
            var order = Array(0..<x.rank)
            for place in order.indices.reversed() { order.swapAt(place, source.next(place + 1)) }
            return x.transposed(to: order)
        case .sliced:
            let x = array()
            let axis = axis(x)
            let start = source.next(x.shape[axis] + 1)
            let end = start + source.next(x.shape[axis] - start + 1)
            return x.slice(axis: axis, from: start, to: end, by: 1 + source.next(3))
        case .padded:
            let x = array()
            return x.padded(axis: axis(x), before: source.next(3), after: source.next(3))
        case .concatenated:
            let x = array()
            let axis = axis(x)
            return Tensor.concatenated([x, x.sin().slice(axis: axis, to: source.next(x.shape[axis] + 1))], axis: axis)
        case .rolled:
            let x = array()
            return x.rolled(by: source.next(7) - 3, axis: axis(x))
        case .oneHot:
            let x = (whole() % Tensor(integer: 3))
            return x.oneHot(3, type: precision)
        default:
            let x = array()
            let axis = axis(x)
            if x.shape[axis] < 2 { return x.expanded(axis: -1) }
            let windows = x.unfold(axis: axis, size: 2, stride: 1 + source.next(2))
            return source.next(2) == 0 ? windows : windows.sum(axes: [-1]).tanh()
        }
    }

    private mutating func reduced() -> Tensor {
        let x = any()
        let axes = (0..<x.rank).filter { _ in source.next(2) == 0 }
        let isFilled = axes.allSatisfy { x.shape[$0] > 0 }
        switch (x.type, source.next(4)) {
        case (.bool, let way): return isFilled && way > 1 ? x.all(axes: axes) : x.any(axes: axes)
        case (_, 2) where isFilled: return x.maximum(axes: axes)
        case (_, 3) where isFilled: return x.minimum(axes: axes)
        case (.int64, _): return x.sum(axes: axes) % Tensor(integer: 50)
        case (_, 1): return x.logSumExpOrSum(axes).tanh()
        case (_, _): return x.sum(axes: axes) * 0.4
        }
    }

    private mutating func reshaped(_ x: Tensor) -> Tensor {
        switch source.next(4) {
        case 0: x.flattened()
        case 1: x.expanded(axis: source.next(x.rank + 1))
        case 2: x.reshaped(x.shape.filter { $0 != 1 })
        default: x.reshaped(x.shape.reversed())
        }
    }

    private mutating func indexed(_ kind: Kind) -> Tensor {
        let x = array()
        let axis = axis(x)
        let length = x.shape[axis]
        if length == 0 { return x }
        let ramp = Tensor((0..<length).map { _ in source.number() }).cast(to: precision)
            .reshaped(x.shape.indices.map { $0 == axis ? length : 1 })
        switch kind {
        case .gathered, .scattered:
            let other = (x + ramp).slice(axis: axis, to: 1 + source.next(length))
            let size = kind == .gathered ? length : 1 + source.next(4)
            let chosen = (4 * other.sin()).floor().cast(to: .int64) % Tensor(integer: size)
            return kind == .gathered
                ? x.gathered(chosen, axis: axis) : 0.5 * other.scatterAdded(chosen, axis: axis, size: size)
        case .taken: return x.taking(Tensor(integers: [source.next(length), source.next(length)]), axis: axis)
        case .largest: return (x + ramp).argmax(axis: axis)
        default: return source.next(2) == 0 ? (x + ramp).sorted(axis: axis) : (x + ramp).argsort(axis: axis)
        }
    }

    private mutating func transformed(_ kind: Kind) -> Tensor {
        switch kind {
        case .multiplied:
            let x = matrix()
            return (source.next(2) == 0 ? x.matrixProduct(x.sin().transposed) : x.transposed.matrixProduct(x)).tanh()
        case .spectrum:
            let x = array()
            return x.shape.last == 0 ? x : x.realFourier() * 0.3
        case .scanned: return scanned()
        case .checkpointed:
            let x = real()
            let y = partner(x)
            return Tensors.checkpointed { (x: Tensor) in (x * y).sin() + x * 0.3 }(x)
        case .factored: return factored()
        case .chosen:
            let x = real()
            let y = partner(x).tanh()
            let condition = x.sum() .> number()
            return cond(condition, x) {
                $0.sin() + y
            } else: {
                0.5 * $0 - y * y
            }
        case .repeated:
            let x = real()
            let limit = 2 + number()
            return whileLoop(from: Pair(x, Tensor.zeros())) { pair in
                pair.second .< limit
            } do: { pair in
                Pair((pair.first * 1.1).sin(), pair.second + 1)
            }.first
        default:
            let key = Key(source.next(1000)).folding(whole().sum())
            let shape = real().shape
            return 0.5 * (source.next(2) == 0 ? key.normal(shape) : key.uniform(shape)).cast(to: precision)
        }
    }

    private mutating func matrix() -> Tensor {
        let x = array()
        return x.rank == 1 ? x.expanded(axis: 1) : x
    }

    private mutating func scanned() -> Tensor {
        let x = array()
        let start = x.sum(axes: [0]).tanh()
        let y = partner(start)
        // The state keeps its shape.
        let isFitting =
            y.rank <= start.rank && zip(y.shape.reversed(), start.shape.reversed()).allSatisfy { $0 == 1 || $0 == $1 }
        let rate = isFitting ? y : number()
        let looped = scan(over: x, from: start, reversed: source.next(2) == 0) { state, element in
            let next = (state * 0.7 + (element * rate).sin()).broadcast(to: state.shape)
            return (next, next * element)
        }
        return source.next(2) == 0 ? looped.final : looped.outputs
    }

    private mutating func factored() -> Tensor {
        let x = matrix().tanh()
        let n = x.shape[x.rank - 2]
        let diagonal = Tensor((0..<n).map { 1 + 0.5 * Double($0) }).cast(to: precision).diagonalMatrix()
        let square = x.matrixProduct(x.transposed) + diagonal
        switch source.next(7) {
        case 0: return square.cholesky() * 0.5
        case 1: return square.solve(x)
        case 2: return square.cholesky().triangularSolve(x, transposed: source.next(2) == 0)
        case 3: return square.sqrtm() * 0.5
        case 4: return square.symmetricEigen().values * 0.3
        case 5: return square.qr().r * 0.3
        default: return square.logDeterminant() * 0.3
        }
    }
}

extension Tensor {
    /// The logarithm of a sum of exponentials, where there is one.
    fileprivate func logSumExpOrSum(_ axes: [Int]) -> Tensor {
        axes.isEmpty || axes.contains { shape[$0] == 0 } ? sum(axes: axes) : logSumExp(axes: axes)
    }
}
