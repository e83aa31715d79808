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
        switch self {
        case .alias, .constant: return .view(offset: 0)
        case .unary(let f): return f.isRoutine ? .routine : .elementwise(cost: f.cost)
        case .binary(let f):
            let isRare = x[0].type == .int64 && [.divide, .power, .remainder].contains(f)
            return isRare ? .routine : .elementwise(cost: f.cost)
        case .compare, .select, .cast: return .elementwise(cost: 1)
        case .reduce: return .reduction
        case .broadcast(let shape):
            return shape.elementCount == x[0].shape.elementCount ? .view(offset: 0) : .elementwise(cost: 0)
        case .reshape(let shape):
            // Axes of length one come and go without moving an index.
            let isTrivial = shape.filter { $0 != 1 } == x[0].shape.filter { $0 != 1 }
            return .view(offset: 0, needsMemory: !isTrivial || x[0].shape.elementCount == 0)
        case .slice(let starts, _, let steps):
            if let offset = contiguousOffset(x[0].shape, results[0].shape, starts, steps) {
                return .view(offset: offset)
            }
            return .elementwise(cost: 0)
        case .pad(_, _, let interior):
            return interior.allSatisfy { $0 == 0 } ? .elementwise(cost: 0) : .routine
        case .transpose, .concatenate, .roll, .gather, .unfold: return .elementwise(cost: 0)
        case .argmax, .cumulativeSum, .argsort, .scatterAdd, .matrixProduct, .cholesky, .triangularSolve,
            .solve,
            .symmetricEigen, .qr, .sqrtm, .symmetricSylvester, .random, .scan, .fold,
            .lu, .singularValueDecomposition, .fourier,
            .realFourier, .realFourierTranspose, .conditional, .whileLoop:
            return .routine
        case .fixedPoint, .custom: preconditionFailure("\(name) stands for a program that takes its place")
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
        switch self {
        case .alias, .constant, .unary, .binary, .compare, .select, .cast: true
        case .reduce, .argmax, .cumulativeSum, .argsort, .broadcast, .reshape, .transpose, .slice, .pad,
            .concatenate, .roll, .gather, .scatterAdd, .matrixProduct, .cholesky, .triangularSolve, .solve,
            .symmetricEigen, .qr, .sqrtm, .symmetricSylvester, .random, .scan,
            .unfold, .fold, .lu, .singularValueDecomposition, .fourier, .realFourier,
            .realFourierTranspose, .conditional, .whileLoop, .fixedPoint, .custom:
            false
        }
    }

    /// Whether the elements of the result are those of the operand, each once.
    var keepsElements: Bool {
        switch self {
        case .reshape, .transpose: true
        case .alias, .constant, .unary, .binary, .compare, .select, .cast, .reduce, .argmax, .cumulativeSum,
            .argsort, .broadcast, .slice, .pad, .concatenate, .roll, .gather, .scatterAdd, .unfold, .fold,
            .matrixProduct, .cholesky, .triangularSolve, .solve, .symmetricEigen, .qr, .lu,
            .singularValueDecomposition, .sqrtm, .symmetricSylvester, .fourier, .realFourier,
            .realFourierTranspose, .random, .scan, .conditional, .whileLoop, .fixedPoint, .custom:
            false
        }
    }

    var isReduction: Bool { if case .reduce = self { true } else { false } }
}

extension Binary {
    /// What one element costs, in additions.
    var cost: Int {
        switch self {
        case .add, .subtract, .multiply, .maximum, .minimum: 1
        case .divide: 5
        case .power, .remainder, .atan2: 20
        }
    }
}

extension Unary {
    /// What one element costs, in additions.
    var cost: Int {
        switch self {
        case .negative, .absolute, .sign, .floor, .ceiling, .rounded, .logicalNot: 1
        case .sqrt, .reciprocal: 5
        case .exp, .expMinusOne, .log, .logOnePlus, .sin, .cos, .tanh, .erf, .logistic: 20
        }
    }

    /// Whether whole arrays are better computed by a routine.
    var isRoutine: Bool { false }
}
