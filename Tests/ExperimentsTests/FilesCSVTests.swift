import Foundation
import Testing

@testable import Experiments

@Suite struct FilesCSVTests {
    private let date = TimeColumns.one("date", .iso8601)

    private func table(
        _ text: String, format: CSVFormat = CSVFormat(), time: TimeColumns? = nil, _ variables: [VariableMapping]? = nil
    ) throws -> ObservationTable {
        let x = VariableMapping(.init("x"), column: "x")
        return try CSVTable(text: text, file: "t.csv", format: format).table(
            time: time ?? date, variables: variables ?? [x])
    }

    @Test func theMonthlyFileIsRead() throws {
        let file = try CSVTable(file: Package.path("Examples/Data/nino_regions_sst_monthly.csv"))
        let nino34 = VariableMapping(.init("nino34", units: "degC"), column: "nino34")
        let table = try file.table(time: .parts(["year", "month"]), variables: [nino34])
        #expect(table.count == 732)
        #expect(table.times[0] == Instant(year: 1950) && table.times[731] == Instant(year: 2010, month: 12))
        #expect(table[0, 0] == 24.83)
        #expect(table.series(0).allSatisfy { $0 != nil })
        let regular = try table.regular(step: TimeStep(1, .month), aggregation: .none)
        #expect(regular.times == table.times && regular.step == TimeStep(1, .month))
    }

    @Test func theWeeklyFileKeepsItsGaps() throws {
        let path = Package.path("Examples/Data/co2_mauna_loa_weekly.csv")
        let co2 = VariableMapping(.init("co2"), column: "co2_ppmv", error: .constant(0.3))
        let table = try CSVTable(file: path).table(time: date, variables: [co2])
        // Counted apart from the reader: the lines that end in the delimiter.
        let gaps = try InputFile.text(path).split(whereSeparator: \.isNewline).count { $0.hasSuffix(",") }
        #expect(gaps > 0 && table.series(0).count { $0 == nil } == gaps)
        #expect(table.count == 2284)
        #expect(table[0, 6] == nil && table[0, 0] == 316.1)
        let errors = try #require(table.errorStandardDeviations(0))
        #expect(errors[0] == 0.3 && errors[6] == nil)
        #expect(try table.regular(step: TimeStep(1, .week), aggregation: .none).count == 2284)
        let monthly = try table.regular(step: TimeStep(1, .month), aggregation: .mean)
        #expect(monthly.times[1] == Instant(year: 1958, month: 4))
        // April 1958: 317.3, 317.6, 317.5, 316.4.
        #expect(abs(try #require(monthly[0, 1]) - 317.2) < 1e-12)
        #expect(abs(try #require(monthly.errorStandardDeviations(0)?[1]) - 0.15) < 1e-12)
    }

    @Test func quotesCommentsDelimitersAndMarkersAreRead() throws {
        let text = """
            # a comment
            "date";"the ""x"" of
            two lines";extra

            2000-01-01; 1.5 ;"a;b"
              # another
            2000-01-02;-99.90;
            2000-01-03;"2e-3";c
            """
        let x = VariableMapping(.init("x"), column: "the \"x\" of\ntwo lines", scale: 2, offset: 1)
        let format = CSVFormat(delimiter: .character(";"), missing: ["-99.9"])
        for text in [text, text.replacing("\n", with: "\r\n"), "\u{FEFF}" + text] {
            let bytes = Array(text.utf8)
            let table = try table(
                try InputFile.text(of: bytes, file: "t.csv"), format: format,
                [
                    text.contains("\r\n")
                        ? VariableMapping(
                            x.variable, column: x.column.replacing("\n", with: "\r\n"), scale: 2, offset: 1) : x
                ])
            #expect(table.series(0) == [4, nil, 1.004])
            #expect(table.origin.lines == [5, 7, 8])
        }
        let blanks = try self.table(
            " date   x\n2000-01-01\t 3\n 2000-01-02   NaN \n", format: .init(delimiter: .blanks))
        #expect(blanks.series(0) == [3, nil])
    }

    @Test func errorsComeFromAColumn() throws {
        let x = VariableMapping(.init("x"), column: "x", scale: -10, error: .column("e"))
        let table = try table("date,x,e\n2000,1,0.5\n2001,,\n", [x])
        #expect(table.series(0) == [-10, nil])
        #expect(table.errorStandardDeviations(0) == [5, nil])
        #expect(
            inputError { _ = try self.table("date,x,e\n2000,1,0\n", [x]) }.line.hasPrefix(
                "t.csv:2:6: the error of 'x' in 'e' is 0.0"))
    }

    @Test(arguments: [
        ("", "t.csv: the file is empty (expected a header that names the columns)"),
        ("# only\n\n", "t.csv: the file is empty (expected a header that names the columns)"),
        ("date,x\n", "t.csv: there are no rows below the header (expected at least one)"),
        ("date,y,z\n2000,1,2\n", "t.csv:1: no column 'x'; did you mean 'y'? (expected one of: date, y, z)"),
        (
            "date,x,x\n2000,1,2\n",
            "t.csv:1:8: duplicate column 'x' (expected each name once, or {name: x, nth: 1} to tell them apart)"
        ),
        (
            "date,x\n2000,1\n2001,1o\n",
            "t.csv:3:6: '1o' is not a number (expected a finite number or a missing value in column 'x')"
        ),
        (
            "date,x\n2000,0x10\n",
            "t.csv:2:6: '0x10' is not a number (expected a finite number or a missing value in column 'x')"
        ),
        (
            "date,x\n2000,inf\n",
            "t.csv:2:6: 'inf' is infinite (expected a finite number or a missing value in column 'x')"
        ),
        ("date,x\n2000,1e999\n", "t.csv:2:6: infinite value in 'x' (expected a finite number or a missing value)"),
        ("date,x\n2000,\n2001,NA\n", "t.csv:1:6: 'x' has no values: all 2 are missing (expected at least one value)"),
        (
            "date,x\n2001,1\n2000,2\n",
            "t.csv:3:1: time 2000-01-01 comes after 2001-01-01 at line 2 (expected increasing times)"
        ),
        (
            "date,x\n2001,1\n\n2001,2\n",
            "t.csv:4:1: duplicate time 2001-01-01, also at line 2 (expected increasing times)"
        ),
        ("date,x\n2000-13,1\n", "t.csv:2:1: '2000-13' is not a time (expected an ISO 8601 date such as 1958-03-29)"),
        ("date,x\n,1\n", "t.csv:2:1: the time is missing (expected an ISO 8601 date such as 1958-03-29)"),
        ("date,x\n2000,1,2\n", "t.csv:2:8: the row has 3 fields (expected 2, as in the header)"),
        ("date,x\n2000\n", "t.csv:2:1: the row has 1 field (expected 2, as in the header)"),
        ("date,x\n2000,\"1\n2", "t.csv:2:6: a quoted field has no end (expected a closing '\"')"),
        ("date,x\n2000,\"1\"2\n", "t.csv:2:9: text after a quoted field (expected a delimiter or the end of the line)"),
        (
            "date,é,x\n2000,é,ö\n",
            "t.csv:2:8: 'ö' is not a number (expected a finite number or a missing value in column 'x')"
        ),
        (
            "date,x\n2000,\"a\u{1B}\nb\"\n",
            "t.csv:2:6: 'a\\u{1B}\\nb' is not a number (expected a finite number or a missing value in column 'x')"
        ),
    ])
    func badInputIsAClearError(_ text: String, _ message: String) {
        let error = inputError { _ = try table(text) }
        #expect(error.line == message)
        #expect(error.kind == .data)
    }

    @Test func badPartsOfATimeAreClearErrors() {
        let time = TimeColumns.parts(["y", "m", "d"])
        func line(_ text: String) -> String { inputError { _ = try table(text, time: time) }.line }
        #expect(
            line("y,m,d,x\n2000,13,1,0\n") == "t.csv:2:6: '13' is not a month (expected a whole number from 1 to 12)")
        #expect(
            line("y,m,d,x\n2000,1.5,1,0\n") == "t.csv:2:6: '1.5' is not a month (expected a whole number from 1 to 12)")
        #expect(
            line("y,m,d,x\n1900,2,29,0\n")
                == "t.csv:2:1: there is no day 1900-2-29 (expected a day of the Gregorian calendar)")
    }

    @Test func filesThatCannotBeReadAreClearErrors() throws {
        try withTemporaryFolder { folder in
            let absent = inputError { _ = try CSVTable(file: folder + "/absent.csv") }
            #expect(absent.line == "\(folder)/absent.csv: no such file" && absent.kind == .missingInput)
            #expect(inputError { _ = try CSVTable(file: folder) }.line == "\(folder): is a folder (expected a file)")
            let path = folder + "/latin.csv"
            try AtomicFile.write(Array("date,x\n2000,é".utf8) + [0xE9, 10], to: path)
            let latin = inputError { _ = try CSVTable(file: path) }
            #expect(latin.line == "\(path):2:7: byte 0xE9 is not UTF-8 text (expected a text file in UTF-8)")
            #expect(latin.kind?.exitStatus == 65)
        }
    }

    @Test func randomBytesGiveATableOrAnInputError() throws {
        var random = SplitMix(state: 7)
        let alphabet = Array("date,x\n2000-01,1.5;\"\"#\r\t -e+NaN9é".utf8) + [0, 0xFF]
        var tables = 0
        for trial in 0..<4000 {
            var bytes = trial.isMultiple(of: 4) ? [] : Array("date,x\n2000,1\n2001,2\n".utf8)
            for _ in 0..<Int.random(in: 0...12, using: &random) {
                let byte = alphabet.randomElement(using: &random) ?? 0
                bytes.insert(byte, at: Int.random(in: 0...bytes.count, using: &random))
            }
            do throws(InputError) {
                let format = CSVFormat(delimiter: trial.isMultiple(of: 3) ? .blanks : .character(","))
                let csv = try CSVTable(text: try InputFile.text(of: bytes, file: "f"), file: "f", format: format)
                let x = VariableMapping(.init("x"), column: "x")
                let table = try csv.table(time: trial.isMultiple(of: 5) ? .parts(["date"]) : date, variables: [x])
                #expect(table.series(0).contains { $0 != nil })
                tables += 1
            } catch {
                #expect(!error.description.contains("\n"))
            }
        }
        #expect(tables > 50)
    }
}
