import Formulas
import Studies

/// A column of a file as observations of a formula of the state.
///
///     - {file: pelts.csv, time: {column: year}, of: log(hare), column: hare, transform: log, error: 0.3}
struct ObservedTable: Sendable {
    enum ErrorSize: Sendable {
        case given(Double)
        case column(String)
        /// A share of the value.
        case relative(Double)
        case unknown(Distribution)
    }
    /// The place on an axis: a number, or the column that holds it.
    enum Place: Sendable {
        case at(Double)
        case column(String)
    }

    var name: String
    var formula: String
    var source: DataSource
    /// By axis.
    var places: [String: Place]
    var transform: ValueTransform?
    var error: ErrorSize
    var valid: ClosedRange<Double>?
    /// The least time between two values that are used; nil: all are.
    var thinning: Double?
    /// The prior of a constant that the values have beside the formula.
    var bias: Distribution?
    var units: String
    let node: ConfigurationNode
    /// The node of the formula; the entry where it is the column's name.
    let formulaNode: ConfigurationNode

    /// Where a table is, and how it is read.
    static let sourceKeys = KeyTable(
        ["file", "format", "delimiter", "comment", "header", "decimal", "thousands", "missing", "time", "select"].map {
            DataSource.keys[$0]
        })

    static let keys =
        sourceKeys
        + KeyTable(
            .text("name", .optional("the column"), "Its name in results."),
            .text("of", .optional("the column"), "The formula of the state that is observed."),
            .text("column", .optional("the formula"), "The column of a CSV file, or the variable of a NetCDF file."),
            ConfigurationKey(
                "at", .names(.either(.number(.any), .mapping(DataSource.columnKeys))),
                .optional("the formula is a number"),
                "The place of each axis of a field, by its name: a number, or the column that holds it. Values between "
                    + "points are interpolated."),
            ConfigurationKey(
                "transform", .either(.choice(["log", "sqrt"]), .mapping(ValueTransform.keys)), .optional("none"),
                "Under which values are compared with the formula."),
            ConfigurationKey(
                "error", .either(.number(.positive), .mapping(errorKeys)), .required, unit: "standard deviation",
                "The error of a value, after the transform."),
            ConfigurationKey(
                "valid", .list(.number(.any)), .optional("all numbers"),
                "[least, greatest] value that can be right, before the transform; others are not used."),
            .number(
                "thin", .positive, .optional("all values"), unit: "time",
                "The least time between two values that are used."),
            .text("bias", .optional("none"), "The prior of a constant that the values have beside the formula."),
            .text("units", .optional("none"), "The unit of the values, as UDUNITS writes it."))

    static let errorKeys = KeyTable(
        .text("column", .optional("none"), "The column that holds the standard deviation of each value."),
        .number("relative", .positive, .optional("none"), unit: "share", "A share of the value; not with a transform."),
        .text("estimate", .optional("none"), "The prior of a standard deviation that is estimated."))

    init(_ node: ConfigurationNode, hasUnit: Bool) throws(InputError) {
        self = try node.mapping(Self.keys) { (keys) throws(InputError) in
            try ObservedTable(&keys, node, hasUnit: hasUnit)
        }
    }

    private init(
        _ keys: inout ConfigurationMapping, _ node: ConfigurationNode, hasUnit: Bool
    ) throws(InputError) {
        self.node = node
        let (of, column) = (keys.optional("of"), try keys.optionalText("column"))
        guard let formula = try of?.string() ?? column else {
            throw node.error(
                "neither 'of' nor 'column'", expected: "a formula of the state, and the column of its values")
        }
        (self.formula, formulaNode) = (formula, of ?? node)
        let values = column ?? formula
        name = try keys.optionalText("name") ?? values
        source = try Self.source(&keys, node, column: values, hasUnit: hasUnit)
        places = [:]
        for (axis, place) in try keys.optional("at")?.named() ?? [] {
            if place.isMapping {
                places[axis] = .column(
                    try place.mapping(DataSource.columnKeys) { (keys) throws(InputError) in try keys.text("column") })
            } else {
                places[axis] = .at(try place.number())
            }
        }
        transform = try keys.optional("transform").map(ValueTransform.init)
        error = try Self.error(try keys.required("error"), isTransformed: transform != nil)
        valid = try keys.optional("valid").map { (node) throws(InputError) in try DataSource.range(node) }
        thinning = try keys.optionalNumber("thin")
        bias = try keys.optional("bias").map { (node) throws(InputError) in try SystemKeys.distribution(node) }
        units = try keys.optionalText("units") ?? ""
        if case .column(let column) = error { source.variables[0].error = .column(column) }
        source.variables += placeColumns.map { VariableMapping(ObservationTable.Variable($0), column: $0) }
        // Values may share a time: they are told apart by their places, or are repeated measurements.
        source.aggregation = .last
    }

    /// The source of a table with one variable.
    static func source(
        _ keys: inout ConfigurationMapping, _ node: ConfigurationNode, column: String, hasUnit: Bool
    ) throws(InputError) -> DataSource {
        let file = FilePath.join(FilePath.folder(of: node.place.file), try keys.text("file"))
        let isNetCDF = ["nc", "nc4", "cdf", "netcdf"].contains(FilePath.fileExtension(of: file))
        let format: DataSource.Format = try keys.optional("format")?.choice() ?? (isNetCDF ? .netcdf : .csv)
        var layout = try DataSource.layout(&keys, format: format, file: file)
        if !hasUnit, case .csv(let csv, time: .one(let name, .iso8601)) = layout.format {
            layout.format = .csv(csv, time: .one(name, .plain))
        }
        var variable = VariableMapping(ObservationTable.Variable(column), column: column)
        variable.selection = try DataSource.selection(keys.optional("select"))
        var source = DataSource(file: file, layout: layout.format, variables: [variable])
        (source.clock, source.pivot) = (layout.clock, layout.pivot)
        return source
    }

    private static func error(_ node: ConfigurationNode, isTransformed: Bool) throws(InputError) -> ErrorSize {
        guard node.isMapping else { return .given(try node.number(.positive)) }
        return try node.mapping(errorKeys) { (keys) throws(InputError) in
            if let column = try keys.optionalText("column") { return .column(column) }
            if let prior = keys.optional("estimate") { return .unknown(try SystemKeys.positive(prior)) }
            let place = try keys.required("relative")
            if isTransformed { throw place.error("a relative error under a transform", expected: "a number") }
            return .relative(try place.number(.positive))
        }
    }

    /// The columns that are read beside the values, for the places of fields.
    var placeColumns: [String] {
        places.values.compactMap { if case .column(let name) = $0 { name } else { nil } }.sorted()
    }
}
