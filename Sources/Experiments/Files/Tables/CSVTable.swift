/// A delimited text file with a header, read and cut into fields, from which tables of observations are taken.
///
/// Cost: eight bytes a field besides the file; numbers are read from its bytes.
public struct CSVTable: Sendable {
    public let file: String
    let format: CSVFormat
    let bytes: [UInt8]
    /// The fields of the names; empty where they are not in the file.
    private let header: [CSVField]
    /// The names of the columns.
    public let columns: [String]
    /// Row by row.
    private let fields: [CSVField]
    let lines: [Int]
    /// The comments above the first record.
    private let comments: [(line: Int, text: String)]
    private let missing: Set<String>
    private let missingNumbers: [Double]
    let decimalMark: UInt8

    /// Reads a file in UTF-8 whose first record names the columns, unless the format tells other names.
    ///
    /// - Throws: a missing, unreadable or empty file, or one of 4 GB and more; bytes that are not UTF-8; a field
    ///   without end; a row with more or fewer fields than the header; no rows at all.
    public init(file: String, format: CSVFormat = CSVFormat()) throws(InputError) {
        let bytes = try InputFile.bytes(file)
        if bytes.contains(where: { $0 >= 0x80 }) {
            try self.init(text: try InputFile.text(of: bytes, file: file), file: file, format: format)
        } else {
            try self.init(bytes: bytes, file: file, format: format)
        }
    }

    /// Reads a text; `file` names it in errors.
    public init(text: String, file: String, format: CSVFormat = CSVFormat()) throws(InputError) {
        try self.init(bytes: Array(text.utf8), file: file, format: format)
    }

    private init(bytes: [UInt8], file: String, format: CSVFormat) throws(InputError) {
        guard bytes.count < UInt32.max else {
            throw InputError(.data, at: .init(file), "the file has \(bytes.count) bytes", expected: "less than 4 GB")
        }
        var scanner = CSVScanner(bytes, file: file, format: format)
        var header: [CSVField] = []
        let hasNames: Bool
        switch format.header {
        case .first: hasNames = try scanner.next(into: &header)
        case .line(let line): hasNames = try scanner.header(line: line, into: &header)
        case .names, .none: hasNames = true
        }
        guard hasNames else {
            if case .line(let line) = format.header {
                throw InputError(
                    .data, at: .init(file), "there is no line \(line)", expected: "the names of the columns there")
            }
            throw InputError(.data, at: .init(file), "the file is empty", expected: "a header that names the columns")
        }
        for _ in 0..<format.rowsToSkip {
            var skipped: [CSVField] = []
            _ = try scanner.next(into: &skipped)
        }
        var fields: [CSVField] = []
        var lines: [Int] = []
        var width = header.isEmpty ? 0 : header.count
        if case .names(let names) = format.header { width = names.count }
        while true {
            let first = fields.count
            guard try scanner.next(into: &fields) else { break }
            var count = fields.count - first
            if width == 0 { width = count }
            // A delimiter at the end of a line.
            if count == width + 1, fields[fields.count - 1].range.isEmpty, format.delimiter != .blanks {
                fields.removeLast()
                count = width
            }
            guard count == width else {
                let place = CSVTable.place(fields[first + min(count, width + 1) - 1], bytes, file)
                throw InputError(
                    .data, at: place, "the row has \(count) \(count == 1 ? "field" : "fields")",
                    expected: "\(width), as in the \(header.isEmpty ? "names" : "header")")
            }
            lines.append(scanner.recordLine)
        }
        guard !lines.isEmpty else {
            throw InputError(.data, at: .init(file), "there are no rows below the header", expected: "at least one")
        }
        (self.file, self.format, self.bytes, self.header, self.fields) = (file, format, bytes, header, fields)
        (self.lines, comments) = (lines, scanner.comments)
        switch format.header {
        case .names(let names): columns = names
        case .none: columns = (1...width).map(String.init)
        case .first, .line: columns = header.map { Self.text($0, bytes) }
        }
        missing = Set(
            ["", "NA", "N/A", "NaN", "nan", "NAN", "null", "NULL", "None", "n/a", "#N/A", "<NA>"] + format.missing)
        let mark = format.decimal.asciiValue ?? UInt8(ascii: ".")
        decimalMark = mark
        missingNumbers = format.missing.compactMap {
            let bytes = Array($0.utf8)
            return Double(decimal: bytes, bytes.indices, mark: mark) ?? Double(decimal: $0)
        }
    }

    var rowCount: Int { lines.count }

    func field(_ row: Int, _ column: Int) -> CSVField { fields[row * columns.count + column] }

    func place(_ row: Int, _ column: Int) -> InputError.Place { Self.place(field(row, column), bytes, file) }

    func text(_ field: CSVField) -> String { Self.text(field, bytes) }

    /// The place of a column's name.
    func placeOfName(_ column: Int) -> InputError.Place {
        header.isEmpty ? .init(file) : Self.place(header[column], bytes, file)
    }

    /// The position of a column; of two of one name only those that are asked for must be told apart.
    func index(of column: ColumnName) throws(InputError) -> Int {
        switch column {
        case .position(let position):
            if (1...columns.count).contains(position) { return position - 1 }
            throw InputError(
                .data, at: .init(file), "no column \(position)", expected: "a position from 1 to \(columns.count)")
        case .nth(let name, let count):
            let positions = positions(of: name)
            if positions.isEmpty { throw absent(name) }
            if positions.indices.contains(count - 1) { return positions[count - 1] }
            throw InputError(
                .data, at: placeOfName(positions[0]), "the name \(name.quoted) is that of \(positions.count) columns",
                expected: "nth from 1 to \(positions.count)")
        case .named(let name):
            let positions = positions(of: name)
            guard let first = positions.first else { throw absent(name) }
            if positions.count > 1 {
                throw InputError(
                    .data, at: placeOfName(positions[1]), "duplicate column \(name.quoted)",
                    expected: "each name once, or {name: \(name), nth: 1} to tell them apart")
            }
            return first
        }
    }

    private func positions(of name: String) -> [Int] {
        let exact = columns.indices.filter { columns[$0] == name }
        guard exact.isEmpty, case .line = format.header, let comment = format.comment, name.hasPrefix(comment) else {
            return exact
        }
        // The mark of the comment that holds the names is none of their own.
        let bare = name.dropFirst(comment.count).drop { $0 == " " }
        return columns.indices.filter { columns[$0] == bare }
    }

    private func absent(_ name: String) -> InputError {
        var problem = "no column \(name.quoted)\(Spelling.suggestion(for: name, among: columns))"
        let bare = (format.comment.map { name.hasPrefix($0) ? String(name.dropFirst($0.count)) : name } ?? name)
        if let comment = comments.last(where: { Self.words($0.text).contains(Substring(bare)) }) {
            problem +=
                "; line \(comment.line), which has it, was passed over as a comment: "
                + "'header: {line: \(comment.line)}' takes the names from there"
        }
        return InputError(
            .data, at: .init(file, line: header.first.map { Self.place($0, bytes, file).line ?? 1 }), problem,
            expected: Spelling.oneOf(columns))
    }

    private static func words(_ text: String) -> [Substring] { text.split { $0.isWhitespace || ",;".contains($0) } }

    /// A number in the file's units, NaN where missing.
    func number(_ row: Int, _ column: Int) throws(InputError) -> Double {
        let field = field(row, column)
        let range = field.range
        if range.isEmpty { return .nan }
        if let number = plainNumber(range) {
            return missingNumbers.contains(number) ? .nan : number
        }
        let text = text(field)
        if missing.contains(text) { return .nan }
        let isInfinite = Double(text)?.isInfinite ?? false
        throw InputError(
            .data, at: place(row, column), "\(text.quoted) is \(isInfinite ? "infinite" : "not a number")",
            expected: "a finite number or a missing value in column \(columns[column].quoted)" + decimalHint(text))
    }

    /// A text of the file, nil where missing.
    func word(_ row: Int, _ column: Int) -> String? {
        let text = text(field(row, column))
        return missing.contains(text) ? nil : text
    }

    private func decimalHint(_ text: String) -> String {
        let other = format.decimal == "," ? "." : ","
        let swapped = text.replacing(other, with: ".")
        guard text.contains(other), Double(decimal: swapped) != nil else { return "" }
        return "; the key 'decimal' is '\(format.decimal)'"
    }

    private func plainNumber(_ range: Range<Int>) -> Double? {
        guard let thousands = format.thousands?.asciiValue, bytes[range].contains(thousands) else {
            return Double(decimal: bytes, range, mark: decimalMark)
        }
        // Groups of three digits before the mark, the first of one to three.
        let end = bytes[range].firstIndex(of: decimalMark) ?? range.upperBound
        let digits = bytes[range.lowerBound..<end].drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
        let groups = digits.split(separator: thousands, omittingEmptySubsequences: false)
        guard groups.dropFirst().allSatisfy({ $0.count == 3 }), (1...3).contains(groups.first?.count ?? 0) else {
            return nil
        }
        let joined = bytes[range.lowerBound..<end].filter { $0 != thousands } + bytes[end..<range.upperBound]
        return Double(decimal: joined, joined.indices, mark: decimalMark)
    }

    private static func text(_ field: CSVField, _ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes[field.range], as: UTF8.self)
        let isQuoted = field.start > 0 && bytes[Int(field.start) - 1] == UInt8(ascii: "\"")
        return isQuoted && text.contains("\"") ? text.replacing("\"\"", with: "\"") : text
    }

    private static func place(_ field: CSVField, _ bytes: [UInt8], _ file: String) -> InputError.Place {
        let start = Int(field.start)
        let isQuoted = start > 0 && bytes[start - 1] == UInt8(ascii: "\"")
        return CSVPlace.of(isQuoted ? start - 1 : start, in: bytes, file: file)
    }
}
