/// The key `time` of a section `data`.
enum DataTimes {
    /// Where the times of a table of text are.
    static func columns(
        _ node: ConfigurationNode
    ) throws(InputError) -> (columns: TimeColumns, clock: FileClock?, pivot: Int?) {
        try node.mapping(DataSource.timeKeys) { (keys) throws(InputError) in
            let clock = try clock(&keys)
            if let year = try keys.optionalText("year") {
                return (try months(year, &keys), clock, try keys.optionalInteger("pivot"))
            }
            if let columns = keys.optional("columns") { return try parts(columns, &keys, clock) }
            let column = try keys.required("column").string()
            return (.one(column, try format(&keys) ?? .iso8601), clock, nil)
        }
    }

    static func clock(_ keys: inout ConfigurationMapping) throws(InputError) -> FileClock? {
        guard let node = keys.optional("zone") else { return nil }
        let text = try node.string()
        guard let clock = FileClock(text) else {
            throw node.error(
                "\(text.quoted) is no zone of time", expected: "UTC, +01:00, or a name such as Europe/Berlin")
        }
        return clock
    }

    private static func months(_ year: String, _ keys: inout ConfigurationMapping) throws(InputError) -> TimeColumns {
        guard let node = keys.optional("months") else { return .months(year: year, []) }
        var names: [String] = []
        for entry in try node.nonEmptyList() { names.append(try entry.string()) }
        guard names.count == 12, Set(names).count == 12 else {
            throw node.error("\(names.count) columns of months", expected: "twelve different ones")
        }
        return .months(year: year, names)
    }

    private static func parts(
        _ node: ConfigurationNode, _ keys: inout ConfigurationMapping, _ clock: FileClock?
    ) throws(InputError) -> (columns: TimeColumns, clock: FileClock?, pivot: Int?) {
        var names: [String] = []
        for column in try node.nonEmptyList() { names.append(try column.string()) }
        guard names.count <= TimeColumns.partNames.count, Set(names).count == names.count else {
            throw node.error(
                "\(names.joined(separator: ", ")) cannot be the columns of a time",
                expected: "different columns for \(TimeColumns.partNames.joined(separator: ", "))")
        }
        if let format = try format(&keys) { return (.joined(names, format), clock, nil) }
        return (.parts(names), clock, try keys.optionalInteger("pivot"))
    }

    private static func format(_ keys: inout ConfigurationMapping) throws(InputError) -> TimeFormat? {
        guard let node = keys.optional("format") else { return nil }
        let text = try node.string()
        guard let format = TimeFormat(text) else {
            throw node.error("\(text.quoted) is no format of times", expected: TimeFormat.expectation)
        }
        guard case .pattern(var pattern) = format, pattern.hasTwoDigitYears else { return format }
        if let pivot = try keys.optionalInteger("pivot") { pattern.pivot = pivot }
        return .pattern(pattern)
    }
}
