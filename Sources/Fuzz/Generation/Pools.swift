/// Texts and numbers that often stand where they were not expected.
enum Pool {
    static let numbers = [
        "0", "-0", "1", "-1", "2", "0.5", "1e-3", "12", "100", "1e4", "1e6", "1e9", "1e17", "1e308", "-1e308", "1e-308",
        "5e-324", "1e999",
        "9223372036854775807", "-9223372036854775808", "9223372036854775808", "18446744073709551616", "2147483648",
        "4294967296",
        "1000000007", ".inf", "-.inf", "inf", "-Infinity", "nan", ".nan", "NaN", "NA", "0x1F", "0b1", "0o17", "1_000",
        "1,5", "+7",
        "1.", ".5", "1e", "--1", "٣", "½", "99999999999999999999999999999999999999999999999999",
        "0.1000000000000000055511151231257827021181583404541015625",
    ]

    static let times = [
        "1990", "1990-01", "1990-13", "1990-00", "1990-02-29", "1990-02-30", "1992-02-29", "1990-01-01T24:00",
        "1990-01-01T23:60",
        "1990-01-01T00:00:00Z", "1990-01-01T00:00:00+14:00", "1990-01-01T00:00-25:00", "0000-01", "-0001-01-01",
        "9999-12-31", "10000-01-01",
        "99999999-01-01", "1582-10-10", "1990-W01", "1990-001", "01.02.1990", "2/1/1990", "1990-1-1", "19900101",
        "1990Q1", "1990.5", "1990.9999999",
    ]

    static let words = [
        "", " ", "a", "b", "c", "month", "2 months", "0 months", "-1 month", "year", "6 hours",
        "9223372036854775807 seconds", "1e9 years",
        "week", "minute", "0.001 seconds", "true", "false", "yes", "null", "~", "none", "mean", "median", "last", "sum",
        "etkf", "enkf",
        "letkf", "3dvar", "csv", "netcdf", "time", "date", "log", "sqrt", "\t", "\u{0}", "é", "\u{202E}abc", "🌧",
        "a\nb", "..", ".",
        "../../../etc/passwd", "/dev/null", "a/b", "data.csv", "config.yaml", "%s%n", "{}", "[]", "*x", "&x", "!!int 3",
        "- - -", "#", "\"", "'",
        "days since 1990-01-01", "months since 1990", "seconds since", "truth", "models/x", "yyyy-MM-dd", "yyyy",
        "HH:mm",
    ]
}

extension Generator {
    /// A text that a file might have in a field.
    mutating func text() -> String {
        switch int(0...9) {
        case 0...3: pick(Pool.numbers)
        case 4, 5: pick(Pool.times)
        case 6...8: pick(Pool.words)
        default: String(repeating: pick(["x", "9", "-", "[", "é"]), count: pick([10, 300, 5000, 100_000]))
        }
    }
}
