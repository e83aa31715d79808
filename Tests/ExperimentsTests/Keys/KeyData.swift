import Foundation
import Testing

@testable import Experiments

/// Two invented series of twelve years in the forms that files have, and changes of the keys of `data`.
enum KeyData {
    /// `year,month,a,b`, a month a row.
    private static let rows: [(year: Int, month: Int, a: Double, b: Double)] = {
        var (a, b) = (0.0, 0.0)
        return (0..<144).map { t in
            a = 0.8 * a + 0.3 * ReportFixture.noise(t)
            b = 0.5 * a + 0.3 * b + 0.3 * ReportFixture.noise(1000 + t)
            let season = cos(2 * Double.pi * Double(t) / 12)
            return (1990 + t / 12, t % 12 + 1, 20 + 2 * season + a, 12 - season + b)
        }
    }()

    private static func text(_ number: Double) -> String { String(format: "%.3f", number) }

    private static func table(
        _ header: String, _ row: (_ year: Int, _ month: Int, _ a: String, _ b: String) -> String
    ) -> String {
        ([header].filter { !$0.isEmpty } + rows.map { row($0.year, $0.month, text($0.a), text($0.b)) })
            .joined(separator: "\n") + "\n"
    }

    /// A number of the column `a` as the file has it.
    static var firstNumber: String { text(rows[3].a) }

    private static let plain = table("year,month,a,b") { "\($0),\($1),\($2),\($3)" }

    static let files: [String: String] = [
        "data.csv": plain,
        "other.csv": plain.replacing(",21.", with: ",22."),
        "semicolons.csv": plain.replacing(",", with: ";"),
        "comments.csv": "% a comment\n" + plain,
        "commas.csv": table("year;month;a;b") {
            "\($0);\($1);\($2.replacing(".", with: ","));\($3.replacing(".", with: ","))"
        },
        "groups.csv": table("year,month,a,b") { "\($0),\($1),1'0\($2),1'0\($3)" },
        "widths.csv": table("") { year, month, a, b in
            "\(year)" + String(format: "%02d", month) + a + b
        },
        "names.csv": "A title\nyear,month,b,a\n" + plain,
        "nameless.csv": table("") { "\($0),\($1),\($2),\($3)" },
        "units.csv": plain.replacing("a,b\n", with: "a,b\n-,-,K,K\n"),
        "dates.csv": table("date,day,a,b") { year, month, a, b in
            let days = Instant(year: year, month: month).date.daysSince1970 - Instant(year: 1990).date.daysSince1970
            return "\(year)-\(String(format: "%02d", month)),\(days),\(a),\(b)"
        },
        "shifted.csv": table("year,month,later,a,b") { year, month, a, b in "\(year),\(month),\(13 - month),\(a),\(b)"
        },
        "short.csv": table("year,month,a,b") { "\($0 % 100),\($1),\($2),\($3)" },
        "twice.csv": table("year,month,a,a") { "\($0),\($1),\($2),\($3)" },
        "stations.csv": table("station,year,month,a,b") {
            "X,\($0),\($1),\($2),\($3)\nY,\($0),\($1),\($3),\($2)"
        },
        "years.csv": "year," + (1...12).map { "m\($0)" }.joined(separator: ",") + "\n"
            + (0..<12).map { year in
                "\(1990 + year)," + rows[12 * year..<12 * year + 12].map { text($0.a) }.joined(separator: ",")
            }.joined(separator: "\n") + "\n",
        "hours.csv": "time,a,b\n"
            + (0..<720).map { t in
                let cycle = 3 * cos(2 * Double.pi * Double(t) / 24)
                let stamp = String(format: "2001-01-%02dT%02d:00Z", t / 24 + 1, t % 24)
                return "\(stamp),\(text(rows[t % 144].a + cycle)),\(text(rows[t % 144].b))"
            }.joined(separator: "\n") + "\n",
    ]

    /// A folder with the files, for all tests of this process.
    static let folder: String = {
        let path = FileManager.default.temporaryDirectory.appending(
            path: "apus-keys-\(ProcessInfo.processInfo.processIdentifier)"
        ).path
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            for (name, text) in files { try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)")) }
            var file = NetCDFFile()
            file.addTime(rows.map { Instant(year: $0.year, month: $0.month) })
            file.addVariable(
                "when", on: ["time"], .numbers(rows.indices.map { Double(rows.count - 1 - $0) }),
                attributes: ["units": "months since 1990-01-01"])
            file.addCoordinate("level", .numbers([10, 20]))
            for (name, values) in [("a", rows.map(\.a)), ("b", rows.map(\.b))] {
                file.addVariable(name, on: ["time"], .numbers(values))
                file.addVariable("\(name)2", on: ["time", "level"], .numbers(values.flatMap { [$0, 1.1 * $0 * $0] }))
            }
            try file.write(to: path + "/data.nc")
        } catch { Issue.record("\(error)") }
        return path
    }()

    /// - Parameters:
    ///   - text: further keys.
    ///   - a: further keys of the variable `a`.
    ///   - b: whether there is a second variable.
    static func section(
        _ text: String = "", file: String = "data.csv", time: String = "{columns: [year, month]}", a: String = "",
        b: Bool = true
    ) -> String {
        "data: {file: \(file), time: \(time), step: month\(text), variables: [{name: a\(a)}\(b ? ", {name: b}" : "")]}"
    }

    static let header: [KeyChange] = [
        .init("name", "", "name: other", .text), .init("title", "", "title: Another", .text),
        .init("summary", "", "summary: Another sentence", .text), .init("output", "", "output: other", .text),
    ]

    static let split = "split: {train: [1990-01, 1995-12], validation: [1996-01, 1998-12], test: [1999-01, 2001-12]}"

    /// Changes of the keys of `data`, and of the periods.
    ///
    /// - Parameter two: whether there are two variables; the other kind has one, without truth and transform.
    static func changes(two: Bool, hours: String) -> [KeyChange] {
        let own: KeyChange.Effect = two ? .numbers : .refusal
        func form(_ path: String, _ file: String, _ before: String, _ after: String) -> KeyChange {
            .init("data.\(path)", section(", \(before)", file: file, b: two), section(", \(after)", file: file, b: two))
        }
        func times(
            _ path: String, _ file: String, _ before: String, _ after: String, _ effect: KeyChange.Effect = .numbers
        ) -> KeyChange {
            .init(
                "data.time.\(path)", section(file: file, time: before, b: two),
                section(file: file, time: after, b: two),
                effect)
        }
        /// Of times that are moved, with periods that are within the data before and after it.
        func late(_ path: String, _ file: String, _ before: String, _ after: String) -> KeyChange {
            let periods = "\n" + split.replacing("[1990-01", with: "[1991-01").replacing("2001-12", with: "2001-06")
            return .init(
                "data.time.\(path)", section(file: file, time: before, b: two) + periods,
                section(file: file, time: after, b: two) + periods)
        }
        func one(_ text: String) -> String { section(a: text.isEmpty ? "" : ", " + text, b: false) }
        func variable(
            _ path: String, _ before: String, _ after: String, _ effect: KeyChange.Effect = .numbers
        ) -> KeyChange { .init("data.variables[].\(path)", one(before), one(after), effect) }
        let single = "step: month, variables: [{name: a}]"
        func years(_ months: [Int]) -> String {
            "data: {file: years.csv, time: {year: year, months: [\(months.map { "m\($0)" }.joined(separator: ", "))]}, "
                + single + "}"
        }
        func levels(_ text: String, variable: String = "") -> String {
            "data: {file: data.nc, step: month\(text), variables: [{name: a, column: a2\(variable)}]}"
        }
        let dated = "{column: day, format: days since 1990-01-01}"
        let two2 = section(", aggregate: mean", b: two).replacing("step: month", with: "step: 2 months")
        return sources(two, form) + [
            times("column", "dates.csv", "{column: date}", "{column: day}", .refusal),
            late("format", "dates.csv", dated, dated.replacing("1990-01-01", with: "1990-02-01")),
            times("columns", "shifted.csv", "{columns: [year, month]}", "{columns: [later, month]}", .refusal),
            .init(
                "data.time.year", years(Array(1...12)), years(Array(1...12)).replacing("year: year", with: "year: m1"),
                .refusal),
            .init("data.time.months", years(Array(1...12)), years([2, 1] + Array(3...12))),
            times(
                "pivot", "short.csv", "{columns: [year, month], pivot: 1950}", "{columns: [year, month], pivot: 1890}",
                .refusal),
            .init(
                "data.time.variable", section(file: "data.nc", time: "{variable: time}", b: two),
                section(file: "data.nc", time: "{variable: when}", b: two)),
            .init("data.time.zone", hours, hours.replacing("{column: time}", with: "{column: time, zone: \"+05:00\"}")),
            .init("data.select.NAME", levels(", select: {level: 10}"), levels(", select: {level: 20}")),
            .init("data.select.NAME.at", levels(", select: {level: {at: 1}}"), levels(", select: {level: {at: 2}}")),
            .init(
                "data.variables[].select.NAME", levels("", variable: ", select: {level: 10}"),
                levels("", variable: ", select: {level: 20}")),
            .init(
                "data.variables[].select.NAME.at", levels("", variable: ", select: {level: {at: 1}}"),
                levels("", variable: ", select: {level: {at: 2}}")),
            .init("data.step", section(", aggregate: mean", b: two), two2),
            .init("data.aggregate", two2, two2.replacing("mean", with: "max")),
            .init(
                "data.complete", two2.replacing("mean", with: "mean, missing: [\(text(rows[7].a))]"),
                two2.replacing("mean", with: "mean, missing: [\(text(rows[7].a))], complete: 1")),
            .init(
                "data.variables[].name", one(""), section(b: false).replacing("name: a", with: "name: c, column: a"),
                two ? .refusal : .text),
            variable("column", "", "column: b"),
            variable("column.name", "column: {name: a}", "column: {name: b}"),
            .init(
                "data.variables[].column.nth", section(file: "twice.csv", a: ", column: {name: a, nth: 1}", b: false),
                section(file: "twice.csv", a: ", column: {name: a, nth: 2}", b: false)),
            variable("column.at", "column: {at: 3}", "column: {at: 4}"),
            variable("scale", "", "scale: 2"), variable("offset", "", "offset: 2"),
            variable("valid", "", "valid: [0, 22]"), variable("spike", "", "spike: 0.1"),
            variable("error", "error: 0.1", "error: 0.5"),
            variable("error.column", "error: 0.1", "error: {column: b}"),
            variable("transform", "", "transform: log", own),
            variable("transform.log", two ? "transform: log" : "", "transform: {log: 5}", own),
            variable("transform.box_cox", two ? "transform: sqrt" : "", "transform: {box_cox: 0.2}", own),
            variable(
                "transform.offset", two ? "transform: {box_cox: 0.2}" : "", "transform: {box_cox: 0.2, offset: 5}",
                own),
            variable("truth", "", "truth: b", own), variable("truth.column", "", "truth: {column: b}", own),
            variable("truth.scale", two ? "truth: b" : "", "truth: {column: b, scale: 2}", own),
            variable("truth.offset", two ? "truth: b" : "", "truth: {column: b, offset: 2}", own),
            variable("units", "", "units: degC", .text),
            variable("standard_name", "", "standard_name: air_temperature", .text),
            variable("long_name", "", "long_name: Air", .text),
        ] + periods
    }

    /// Where the file is and how it is written.
    private static func sources(
        _ two: Bool, _ form: (String, String, String, String) -> KeyChange
    ) -> [KeyChange] {
        func data(_ text: String, _ file: String) -> String { section(text, file: file, b: two) }
        return [
            .init("data.file", "", data("", "other.csv")),
            .init("data.format", "", data(", format: netcdf", "data.csv"), .refusal),
            .init("data.delimiter", data(", delimiter: ';'", "semicolons.csv"), data("", "semicolons.csv"), .refusal),
            form(
                "delimiter.widths", "widths.csv",
                "delimiter: {widths: [4, 2, 6, 6]}, header: {names: [year, month, a, b]}",
                "delimiter: {widths: [4, 2, 5, 7]}, header: {names: [year, month, a, b]}"),
            .init("data.comment", data(", comment: '%'", "comments.csv"), data("", "comments.csv"), .refusal),
            .init(
                "data.header", data(", header: {names: [year, month, a, b]}", "nameless.csv"),
                data(", header: none", "nameless.csv"), .refusal),
            form("header.line", "names.csv", "header: {line: 3}", "header: {line: 2, skip: 1}"),
            form(
                "header.names", "nameless.csv", "header: {names: [year, month, a, b]}",
                "header: {names: [year, month, b, a]}"),
            .init(
                "data.header.skip", data(", header: {skip: 1}", "units.csv"), data("", "units.csv"), .refusal),
            .init(
                "data.decimal", data(", delimiter: ';', decimal: ','", "commas.csv"),
                data(", delimiter: ';'", "commas.csv"), .refusal),
            .init("data.thousands", data(", thousands: \"'\"", "groups.csv"), data("", "groups.csv"), .refusal),
            form("missing", "data.csv", "missing: [-1]", "missing: [\(text(rows[3].a))]"),
        ]
    }

    private static let periods: [KeyChange] = [
        .init("split.train", "", split.replacing("1990-01", with: "1991-01")),
        .init("split.validation", "", split.replacing("1998-12", with: "1997-12")),
        .init("split.test", "", split.replacing("2001-12", with: "2001-06")),
        .init("bootstrap.resamples", "", "bootstrap: {resamples: 101}"),
    ]
}
