extension DataSource {
    enum Format: String, CaseIterable {
        case csv, netcdf
    }

    /// Reads the data section of a configuration by ``DataSource/keys``.
    ///
    ///     file: Data/nino.csv             # relative to the configuration's folder
    ///     time: {columns: [year, month]}  # or {column: date, format: yyyy-MM-dd}, or {variable: time}
    ///     missing: [-99.99]               # besides empty fields, NA and NaN
    ///     step: month                     # left out: the times stay as they are
    ///     aggregate: none                 # or mean, median, sum, min, max, last
    ///     variables:
    ///       - name: nino34
    ///         column: nino34              # by default the name
    ///         truth: nino34_anom          # for scoring only; or {column: …, scale: …, offset: …}
    ///         error: 0.1                  # standard deviation; or {column: …}
    ///         transform: log              # of forecasts: or sqrt, {log: OFFSET}, {box_cox: λ, offset: 0}
    public init(_ node: ConfigurationNode) throws(InputError) {
        self = try node.mapping(Self.keys) { (keys) throws(InputError) in
            let path = try keys.text("file")
            let file = FilePath.join(FilePath.folder(of: node.place.file), path)
            let isNetCDF = ["nc", "nc4", "cdf", "netcdf"].contains(FilePath.fileExtension(of: file))
            let format: Format = try keys.optional("format")?.choice() ?? (isNetCDF ? .netcdf : .csv)
            let layout = try Self.layout(&keys, format: format, file: file)
            let selection = try Self.selection(keys.optional("select"))
            let isOfMonths = if case .csv(_, .months) = layout.format { true } else { false }
            let (variables, truths) = try Self.variables(
                try keys.required("variables"), selection, format: format, isOfMonths: isOfMonths)
            let step = try keys.optional("step")?.timeStep()
            let aggregate = keys.optional("aggregate")
            if let aggregate, step == nil {
                throw aggregate.error(
                    "there is no step to aggregate to", expected: "the key 'step' next to 'aggregate'")
            }
            var source = DataSource(
                file: file, layout: layout.format, variables: variables, truths: truths, step: step,
                aggregation: try aggregate?.choice() ?? .none)
            (source.clock, source.pivot) = (layout.clock, layout.pivot)
            // Asked for only where it has an effect.
            if source.aggregation != .none { source.complete = try keys.optionalNumber("complete") }
            return source
        }
    }

    static func layout(
        _ keys: inout ConfigurationMapping, format: Format, file: String
    ) throws(InputError) -> (format: Layout, clock: FileClock?, pivot: Int?) {
        let missing = try keys.optional("missing")?.listOrSingle() ?? []
        switch format {
        case .csv:
            var csv = try csvFormat(&keys, file: file)
            for node in missing { csv.missing.append(try node.string()) }
            let time = try DataTimes.columns(try keys.required("time"))
            return (.csv(csv, time: time.columns), time.clock, time.pivot)
        case .netcdf:
            var numbers: [Double] = []
            for node in missing { numbers.append(try node.number()) }
            let time = try keys.optional("time")?.mapping(timeKeys) { (keys) throws(InputError) in
                (try keys.optionalText("variable"), try DataTimes.clock(&keys))
            }
            return (.netCDF(time: time?.0 ?? "time", missing: numbers), time?.1, nil)
        }
    }

    static func csvFormat(_ keys: inout ConfigurationMapping, file: String) throws(InputError) -> CSVFormat {
        var csv = CSVFormat()
        csv.decimal = try keys.value("decimal").choice(among: [".", ","]).first ?? "."
        if csv.decimal == "," { csv.delimiter = .character(";") }
        if ["tsv", "tab"].contains(FilePath.fileExtension(of: file)) { csv.delimiter = .character("\t") }
        if let node = keys.optional("delimiter") {
            csv.delimiter = try delimiter(node)
            if csv.delimiter == .character(csv.decimal) {
                throw node.error("\(csv.decimal) stands before fractions, too", expected: "another delimiter")
            }
        }
        if let node = keys.optional("thousands") {
            let mark = try node.choice(among: [".", ",", "'", " "]).first
            let isBlank = mark == " " && csv.delimiter == .blanks
            guard mark != csv.decimal, !isBlank, mark.map({ .character($0) != csv.delimiter }) ?? true else {
                throw node.error(
                    "has another meaning already", expected: "a mark that is neither decimal nor delimiter")
            }
            csv.thousands = mark
        }
        csv.comment = try keys.text("comment")
        if let node = keys.optional("header") { try readHeader(node, into: &csv) }
        return csv
    }

    private static func readHeader(_ node: ConfigurationNode, into csv: inout CSVFormat) throws(InputError) {
        guard node.isMapping else {
            _ = try node.choice(among: ["none"])
            csv.header = .none
            return
        }
        try node.mapping(headerKeys) { (keys) throws(InputError) in
            csv.rowsToSkip = try keys.integer("skip")
            if let names = try keys.optionalTexts("names") {
                csv.header = .names(names)
            } else if let line = try keys.optionalInteger("line") {
                csv.header = .line(line)
            }
        }
    }

    private static func delimiter(_ node: ConfigurationNode) throws(InputError) -> CSVFormat.Delimiter {
        if node.isMapping {
            return try node.mapping(delimiterKeys) { (keys) throws(InputError) in .widths(try keys.integers("widths")) }
        }
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

    /// Which rows or places are read; the keys are names of the file.
    static func selection(_ node: ConfigurationNode?) throws(InputError) -> [String: SelectionLabel] {
        var selection: [String: SelectionLabel] = [:]
        for (name, label) in try node?.named() ?? [] {
            guard label.isMapping else {
                selection[name] = .text(try label.string())
                continue
            }
            selection[name] = .position(
                try label.mapping(positionKeys) { (keys) throws(InputError) in try keys.integer("at") })
        }
        return selection
    }

    /// The variables and their truths.
    private static func variables(
        _ node: ConfigurationNode, _ selection: [String: SelectionLabel], format: Format, isOfMonths: Bool
    ) throws(InputError) -> (variables: [VariableMapping], truths: [VariableMapping]) {
        var variables: [VariableMapping] = []
        var truths: [VariableMapping] = []
        for entry in try node.nonEmptyList() {
            var (variable, truth) = try entry.mapping(variableKeys) { (keys) throws(InputError) in
                try mapping(&keys, format: format, isOfMonths: isOfMonths)
            }
            variable.selection = selection.merging(variable.selection) { $1 }
            truth?.selection = variable.selection
            if variables.contains(where: { $0.variable.name == variable.variable.name }) {
                throw entry.error("duplicate variable \(variable.variable.name.quoted)", expected: "each name once")
            }
            variables.append(variable)
            if let truth { truths.append(truth) }
        }
        return (variables, truths)
    }

    private static func mapping(
        _ keys: inout ConfigurationMapping, format: Format, isOfMonths: Bool
    ) throws(InputError) -> (VariableMapping, truth: VariableMapping?) {
        let name = try keys.text("name")
        let variable = ObservationTable.Variable(
            name, units: try keys.optionalText("units"), standardName: try keys.optionalText("standard_name"),
            longName: try keys.optionalText("long_name"))
        var mapping = VariableMapping(variable, column: name)
        if !isOfMonths, let node = keys.optional("column") { try readColumn(node, into: &mapping, format: format) }
        mapping.selection = try selection(keys.optional("select"))
        try readConversion(&keys, into: &mapping)
        if let node = keys.optional("valid") { mapping.grossErrors.valid = try range(node) }
        mapping.grossErrors.spike = try keys.optionalNumber("spike")
        if let node = keys.optional("error") {
            mapping.error = try error(node)
            if isOfMonths, node.isMapping {
                throw node.error("a table of months has no column of errors", expected: "a number")
            }
        }
        mapping.transform = try keys.optional("transform").map(ValueTransform.init)
        guard !isOfMonths, let node = keys.optional("truth") else { return (mapping, nil) }
        guard node.isMapping else { return (mapping, VariableMapping(variable, column: try node.string())) }
        let truth = try node.mapping(truthKeys) { (keys) throws(InputError) in
            var truth = VariableMapping(variable, column: try keys.text("column"))
            try readConversion(&keys, into: &truth)
            return truth
        }
        return (mapping, truth)
    }

    private static func readColumn(
        _ node: ConfigurationNode, into mapping: inout VariableMapping, format: Format
    ) throws(InputError) {
        guard node.isMapping, format == .csv else {
            mapping.column = try node.string()
            return
        }
        try node.mapping(namedColumnKeys) { (keys) throws(InputError) in
            if let position = try keys.optionalInteger("at") {
                mapping.position = position
            } else {
                mapping.column = try keys.required("name").string()
                mapping.nth = try keys.optionalInteger("nth")
            }
        }
    }

    private static func readConversion(
        _ keys: inout ConfigurationMapping, into mapping: inout VariableMapping
    ) throws(InputError) {
        if let node = keys.optional("scale") {
            mapping.scale = try node.number()
            if mapping.scale == 0 { throw node.error("0 loses every value", expected: "a number other than 0") }
        }
        mapping.offset = try keys.number("offset")
    }

    /// `[least, greatest]`
    static func range(_ node: ConfigurationNode) throws(InputError) -> ClosedRange<Double> {
        let nodes = try node.listOrSingle()
        guard nodes.count == 2 else {
            throw node.error("\(nodes.count) numbers are no range", expected: "[least, greatest]")
        }
        let (least, greatest) = (try nodes[0].number(), try nodes[1].number())
        guard least < greatest else {
            throw node.error("\(least) is not below \(greatest)", expected: "[least, greatest]")
        }
        return least...greatest
    }

    private static func error(_ node: ConfigurationNode) throws(InputError) -> VariableMapping.ObservationError {
        guard node.isMapping else { return .constant(try node.number(.positive)) }
        return try node.mapping(columnKeys) { (keys) throws(InputError) in .column(try keys.text("column")) }
    }
}
