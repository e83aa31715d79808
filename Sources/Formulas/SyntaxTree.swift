/// The tree of an expression.
indirect enum SyntaxTree: Sendable, Equatable {
    case number(Double)
    case name(String, offset: Int)
    case call(String, [Argument], offset: Int)
    case unary(UnaryOperator, SyntaxTree)
    case binary(BinaryOperator, SyntaxTree, SyntaxTree, offset: Int)

    /// An argument of a call, perhaps with a label, as in `shift(u, x: 1)`.
    struct Argument: Sendable, Equatable {
        let label: String?
        let value: SyntaxTree
        let offset: Int
    }

    /// The names that it reads, with their places.
    var names: [(name: String, offset: Int)] {
        switch self {
        case .number: []
        case .name(let name, let offset): [(name, offset)]
        case .call(_, let arguments, _): arguments.flatMap(\.value.names)
        case .unary(_, let operand): operand.names
        case .binary(_, let left, let right, _): left.names + right.names
        }
    }
}

enum UnaryOperator: Sendable, Equatable {
    case negative, not
}

enum BinaryOperator: String, Sendable, Equatable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case power = "^"
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case equal = "=="
    case unequal = "!="
    case and, or
}
