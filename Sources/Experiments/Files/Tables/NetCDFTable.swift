import CNetCDF

/// A NetCDF file of variables in time, from which tables of observations are taken.
///
/// Units and names that a mapping leaves out come from the file. Missing is what equals `_FillValue` (or, without
/// one, the type's default), `missing_value`, lies outside `valid_min`, `valid_max` or `valid_range`, or is NaN; then
/// `scale_factor` and `add_offset` apply, and after them those of the mapping.
///
/// Reference: *NetCDF Climate and Forecast Metadata Conventions* 1.11, sections 2.5.1, 4.4 and 8.1.
public struct NetCDFTable: Sendable {
    public let file: String
    /// Further numbers, before any scaling, that stand for missing values.
    public var missing: [Double]

    public init(file: String, missing: [Double] = []) {
        (self.file, self.missing) = (file, missing)
    }

    /// Takes a table out of the file.
    ///
    /// - Throws: a file that is absent, unreadable or not NetCDF; an absent variable, or one of more dimensions than
    ///   time; a time without CF units or in another calendar; times missing, repeated or out of order; infinite
    ///   values; a variable without any value.
    public func table(time: String = "time", variables: [VariableMapping]) throws(InputError) -> ObservationTable {
        try NetCDFLibrary.exclusively { () throws(InputError) in
            let dataset = try NetCDFDataset(opening: file)
            let all = try dataset.variables()
            let timeVariable = try find(time, in: all)
            let times = try self.times(timeVariable, dataset)
            var found: [ObservationTable.Variable] = []
            var values: [[Double]] = []
            var errors: [[Double]?] = []
            for mapping in variables {
                let stored = try find(mapping.column, in: all)
                let converter = SeriesConverter(
                    mapping: mapping, place: { place(mapping.column, $0) },
                    placeOfAll: .init(file, path: mapping.column))
                let series = try converter.values(try numbers(stored, along: timeVariable, dataset))
                var deviations: [Double]?
                if case .column(let name) = mapping.error {
                    deviations = try numbers(try find(name, in: all), along: timeVariable, dataset)
                }
                found.append(described(mapping.variable, by: stored))
                values.append(series)
                errors.append(try converter.errors(of: series, from: deviations))
            }
            return ObservationTable(
                times: times, variables: found, values: values, errors: errors, step: nil, origin: .init(file: file))
        }
    }

    private func place(_ variable: String, _ index: Int) -> InputError.Place {
        .init(file, path: "\(variable)[\(index)]")
    }

    private func find(_ name: String, in variables: [NetCDFDataset.Variable]) throws(InputError)
        -> NetCDFDataset.Variable
    {
        if let variable = variables.first(where: { $0.name == name }) { return variable }
        let names = variables.map(\.name)
        throw InputError(
            .data, at: .init(file), "no variable \(name.quoted)\(Spelling.suggestion(for: name, among: names))",
            expected: Spelling.oneOf(names))
    }

    private func described(
        _ variable: ObservationTable.Variable, by stored: NetCDFDataset.Variable
    ) -> ObservationTable.Variable {
        var result = variable
        result.units = variable.units ?? stored.text("units")
        result.standardName = variable.standardName ?? stored.text("standard_name")
        result.longName = variable.longName ?? stored.text("long_name")
        return result
    }

    private func times(
        _ variable: NetCDFDataset.Variable, _ dataset: borrowing NetCDFDataset
    ) throws(InputError) -> [Instant] {
        let here = InputError.Place(file, path: variable.name)
        guard let text = variable.text("units"), let units = TimeUnits(text) else {
            let problem = variable.text("units").map { "\($0.quoted) are no units of time" } ?? "has no units"
            throw InputError(.data, at: here, problem, expected: "units such as 'days since 1950-01-01'")
        }
        let calendar = variable.text("calendar")?.lowercased() ?? "standard"
        guard ["standard", "gregorian", "proleptic_gregorian"].contains(calendar) else {
            throw InputError(
                .data, at: here, "the calendar \(calendar.quoted) is not that of the world",
                expected: "one of: standard, gregorian, proleptic_gregorian")
        }
        guard variable.dimensions.count == 1, variable.count > 0 else {
            throw InputError(
                .data, at: here, "has \(variable.dimensions.count) dimensions and \(variable.count) values",
                expected: "one dimension and at least one value")
        }
        var times: [Instant] = []
        for (index, number) in try unpacked(variable, dataset).enumerated() {
            guard let instant = units.instant(number) else {
                throw InputError(
                    .data, at: place(variable.name, index),
                    number.isNaN ? "the time is missing" : "\(number) is not a time",
                    expected: "a number of \(units)")
            }
            // Before, the standard calendar is the Julian one.
            guard calendar == "proleptic_gregorian" || instant >= Instant(year: 1582, month: 10, day: 15) else {
                throw InputError(
                    .data, at: place(variable.name, index), "\(instant) lies before the Gregorian calendar",
                    expected: "calendar 'proleptic_gregorian'")
            }
            times.append(instant)
        }
        try requireIncreasing(times) { place(variable.name, $0) }
        return times
    }

    /// The numbers of a variable that depends on time alone, NaN where missing.
    private func numbers(
        _ variable: NetCDFDataset.Variable, along time: NetCDFDataset.Variable, _ dataset: borrowing NetCDFDataset
    ) throws(InputError) -> [Double] {
        let isSeries = variable.dimensions.contains(time.dimensions[0]) && variable.count == time.count
        guard isSeries else {
            let shape = variable.dimensions.map { "\($0.name) = \($0.length)" }.joined(separator: ", ")
            throw InputError(
                .data, at: .init(file, path: variable.name), "has the dimensions (\(shape))",
                expected: "(\(time.dimensions[0].name) = \(time.count)), others of length 1")
        }
        return try unpacked(variable, dataset)
    }

    /// The numbers of a variable after `scale_factor` and `add_offset`, NaN where missing.
    private func unpacked(
        _ variable: NetCDFDataset.Variable, _ dataset: borrowing NetCDFDataset
    ) throws(InputError) -> [Double] {
        guard (NC_BYTE...NC_UINT64).contains(variable.type), variable.type != NC_CHAR else {
            throw InputError(.data, at: .init(file, path: variable.name), "is not numeric", expected: "numbers")
        }
        let isMissing = missingTest(variable)
        let scale = variable.numbers("scale_factor")?.first ?? 1
        let offset = variable.numbers("add_offset")?.first ?? 0
        return try dataset.numbers(variable).map { isMissing($0) ? .nan : $0 * scale + offset }
    }

    private func missingTest(_ variable: NetCDFDataset.Variable) -> (Double) -> Bool {
        let fill = variable.numbers("_FillValue") ?? defaultFill(variable.type)
        var marks = fill + (variable.numbers("missing_value") ?? []) + missing
        // A mark given in double precision meets data rounded to single.
        if variable.type == NC_FLOAT { marks += marks.map { Double(Float($0)) } }
        let range = variable.numbers("valid_range") ?? []
        let low = variable.numbers("valid_min")?.first ?? range.first ?? -.infinity
        let high = variable.numbers("valid_max")?.first ?? range.dropFirst().first ?? .infinity
        return { number in number.isNaN || marks.contains(number) || number < low || number > high }
    }

    /// What a library fills values with that were never written.
    private func defaultFill(_ type: nc_type) -> [Double] {
        switch type {
        case NC_SHORT: [-32_767]
        case NC_INT: [-2_147_483_647]
        case NC_FLOAT, NC_DOUBLE: [9.969_209_968_386_869e36]
        default: []
        }
    }
}
