extension DataSource {
    private enum Format: String, CaseIterable {
        case csv, netcdf
    }

    /// Reads the data section of a configuration.
    ///
    ///     file: Data/nino.csv             # relative to the configuration's folder
    ///     format: csv                     # or netcdf; by default what the file's extension says
    ///     delimiter: ","                  # CSV: one character, tab or blanks
    ///     comment: "#"                    # CSV: what begins a line that is no data
    ///     missing: [-99.99]               # besides empty fields, NA and NaN
    ///     time: {columns: [year, month]}  # or {column: date, format: yyyy-MM-dd}, or {variable: time}
    ///     step: month                     # left out: the times stay as they are
    ///     aggregate: none                 # or mean, median, last
    ///     variables:
    ///       - name: nino34
    ///         column: nino34              # by default the name
    ///         truth: nino34_anom          # for scoring only; or {column: …, scale: …, offset: …}
    ///         units: degC
    ///         standard_name: sea_surface_temperature
    ///         long_name: Niño 3.4
    ///         scale: 1                    # value = scale · number + offset
    ///         offset: 0
    ///         error: 0.1                  # standard deviation; or {column: …}
    public init(_ node: ConfigurationNode) throws(InputError) {
        self = try node.mapping(Self.keys) { (keys) throws(InputError) in
            let path = try keys.required("file").string()
            let file = FilePath.join(FilePath.folder(of: node.place.file), path)
            let isNetCDF = ["nc", "nc4", "cdf", "netcdf"].contains(FilePath.fileExtension(of: file))
            let format: Format = try keys.optional("format")?.choice() ?? (isNetCDF ? .netcdf : .csv)
            let layout = try Self.layout(&keys, format: format, file: file)
            let (variables, truths) = try Self.variables(try keys.required("variables"))
            let step = try keys.optional("step")?.timeStep()
            let aggregate = keys.optional("aggregate")
            if let aggregate, step == nil {
                throw aggregate.error(
                    "there is no step to aggregate to", expected: "the key 'step' next to 'aggregate'")
            }
            return DataSource(
                file: file, layout: layout, variables: variables, truths: truths, step: step,
                aggregation: try aggregate?.choice() ?? .none)
        }
    }

    private static func layout(
        _ keys: inout ConfigurationMapping, format: Format, file: String
    ) throws(InputError) -> Layout {
        let missing = try keys.optional("missing")?.listOrSingle() ?? []
        switch format {
        case .csv:
            var csv = CSVFormat()
            if ["tsv", "tab"].contains(FilePath.fileExtension(of: file)) { csv.delimiter = .character("\t") }
            if let node = keys.optional("delimiter") { csv.delimiter = try delimiter(node) }
            if let node = keys.optional("comment") { csv.comment = try node.string() }
            for node in missing { csv.missing.append(try node.string()) }
            return .csv(csv, time: try timeColumns(try keys.required("time")))
        case .netcdf:
            var numbers: [Double] = []
            for node in missing { numbers.append(try node.number()) }
            let time = try keys.optional("time")?.mapping(Self.timeKeys) { (keys) throws(InputError) in
                try keys.required("variable").string()
            }
            return .netCDF(time: time ?? "time", missing: numbers)
        }
    }

    private static func delimiter(_ node: ConfigurationNode) throws(InputError) -> CSVFormat.Delimiter {
        let text = try node.string()
        switch text {
        case "blanks": return .blanks
        case "tab", "\t": return .character("\t")
        default:
            guard text.count == 1, let character = text.first, character.isASCII, !character.isLetter,
                !character.isNumber, !"\"\r\n.-+".contains(character), character != "\r\n"
            else { throw node.error("\(text.quoted) cannot be a delimiter", expected: "one character, tab or blanks") }
            return character == " " ? .blanks : .character(character)
        }
    }

    private static func timeColumns(_ node: ConfigurationNode) throws(InputError) -> TimeColumns {
        try node.mapping(timeKeys) { (keys) throws(InputError) in
            if let columns = keys.optional("columns") {
                var names: [String] = []
                for column in try columns.nonEmptyList() { names.append(try column.string()) }
                guard names.count <= TimeColumns.partNames.count, Set(names).count == names.count else {
                    throw columns.error(
                        "\(names.joined(separator: ", ")) cannot be the columns of a time",
                        expected: "different columns for \(TimeColumns.partNames.joined(separator: ", "))")
                }
                return .parts(names)
            }
            let column = try keys.required("column").string()
            guard let node = keys.optional("format") else { return .one(column, .iso8601) }
            let text = try node.string()
            guard let format = TimeFormat(text) else {
                throw node.error("\(text.quoted) is no format of times", expected: TimeFormat.expectation)
            }
            return .one(column, format)
        }
    }

    /// The variables and their truths.
    private static func variables(
        _ node: ConfigurationNode
    ) throws(InputError) -> (variables: [VariableMapping], truths: [VariableMapping]) {
        var variables: [VariableMapping] = []
        var truths: [VariableMapping] = []
        for entry in try node.nonEmptyList() {
            let (variable, truth) = try entry.mapping(variableKeys, mapping)
            if variables.contains(where: { $0.variable.name == variable.variable.name }) {
                throw entry.error("duplicate variable \(variable.variable.name.quoted)", expected: "each name once")
            }
            variables.append(variable)
            if let truth { truths.append(truth) }
        }
        return (variables, truths)
    }

    private static func mapping(
        _ keys: inout ConfigurationMapping
    ) throws(InputError) -> (VariableMapping, truth: VariableMapping?) {
        let name = try keys.required("name").string()
        let variable = ObservationTable.Variable(
            name, units: try keys.optional("units")?.string(),
            standardName: try keys.optional("standard_name")?.string(),
            longName: try keys.optional("long_name")?.string())
        var mapping = VariableMapping(variable, column: try keys.optional("column")?.string() ?? name)
        try readConversion(&keys, into: &mapping)
        if let node = keys.optional("error") { mapping.error = try error(node) }
        guard let node = keys.optional("truth") else { return (mapping, nil) }
        guard node.isMapping else { return (mapping, VariableMapping(variable, column: try node.string())) }
        let truth = try node.mapping(truthKeys) { (keys) throws(InputError) in
            var truth = VariableMapping(variable, column: try keys.required("column").string())
            try readConversion(&keys, into: &truth)
            return truth
        }
        return (mapping, truth)
    }

    private static func readConversion(
        _ keys: inout ConfigurationMapping, into mapping: inout VariableMapping
    ) throws(InputError) {
        if let node = keys.optional("scale") {
            mapping.scale = try node.number()
            if mapping.scale == 0 { throw node.error("0 loses every value", expected: "a number other than 0") }
        }
        if let node = keys.optional("offset") { mapping.offset = try node.number() }
    }

    private static func error(_ node: ConfigurationNode) throws(InputError) -> VariableMapping.ObservationError {
        guard node.isMapping else { return .constant(try node.number(.positive)) }
        return try node.mapping(columnKeys) { (keys) throws(InputError) in .column(try keys.required("column").string())
        }
    }
}
