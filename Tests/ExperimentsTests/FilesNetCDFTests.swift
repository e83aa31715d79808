import Foundation
import Testing

@testable import Experiments

@Suite struct FilesNetCDFTests {
    private func oracle(_ name: String) -> String { Package.path("Tests/Oracles/\(name)") }

    private var example: NetCDFFile {
        var file = NetCDFFile(attributes: ["title": "An example — ü", "seed": 7, "level": 0.9])
        file.addTime([Instant(year: 1990), Instant(year: 1990, month: 2), Instant(year: 1990, month: 3)])
        file.addCoordinate("method", .texts(["linear", "résiduel"]))
        file.addCoordinate("lead", .integers([1, 3]), attributes: ["units": "month"])
        file.addVariable(
            "sst", on: ["method", "time"], .numbers([0.1, .nan, 3, -4, 5e-300, 6]),
            attributes: ObservationTable.Variable("sst", units: "degC", standardName: "sea_surface_temperature")
                .netCDFAttributes)
        file.addVariable("chosen", on: [], .texts(["linear"]))
        return file
    }

    @Test func writtenFileIsReadBack() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/results.nc"
            try example.write(to: path)
            let read = try NetCDFFile(contentsOf: path)
            #expect(read.dimensions == example.dimensions)
            #expect(read.attributes["title"] == "An example — ü" && read.attributes["level"] == 0.9)
            #expect(read.attributes["seed"] == 7 && read.attributes["Conventions"] == "CF-1.11")
            let sst = try #require(read.variable("sst"))
            guard case .numbers(let numbers) = sst.values else { throw CancellationError() }
            // The library's default for missing numbers, which all tools take for missing.
            #expect(numbers == [0.1, 9.9692099683868690e36, 3, -4, 5e-300, 6])
            #expect(sst.dimensions == ["method", "time"] && sst.attributes["units"] == "degC")
            guard case .numbers(let fill)? = sst.attributes["_FillValue"] else { throw CancellationError() }
            #expect(fill == [9.9692099683868690e36])
            guard case .texts(let methods)? = read.variable("method")?.values else { throw CancellationError() }
            #expect(methods == ["linear", "résiduel"])
            guard case .integers(let leads)? = read.variable("lead")?.values else { throw CancellationError() }
            #expect(leads == [1, 3])
            #expect(read.variable("time")?.attributes["units"] == "days since 1970-01-01")
            // Nothing but the file is left, and the same content is the same bytes.
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["results.nc"])
            let first = try InputFile.bytes(path)
            try example.write(to: path)
            #expect(try InputFile.bytes(path) == first)
        }
    }

    @Test func aTableIsReadFromPackedShortIntegers() throws {
        let sst = VariableMapping(.init("T"), column: "sst", error: .column("sst_error"))
        let table = try NetCDFTable(file: oracle("files_packed.nc")).table(variables: [sst])
        #expect(
            table.times.map(\.description) == [
                "1970-01-01", "1970-01-01T06:00", "1970-01-01T12:00", "1970-01-01T18:00", "1970-01-02",
            ])
        #expect(table.series(0) == [21, nil, 17.5, nil, 32.34])
        #expect(table.errorStandardDeviations(0) == [0.5, nil, 0.25, nil, 0.125])
        let variable = ObservationTable.Variable(
            "T", units: "degC", standardName: "sea_surface_temperature", longName: "temperature of the sea")
        #expect(table.variables == [variable])
    }

    @Test func missingValuesInSinglePrecisionAreMissing() throws {
        let index = VariableMapping(.init("index"), column: "index", scale: 10)
        let table = try NetCDFTable(file: oracle("files_plain.nc")).table(time: "month", variables: [index])
        #expect(table.series(0) == [15, nil, nil, 25])
        #expect(table.times[3] == Instant(year: 2000, month: 2, day: 15))
        let none = try NetCDFTable(file: oracle("files_plain.nc"), missing: [1.5]).table(
            time: "month", variables: [index])
        #expect(none.series(0) == [nil, nil, nil, 25])
    }

    @Test(arguments: [
        ("time", "index", "no variable 'time' (expected one of: month, index, field, infinite, noleap, back)"),
        (
            "month", "indx",
            "no variable 'indx'; did you mean 'index'? (expected one of: month, index, field, infinite, noleap, back)"
        ),
        ("month", "field", "field: has the dimensions (month = 4, x = 2) (expected (month = 4), others of length 1)"),
        (
            "month", "infinite",
            "infinite[2]: infinite value in 'infinite' (expected a finite number or a missing value)"
        ),
        ("index", "index", "index: has no units (expected units such as 'days since 1950-01-01')"),
        (
            "noleap", "index",
            "noleap: the calendar 'noleap' is not that of the world (expected one of: standard, gregorian, "
                + "proleptic_gregorian)"
        ),
        ("back", "index", "back[2]: time 2000-01-02 comes after 2000-01-03 at back[1] (expected increasing times)"),
    ])
    func badInputIsAClearError(_ time: String, _ variable: String, _ message: String) {
        let file = oracle("files_plain.nc")
        let error = inputError {
            _ = try NetCDFTable(file: file).table(time: time, variables: [.init(.init("x"), column: variable)])
        }
        #expect(error.line == "\(file): \(message)")
        #expect(error.kind == .data)
    }

    @Test func fileOfAnotherFormatIsRefused() throws {
        let mapping = VariableMapping(.init("x"), column: "x")
        func error(_ path: String) -> (line: String, kind: InputError.Kind?) {
            inputError { _ = try NetCDFTable(file: path).table(variables: [mapping]) }
        }
        try withTemporaryFolder { folder in
            let path = folder + "/data.nc"
            try AtomicFile.write("date,x\n2000,1\n", to: path)
            #expect(error(path).line == "\(path): is not a NetCDF file (expected NetCDF-3 or NetCDF-4)")
            try AtomicFile.write("", to: path)
            #expect(error(path).line == "\(path): is not a NetCDF file (expected NetCDF-3 or NetCDF-4)")
            let whole = try InputFile.bytes(oracle("files_plain.nc"))
            try AtomicFile.write(whole.prefix(whole.count / 2), to: path)
            #expect(error(path).kind == .data)
            #expect(error(folder + "/absent.nc").kind == .missingInput)
        }
    }

    @Test func aNameThatNetCDFRefusesIsAnError() throws {
        try withTemporaryFolder { folder in
            var file = NetCDFFile()
            file.addCoordinate("a/b", .integers([1]))
            let error = inputError { try file.write(to: folder + "/x.nc") }
            #expect(error.line.contains("a/b") && error.kind == .data)
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(names.isEmpty)
        }
    }
}
