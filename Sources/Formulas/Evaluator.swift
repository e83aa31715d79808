import Tensors

/// Writes an expression that was checked as operations of the engine.
struct Evaluator {
    let values: [String: Tensor]
    let known: [String: ValueKind]

    func value(_ tree: SyntaxTree) -> Tensor {
        switch tree {
        case .number(let value): return Tensor(floatLiteral: value)
        case .name("pi", _): return Tensor(floatLiteral: .pi)
        case .name(let name, _):
            guard let value = values[name] else { preconditionFailure("Formula: no value of '\(name)'") }
            return value
        case .unary(.negative, let operand): return -value(operand)
        case .unary(.not, let operand): return flag(value(operand) .== 0)
        case .binary(let operation, let left, let right, _): return binary(operation, left, right)
        case .call(let name, let arguments, _):
            if let function = Functions.elementwise(name) {
                return function.value(arguments.map { value($0.value) })
            }
            return field(name, arguments)
        }
    }

    /// 1 where something holds, 0 where it does not.
    private func flag(_ condition: Tensor) -> Tensor { select(condition, 1, 0) }

    private func binary(_ operation: BinaryOperator, _ left: SyntaxTree, _ right: SyntaxTree) -> Tensor {
        let a = value(left)
        if operation == .power { return power(a, right) }
        let b = value(right)
        return switch operation {
        case .add: a + b
        case .subtract: a - b
        case .multiply: a * b
        case .divide: a / b
        case .less: flag(a .< b)
        case .lessOrEqual: flag(a .<= b)
        case .greater: flag(a .> b)
        case .greaterOrEqual: flag(a .>= b)
        case .equal: flag(a .== b)
        case .unequal: flag(a .!= b)
        case .and: flag((a .!= 0) .& (b .!= 0))
        case .or: flag((a .!= 0) .| (b .!= 0))
        case .power: preconditionFailure("Formula: a power")
        }
    }

    /// Whole exponents are products: of any sign of the base, and with exact derivatives at zero.
    private func power(_ base: Tensor, _ exponent: SyntaxTree) -> Tensor {
        guard let whole = exponent.wholeNumber, (0...16).contains(abs(whole)) else {
            return base.power(value(exponent))
        }
        if whole == 0 { return Tensor(floatLiteral: 1) }
        let product = (1..<abs(whole)).reduce(base) { product, _ in product * base }
        return whole > 0 ? product : 1 / product
    }

    private func field(_ name: String, _ arguments: [SyntaxTree.Argument]) -> Tensor {
        let u = value(arguments[0].value)
        guard let kind = try? Checker(known: known).kind(arguments[0].value) else {
            preconditionFailure("Formula: '\(name)' was not checked")
        }
        func axis(_ label: String) -> (axis: Axis, place: Int) {
            guard let place = kind.axes.firstIndex(where: { $0.name == label }) else {
                preconditionFailure("Formula: no axis '\(label)'")
            }
            return (kind.axes[place], place - kind.axes.count)
        }
        func derivative(_ label: String) -> Tensor {
            let (axis, place) = axis(label)
            let difference = axis.shifted(u, by: 1, axis: place) - axis.shifted(u, by: -1, axis: place)
            return difference * Tensor(floatLiteral: 1 / (2 * axis.spacing))
        }
        switch name {
        case "sum": return u.sum()
        case "mean": return u.mean()
        case "ddx": return derivative("x")
        case "ddy": return derivative("y")
        case "laplacian":
            let terms = kind.axes.enumerated().map { number, axis in
                let place = number - kind.axes.count
                let around = axis.shifted(u, by: 1, axis: place) + axis.shifted(u, by: -1, axis: place)
                return (around - 2 * u) * Tensor(floatLiteral: 1 / (axis.spacing * axis.spacing))
            }
            return terms.dropFirst().reduce(terms[0], +)
        default:
            return arguments.dropFirst().reduce(u) { shifted, argument in
                let (axis, place) = axis(argument.label ?? "")
                return axis.shifted(shifted, by: argument.value.wholeNumber ?? 0, axis: place)
            }
        }
    }
}
