extension DataSource {
    /// The keys of the section `data`.
    static let keys = KeyTable(
        .text("file", .required, "The file, from the folder of the configuration."),
        ConfigurationKey(
            "format", .choice(["csv", "netcdf"]), .optional("by the file's extension"), "The format of the file."),
        ConfigurationKey(
            "delimiter", .either(.text, .mapping(delimiterKeys)),
            .optional("a comma; a tab in .tsv and .tab; a semicolon where 'decimal' is a comma"),
            "CSV: one character between fields, or 'tab', or 'blanks' for any number of them, or widths of columns."),
        .text("comment", .usual("'#'"), "CSV: the start of lines that hold no data; '' for none."),
        ConfigurationKey(
            "header", .either(.choice(["none"]), .mapping(headerKeys)), .optional("the first line names the columns"),
            "CSV: where the names of the columns are; 'none' calls them 1, 2, 3, …"),
        ConfigurationKey(
            "decimal", .choice([".", ","]), .usual("'.'"), "CSV: the mark before the fraction of a number."),
        ConfigurationKey(
            "thousands", .choice([".", ",", "'", " "]), .optional("none: such a number is an error"),
            "CSV: the mark between groups of three digits."),
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
        .number(
            "complete", .within(0...1), .optional("1 for a sum, 0 for all others"), unit: "fraction",
            "The part of its values that a step must hold, by the spacing of the rows; with less it is missing."),
        ConfigurationKey(
            "select", .mapping(selectKeys), .optional("all rows; NetCDF: other dimensions have the length 1"),
            "Which rows, or which place along other dimensions, all variables are read from."),
        .mappings("variables", variableKeys, .required, "The variables."))

    static let delimiterKeys = KeyTable(
        .integers("widths", 1...10_000, .required, unit: "characters", "Columns of fixed widths, from left to right."))

    static let headerKeys = KeyTable(
        .integer(
            "line", 1...1_000_000, .optional("the first that is no comment"),
            "The line that holds the names, from 1; it may be a comment, and lines above it are passed over."),
        ConfigurationKey("names", .list(.text), .optional("those in the file"), "The names, where the file has none."),
        .integer("skip", 0...100_000, .usual("0"), unit: "rows", "Rows below the names that hold units or types."))

    static let timeKeys = KeyTable(
        .text("column", .optional("'columns'"), "CSV: the column of the times."),
        .text(
            "format", .optional("ISO 8601"),
            "CSV: as dd.MM.yyyy, decimal year, days since 1950-01-01; of 'columns' joined by blanks, too."),
        ConfigurationKey(
            "columns", .list(.text), .optional("'column'"),
            "CSV: the columns of year, month, day, hour and minute, as many as there are; with 'format' those it reads."
        ),
        .text("year", .optional("'column'"), "CSV: the column of the year in a table with a row for each year."),
        ConfigurationKey(
            "months", .list(.text), .optional("the twelve columns after 'year'"), "CSV: the columns of the months."),
        .integer(
            "pivot", 0...9900, .optional("1969 in formats; years in 'columns' are taken as they are"),
            "CSV: the first of the hundred years that two digits stand for."),
        .text("variable", .optional("time"), "NetCDF: the variable of the times."),
        .text(
            "zone", .optional("the offset of the stamps; without one, UTC"),
            "The local time of stamps without an offset: +01:00, UTC, Europe/Berlin; days and months are its own, and "
                + "results tell it."))

    /// Its keys are names of the file.
    static let selectKeys = KeyTable(
        ConfigurationKey(
            "NAME", .either(.text, .mapping(positionKeys)), .optional("everything"),
            "CSV: the text in column NAME; NetCDF: a value along the dimension or variable NAME."))

    static let positionKeys = KeyTable(.integer("at", 1...1_000_000_000, .required, "The position, from 1."))

    static let variableKeys =
        KeyTable(
            .text("name", .required, "Its name in results."),
            ConfigurationKey(
                "column", .either(.text, .mapping(namedColumnKeys)), .optional("the name"),
                "The column of a CSV file, or the variable of a NetCDF file."),
            ConfigurationKey(
                "select", .mapping(selectKeys), .optional("that of the section"),
                "The variable's own rows, or place along other dimensions; adds to that of the section."))
        + conversionKeys
        + KeyTable(
            ConfigurationKey(
                "valid", .list(.number(.any)), .optional("all numbers"),
                "[least, greatest] value that can be right, after conversion; others are missing."),
            .number(
                "spike", .positive, .optional("none"), unit: "unit of the variable",
                "A value that exceeds, or falls below, both of its neighbours in time by more is missing."),
            ConfigurationKey(
                "error", .either(.number(.positive), .mapping(columnKeys)), .optional("estimated"),
                unit: "standard deviation",
                "The error of the observations: a number after conversion, or a column before it."),
            ConfigurationKey(
                "transform", .either(.choice(["log", "sqrt"]), .mapping(ValueTransform.keys)), .optional("none"),
                "Forecasts are learned and assimilated under it, and scored after its inverse."),
            ConfigurationKey(
                "truth", .either(.text, .mapping(truthKeys)), .optional("the observations"),
                "A column with which forecasts are compared, for scoring alone."),
            .text("units", .optional("none"), "The unit after conversion, as UDUNITS writes it."),
            .text("standard_name", .optional("none"), "The standard name of the CF conventions."),
            .text("long_name", .optional("the name"), "The name in figures and tables."))

    static let namedColumnKeys = KeyTable(
        .text("name", .optional("'at'"), "The name that several columns have."),
        .integer("nth", 1...100_000, .optional("the only one"), "Which column of that name, from 1."),
        .integer("at", 1...100_000, .optional("'name'"), "CSV: the position of the column, from 1."))

    static let columnKeys = KeyTable(.text("column", .required, "The column."))
    static let truthKeys = columnKeys + conversionKeys
    private static let conversionKeys = KeyTable(
        .number("scale", .any, .usual("1"), "The value is scale · number + offset; not 0."),
        .number("offset", .any, .usual("0"), "The value is scale · number + offset."))
}
