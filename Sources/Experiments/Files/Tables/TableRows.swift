import Learning

/// How the rows of a file become a table.
struct TableReading {
    /// The step that the table will be brought to.
    var step: TimeStep?
    /// Whether rows will be aggregated, so that times may be repeated and out of order.
    var isAggregated = false
    var clock: FileClock?
    /// The first of the hundred years that years of two digits are of.
    var pivot: Int?
}

/// The rows of a file in its own order, with the series that were read of them.
struct TableRows {
    var times: [Instant]
    let clock: TableClock?
    let file: String
    /// The line of each row, in files of lines.
    var lines: [Int]?
    private var texts: [String] = []
    private var marks: [UndeclaredMark] = []
    private var outliers: [String] = []
    var warnings: [String] {
        let shown = outliers.count > 6 ? 5 : outliers.count
        let rest = outliers.count - shown
        return texts + marks.map(\.text) + outliers.prefix(shown)
            + (rest > 0 ? ["\(rest) more variables' ends have values far beyond all others"] : [])
    }
    private var variables: [ObservationTable.Variable] = []
    private var values: [[Double]] = []
    private var errors: [[Double]?] = []
    /// The rows that are a variable's own; `nil` where all are.
    private var members: [[Bool]?] = []

    init(times: [Instant], clock: TableClock?, file: String) {
        (self.times, self.clock, self.file) = (times, clock, file)
    }

    /// Adds a series in the file's units, NaN where missing.
    mutating func append(
        _ mapping: VariableMapping, _ numbers: [Double], _ deviations: [Double]?, _ members: [Bool]?,
        _ converter: SeriesConverter
    ) throws(InputError) {
        var series = try converter.values(numbers)
        let isChecked = !mapping.grossErrors.isEmpty
        if isChecked { try remove(mapping, from: &series, members, converter) }
        errors.append(try converter.errors(of: series, from: deviations))
        variables.append(mapping.variable)
        values.append(series)
        self.members.append(members)
        // Gross errors that are removed are dealt with.
        let rest = isChecked ? zip(numbers, series).map { $1.isNaN ? .nan : $0 } : numbers
        let found = UndeclaredMark.all(in: rest)
        let name = mapping.selection.isEmpty ? "\(mapping.columnName)" : mapping.variable.name
        for mark in found { note(mark, of: name) }
        for outlier in Outlier.all(in: series) where !found.contains(where: { $0.value == numbers[outlier.row] }) {
            let line = lines.map { " (line \($0[outlier.row]))" } ?? ""
            outliers.append(outlier.text(of: mapping.variable.name, place: "\(times[outlier.row])\(line)"))
        }
    }

    /// One warning for a mark that several variables have.
    private mutating func note(_ mark: UndeclaredMark, of name: String) {
        let index = marks.firstIndex { $0.value == mark.value } ?? marks.count
        if index == marks.count {
            marks.append(mark)
        } else {
            marks[index].count += mark.count
            marks[index].total += mark.total
        }
        marks[index].columns.append(name)
    }

    /// Makes the gross errors among the rows of a variable missing.
    private mutating func remove(
        _ mapping: VariableMapping, from series: inout [Double], _ members: [Bool]?, _ converter: SeriesConverter
    ) throws(InputError) {
        var order = series.indices.filter { members?[$0] ?? true }
        if zip(order, order.dropFirst()).contains(where: { times[$0] > times[$1] }) {
            order.sort { (times[$0], $0) < (times[$1], $1) }
        }
        var values = order.map { series[$0] }
        let total = values.count { !$0.isNaN }
        let removed = mapping.grossErrors.remove(from: &values)
        guard removed.outside + removed.spikes < total else {
            throw InputError(
                .data, at: converter.placeOfAll,
                "no value of '\(mapping.variable.name)' passes 'valid' and 'spike': all \(total) are missing",
                expected: "limits in the unit after conversion")
        }
        for (row, value) in zip(order, values) { series[row] = value }
        texts += mapping.grossErrors.text(
            removed, of: total, column: mapping.variable.name, units: mapping.variable.units)
    }

    mutating func warn(_ text: String) { texts.append(text) }

    /// The table in the order of time.
    ///
    /// Rows may stand in it from the last to the first; those of several selections may be mixed, and those that will
    /// be aggregated too.
    ///
    /// - Throws: times that are repeated or out of order.
    func table(isAggregated: Bool, place: (Int) -> InputError.Place) throws(InputError) -> ObservationTable {
        let isSelected = members.contains { $0 != nil }
        var order = Array(times.indices)
        if isSelected { order = order.filter { row in members.contains { $0?[row] ?? true } } }
        if order.count > 2, zip(order, order.dropFirst()).allSatisfy({ times[$0] > times[$1] }) {
            order.reverse()
        } else if isAggregated || isSelected, zip(order, order.dropFirst()).contains(where: { times[$0] > times[$1] }) {
            order.sort { (times[$0], $0) < (times[$1], $1) }
        }
        if !isAggregated {
            if isSelected { return try merged(order, place) }
            try requireIncreasing(order, place)
        }
        return ordered(order)
    }

    private func requireIncreasing(_ order: [Int], _ place: (Int) -> InputError.Place) throws(InputError) {
        for (previous, row) in zip(order, order.dropFirst()) where times[row] <= times[previous] {
            let isRepeated = times[row] == times[previous]
            throw InputError(
                .data, at: place(row),
                isRepeated
                    ? "duplicate time \(times[row]), also at \(position(place(previous)))"
                    : "time \(times[row]) comes after \(times[previous]) at \(position(place(previous)))",
                expected: "increasing times")
        }
    }

    private func position(_ place: InputError.Place) -> String {
        place.line.map { "line \($0)" } ?? place.path ?? "before it"
    }

    /// The series as rows in an order: the one place where they are transposed.
    private func ordered(_ order: [Int]) -> ObservationTable {
        func rows(_ columns: [[Double]?]) -> SeriesTable {
            SeriesTable(order.count, width: columns.count) { t, row in
                for v in row.indices { row[v] = columns[v]?[order[t]] ?? .nan }
            }
        }
        return ObservationTable(
            times: order.map { times[$0] }, variables: variables, numbers: rows(values),
            deviations: errors.contains { $0 != nil } ? rows(errors) : nil,
            hasDeviations: errors.map { $0 != nil }, step: nil, clock: clock,
            origin: .init(file: file, lines: lines.map { lines in order.map { lines[$0] } }), warnings: warnings)
    }

    /// One row a time out of those of several selections, each of which may have one row there.
    private func merged(_ order: [Int], _ place: (Int) -> InputError.Place) throws(InputError) -> ObservationTable {
        var first: [Int] = []
        for row in order where first.last.map({ times[$0] != times[row] }) ?? true { first.append(row) }
        let width = variables.count
        var numbers = SeriesTable([Double](repeating: .nan, count: first.count * width), width: width)
        var deviations = numbers
        for variable in variables.indices {
            var time = -1
            var last: Int?
            for row in order {
                if time < 0 || times[first[time]] != times[row] { time += 1 }
                guard members[variable]?[row] ?? true else { continue }
                if let last, times[last] == times[row] {
                    throw InputError(
                        .data, at: place(row), "duplicate time \(times[row]), also at \(position(place(last)))",
                        expected: "each time once for '\(variables[variable].name)'; or the key 'aggregate'")
                }
                last = row
                numbers[time, variable] = values[variable][row]
                deviations[time, variable] = errors[variable]?[row] ?? .nan
            }
        }
        return ObservationTable(
            times: first.map { times[$0] }, variables: variables, numbers: numbers, deviations: deviations,
            hasDeviations: errors.map { $0 != nil }, step: nil, clock: clock,
            origin: .init(file: file, lines: lines.map { lines in first.map { lines[$0] } }), warnings: warnings)
    }
}
