import Tensors

/// How an operation is computed natively.
enum Form {
    /// An element of the result is a function of elements of the operands; it costs so many operations of arithmetic.
    case elementwise(cost: Int)
    /// The same elements in the same order, from an offset on.
    case view(offset: Int, needsMemory: Bool = false)
    /// Sums and extrema over axes.
    case reduction
    /// A routine of its own, on operands in memory.
    case routine

    /// Whether an operand must lie in memory.
    func needsMemory(_ place: Int, _ operation: Operation) -> Bool {
        switch self {
        case .routine:
            if case .fold = operation { return false }
            return true
        case .elementwise:
            if case .gather = operation { return place == 0 }
            if case .unfold = operation { return true }
            return false
        case .view(_, let needsMemory): return needsMemory
        case .reduction: return false
        }
    }
}

extension Operation {
    func form(_ x: [Signature], _ results: [Signature]) -> Form {
        switch traits.kind {
        case .same: .view(offset: 0)
        case .arithmetic(let f): f.isRoutine(x[0].type) ? .routine : .elementwise(cost: f.cost)
        case .movement(let movement): form(movement, x[0].shape, results[0].shape)
        case .reduction: .reduction
        case .routine: .routine
        case .program: preconditionFailure("\(name) stands for a program that takes its place")
        }
    }

    private func form(_ movement: Movement, _ whole: [Int], _ result: [Int]) -> Form {
        switch movement {
        case .broadcast(let shape):
            return shape.elementCount == whole.elementCount ? .view(offset: 0) : .elementwise(cost: 0)
        case .reshape(let shape):
            // Axes of length one come and go without moving an index.
            let isTrivial = shape.filter { $0 != 1 } == whole.filter { $0 != 1 }
            return .view(offset: 0, needsMemory: !isTrivial || whole.elementCount == 0)
        case .slice(let starts, _, let steps):
            return contiguousOffset(whole, result, starts, steps).map { .view(offset: $0) } ?? .elementwise(cost: 0)
        case .pad(_, _, let interior):
            return interior.allSatisfy { $0 == 0 } ? .elementwise(cost: 0) : .routine
        case .transpose, .concatenate, .roll, .gather, .unfold: return .elementwise(cost: 0)
        }
    }

    /// Where in memory a slice starts whose elements lie side by side.
    private func contiguousOffset(_ whole: [Int], _ part: [Int], _ starts: [Int], _ steps: [Int]) -> Int? {
        guard steps.allSatisfy({ $0 == 1 }), whole.elementCount > 0 else { return nil }
        guard let cut = part.indices.first(where: { part[$0] != 1 }) else {
            return zip(whole.strides, starts).reduce(0) { $0 + $1.0 * $1.1 }
        }
        guard part.indices.allSatisfy({ $0 <= cut || part[$0] == whole[$0] }) else { return nil }
        return zip(whole.strides, starts).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// Whether an element of the result depends on the elements of the operands at the same place.
    var keepsPlace: Bool {
        switch traits.kind {
        case .same, .arithmetic: true
        case .movement, .reduction, .routine, .program: false
        }
    }

    /// Whether the elements of the result are those of the operand, each once.
    var keepsElements: Bool {
        switch traits.kind {
        case .movement(.reshape), .movement(.transpose): true
        case .same, .arithmetic, .movement, .reduction, .routine, .program: false
        }
    }

    var isReduction: Bool { if case .reduce = self { true } else { false } }
}

extension Arithmetic {
    /// The cost of one element, in additions.
    var cost: Int {
        switch self {
        case .unary(let f): f.cost
        case .binary(let f): f.cost
        case .compare, .select, .cast: 1
        }
    }

    /// Whether it has operands of one shape alone.
    var isUnary: Bool {
        switch self {
        case .unary, .cast: true
        case .binary, .compare, .select: false
        }
    }

    /// Whether whole arrays are left to the interpreter: of integers, what is rare.
    func isRoutine(_ type: ElementType) -> Bool {
        switch self {
        case .binary(let f): type == .int64 && [.divide, .power, .remainder].contains(f)
        case .unary, .compare, .select, .cast: false
        }
    }
}

extension Binary {
    /// The cost of one element, in additions.
    var cost: Int {
        switch self {
        case .add, .subtract, .multiply, .maximum, .minimum: 1
        case .divide: 5
        case .power, .remainder, .atan2: 20
        }
    }
}

extension Unary {
    /// The cost of one element, in additions.
    var cost: Int {
        switch self {
        case .negative, .absolute, .sign, .floor, .ceiling, .rounded, .logicalNot: 1
        case .sqrt, .reciprocal: 5
        case .exp, .expMinusOne, .log, .logOnePlus, .sin, .cos, .tanh, .erf, .logistic: 20
        }
    }
}
