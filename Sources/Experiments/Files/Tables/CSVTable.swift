/// A delimited text file with a header, read and cut into fields, from which tables of observations are taken.
public struct CSVTable: Sendable {
    public let file: String
    private let format: CSVFormat
    private let header: [CSVField]
    private let rows: [[CSVField]]
    private let missing: Set<String>
    private let missingNumbers: Set<Double>

    /// Reads a file in UTF-8 whose first record names the columns.
    ///
    /// - Throws: a missing, unreadable or empty file; bytes that are not UTF-8; a field without end; a column's name
    ///   given twice; a row with more or fewer fields than the header; no rows at all.
    public init(file: String, format: CSVFormat = CSVFormat()) throws(InputError) {
        try self.init(text: try InputFile.text(file), file: file, format: format)
    }

    /// Reads a text; `file` names it in errors.
    public init(text: String, file: String, format: CSVFormat = CSVFormat()) throws(InputError) {
        var scanner = CSVScanner(text, file: file, format: format)
        guard let header = try scanner.next() else {
            throw InputError(.data, at: .init(file), "the file is empty", expected: "a header that names the columns")
        }
        try Self.requireDistinct(header, file: file)
        var rows: [[CSVField]] = []
        while let row = try scanner.next() {
            guard row.count == header.count else {
                throw InputError(
                    .data, at: .init(file, line: row[0].line, column: row[min(row.count, header.count + 1) - 1].column),
                    "the row has \(row.count) \(row.count == 1 ? "field" : "fields")",
                    expected: "\(header.count), as in the header")
            }
            rows.append(row)
        }
        guard !rows.isEmpty else {
            throw InputError(.data, at: .init(file), "there are no rows below the header", expected: "at least one")
        }
        (self.file, self.format, self.header, self.rows) = (file, format, header, rows)
        missing = Set(["", "NA", "N/A", "NaN", "nan", "NAN", "null"] + format.missing)
        missingNumbers = Set(format.missing.compactMap { Double(decimal: $0) })
    }

    /// The names of the columns.
    public var columns: [String] { header.map(\.text) }

    /// Takes a table out of the file.
    ///
    /// - Throws: an absent column; text in a number; an infinite value; a time that is none, missing, repeated or out
    ///   of order; a variable without any value; an error that is not positive.
    public func table(time: TimeColumns, variables: [VariableMapping]) throws(InputError) -> ObservationTable {
        let (times, timeColumn) = try times(time)
        try requireIncreasing(times) { place(rows[$0][timeColumn]) }
        var values: [[Double]] = []
        var errors: [[Double]?] = []
        for mapping in variables {
            let column = try index(of: mapping.column)
            let converter = SeriesConverter(
                mapping: mapping, place: { place(rows[$0][column]) }, placeOfAll: place(header[column]))
            let series = try converter.values(try numbers(column))
            var deviations: [Double]?
            if case .column(let name) = mapping.error { deviations = try numbers(try index(of: name)) }
            values.append(series)
            errors.append(try converter.errors(of: series, from: deviations))
        }
        return ObservationTable(
            times: times, variables: variables.map(\.variable), values: values, errors: errors, step: nil,
            origin: .init(file: file, lines: rows.map { $0[0].line }))
    }

    private static func requireDistinct(_ header: [CSVField], file: String) throws(InputError) {
        var seen: Set<String> = []
        for field in header where !field.text.isEmpty && !seen.insert(field.text).inserted {
            throw InputError(
                .data, at: .init(file, line: field.line, column: field.column),
                "duplicate column \(field.text.quoted)", expected: "each name once")
        }
    }

    private func place(_ field: CSVField) -> InputError.Place { .init(file, line: field.line, column: field.column) }

    private func index(of column: String) throws(InputError) -> Int {
        if let index = header.firstIndex(where: { $0.text == column }) { return index }
        throw InputError(
            .data, at: .init(file, line: header[0].line),
            "no column \(column.quoted)\(Spelling.suggestion(for: column, among: columns))",
            expected: Spelling.oneOf(columns))
    }

    /// The numbers of a column in the file's units, NaN where missing.
    private func numbers(_ column: Int) throws(InputError) -> [Double] {
        var numbers: [Double] = []
        numbers.reserveCapacity(rows.count)
        for row in rows { numbers.append(try number(row[column], in: header[column].text) ?? .nan) }
        return numbers
    }

    private func number(_ field: CSVField, in column: String) throws(InputError) -> Double? {
        if missing.contains(field.text) { return nil }
        guard let number = Double(decimal: field.text) else {
            let isInfinite = Double(field.text)?.isInfinite ?? false
            throw InputError(
                .data, at: place(field), "\(field.text.quoted) is \(isInfinite ? "infinite" : "not a number")",
                expected: "a finite number or a missing value in column \(column.quoted)")
        }
        return missingNumbers.contains(number) ? nil : number
    }

    /// The times of all rows and the column at which their errors are reported.
    private func times(_ columns: TimeColumns) throws(InputError) -> ([Instant], Int) {
        var times: [Instant] = []
        times.reserveCapacity(rows.count)
        switch columns {
        case .one(let name, let format):
            let column = try index(of: name)
            for row in rows { times.append(try time(row[column], format)) }
            return (times, column)
        case .parts(let names):
            var columns: [Int] = []
            for name in names { columns.append(try index(of: name)) }
            for row in rows { times.append(try time(columns.map { row[$0] })) }
            return (times, columns[0])
        }
    }

    private func time(_ field: CSVField, _ format: TimeFormat) throws(InputError) -> Instant {
        if let instant = format.instant(field.text) { return instant }
        let problem = field.text.isEmpty ? "the time is missing" : "\(field.text.quoted) is not a time"
        throw InputError(.data, at: place(field), problem, expected: format.description)
    }

    /// The instant from fields for year, month, day, hour and minute.
    private func time(_ fields: [CSVField]) throws(InputError) -> Instant {
        var parts = [1970, 1, 1, 0, 0]
        let bounds = [CalendarDate.years, 1...12, 1...31, 0...23, 0...59]
        for (index, field) in fields.enumerated() {
            guard let number = Double(decimal: field.text), number == number.rounded(),
                let whole = Int(exactly: number), bounds[index].contains(whole)
            else {
                throw InputError(
                    .data, at: place(field), "\(field.text.quoted) is not a \(TimeColumns.partNames[index])",
                    expected: "a whole number from \(bounds[index].lowerBound) to \(bounds[index].upperBound)")
            }
            parts[index] = whole
        }
        guard let date = CalendarDate(year: parts[0], month: parts[1], day: parts[2]),
            let instant = Instant(date, hour: parts[3], minute: parts[4])
        else {
            throw InputError(
                .data, at: place(fields[0]), "there is no day \(parts[0])-\(parts[1])-\(parts[2])",
                expected: "a day of the Gregorian calendar")
        }
        return instant
    }
}
