/// An identifier of C.
struct Name: Hashable, Sendable {
    let bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    static func == (a: Name, b: Name) -> Bool { a.bytes.elementsEqual(b.bytes) }

    func hash(into hasher: inout Hasher) { bytes.withUnsafeBytes { hasher.combine(bytes: $0) } }
}

extension UInt8 {
    /// Whether an identifier may contain it.
    var isOfName: Bool { isDigit || (65...90).contains(self) || (97...122).contains(self) || self == 95 }

    fileprivate var isDigit: Bool { (48...57).contains(self) }

    fileprivate static let newline = UInt8(ascii: "\n")
}

/// A place in C text that moves forward over identifiers, definitions and directives.
struct Scanner {
    private let text: ArraySlice<UInt8>
    private var position: Int
    /// How many parentheses, brackets and braces are open.
    private(set) var depth = 0

    init(_ text: ArraySlice<UInt8>) {
        self.text = text
        position = text.startIndex
    }

    /// The rest of the text.
    var rest: ArraySlice<UInt8> { text[position...] }

    private var next: UInt8? { position < text.endIndex ? text[position] : nil }

    private var isAtComment: Bool {
        position + 1 < text.endIndex && text[position] == UInt8(ascii: "/") && text[position + 1] == UInt8(ascii: "/")
    }

    /// The next identifier that is in no comment.
    mutating func nextName() -> Name? {
        while let byte = next {
            if byte.isOfName {
                let start = position
                skip { $0.isOfName }
                if !byte.isDigit { return Name(text[start..<position]) }
            } else {
                step()
            }
        }
        return nil
    }

    /// Whether an identifier is still to come.
    func contains(_ name: Name) -> Bool {
        var scanner = self
        while let next = scanner.nextName() { if next == name { return true } }
        return false
    }

    /// Over one sign, or a comment.
    private mutating func step() {
        if isAtComment { return skipLine() }
        let byte = text[position]
        if byte == UInt8(ascii: "(") || byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") { depth += 1 }
        if byte == UInt8(ascii: ")") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") { depth -= 1 }
        position += 1
    }

    private mutating func skip(while isSkipped: (UInt8) -> Bool) {
        while let byte = next, isSkipped(byte) { position += 1 }
    }

    private mutating func skipLine() { skip { $0 != .newline } }

    private mutating func skipSpaces() { skip { $0 == 32 || $0 == .newline } }
}

extension Scanner {
    /// The first byte of the next definition, past spaces and comments.
    mutating func startOfDefinition() -> UInt8? {
        skipSpaces()
        while isAtComment {
            skipLine()
            skipSpaces()
        }
        return next
    }

    /// To the semicolon or the brace that ends a definition.
    mutating func definition() -> ArraySlice<UInt8> {
        let start = position
        while let byte = next {
            step()
            guard depth == 0 else { continue }
            if byte == UInt8(ascii: ";") { break }
            if byte == UInt8(ascii: "}") {
                if next == UInt8(ascii: ";") { position += 1 }
                break
            }
        }
        return text[start..<position]
    }

    /// A directive with the lines that continue it.
    mutating func directive() -> ArraySlice<UInt8> {
        let start = position
        repeat {
            position = min(position + 1, text.endIndex)
            skipLine()
        } while next != nil && text[position - 1] == UInt8(ascii: "\\")
        return text[start..<position]
    }

    /// The name of a macro that is applied here, and its arguments.
    mutating func application(of isFamily: (Name) -> Bool) -> (name: Name, arguments: [ArraySlice<UInt8>])? {
        let name = Name(rest.prefix { $0.isOfName })
        guard isFamily(name) else { return nil }
        position = name.bytes.endIndex
        return (name, list())
    }

    /// The parameters of a macro, right behind its name; nil for one without.
    mutating func parameters() -> [Name]? {
        guard next == UInt8(ascii: "(") else { return nil }
        return list().map(Name.init)
    }

    /// The texts between parentheses and commas.
    private mutating func list() -> [ArraySlice<UInt8>] {
        let items = rest.dropFirst().prefix { $0 != UInt8(ascii: ")") }
        position = min(items.endIndex + 1, text.endIndex)
        return items.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map { item in
            // Spaces around an argument are none of it; those within are.
            let start = item.drop { $0 == 32 }
            return start.prefix(upTo: (start.lastIndex { $0 != 32 }).map { $0 + 1 } ?? start.startIndex)
        }
    }
}

extension String {
    /// Whether a word of ASCII occurs, byte by byte: a search for characters takes longer
    /// than all else that makes code.
    func mentions(_ word: String) -> Bool {
        var text = self
        return text.withUTF8 { text in
            Array(word.utf8).withUnsafeBufferPointer { word in
                var start = 0
                while start + word.count <= text.count {
                    if text[start] == word[0],
                        UnsafeBufferPointer(rebasing: text[start...].prefix(word.count)).elementsEqual(word)
                    {
                        return true
                    }
                    start += 1
                }
                return false
            }
        }
    }
}
