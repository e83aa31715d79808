import Tensors

/// A function drawn at random: a sequence of operations of many kinds, each on values that earlier ones made. The same
/// seed gives the same function everywhere, so that two ways to run it can be compared on thousands.
///
/// Every value is a vector of three numbers of moderate size; inside, operations make matrices, integers, truth values,
/// loops, choices and derivatives. Some have kinks, so that a comparison with finite
/// differences would fail here and there.
public struct RandomProgram: Sendable {
    private struct Instruction {
        let kind: Kind
        let operands: (Int, Int)
    }
    private let instructions: [Instruction]
    private let seed: Int

    /// A function of `operations` steps, a step being a few primitive operations.
    public init(seed: Int, operations: Int) {
        self.seed = seed
        var source = RandomSource(seed)
        instructions = (0..<operations).map { place in
            // Mostly recent values, so that chains grow long.
            let recent = max(0, place + 1 - source.next(min(place + 2, 6)))
            return Instruction(kind: source.choose(Kind.allCases), operands: (recent, source.next(place + 2)))
        }
    }

    /// Two vectors, other ones for each seed.
    public var inputs: [Tensor] { [Key(seed).normal([3]), Key(seed + 1_000_000).normal([3])] }

    /// The last two values, and the sum of all.
    public func callAsFunction(_ x: [Tensor]) -> [Tensor] {
        var values = x
        for instruction in instructions {
            values.append(instruction.kind.apply(values[instruction.operands.0], values[instruction.operands.1]))
        }
        return Array(values.suffix(2)) + [values.reduce(Tensor(0), +)]
    }
}

/// The effect of a step of a random program.
private enum Kind: CaseIterable {
    case sum, difference, product, quotient, sine, gauss, logarithm, logistic, root, larger, smaller, selected
    case power, absolute, exponential, stopped, rolled, accumulated, concatenated, taken, scattered, sorted, padded
    case strided, mean, extremes, logSum, counted, oneHot, truncated, solved, outer, cholesky, sqrtm, eigen
    case triangular, orthogonal, scanned, reversedScan, checkpointed, chosen, fixed, ownRule, batchedGradient, tangent

    func apply(_ a: Tensor, _ b: Tensor) -> Tensor {
        switch self {
        case .sum, .difference, .product, .quotient, .sine, .gauss, .logarithm, .logistic, .root, .larger, .smaller,
            .selected, .power, .absolute, .exponential, .stopped:
            elementwise(a, b)
        case .rolled, .accumulated, .concatenated, .taken, .scattered, .sorted, .padded, .strided, .mean, .extremes,
            .logSum, .counted, .oneHot, .truncated:
            arranged(a, b)
        case .solved, .outer, .cholesky, .sqrtm, .eigen, .triangular, .orthogonal: matrix(a, b)
        case .scanned, .reversedScan, .checkpointed, .chosen, .fixed, .ownRule, .batchedGradient, .tangent:
            transformed(a, b)
        }
    }

    private func elementwise(_ a: Tensor, _ b: Tensor) -> Tensor {
        switch self {
        case .sum: (a + b) * 0.6
        case .difference: a - 0.5 * b
        case .product: (a * b).tanh()
        case .quotient: a / (b * b + 1)
        case .sine: a.sin() - b.cos() * 0.3
        case .gauss: (-(a * a)).exp()
        case .logarithm: (a * a).logOnePlus()
        case .logistic: a.logistic() * b.cos()
        case .root: (a * a + 0.5).sqrt().erf()
        case .larger: a.maximum(0.7 * b)
        case .smaller: a.minimum(b.clipped(from: -1, to: 1))
        case .selected: select(a .> b, a.softplus(), 0.8 * b)
        case .power: (a * a + 0.3).power(b.tanh()).tanh()
        case .absolute: 0.7 * a.absolute() * b.sign()
        case .exponential: (a.tanh() + b.floor().tanh()).expMinusOne() * 0.5
        default: a.stoppingGradient * b.tanh()
        }
    }

    private func arranged(_ a: Tensor, _ b: Tensor) -> Tensor {
        switch self {
        case .rolled: a.rolled(by: 1) - 0.5 * b
        case .accumulated: 0.4 * a.cumulativeSum() + 0.1 * b
        case .concatenated: Tensor.concatenated([a.slice(axis: 0, from: 1), b.slice(axis: 0, to: 1)])
        case .taken: a.taking(Tensor(integers: [2, 2, 0])) * 0.5 + 0.5 * b
        case .scattered: (a + b).scatterAdded(Tensor(integers: [1, 1, 0]), axis: 0, size: 3) * 0.4
        case .sorted: a.sorted()
        case .padded: a.slice(axis: 0, to: 2).padded(axis: 0, before: 1, after: 0) + 0.2 * b
        case .strided: a.outerProduct(b).transposed.reshaped([9]).slice(axis: 0, from: 1, by: 3).tanh()
        case .mean: a.mean() + 0.5 * b
        case .extremes: 0.4 * (a.maximum() - a.minimum()) + 0.4 * b
        case .logSum: a.logSumExp() * 0.3 - 0.5 * b
        case .counted: 0.3 * a.argmax().cast(to: a.type) + 0.5 * a
        case .oneHot: b.argsort().oneHot(3, type: a.type).vectorProduct(a)
        default: 0.3 * (3 * b.tanh()).cast(to: .int64).cast(to: b.type) + 0.5 * a.sin()
        }
    }

    private func matrix(_ a: Tensor, _ b: Tensor) -> Tensor {
        let square = a.outerProduct(a).tanh() + Tensor([2, 3, 5]).diagonalMatrix()
        return switch self {
        case .solved: square.solve(b.expanded(axis: 1)).flattened()
        case .outer: (a.outerProduct(a.sin()) + b.outerProduct(a)).vectorProduct(b).tanh()
        case .cholesky: (a.outerProduct(a) + Tensor.identity(3)).cholesky().vectorProduct(b).sin()
        case .sqrtm: square.sqrtm().vectorProduct(b.tanh()) * 0.4
        case .eigen: square.symmetricEigen().values * 0.2 + 0.5 * b
        case .triangular: square.triangularSolve(b.expanded(axis: 1), transposed: true).flattened()
        default: square.qr().q.vectorProduct(b)
        }
    }

    private func transformed(_ a: Tensor, _ b: Tensor) -> Tensor {
        let weights = Tensor([0.3, 0.7, -0.2])
        return switch self {
        case .scanned:
            scan(over: weights, from: a) { state, weight in (state.sin() + weight * b, Nothing()) }.final * 0.5
        case .reversedScan:
            scan(over: a * weights, from: b.mean(), reversed: true, checkpoints: .every(2)) { state, element in
                ((state + element).tanh(), state * element)
            }.outputs
        case .checkpointed: Tensors.checkpointed { (x: Tensor) in (x * b).sin() + x * 0.3 }(a)
        case .chosen:
            cond(a.sum() .> b.sum(), a) {
                $0.sin() * b
            } else: {
                0.5 * ($0 - b)
            }
        case .fixed: fixedPoint(from: Tensor.zeros([3]), tolerance: 1e-15) { 0.2 * ($0 * b.sin()).sin() + a.tanh() }
        case .ownRule:
            customTangent { (x: Tensor) in
                x.sin()
            } tangent: { x, _, dx in
                x.cos() * dx
            }(a) * b.tanh()
        case .batchedGradient: vmap(gradient(of: { (y: Tensor) in y.sin() + y * y * 0.1 }))(a) * b.tanh()
        default: jvp({ (x: Tensor) in (x * x).sin() }, at: a, along: b.tanh()).tangent.tanh()
        }
    }
}
