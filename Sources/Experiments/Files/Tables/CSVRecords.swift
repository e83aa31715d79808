import Tensors

/// How the text of a table is cut into fields.
public struct CSVFormat: Hashable, Sendable {
    public enum Delimiter: Hashable, Sendable {
        /// One ASCII character.
        case character(Character)
        /// Any run of blanks and tabs.
        case blanks
    }

    public var delimiter: Delimiter
    /// What begins a line that is no data; `nil` where there are no comments.
    public var comment: String?
    /// The fields that stand for a missing value besides the empty one, `NA` and `NaN`; numbers are compared as
    /// numbers.
    public var missing: [String]

    public init(delimiter: Delimiter = .character(","), comment: String? = "#", missing: [String] = []) {
        (self.delimiter, self.comment, self.missing) = (delimiter, comment, missing)
    }
}

/// A field of a delimited text and where it begins.
struct CSVField {
    var text: String
    var line: Int
    var column: Int
}

/// Cuts a text into records by RFC 4180; besides, lines may end in LF, CR LF or CR, and empty lines and comments are
/// passed over.
struct CSVScanner {
    private let bytes: [UInt8]
    private let file: String
    private let delimiter: UInt8?
    private let comment: [UInt8]
    private var position = 0
    private var line = 1
    private var column = 1

    init(_ text: String, file: String, format: CSVFormat) {
        bytes = Array(text.utf8)
        self.file = file
        comment = Array((format.comment ?? "").utf8)
        switch format.delimiter {
        case .blanks: delimiter = nil
        case .character(let character):
            guard let byte = character.asciiValue else {
                preconditionFailure("CSVFormat: the delimiter '\(character)' is not ASCII")
            }
            delimiter = byte
        }
    }

    /// The next record, `nil` at the end of the text.
    mutating func next() throws(InputError) -> [CSVField]? {
        skipEmptyLinesAndComments()
        guard position < bytes.count else { return nil }
        var fields: [CSVField] = []
        repeat { fields.append(try field()) } while takeDelimiter()
        takeLineEnd()
        return fields
    }

    private var isAtLineEnd: Bool {
        position == bytes.count || bytes[position] == lineFeed || bytes[position] == carriageReturn
    }

    private func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == tab }

    private mutating func advance() {
        // Bytes that continue a character take no column of their own.
        if bytes[position] & 0xC0 != 0x80 { column += 1 }
        position += 1
    }

    private mutating func takeLineEnd() {
        guard position < bytes.count, isAtLineEnd else { return }
        let isPair = bytes[position] == carriageReturn && position + 1 < bytes.count && bytes[position + 1] == lineFeed
        position += isPair ? 2 : 1
        line += 1
        column = 1
    }

    private mutating func skipEmptyLinesAndComments() {
        while position < bytes.count {
            let rest = bytes[position...]
            let text = rest.drop { isBlank($0) && $0 != delimiter }
            let isEmpty = text.first.map { $0 == lineFeed || $0 == carriageReturn } ?? true
            let isComment = !comment.isEmpty && text.starts(with: comment)
            guard isEmpty || isComment else { return }
            while !isAtLineEnd { advance() }
            takeLineEnd()
        }
    }

    private mutating func takeDelimiter() -> Bool {
        if isAtLineEnd { return false }
        guard delimiter == nil else {
            advance()
            return true
        }
        while !isAtLineEnd && isBlank(bytes[position]) { advance() }
        return !isAtLineEnd
    }

    private mutating func field() throws(InputError) -> CSVField {
        while !isAtLineEnd && isBlank(bytes[position]) && bytes[position] != delimiter { advance() }
        var field = CSVField(text: "", line: line, column: column)
        if !isAtLineEnd && bytes[position] == quote {
            field.text = try quotedText(from: field)
        } else {
            let start = position
            while !isAtLineEnd && !isDelimiter(bytes[position]) { advance() }
            let text = bytes[start..<position]
            let end = text.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? start
            field.text = String(decoding: text[..<end], as: UTF8.self)
        }
        return field
    }

    private func isDelimiter(_ byte: UInt8) -> Bool { delimiter.map { $0 == byte } ?? isBlank(byte) }

    /// The text between quotes, where two quotes stand for one and lines may end.
    private mutating func quotedText(from start: CSVField) throws(InputError) -> String {
        var text: [UInt8] = []
        advance()
        while position < bytes.count {
            if bytes[position] == quote {
                advance()
                if position == bytes.count || bytes[position] != quote {
                    try requireEndOfField()
                    return String(decoding: text, as: UTF8.self)
                }
            }
            let first = position
            if isAtLineEnd { takeLineEnd() } else { advance() }
            text += bytes[first..<position]
        }
        throw InputError(
            .data, at: .init(file, line: start.line, column: start.column), "a quoted field has no end",
            expected: "a closing '\"'")
    }

    private mutating func requireEndOfField() throws(InputError) {
        if delimiter != nil {
            while !isAtLineEnd && isBlank(bytes[position]) && !isDelimiter(bytes[position]) { advance() }
        }
        guard isAtLineEnd || isDelimiter(bytes[position]) else {
            throw InputError(
                .data, at: .init(file, line: line, column: column), "text after a quoted field",
                expected: "a delimiter or the end of the line")
        }
    }
}

private let lineFeed = UInt8(ascii: "\n")
private let carriageReturn = UInt8(ascii: "\r")
private let space = UInt8(ascii: " ")
private let tab = UInt8(ascii: "\t")
private let quote = UInt8(ascii: "\"")
