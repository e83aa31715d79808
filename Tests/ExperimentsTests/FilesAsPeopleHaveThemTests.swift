import Foundation
import Tensors
import Testing

@testable import Experiments

/// Tables of text as they are published: names elsewhere, other marks, other shapes.
@Suite struct FilesAsPeopleHaveThemTests {
    /// The table of the section `data` in YAML, of a file with this text.
    private func tables(_ text: String, _ yaml: String) throws -> ObservationTable {
        try withTemporaryFolder { folder in
            try AtomicFile.write(text, to: folder + "/d.csv")
            let node = try ConfigurationNode(yaml: "{file: d.csv, \(yaml)}", file: folder + "/e.yaml")
            return try DataSource(node).read().observations
        }
    }

    private func line(_ text: String, _ yaml: String) -> String {
        let line = inputError { _ = try tables(text, yaml) }.line
        return line.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init) ?? line
    }

    private let x = "variables: [{name: x}]"

    @Test func namesMayStandElsewhere() throws {
        let buoy = "#YY  MM WTMP\n#yr  mo degC\n1980 01  18.0\n1980 02  17.5\n"
        for names in ["[YY, MM]", "['#YY', MM]"] {
            let table = try tables(
                buoy,
                "delimiter: blanks, header: {line: 1}, time: {columns: \(names)}, step: month, "
                    + "variables: [{name: x, column: WTMP}]")
            #expect(table.series(0) == [18, 17.5] && table.times[1] == Instant(year: 1980, month: 2))
        }
        #expect(
            line(buoy, "delimiter: blanks, time: {columns: ['#YY', MM]}, variables: [{name: x, column: WTMP}]")
                == "d.csv:3: no column '#YY'; line 1, which has it, was passed over as a comment: "
                + "'header: {line: 1}' takes the names from there (expected one of: 1980, 01, 18.0)")
        let rdb = "# water\n#\nagency\tyear\tmonth\tmean\n5s\t4s\t2s\t12n\nA\t1980\t1\t3.5\nA\t1980\t2\t4.5\n"
        let gauge = try tables(
            rdb, "delimiter: tab, header: {skip: 1}, time: {columns: [year, month]}, variables: [{name: mean}]")
        #expect(gauge.series(0) == [3.5, 4.5])
        let bare = "1980,1,2.5\n1980,2,3.5\n"
        #expect(
            try tables(bare, "header: none, time: {columns: ['1', '2']}, variables: [{name: x, column: '3'}]").series(0)
                == [2.5, 3.5])
        #expect(
            try tables(bare, "header: {names: [y, m, x]}, time: {columns: [y, m]}, \(x)").series(0) == [2.5, 3.5])
        #expect(
            try tables("a title\n\nyear,x\n1980,1\n", "header: {line: 3}, time: {column: year}, \(x)").series(0) == [1])
    }

    /// A long table of two stations with marks, a spike and a step that is none.
    @Test func grossErrorsAreMissingAndCounted() throws {
        let a = ["1", "2", "999.9", "3", "33", "4", "3", "23", "24", "-40", "25"]
        let b = ["5", "-99", "6", "7", "999.9", "8", "9", "9", "9", "9", "9"]
        let rows = a.indices.flatMap { ["1980-01-\(10 + $0),A,\(a[$0])", "1980-01-\(10 + $0),B,\(b[$0])"] }
        func variables(_ keys: String) -> String {
            let each = ["A", "B"].map { "{name: \($0), column: t, select: {s: \($0)}, units: degC, \(keys)}" }
            return "time: {column: d}, step: day, variables: [\(each.joined(separator: ", "))]"
        }
        let text = "d,s,t\n" + rows.joined(separator: "\n") + "\n"
        let table = try tables(text, variables("valid: [-50, 50], spike: 15"))
        #expect(table.series(0) == [1, 2, nil, 3, nil, 4, 3, 23, 24, nil, 25])
        #expect(table.series(1) == [5, nil, 6, 7, nil, 8, 9, 9, 9, 9, 9])
        #expect(
            table.warnings == [
                "values of 'A' outside -50 to 50 degC are missing: 1 of 11",
                "spikes of more than 15 degC in 'A' are missing: 2 of 11",
                "values of 'B' outside -50 to 50 degC are missing: 2 of 11",
            ])
        #expect(line(text, variables("valid: [50, -50]")).contains("50.0 is not below -50.0"))
        #expect(line(text, variables("valid: [1000, 2000]")).contains("no value of 'A' passes 'valid' and 'spike'"))
    }

    @Test func onlyRequestedColumnsMustBeDistinct() throws {
        let text = "YR MON NINO12 ANOM NINO3 ANOM\n1980 1 18 3 19 4\n1980 2 17 2 18 3\n"
        func series(_ column: String) throws -> [Double?] {
            try tables(
                text, "delimiter: blanks, time: {columns: [YR, MON]}, variables: [{name: x, column: \(column)}]"
            ).series(0)
        }
        #expect(try series("NINO3") == [19, 18])
        #expect(try series("{name: ANOM, nth: 2}") == [4, 3])
        #expect(try series("{at: 4}") == [3, 2])
        #expect(inputError { _ = try series("ANOM") }.line.contains("duplicate column 'ANOM'"))
        #expect(inputError { _ = try series("{name: ANOM, nth: 3}") }.line.contains("is that of 2 columns"))
    }

    @Test func decimalCommasAndThousandsAreRead() throws {
        let text = "datum;wert\n01.01.1980;1.018,5\n02.01.1980;-17,25\n03.01.1980;\"2,5e2\"\n04.01.1980;-99,9\n"
        let yaml =
            "decimal: ',', time: {column: datum, format: dd.MM.yyyy}, missing: ['-99,9'], "
            + "variables: [{name: x, column: wert}]"
        #expect(try tables(text, yaml + ", thousands: '.'").series(0) == [1018.5, -17.25, 250, nil])
        #expect(line(text, yaml).hasPrefix("d.csv:2:12: '1.018,5' is not a number"))
        #expect(
            line("date,x\n2000,\"1,5\"\n", "time: {column: date}, \(x)").hasSuffix(
                "column 'x'; the key 'decimal' is '.')"))
        #expect(
            line("date,x\n2000,1\n", "decimal: ',', delimiter: ',', time: {column: date}, \(x)").contains("fractions"))
        let points = "date;x\n2000;12.34.5\n"
        #expect(line(points, "decimal: ',', thousands: '.', time: {column: date}, \(x)").contains("is not a number"))
    }

    @Test func columnsOfFixedWidthsAreRead() throws {
        let text = "ID19800101  1.5-2.5\nID19800102      3.5\nID19800103 -7\n"
        let table = try tables(
            text,
            "delimiter: {widths: [2, 8, 5, 4]}, header: {names: [id, date, x, y]}, "
                + "time: {column: date, format: yyyyMMdd}, variables: [{name: x}, {name: y}]")
        #expect(table.series(0) == [1.5, nil, -7] && table.series(1) == [-2.5, 3.5, nil])
    }

    @Test func aTableOfYearsAndMonthsIsRead() throws {
        let rows = [1980, 1981].map { year in "\(year) " + (1...12).map { "\(year * 100 + $0)" }.joined(separator: " ")
        }
        let text = "year J F M A M J J A S O N D\n" + rows.joined(separator: "\n") + "\n"
        let table = try tables(
            text, "delimiter: blanks, time: {year: year}, missing: 198112, step: month, \(x)")
        #expect(table.count == 24 && table[0, 0] == 198001 && table[0, 13] == 198102 && table[0, 23] == nil)
        #expect(table.times[13] == Instant(year: 1981, month: 2))
    }

    @Test func longTablesArePivoted() throws {
        let text = """
            station,time,what,value
            A,2000-01-01,t,1
            A,2000-01-02,t,2
            B,2000-01-02,t,3
            A,2000-01-01,p,9
            B,2000-01-03,t,4
            """
        let yaml =
            "time: {column: time}, step: day, variables: ["
            + "{name: ta, column: value, select: {station: A, what: t}}, "
            + "{name: tb, column: value, select: {station: B}}]"
        let table = try tables(text, yaml)
        #expect(table.series(0) == [1, 2, nil] && table.series(1) == [nil, 3, 4])
        #expect(
            line(text + "\nA,2000-01-02,t,5\n", yaml).hasPrefix("d.csv:7:3: duplicate time 2000-01-02, also at line 3"))
        #expect(
            line(text, yaml.replacing("station: B", with: "station: C")).contains("no row has 'C' in column 'station'"))
        let mean = try tables(
            text + "\nA,2000-01-02,t,5\n", yaml.replacing("step: day", with: "step: day, aggregate: mean"))
        #expect(mean.series(0) == [1, 3.5, nil] && mean.series(1) == [nil, 3, 4])
    }

    @Test func rowsMayGoFromTheLastToTheFirst() throws {
        let text = "date,x\n2000-03,3\n2000-02,2\n2000-01,1\n"
        #expect(try tables(text, "time: {column: date}, step: month, \(x)").series(0) == [1, 2, 3])
        let mixed = "date,x\n2000-02,2\n2000-03,3\n2000-01,1\n2000-02,4\n"
        #expect(try tables(mixed, "time: {column: date}, step: month, aggregate: mean, \(x)").series(0) == [1, 3, 3])
        #expect(
            line(mixed, "time: {column: date}, step: month, \(x)").hasPrefix(
                "d.csv:4:1: time 2000-01-01 comes after 2000-03-01 at line 3"))
        let repeated = "date,x\n2000-01,1\n2000-02,2\n2000-02,4\n"
        #expect(
            line(repeated, "time: {column: date}, \(x)").hasPrefix(
                "d.csv:4:1: duplicate time 2000-02-01, also at line 3"))
    }

    @Test func undeclaredMarkIsWarnedOf() throws {
        let values = (0..<60).map { $0 % 15 == 4 ? "-9999" : "\(10 + $0 % 7).5" }
        let text = "date,x\n" + values.enumerated().map { "\(1900 + $0),\($1)\n" }.joined()
        let warnings = try tables(text, "time: {column: date}, \(x)").warnings
        #expect(warnings.count == 1)
        #expect(
            warnings[0].hasSuffix(
                "-9999 stands 4 times among the 60 values of 'x', far from all others; "
                    + "if it marks missing values, 'missing: [-9999]' says so"))
        #expect(try tables(text, "time: {column: date}, missing: -9999, \(x)").warnings.isEmpty)
        #expect(UndeclaredMark.all(in: [1, 2, 3, 999.9, 4, 5, 999.9, 6, 7, 2]).map(\.value) == [999.9])
        #expect(UndeclaredMark.all(in: [1, 2, -99, 999.9, 4, -99, 999.9, 6, 7, 2]).map(\.value) == [-99, 999.9])
        // Stations of one column share a warning, and a table may have two marks.
        let stations = ["A", "B", "C", "D"]
        let rows = (0..<20).flatMap { i in
            stations.map { "\(1900 + i),\($0),\(i % 9 == 4 ? "999.9" : i == 7 || i == 11 ? "-99" : "\(i).5")" }
        }
        let each = stations.map { "{name: \($0), column: t, select: {s: \($0)}}" }.joined(separator: ", ")
        let long = try tables(
            "date,s,t\n" + rows.joined(separator: "\n"), "time: {column: date}, step: year, variables: [\(each)]")
        #expect(
            long.warnings.map { String($0.prefix(66)) } == [
                "-99 stands 8 times among the 80 values of 'A', 'B', 'C' and 1 more",
                "999.9 stands 8 times among the 80 values of 'A', 'B', 'C' and 1 mo",
            ])
        // Rain, temperatures and counts have no marks.
        let rain = (0..<400).map { $0 % 9 == 0 ? Double($0 % 37) : 0 }
        #expect(UndeclaredMark.all(in: rain).isEmpty)
        #expect(UndeclaredMark.all(in: (0..<400).map { Double($0 % 30) - 9 }).isEmpty)
        #expect(UndeclaredMark.all(in: (0..<400).map { $0 == 7 ? 500 : Double($0 % 30) }).isEmpty)
    }

    /// The wind of an hour among a year's, as a public file of three airports has it (1048 mph).
    @Test func singleGrossErrorIsWarnedOf() throws {
        let wind = (0..<400).map { Double(($0 * 37) % 61) / 1.5 }
        func text(_ values: [Double]) -> String {
            "date,x\n" + values.enumerated().map { "\(1500 + $0),\($1)\n" }.joined()
        }
        var values = wind
        values[250] = 1048.36058
        let warnings = try tables(text(values), "time: {column: date}, \(x)").warnings
        #expect(
            warnings == [
                "1048.36058 of 'x' at 1750-01-01 (line 252) is far beyond all others (0 to 40); "
                    + "if that is an error, 'valid' or 'spike' makes it missing"
            ])
        for limit in ["valid: [0, 120]", "spike: 200"] {
            let limited = try tables(text(values), "time: {column: date}, variables: [{name: x, \(limit)}]")
            #expect(limited.warnings.count == 1)
            #expect(limited.warnings[0].hasSuffix("are missing: 1 of 400"))
        }
        // Several at one end, and one at the other; in units after conversion.
        values[10] = 900
        values[20] = -99
        let both = try tables(text(values), "time: {column: date}, variables: [{name: x, scale: 2}]").warnings
        #expect(both.count == 2)
        #expect(both[0].hasPrefix("2096.72116 of 'x' at 1750-01-01 (line 252) and 1 more of its values are far"))
        #expect(both[1].hasPrefix("-198 of 'x' at 1520-01-01 (line 22) is far beyond"))
        // Normal, exponential and lognormal numbers, showers, constants and two regimes have none.
        for seed in 0..<20 {
            let normal = Key(seed).normal([3000]).values
            #expect(Outlier.all(in: normal).isEmpty)
            #expect(Outlier.all(in: Array(normal.prefix(25))).isEmpty)
            #expect(Outlier.all(in: normal.map { exp($0) }).isEmpty)
            #expect(Outlier.all(in: normal.map { $0 > 1 ? exp($0) : 0 }).isEmpty)
        }
        #expect(Outlier.all(in: (0..<400).map { $0 == 7 ? 500 : 3 }).isEmpty)
        #expect(Outlier.all(in: (0..<400).map { Double($0 % 7) + ($0 < 200 ? 0 : 1000) }).isEmpty)
    }

    @Test func dateAndTimeMayBeTwoColumns() throws {
        let table = try tables(
            "d,t,x\n29.03.1958,24:00,1\n30.03.1958,01:30,2\n",
            "time: {columns: [d, t], format: 'dd.MM.yyyy HH:mm'}, \(x)")
        #expect(table.times.map(\.description) == ["1958-03-30", "1958-03-30T01:30"])
    }

    @Test func hoursMayBeCountedTo24() throws {
        let text = "y,m,d,h,x\n1980,1,31,1,1\n1980,1,31,24,2\n"
        let table = try tables(text, "time: {columns: [y, m, d, h]}, \(x)")
        #expect(table.times.map(\.description) == ["1980-01-31T01:00", "1980-02-01"])
        #expect(
            line(text.replacing(",24,", with: ",25,"), "time: {columns: [y, m, d, h]}, \(x)")
                == "d.csv:3:11: '25' is not an hour (expected a whole number from 0 to 24)")
    }
}
