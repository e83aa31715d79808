extension CSVTable {
    /// Takes a table out of the file.
    ///
    /// - Throws: an absent column, or one of two of the same name; text in a number; an infinite value; a time that is
    ///   none, missing, repeated or out of order; a variable without any value; an error that is not positive.
    public func table(time: TimeColumns, variables: [VariableMapping]) throws(InputError) -> ObservationTable {
        try table(time: time, variables: variables, reading: TableReading())
    }

    /// The table as its step, its aggregation and its clock want it.
    func table(
        time: TimeColumns, variables: [VariableMapping], reading: TableReading
    ) throws(InputError) -> ObservationTable {
        if case .months(let year, let months) = time {
            return try tableOfMonths(year: year, months: months, variables, reading)
        }
        let (stamps, timeColumn) = try CSVTimes(table: self, reading: reading).stamps(time)
        let place = { (row: Int) in self.place(row, timeColumn) }
        let (times, clock) = try stamps.instants(clock: reading.clock, step: reading.step, place: place)
        var rows = TableRows(times: times, clock: clock, file: file)
        rows.lines = lines
        for mapping in variables {
            let column = try index(of: mapping.columnName)
            let members = try members(mapping.selection)
            let converter = SeriesConverter(
                mapping: mapping, place: { self.place($0, column) }, placeOfAll: placeOfName(column))
            let numbers = try numbers(column, members)
            var deviations: [Double]?
            if case .column(let name) = mapping.error {
                deviations = try self.numbers(index(of: .named(name)), members)
            }
            try rows.append(mapping, numbers, deviations, members, converter)
        }
        return try rows.table(isAggregated: reading.isAggregated, place: place)
    }

    /// The numbers of a column, NaN where missing or where the row is not the variable's.
    private func numbers(_ column: Int, _ members: [Bool]?) throws(InputError) -> [Double] {
        var numbers: [Double] = []
        numbers.reserveCapacity(rowCount)
        for row in 0..<rowCount {
            numbers.append(members.map { $0[row] } ?? true ? try number(row, column) : .nan)
        }
        return numbers
    }

    /// The selected rows; `nil` where nothing is selected.
    private func members(_ selection: [String: SelectionLabel]) throws(InputError) -> [Bool]? {
        if selection.isEmpty { return nil }
        var members = [Bool](repeating: true, count: rowCount)
        for (name, label) in selection.sorted(by: { $0.key < $1.key }) {
            let column = try index(of: .named(name))
            guard case .text(let wanted) = label else {
                throw InputError(
                    .data, at: placeOfName(column), "rows are not selected by position",
                    expected: "a value of column \(name.quoted)")
            }
            var found = false
            for row in members.indices {
                let isEqual = bytes[field(row, column).range].elementsEqual(wanted.utf8)
                found = found || isEqual
                members[row] = members[row] && isEqual
            }
            if !found {
                var labels: [String] = []
                for row in 0..<rowCount where labels.count < 12 {
                    let label = text(field(row, column))
                    if !labels.contains(label) { labels.append(label) }
                }
                throw InputError(
                    .data, at: placeOfName(column), "no row has \(wanted.quoted) in column \(name.quoted)",
                    expected: Spelling.oneOf(labels))
            }
        }
        guard members.contains(true) else {
            let text = selection.map { "\($0.key) \($0.value)" }.sorted().joined(separator: ", ")
            throw InputError(.data, at: .init(file), "no row has \(text)", expected: "values that occur together")
        }
        return members
    }

    /// A table with a row for each year and twelve columns of months.
    private func tableOfMonths(
        year: String, months: [String], _ variables: [VariableMapping], _ reading: TableReading
    ) throws(InputError) -> ObservationTable {
        let yearColumn = try index(of: .named(year))
        var columns: [Int] = []
        for name in months { columns.append(try index(of: .named(name))) }
        if months.isEmpty { columns = Array((yearColumn + 1)..<(yearColumn + 13)) }
        guard columns.allSatisfy(self.columns.indices.contains) else {
            throw InputError(
                .data, at: placeOfName(yearColumn), "there are not twelve columns after \(year.quoted)",
                expected: "a column for each month")
        }
        let times = CSVTimes(table: self, reading: reading)
        var instants: [Instant] = []
        for row in 0..<rowCount {
            for month in 1...12 { instants.append(try times.month(row, yearColumn, month)) }
        }
        let clock = reading.clock.map { TableClock($0, of: []) }
        var rows = TableRows(times: instants, clock: clock, file: file)
        rows.lines = lines.flatMap { [Int](repeating: $0, count: 12) }
        let place = { (index: Int) in self.place(index / 12, columns[index % 12]) }
        for mapping in variables {
            let members = try members(mapping.selection)?.flatMap { [Bool](repeating: $0, count: 12) }
            var numbers: [Double] = []
            for index in instants.indices {
                let isOwn = members.map { $0[index] } ?? true
                numbers.append(isOwn ? try number(index / 12, columns[index % 12]) : .nan)
            }
            let converter = SeriesConverter(
                mapping: mapping, place: place, placeOfAll: placeOfName(yearColumn))
            try rows.append(mapping, numbers, nil, members, converter)
        }
        return try rows.table(isAggregated: reading.isAggregated, place: place)
    }
}

/// Reads the times of a table's rows.
struct CSVTimes {
    let table: CSVTable
    let reading: TableReading

    /// The stamps of all rows and the column at which their errors are reported.
    func stamps(_ columns: TimeColumns) throws(InputError) -> (TimeStamps, Int) {
        var stamps = TimeStamps()
        stamps.local.reserveCapacity(table.rowCount)
        switch columns {
        case .one(let name, .decimalYear):
            let column = try table.index(of: .named(name))
            stamps.local = try decimalYears(column)
            return (stamps, column)
        case .one(let name, let format):
            let column = try table.index(of: .named(name))
            for row in 0..<table.rowCount { stamps.append(try stamp(row, column, format)) }
            return (stamps, column)
        case .joined(let names, let format):
            let columns = try positions(names)
            for row in 0..<table.rowCount {
                let text = columns.map { table.text(table.field(row, $0)) }.joined(separator: " ")
                let bytes = Array(text.utf8)
                guard let stamp = format.stamp(bytes, bytes.indices, mark: table.decimalMark) else {
                    throw fault(row, columns[0], text, format)
                }
                stamps.append(stamp)
            }
            return (stamps, columns[0])
        case .parts(let names):
            let columns = try positions(names)
            for row in 0..<table.rowCount { stamps.local.append(try instant(row, columns)) }
            return (stamps, columns[0])
        case .months: preconditionFailure("CSVTimes: a table of months has no stamps")
        }
    }

    private func positions(_ names: [String]) throws(InputError) -> [Int] {
        var positions: [Int] = []
        for name in names { positions.append(try table.index(of: .named(name))) }
        return positions
    }

    private func stamp(_ row: Int, _ column: Int, _ format: TimeFormat) throws(InputError) -> TimeStamp {
        let range = table.field(row, column).range
        if let stamp = format.stamp(table.bytes, range, mark: table.decimalMark) { return stamp }
        throw fault(row, column, table.text(table.field(row, column)), format)
    }

    private func fault(_ row: Int, _ column: Int, _ text: String, _ format: TimeFormat) -> InputError {
        let isMissing = text.allSatisfy { $0 == " " }
        return InputError(
            .data, at: table.place(row, column), isMissing ? "the time is missing" : "\(text.quoted) is not a time",
            expected: format.description)
    }

    private func decimalYears(_ column: Int) throws(InputError) -> [Instant] {
        var years: [Double] = []
        years.reserveCapacity(table.rowCount)
        var decimals = 0
        for row in 0..<table.rowCount {
            let range = table.field(row, column).range
            years.append(Double(decimal: table.bytes, range, mark: table.decimalMark) ?? .nan)
            decimals = max(decimals, DecimalYears.decimals(table.bytes, range, mark: table.decimalMark))
        }
        var instants: [Instant] = []
        instants.reserveCapacity(years.count)
        for (row, instant) in DecimalYears(years: years, decimals: decimals).instants(step: reading.step).enumerated() {
            guard let instant else { throw fault(row, column, table.text(table.field(row, column)), .decimalYear) }
            instants.append(instant)
        }
        return instants
    }

    /// The first of a month of the year in a column.
    func month(_ row: Int, _ yearColumn: Int, _ month: Int) throws(InputError) -> Instant {
        let year = try part(row, yearColumn, 0)
        guard let instant = CalendarDate(year: year, month: month).flatMap({ Instant($0) }) else {
            throw fault(row, yearColumn, "\(year)-\(month)", .iso8601)
        }
        return instant
    }

    private static let bounds = [CalendarDate.years, 1...12, 1...31, 0...24, 0...59]

    private func part(_ row: Int, _ column: Int, _ index: Int) throws(InputError) -> Int {
        let field = table.field(row, column)
        guard let number = Double(decimal: table.bytes, field.range, mark: table.decimalMark),
            let whole = Int(exactly: number), Self.bounds[index].contains(whole)
        else {
            let name = TimeColumns.partNames[index]
            throw InputError(
                .data, at: table.place(row, column),
                "\(table.text(field).quoted) is not \(name == "hour" ? "an" : "a") \(name)",
                expected: "a whole number from \(Self.bounds[index].lowerBound) to \(Self.bounds[index].upperBound)")
        }
        guard index == 0, let pivot = reading.pivot, (0...99).contains(whole) else { return whole }
        return pivot + (((whole - pivot) % 100) + 100) % 100
    }

    /// The instant from fields for year, month, day, hour and minute.
    private func instant(_ row: Int, _ columns: [Int]) throws(InputError) -> Instant {
        var parts = (1970, 1, 1, 0, 0)
        for (index, column) in columns.enumerated() {
            let whole = try part(row, column, index)
            switch index {
            case 0: parts.0 = whole
            case 1: parts.1 = whole
            case 2: parts.2 = whole
            case 3: parts.3 = whole
            default: parts.4 = whole
            }
        }
        guard let date = CalendarDate(year: parts.0, month: parts.1, day: parts.2) else {
            throw InputError(
                .data, at: table.place(row, columns[0]), "there is no day \(parts.0)-\(parts.1)-\(parts.2)",
                expected: "a day of the Gregorian calendar")
        }
        guard let instant = Instant(date, hour: parts.3, minute: parts.4) else {
            throw InputError(
                .data, at: table.place(row, columns[0]), "there is no time \(parts.3):\(parts.4) of a day",
                expected: "at most 24:00")
        }
        return instant
    }
}
