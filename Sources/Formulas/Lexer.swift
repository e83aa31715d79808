/// A piece of the text of an expression.
struct Token: Equatable, Sendable {
    enum Kind: Equatable, Sendable {
        case number(Double)
        case name(String)
        /// An operator, a parenthesis, a comma or a colon.
        case symbol(String)
        case end
    }

    let kind: Kind
    /// In characters from the start of the text.
    let offset: Int

    /// For messages.
    var text: String {
        switch kind {
        case .number(let value): "\(value)"
        case .name(let name): "'\(name)'"
        case .symbol(let symbol): "'\(symbol)'"
        case .end: "the end"
        }
    }
}

/// Cuts a text into tokens.
struct Lexer {
    private let text: [Character]
    private var place = 0

    init(_ text: String) { self.text = Array(text) }

    static func tokens(_ text: String) throws(FormulaFault) -> [Token] {
        var lexer = Lexer(text)
        var tokens: [Token] = []
        repeat { tokens.append(try lexer.next()) } while tokens[tokens.count - 1].kind != .end
        return tokens
    }

    private static let pairs = ["**", "<=", ">=", "==", "!="]
    private static let single: Set<Character> = ["+", "-", "*", "/", "^", "(", ")", ",", ":", "<", ">"]

    private mutating func next() throws(FormulaFault) -> Token {
        while place < text.count, text[place].isWhitespace { place += 1 }
        let start = place
        guard place < text.count else { return Token(kind: .end, offset: start) }
        let character = text[place]
        if character.isASCIIDigit || character == "." { return Token(kind: .number(try number()), offset: start) }
        if character.isLetter || character == "_" {
            while place < text.count, text[place].isLetter || text[place].isNumber || text[place] == "_" { place += 1 }
            return Token(kind: .name(String(text[start..<place])), offset: start)
        }
        if place + 1 < text.count {
            let pair = String(text[place...(place + 1)])
            if Self.pairs.contains(pair) {
                place += 2
                return Token(kind: .symbol(pair), offset: start)
            }
        }
        guard Self.single.contains(character) else {
            throw FormulaFault(
                start, "the character '\(character)'", expected: "a number, a name, an operator or a parenthesis")
        }
        place += 1
        return Token(kind: .symbol(String(character)), offset: start)
    }

    private mutating func number() throws(FormulaFault) -> Double {
        let start = place
        func digits() -> Int {
            var end = place
            while end < text.count, text[end].isASCIIDigit { end += 1 }
            return end
        }
        place = digits()
        if place < text.count, text[place] == "." {
            place += 1
            place = digits()
        }
        if place < text.count, text[place] == "e" || text[place] == "E" {
            var end = place + 1
            if end < text.count, text[end] == "+" || text[end] == "-" { end += 1 }
            if end < text.count, text[end].isASCIIDigit {
                place = end
                place = digits()
            }
        }
        let word = String(text[start..<place])
        guard let value = Double(word), value.isFinite else {
            throw FormulaFault(start, "'\(word)'", expected: "a number")
        }
        // '2x' is no product: a name right behind a number is a slip.
        if place < text.count, text[place].isLetter {
            throw FormulaFault(place, "a name behind the number \(word)", expected: "an operator between them")
        }
        return value
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
