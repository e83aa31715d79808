import CNetCDF
import Studies

/// A NetCDF file of variables in time, from which tables of observations are taken.
///
/// Units and names that a mapping leaves out come from the file; numbers are read by ``NetCDFPacking``, then the scale
/// and offset of the mapping apply. A time belongs to the interval that its `bounds` give, whatever instant of it its
/// stamp is; the row's time is then the interval's beginning.
///
/// Calendars: `standard`, `gregorian`, `proleptic_gregorian`; others are refused. In `standard`, dates before 15
/// October 1582 are those of the Julian calendar, by which they are called here too.
///
/// Reference: *NetCDF Climate and Forecast Metadata Conventions* 1.11, sections 2.5.1, 4.4, 7.1 and 8.1.
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
        try table(time: time, variables: variables, reading: TableReading())
    }

    func table(
        time: String, variables: [VariableMapping], reading: TableReading
    ) throws(InputError) -> ObservationTable {
        try NetCDFLibrary.exclusively { () throws(InputError) in
            let dataset = try NetCDFDataset(opening: file)
            let all = try dataset.variables()
            let timeVariable = try find(time, in: all)
            let place = { (row: Int) in self.place(timeVariable.name, row) }
            let stamps = try NetCDFTimes(file: file, variable: timeVariable, all: all, missing: missing).stamps(dataset)
            let (times, clock) = try stamps.instants(clock: reading.clock, step: reading.step, place: place)
            var rows = TableRows(times: times, clock: clock, file: file)
            for mapping in variables {
                let stored = try find(mapping.column, in: all)
                let (series, hidden) = try numbers(stored, mapping, along: timeVariable, all, dataset)
                if hidden > 0 {
                    let text = "valid range of '\(stored.name)' hides \(hidden) of \(series.count) values"
                    if hidden == series.count {
                        throw InputError(
                            .data, at: .init(file, path: stored.name), "the \(text)",
                            expected: "a range of the stored numbers, or of the type of scale_factor for unpacked ones")
                    }
                    rows.warn("the \(text)")
                }
                var deviations: [Double]?
                if case .column(let name) = mapping.error {
                    deviations = try numbers(try find(name, in: all), mapping, along: timeVariable, all, dataset).0
                }
                let converter = SeriesConverter(
                    mapping: mapping, place: { self.place(mapping.column, $0) },
                    placeOfAll: .init(file, path: mapping.column))
                var described = mapping
                described.variable = self.described(mapping.variable, by: stored)
                try rows.append(described, series, deviations, nil, converter)
            }
            return try rows.table(isAggregated: reading.isAggregated, place: place)
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

    /// The numbers of a variable along time, at the selected place of its other dimensions; NaN where missing.
    private func numbers(
        _ variable: NetCDFDataset.Variable, _ mapping: VariableMapping, along time: NetCDFDataset.Variable,
        _ all: [NetCDFDataset.Variable], _ dataset: borrowing NetCDFDataset
    ) throws(InputError) -> ([Double], hidden: Int) {
        guard (NC_BYTE...NC_UINT64).contains(variable.type), variable.type != NC_CHAR else {
            throw InputError(.data, at: .init(file, path: variable.name), "is not numeric", expected: "numbers")
        }
        let selection = NetCDFSelection(file: file, all: all)
        let places = try selection.places(mapping.selection, of: variable, dataset)
        let axis = time.dimensions[0]
        let isSeries =
            variable.count < .max && variable.dimensions.contains(axis)
            && variable.dimensions.allSatisfy { $0 == axis || $0.length == 1 || places[$0.name] != nil }
        guard isSeries else {
            let shape = variable.dimensions.map { "\($0.name) = \($0.length)" }.joined(separator: ", ")
            throw InputError(
                .data, at: .init(file, path: variable.name), "has the dimensions (\(shape))",
                expected: "(\(axis.name) = \(axis.length)), others of length 1")
        }
        // Row-major: the distance of neighbours in time, and the place of the first.
        var (stride, first, step) = (1, 0, 0)
        for dimension in variable.dimensions.reversed() {
            if dimension == axis { step = stride } else { first += stride * (places[dimension.name] ?? 0) }
            stride *= dimension.length
        }
        let values = try NetCDFPacking(variable, missing: missing).values(
            dataset, from: first, every: step, count: axis.length)
        return (values.numbers, values.hidden)
    }
}

/// Places along dimensions other than time: one station of several.
struct NetCDFSelection {
    let file: String
    let all: [NetCDFDataset.Variable]

    /// The index along each selected dimension, by its name.
    ///
    /// A key is a dimension or a variable along it; a text is looked for among the variable's values, or in the texts
    /// along the dimension; without any, a whole number is a position from 1.
    func places(
        _ selection: [String: SelectionLabel], of variable: NetCDFDataset.Variable, _ dataset: borrowing NetCDFDataset
    ) throws(InputError) -> [String: Int] {
        var places: [String: Int] = [:]
        for (key, label) in selection.sorted(by: { $0.key < $1.key }) {
            let named = all.first { $0.name == key }
            let name = variable.dimensions.contains { $0.name == key } ? key : named?.dimensions.first?.name
            guard let dimension = variable.dimensions.first(where: { $0.name == name }) else {
                throw InputError(
                    .data, at: .init(file, path: variable.name), "has no dimension \(key.quoted) to select from",
                    expected: Spelling.oneOf(variable.dimensions.map(\.name)))
            }
            places[dimension.name] = try index(label, key, along: dimension, named, dataset)
        }
        return places
    }

    private func index(
        _ label: SelectionLabel, _ key: String, along dimension: NetCDFFile.Dimension,
        _ named: NetCDFDataset.Variable?, _ dataset: borrowing NetCDFDataset
    ) throws(InputError) -> Int {
        let here = InputError.Place(file, path: key)
        let coordinate = named ?? texts(along: dimension)
        switch label {
        case .position(let position): return try checked(position, dimension, here)
        case .text(let text):
            guard let coordinate else {
                guard let position = Int(text) else {
                    throw InputError(
                        .data, at: here, "has no names to find \(text.quoted) among",
                        expected: "a position from 1 to \(dimension.length)")
                }
                return try checked(position, dimension, here)
            }
            let labels = try labels(coordinate, dataset)
            if let index = labels.firstIndex(of: text) { return index }
            if let number = Double(decimal: text),
                let index = labels.firstIndex(where: { label in
                    Double(decimal: label).map { abs($0 - number) <= 1e-6 * max(1, abs(number)) } ?? false
                })
            {
                return index
            }
            throw InputError(
                .data, at: here, "there is no \(text.quoted)",
                expected: Spelling.oneOf(Array(labels.prefix(12))) + (labels.count > 12 ? ", …" : ""))
        }
    }

    private func checked(
        _ position: Int, _ dimension: NetCDFFile.Dimension, _ here: InputError.Place
    ) throws(InputError) -> Int {
        guard position >= 1, position <= dimension.length else {
            throw InputError(
                .data, at: here, "there is no position \(position)", expected: "1 to \(dimension.length)")
        }
        return position - 1
    }

    /// A variable of texts along the dimension, first of all that of the stations' names.
    private func texts(along dimension: NetCDFFile.Dimension) -> NetCDFDataset.Variable? {
        let texts = all.filter { variable in
            variable.dimensions.first == dimension
                && (variable.type == NC_STRING && variable.dimensions.count == 1
                    || variable.type == NC_CHAR && variable.dimensions.count == 2)
        }
        return texts.first { $0.text("cf_role") != nil } ?? texts.first
    }

    private func labels(
        _ coordinate: NetCDFDataset.Variable, _ dataset: borrowing NetCDFDataset
    ) throws(InputError) -> [String] {
        if coordinate.type == NC_STRING || coordinate.type == NC_CHAR { return try dataset.texts(coordinate) }
        return try dataset.numbers(coordinate).map { NumberText.plain($0) }
    }
}
