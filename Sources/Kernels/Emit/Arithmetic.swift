import Tensors

extension Arithmetic {
    /// One element as C writes it; `type` is that of the operands.
    func cText(_ x: [String], _ type: ElementType, _ result: ElementType, _ isBatched: Bool) -> String {
        let letter = type.letter(isBatched)
        return switch self {
        case .unary(let f): f.cText(x[0], type, letter)
        case .binary(let f): f.cText(x[0], x[1], type, letter)
        case .compare(let f): "compare_\(letter)(\(x[0]) \(f.symbol) \(x[1]))"
        case .select: "select_\(letter)(\(x[0]), \(x[1]), \(x[2]))"
        case .cast: type == result ? x[0] : "cast_\(letter)_\(result.letter(isBatched))(\(x[0]))"
        }
    }
}

extension Unary {
    fileprivate func cText(_ x: String, _ type: ElementType, _ letter: String) -> String {
        switch self {
        case .negative: type == .int64 ? "negative_\(letter)(\(x))" : "-\(x)"
        case .reciprocal: "1 / \(x)"
        case .logicalNot: "not_\(letter)(\(x))"
        case .absolute, .sign, .floor, .ceiling, .rounded, .exp, .expMinusOne, .log, .logOnePlus, .sqrt, .sin, .cos,
            .tanh, .erf, .logistic:
            "\(rawValue)_\(letter)(\(x))"
        }
    }
}

extension Binary {
    fileprivate func cText(_ a: String, _ b: String, _ type: ElementType, _ letter: String) -> String {
        switch self {
        case .add, .subtract, .multiply:
            switch type {
            case .float64, .float32: "\(a) \(self == .add ? "+" : self == .subtract ? "-" : "*") \(b)"
            case .int64: "\(rawValue)_\(letter)(\(a), \(b))"
            case .bool: "\(a) \(self == .add ? "|" : self == .subtract ? "^" : "&") \(b)"
            }
        case .divide: "\(a) / \(b)"
        case .maximum: type == .bool ? "\(a) | \(b)" : "maximum_\(letter)(\(a), \(b))"
        case .minimum: type == .bool ? "\(a) & \(b)" : "minimum_\(letter)(\(a), \(b))"
        case .power:
            Binary.simplePowers.first {
                [type.literal($0.exponent), "splat_\(letter)(\(type.literal($0.exponent)))"].contains(b)
            }
            .map { "\($0.name)_\(letter)(\(a))" } ?? "power_\(letter)(\(a), \(b))"
        case .remainder, .atan2: "\(rawValue)_\(letter)(\(a), \(b))"
        }
    }

    /// Powers that are a few products, quotients and roots.
    private static let simplePowers: [(exponent: Double, name: String)] = [
        (1, "first"), (2, "square"), (3, "cube"), (4, "fourth"), (-1, "inverse"), (-2, "inverseSquare"), (0.5, "root"),
        (1.5, "rootCube"), (-0.5, "inverseRoot"),
    ]
}

extension Comparison {
    fileprivate var symbol: String {
        switch self {
        case .less: "<"
        case .lessOrEqual: "<="
        case .equal: "=="
        case .notEqual: "!="
        case .greater: ">"
        case .greaterOrEqual: ">="
        }
    }
}
