/// Reads an expression by the precedence of its operators.
///
///     or < and < not < comparisons < + − < * / < unary − < ^ (from the right)
struct Parser {
    private let tokens: [Token]
    private var place = 0
    private var depth = 0

    /// Parentheses within each other.
    private static let mostDepth = 200

    static func tree(_ text: String) throws(FormulaFault) -> SyntaxTree {
        var parser = Parser(tokens: try Lexer.tokens(text))
        let tree = try parser.disjunction()
        guard parser.token.kind == .end else {
            throw FormulaFault(
                parser.token.offset, "\(parser.token.text) after the end of the expression", expected: "an operator")
        }
        return tree
    }

    private init(tokens: [Token]) { self.tokens = tokens }

    private var token: Token { tokens[place] }

    private mutating func takes(_ symbol: String) -> Bool {
        guard token.kind == .symbol(symbol) else { return false }
        place += 1
        return true
    }
    private mutating func takes(word: String) -> Bool {
        guard token.kind == .name(word) else { return false }
        place += 1
        return true
    }

    private mutating func disjunction() throws(FormulaFault) -> SyntaxTree {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.mostDepth else {
            throw FormulaFault(
                token.offset, "parentheses \(depth) deep", expected: "at most \(Self.mostDepth) within each other")
        }
        var left = try conjunction()
        while true {
            let offset = token.offset
            guard takes(word: "or") else { return left }
            left = .binary(.or, left, try conjunction(), offset: offset)
        }
    }

    private mutating func conjunction() throws(FormulaFault) -> SyntaxTree {
        var left = try negation()
        while true {
            let offset = token.offset
            guard takes(word: "and") else { return left }
            left = .binary(.and, left, try negation(), offset: offset)
        }
    }

    private mutating func negation() throws(FormulaFault) -> SyntaxTree {
        if takes(word: "not") { return .unary(.not, try negation()) }
        let left = try sum()
        let offset = token.offset
        for comparison in [BinaryOperator.lessOrEqual, .greaterOrEqual, .equal, .unequal, .less, .greater] {
            guard takes(comparison.rawValue) else { continue }
            let right = try sum()
            if case .symbol(let symbol) = token.kind, BinaryOperator(rawValue: symbol)?.isComparison ?? false {
                throw FormulaFault(
                    token.offset, "a second comparison, \(token.text)", expected: "'and' between comparisons")
            }
            return .binary(comparison, left, right, offset: offset)
        }
        return left
    }

    private mutating func sum() throws(FormulaFault) -> SyntaxTree {
        var left = try product()
        while true {
            let offset = token.offset
            if takes("+") {
                left = .binary(.add, left, try product(), offset: offset)
            } else if takes("-") {
                left = .binary(.subtract, left, try product(), offset: offset)
            } else {
                return left
            }
        }
    }

    private mutating func product() throws(FormulaFault) -> SyntaxTree {
        var left = try signed()
        while true {
            let offset = token.offset
            if takes("*") {
                left = .binary(.multiply, left, try signed(), offset: offset)
            } else if takes("/") {
                left = .binary(.divide, left, try signed(), offset: offset)
            } else {
                return left
            }
        }
    }

    private mutating func signed() throws(FormulaFault) -> SyntaxTree {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.mostDepth else {
            throw FormulaFault(token.offset, "signs \(depth) deep", expected: "at most \(Self.mostDepth)")
        }
        if takes("-") { return .unary(.negative, try signed()) }
        if takes("+") { return try signed() }
        let base = try primary()
        let offset = token.offset
        // −x² is −(x²), and 2^−1 is allowed.
        guard takes("^") || takes("**") else { return base }
        return .binary(.power, base, try signed(), offset: offset)
    }

    private mutating func primary() throws(FormulaFault) -> SyntaxTree {
        let found = token
        switch found.kind {
        case .number(let value):
            place += 1
            return .number(value)
        case .name(let name):
            place += 1
            guard takes("(") else { return .name(name, offset: found.offset) }
            return .call(name, try arguments(), offset: found.offset)
        case .symbol("("):
            place += 1
            let inner = try disjunction()
            guard takes(")") else {
                throw FormulaFault(
                    token.offset, "\(token.text) in parentheses that opened at character \(found.offset + 1)",
                    expected: "an operator or ')'")
            }
            return inner
        case .symbol, .end:
            throw FormulaFault(found.offset, found.text, expected: "a number, a name or '('")
        }
    }

    private mutating func arguments() throws(FormulaFault) -> [SyntaxTree.Argument] {
        if takes(")") { return [] }
        var arguments: [SyntaxTree.Argument] = []
        repeat {
            let start = token
            var label: String?
            if case .name(let name) = start.kind, tokens[place + 1].kind == .symbol(":") {
                label = name
                place += 2
            }
            arguments.append(.init(label: label, value: try disjunction(), offset: start.offset))
        } while takes(",")
        guard takes(")") else {
            throw FormulaFault(
                token.offset, "\(token.text) among the arguments of a function", expected: "',' or ')'")
        }
        return arguments
    }
}

extension BinaryOperator {
    fileprivate var isComparison: Bool {
        switch self {
        case .less, .lessOrEqual, .greater, .greaterOrEqual, .equal, .unequal: true
        case .add, .subtract, .multiply, .divide, .power, .and, .or: false
        }
    }
}
