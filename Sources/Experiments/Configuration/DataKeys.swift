extension DataSource {
    /// The keys of the section `data`.
    static let keys = KeyTable(
        .text("file", .required, "The file, from the folder of the configuration."),
        ConfigurationKey(
            "format", .choice(["csv", "netcdf"]), .optional("by the file's extension"), "The format of the file."),
        .text(
            "delimiter", .optional("a comma; a tab in .tsv and .tab"),
            "CSV: one character between fields, or 'tab', or 'blanks' for any number of them."),
        .text("comment", .optional("no comments"), "CSV: the start of lines that hold no data."),
        ConfigurationKey(
            "missing", .either(.list(.number(.any)), .list(.text)), .optional("empty fields, NA and NaN alone"),
            "Values that stand for missing ones, besides those; in CSV as they are written."),
        ConfigurationKey(
            "time", .mapping(timeKeys), .optional("NetCDF: the variable 'time'; CSV: required"),
            "Where the times are."),
        ConfigurationKey(
            "step", .step, .optional("times stay as they are; a forecast needs a step"),
            "The regular step to which the observations are brought."),
        .choice(
            "aggregate", Aggregation.self, .optional("none: two values in a step are an error"),
            "How the values of a step become one."),
        .mappings("variables", variableKeys, .required, "The variables."))

    static let timeKeys = KeyTable(
        .text("column", .optional("'columns'"), "CSV: the column of the times."),
        .text("format", .optional("ISO 8601"), "CSV: the format of 'column', as dd.MM.yyyy."),
        ConfigurationKey(
            "columns", .list(.text), .optional("'column'"),
            "CSV: the columns of year, month, day, hour and minute, as many as there are."),
        .text("variable", .optional("time"), "NetCDF: the variable of the times."))

    static let variableKeys =
        KeyTable(
            .text("name", .required, "Its name in results."),
            .text("column", .optional("the name"), "The column of a CSV file, or the variable of a NetCDF file."))
        + conversionKeys
        + KeyTable(
            ConfigurationKey(
                "error", .either(.number(.positive), .mapping(columnKeys)), .optional("estimated"),
                unit: "standard deviation",
                "The error of the observations: a number after conversion, or a column before it."),
            ConfigurationKey(
                "truth", .either(.text, .mapping(truthKeys)), .optional("the observations"),
                "A column with which forecasts are compared, for scoring alone."),
            .text("units", .optional("none"), "The unit after conversion, as UDUNITS writes it."),
            .text("standard_name", .optional("none"), "The standard name of the CF conventions."),
            .text("long_name", .optional("the name"), "The name in figures and tables."))

    static let columnKeys = KeyTable(.text("column", .required, "The column."))
    static let truthKeys = columnKeys + conversionKeys
    private static let conversionKeys = KeyTable(
        .number("scale", .any, .usual("1"), "The value is scale · number + offset; not 0."),
        .number("offset", .any, .usual("0"), "The value is scale · number + offset."))
}
