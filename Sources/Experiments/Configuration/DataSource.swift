/// Where the observations of an experiment come from: a file, its layout, and which of its columns are what.
public struct DataSource: Hashable, Sendable {
    /// How the file is laid out.
    public enum Layout: Hashable, Sendable {
        case csv(CSVFormat, time: TimeColumns)
        /// `time` is the name of the variable of time; `missing` are numbers that stand for missing values besides
        /// the file's own.
        case netCDF(time: String, missing: [Double])
    }

    public var file: String
    public var layout: Layout
    public var variables: [VariableMapping]
    /// Columns that are used for scoring only, each under the name of the variable whose truth it is.
    public var truths: [VariableMapping]
    /// The regular step to which the tables are brought; `nil` leaves the times as they are.
    public var step: TimeStep?
    public var aggregation: Aggregation
    /// The part of its values that a step must hold; `nil` for the aggregation's default.
    public var complete: Double?
    /// The clock of stamps without an offset.
    public var clock: FileClock?
    /// The first of the hundred years that years of two digits in columns are of.
    public var pivot: Int?

    public init(
        file: String, layout: Layout, variables: [VariableMapping], truths: [VariableMapping] = [],
        step: TimeStep? = nil, aggregation: Aggregation = .none
    ) {
        (self.file, self.layout, self.variables, self.truths) = (file, layout, variables, truths)
        (self.step, self.aggregation) = (step, aggregation)
    }

    /// The tables of a source, at the same times.
    public struct Tables: Sendable {
        public var observations: ObservationTable
        /// `nil` where no variable has a truth of its own.
        public var truth: ObservationTable?
    }

    /// Reads the file and brings it to the step; warnings go to standard error, too.
    ///
    /// - Throws: as ``CSVTable`` or ``NetCDFTable``, and ``ObservationTable/regular(step:aggregation:complete:)``.
    public func read() throws(InputError) -> Tables {
        var all = try table(variables + truths)
        if let step { all = try all.regular(step: step, aggregation: aggregation, complete: complete) }
        for warning in all.warnings { StandardStream.report("apus: warning: \(file): \(warning)") }
        let split = variables.count
        return Tables(
            observations: all.selecting(0..<split),
            truth: truths.isEmpty ? nil : all.selecting(split..<all.variables.count))
    }

    private func table(_ mappings: [VariableMapping]) throws(InputError) -> ObservationTable {
        let reading = TableReading(step: step, isAggregated: aggregation != .none, clock: clock, pivot: pivot)
        switch layout {
        case .csv(let format, let time):
            return try CSVTable(file: file, format: format).table(time: time, variables: mappings, reading: reading)
        case .netCDF(let time, let missing):
            return try NetCDFTable(file: file, missing: missing).table(
                time: time, variables: mappings, reading: reading)
        }
    }
}
