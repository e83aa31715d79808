import Learning

/// Observations of some variables at increasing, not necessarily regular times; any value may be missing.
///
/// A table that is still to be aggregated may hold a time more than once.
///
/// Values have the form that models take, `[time][variable]` with NaN where one is missing; accessors return `nil`
/// there.
public struct ObservationTable: Sendable {
    /// The description of a series in the words of the CF conventions.
    public struct Variable: Hashable, Sendable, Codable {
        public var name: String
        public var units: String?
        public var standardName: String?
        public var longName: String?

        public init(_ name: String, units: String? = nil, standardName: String? = nil, longName: String? = nil) {
            (self.name, self.units, self.standardName, self.longName) = (name, units, standardName, longName)
        }
    }

    public let times: [Instant]
    public let variables: [Variable]
    /// The step between the times, where the table was brought to one.
    public let step: TimeStep?
    /// The clock that the times are shown by, where the file or the key `zone` tells it.
    public let clock: TableClock?
    /// The beginning of the first row's step, where there is a step: the first of the month for a stamp in its middle.
    let firstStep: Instant?
    /// Warnings about the data, one sentence each.
    public internal(set) var warnings: [String] = []
    /// Where the rows were read from.
    public let origin: Origin

    /// `[time][variable]`, NaN where missing.
    public let numbers: SeriesTable
    /// Standard deviations of their errors, `[time][variable]`, NaN where the value is missing or nothing is known of
    /// its error; `nil` where that is so of all.
    public let deviations: SeriesTable?
    /// Whether the errors of a variable are known.
    let hasDeviations: [Bool]

    /// The file of the table and the line of each row, for messages.
    public struct Origin: Hashable, Sendable {
        public var file: String
        public var lines: [Int]?

        public init(file: String = "observations", lines: [Int]? = nil) {
            (self.file, self.lines) = (file, lines)
        }

        /// The place of a row.
        public func place(row: Int) -> InputError.Place { .init(file, line: lines?[row]) }
    }

    /// A table of values [variable][time], `nil` where missing, with the standard deviations of their errors if known.
    ///
    /// Times that do not increase, values that are not finite, errors of them that are not positive and counts that
    /// do not agree are the caller's bug.
    public init(
        times: [Instant], variables: [Variable], values: [[Double?]], errorStandardDeviations: [[Double]?]? = nil
    ) {
        for (variable, series) in zip(variables, values) {
            let isFinite = series.allSatisfy { $0?.isFinite ?? true }
            precondition(isFinite, "ObservationTable: a value of '\(variable.name)' is not finite")
        }
        for (series, errors) in zip(values, errorStandardDeviations ?? []) {
            let arePositive = zip(series, errors ?? []).allSatisfy { $0 == nil || ($1 > 0 && $1.isFinite) }
            precondition(arePositive, "ObservationTable: a value's error is not positive")
        }
        let errors = errorStandardDeviations ?? variables.map { _ in nil }
        precondition(
            variables.count == values.count && variables.count == errors.count,
            "ObservationTable: \(variables.count) variables, \(values.count) series, \(errors.count) errors")
        for (variable, series) in zip(variables, values) {
            precondition(
                series.count == times.count,
                "ObservationTable: \(series.count) values of '\(variable.name)' at \(times.count) times")
        }
        let unknown = [Double](repeating: .nan, count: times.count)
        self.init(
            times: times, variables: variables, numbers: SeriesTable(columns: values.map { $0.map { $0 ?? .nan } }),
            deviations: SeriesTable(columns: errors.map { $0 ?? unknown }), hasDeviations: errors.map { $0 != nil },
            step: nil, clock: nil, origin: Origin())
    }

    init(
        times: [Instant], variables: [Variable], numbers: SeriesTable, deviations: SeriesTable?, hasDeviations: [Bool],
        step: TimeStep?, clock: TableClock?, firstStep: Instant? = nil, origin: Origin, warnings: [String] = []
    ) {
        precondition(
            times.indices.dropFirst().allSatisfy { times[$0 - 1] <= times[$0] }, "ObservationTable: times fall")
        precondition(
            numbers.width == variables.count && numbers.count == (variables.isEmpty ? 0 : times.count),
            "ObservationTable: \(numbers.count) rows of \(numbers.width) at \(times.count) times")
        (self.times, self.variables, self.numbers, self.hasDeviations) = (times, variables, numbers, hasDeviations)
        self.deviations = hasDeviations.contains(true) ? deviations : nil
        (self.step, self.clock, self.origin, self.warnings) = (step, clock, origin, warnings)
        self.firstStep = step.flatMap { step in firstStep ?? times.first.map(step.floor) }
    }
}

extension ObservationTable {
    /// The number of times.
    public var count: Int { times.count }

    /// The value of a variable at a time, `nil` where missing.
    public subscript(variable: Int, time: Int) -> Double? {
        let value = numbers[time, variable]
        return value.isNaN ? nil : value
    }

    /// A variable's values in time, `nil` where missing.
    public func series(_ variable: Int) -> [Double?] { numbers.column(variable).map { $0.isNaN ? nil : $0 } }

    /// The standard deviation of the observation error at each time (`nil` where the value is missing), or `nil`
    /// where it is unknown.
    public func errorStandardDeviations(_ variable: Int) -> [Double?]? {
        hasDeviations[variable] ? deviations?.column(variable).map { $0.isNaN ? nil : $0 } : nil
    }

    /// The position of the variable of that name.
    public func index(of name: String) -> Int? { variables.firstIndex { $0.name == name } }

    /// The table of some of the rows.
    public subscript(rows: Range<Int>) -> ObservationTable {
        let lines = origin.lines.map { Array($0[rows]) }
        return ObservationTable(
            times: Array(times[rows]), variables: variables, numbers: numbers.rows(rows),
            deviations: deviations?.rows(rows), hasDeviations: hasDeviations, step: step, clock: clock,
            firstStep: firstStep.flatMap { first in step?.advance(first, by: rows.lowerBound) },
            origin: Origin(file: origin.file, lines: lines), warnings: warnings)
    }

    /// The table of some of the variables, by their positions.
    public func selecting(_ positions: Range<Int>) -> ObservationTable {
        if positions == variables.indices { return self }
        return ObservationTable(
            times: times, variables: Array(variables[positions]), numbers: numbers.columns(positions),
            deviations: deviations?.columns(positions), hasDeviations: Array(hasDeviations[positions]), step: step,
            clock: clock, firstStep: firstStep, origin: origin, warnings: warnings)
    }
}

extension ObservationTable: Equatable {
    /// The same values, errors and gaps of the same variables at the same times, wherever they were read.
    public static func == (left: ObservationTable, right: ObservationTable) -> Bool {
        left.times == right.times && left.variables == right.variables && left.step == right.step
            && left.variables.indices.allSatisfy {
                left.series($0) == right.series($0)
                    && left.errorStandardDeviations($0) == right.errorStandardDeviations($0)
            }
    }
}
