/// Finds the kinds of values, and the faults.
struct Checker {
    let known: [String: ValueKind]

    func kind(_ tree: SyntaxTree) throws(FormulaFault) -> ValueKind {
        switch tree {
        case .number, .name("pi", _): return .number
        case .name(let name, let offset):
            if let kind = known[name] { return kind }
            throw FormulaFault(
                offset, "the unknown name '\(name)'", expected: "one that is defined", unknown: name,
                known: known.keys.sorted())
        case .unary(_, let operand): return try kind(operand)
        case .binary(let operation, let left, let right, let offset):
            return try joined([try kind(left), try kind(right)], "'\(operation.rawValue)'", offset)
        case .call(let name, let arguments, let offset):
            if let function = Functions.elementwise(name) { return try elementwise(function, arguments, offset) }
            return try field(name, arguments, offset)
        }
    }

    /// Numbers go with any field, and fields with those over the same axes.
    private func joined(_ kinds: [ValueKind], _ what: String, _ offset: Int) throws(FormulaFault) -> ValueKind {
        var result = ValueKind.number
        for kind in kinds where kind != .number {
            guard result == .number || result == kind else {
                throw FormulaFault(
                    offset, "\(what) of \(result.text) and \(kind.text)", expected: "fields over the same axes")
            }
            result = kind
        }
        return result
    }

    private func elementwise(
        _ function: Functions.Elementwise, _ arguments: [SyntaxTree.Argument], _ offset: Int
    ) throws(FormulaFault) -> ValueKind {
        if let labelled = arguments.first(where: { $0.label != nil }) {
            throw FormulaFault(
                labelled.offset, "the label '\(labelled.label ?? "")' of an argument of '\(function.name)'",
                expected: "arguments without labels")
        }
        guard function.arity.contains(arguments.count) else {
            let (least, most) = (function.arity.lowerBound, function.arity.upperBound)
            throw FormulaFault(
                offset, "'\(function.name)' with \(arguments.count) arguments",
                expected: least == most ? "\(least)" : "at least \(least)")
        }
        var kinds: [ValueKind] = []
        for argument in arguments { kinds.append(try kind(argument.value)) }
        return try joined(kinds, "'\(function.name)'", offset)
    }

    private func field(
        _ name: String, _ arguments: [SyntaxTree.Argument], _ offset: Int
    ) throws(FormulaFault) -> ValueKind {
        guard Functions.ofFields.contains(name) else {
            let isValue = known[name] != nil
            throw FormulaFault(
                offset, isValue ? "'\(name)' in front of '('" : "the unknown function '\(name)'",
                expected: isValue ? "an operator between them" : "a function", unknown: isValue ? nil : name,
                known: Functions.names)
        }
        guard let first = arguments.first, first.label == nil, arguments.count == 1 || name == "shift" else {
            throw FormulaFault(
                offset, "'\(name)' with \(arguments.count) arguments",
                expected: name == "shift" ? "a field and offsets, as shift(u, x: 1)" : "one, a field")
        }
        let kind = try kind(first.value)
        guard kind != .number else {
            throw FormulaFault(first.offset, "'\(name)' of a number", expected: "a field")
        }
        switch name {
        case "sum", "mean": return .number
        case "ddx", "ddy":
            let axis = String(name.suffix(1))
            try require(axis, in: kind, offset)
        case "shift": try checkOffsets(arguments.dropFirst(), kind, offset)
        default: break
        }
        return kind
    }

    private func require(_ axis: String, in kind: ValueKind, _ offset: Int) throws(FormulaFault) {
        guard kind.axes.contains(where: { $0.name == axis }) else {
            throw FormulaFault(
                offset, "the axis '\(axis)' of \(kind.text)",
                expected: "one of its axes: \(kind.axes.map(\.name).joined(separator: ", "))", unknown: axis,
                known: kind.axes.map(\.name))
        }
    }

    private func checkOffsets(
        _ arguments: ArraySlice<SyntaxTree.Argument>, _ kind: ValueKind, _ offset: Int
    ) throws(FormulaFault) {
        guard !arguments.isEmpty else {
            throw FormulaFault(offset, "'shift' without an offset", expected: "one, as shift(u, x: 1)")
        }
        var seen: Set<String> = []
        for argument in arguments {
            guard let label = argument.label else {
                throw FormulaFault(
                    argument.offset, "an offset without its axis", expected: "one with it, as shift(u, x: 1)")
            }
            try require(label, in: kind, argument.offset)
            guard seen.insert(label).inserted else {
                throw FormulaFault(argument.offset, "the axis '\(label)' twice", expected: "each axis once")
            }
            guard argument.value.wholeNumber != nil else {
                throw FormulaFault(argument.offset, "an offset that is no whole number", expected: "as x: -2")
            }
        }
    }
}

extension SyntaxTree {
    /// The value of a literal without a fraction, perhaps with a sign; nil for anything else.
    var wholeNumber: Int? {
        switch self {
        case .number(let value): Int(exactly: value).flatMap { abs($0) <= 1_000_000 ? $0 : nil }
        case .unary(.negative, let operand): operand.wholeNumber.map { -$0 }
        case .unary, .name, .call, .binary: nil
        }
    }
}
