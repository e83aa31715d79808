/// Where a field lies in the bytes of its file.
struct CSVField {
    var start: UInt32
    var end: UInt32

    var range: Range<Int> { Int(start)..<Int(end) }
}

/// Cuts a text into records by RFC 4180; besides, lines may end in LF, CR LF or CR, and empty lines and comments are
/// passed over.
struct CSVScanner {
    let bytes: [UInt8]
    private let file: String
    private let delimiter: UInt8?
    private let widths: [Int]
    private let comment: [UInt8]
    private var position = 0
    private var line = 1
    /// The line in which the last record began.
    private(set) var recordLine = 1
    /// The comments above the first record, with their lines.
    private(set) var comments: [(line: Int, text: String)] = []
    private var keepsComments = true

    init(_ bytes: [UInt8], file: String, format: CSVFormat) {
        self.bytes = bytes
        self.file = file
        comment = Array((format.comment ?? "").utf8)
        var widths: [Int] = []
        switch format.delimiter {
        case .blanks: delimiter = nil
        case .widths(let columns): (delimiter, widths) = (nil, columns)
        case .character(let character):
            guard let byte = character.asciiValue else {
                preconditionFailure("CSVFormat: the delimiter '\(character)' is not ASCII")
            }
            delimiter = byte
        }
        self.widths = widths
    }

    /// Appends the fields of the next record; `false` at the end of the text.
    mutating func next(into fields: inout [CSVField]) throws(InputError) -> Bool {
        skipEmptyLinesAndComments()
        keepsComments = false
        guard position < bytes.count else { return false }
        try record(into: &fields)
        return true
    }

    /// Goes to a line and appends its fields, without the mark of a comment.
    mutating func header(line wanted: Int, into fields: inout [CSVField]) throws(InputError) -> Bool {
        keepsComments = false
        while line < wanted, position < bytes.count { skipLine() }
        guard position < bytes.count else { return false }
        while position < bytes.count, isBlank(bytes[position]) { position += 1 }
        if !comment.isEmpty, startsWithComment(at: position) {
            position += comment.count
            while !isAtLineEnd, isBlank(bytes[position]) || startsWithComment(at: position) { position += 1 }
        }
        try record(into: &fields)
        return true
    }

    private mutating func record(into fields: inout [CSVField]) throws(InputError) {
        recordLine = line
        if !widths.isEmpty {
            cut(into: &fields)
        } else {
            repeat { fields.append(try field()) } while takeDelimiter()
        }
        takeLineEnd()
    }

    /// Fields of fixed widths; a short line lacks the last ones.
    private mutating func cut(into fields: inout [CSVField]) {
        for width in widths {
            let start = position
            var count = 0
            while !isAtLineEnd, count < width || bytes[position] & 0xC0 == 0x80 {
                if bytes[position] & 0xC0 != 0x80 { count += 1 }
                position += 1
            }
            fields.append(trimmed(start, position))
        }
        while !isAtLineEnd { position += 1 }
    }

    private func trimmed(_ start: Int, _ end: Int) -> CSVField {
        var (start, end) = (start, end)
        while start < end, isBlank(bytes[start]) { start += 1 }
        while end > start, isBlank(bytes[end - 1]) { end -= 1 }
        return CSVField(start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end))
    }

    private var isAtLineEnd: Bool {
        position == bytes.count || bytes[position] == lineFeed || bytes[position] == carriageReturn
    }

    private func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == tab }

    private func startsWithComment(at start: Int) -> Bool {
        guard !comment.isEmpty, bytes.count - start >= comment.count, bytes[start] == comment[0] else { return false }
        return bytes[start..<(start + comment.count)].elementsEqual(comment)
    }

    private mutating func takeLineEnd() {
        guard position < bytes.count, isAtLineEnd else { return }
        let isPair = bytes[position] == carriageReturn && position + 1 < bytes.count && bytes[position + 1] == lineFeed
        position += isPair ? 2 : 1
        line += 1
    }

    private mutating func skipLine() {
        while !isAtLineEnd { position += 1 }
        takeLineEnd()
    }

    private mutating func skipEmptyLinesAndComments() {
        while position < bytes.count {
            var start = position
            while start < bytes.count, isBlank(bytes[start]), bytes[start] != delimiter { start += 1 }
            let isEmpty = start == bytes.count || bytes[start] == lineFeed || bytes[start] == carriageReturn
            let isComment = !isEmpty && startsWithComment(at: start)
            guard isEmpty || isComment else { return }
            let first = line
            skipLine()
            if isComment, keepsComments, comments.count < 1000 {
                let text = bytes[(start + comment.count)..<position]
                comments.append((first, String(decoding: text, as: UTF8.self)))
            }
        }
    }

    private mutating func takeDelimiter() -> Bool {
        if isAtLineEnd { return false }
        guard delimiter == nil else {
            position += 1
            return true
        }
        while !isAtLineEnd && isBlank(bytes[position]) { position += 1 }
        return !isAtLineEnd
    }

    private mutating func field() throws(InputError) -> CSVField {
        while !isAtLineEnd, isBlank(bytes[position]), bytes[position] != delimiter { position += 1 }
        if !isAtLineEnd, bytes[position] == quote { return try quotedField() }
        let start = position
        if let delimiter {
            while position < bytes.count {
                let byte = bytes[position]
                if byte == delimiter || byte == lineFeed || byte == carriageReturn { break }
                position += 1
            }
        } else {
            while !isAtLineEnd, !isBlank(bytes[position]) { position += 1 }
        }
        return trimmed(start, position)
    }

    private func isDelimiter(_ byte: UInt8) -> Bool { delimiter.map { $0 == byte } ?? isBlank(byte) }

    /// The text between quotes, where two quotes stand for one and lines may end.
    private mutating func quotedField() throws(InputError) -> CSVField {
        let opening = position
        position += 1
        while position < bytes.count {
            if bytes[position] == quote {
                position += 1
                if position == bytes.count || bytes[position] != quote {
                    let end = position - 1
                    try requireEndOfField()
                    return CSVField(
                        start: UInt32(truncatingIfNeeded: opening + 1), end: UInt32(truncatingIfNeeded: end))
                }
                position += 1
            } else if isAtLineEnd {
                takeLineEnd()
            } else {
                position += 1
            }
        }
        throw InputError(
            .data, at: CSVPlace.of(opening, in: bytes, file: file), "a quoted field has no end",
            expected: "a closing '\"'")
    }

    private mutating func requireEndOfField() throws(InputError) {
        if delimiter != nil {
            while !isAtLineEnd, isBlank(bytes[position]), !isDelimiter(bytes[position]) { position += 1 }
        }
        guard isAtLineEnd || isDelimiter(bytes[position]) else {
            throw InputError(
                .data, at: CSVPlace.of(position, in: bytes, file: file), "text after a quoted field",
                expected: "a delimiter or the end of the line")
        }
    }
}

/// Lines and columns, found when an error asks for them.
enum CSVPlace {
    static func of(_ offset: Int, in bytes: [UInt8], file: String) -> InputError.Place {
        var line = 1
        var start = 0
        for index in 0..<min(offset, bytes.count) {
            let isReturn = bytes[index] == carriageReturn && !(index + 1 < bytes.count && bytes[index + 1] == lineFeed)
            if bytes[index] == lineFeed || isReturn { (line, start) = (line + 1, index + 1) }
        }
        // Bytes that continue a character take no column of their own.
        return .init(file, line: line, column: 1 + bytes[start..<min(offset, bytes.count)].count { $0 & 0xC0 != 0x80 })
    }
}

private let lineFeed = UInt8(ascii: "\n")
private let carriageReturn = UInt8(ascii: "\r")
private let space = UInt8(ascii: " ")
private let tab = UInt8(ascii: "\t")
private let quote = UInt8(ascii: "\"")
