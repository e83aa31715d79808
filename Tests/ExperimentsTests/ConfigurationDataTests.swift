import Foundation
import Testing

@testable import Experiments

@Suite struct ConfigurationDataTests {
    private func source(_ yaml: String, file: String = "e.yaml") throws -> DataSource {
        try DataSource(ConfigurationNode(yaml: yaml, file: file))
    }

    @Test func theDataSectionOfTheMonthlyFileIsRead() throws {
        let yaml = """
            file: Data/nino_regions_sst_monthly.csv
            time: {columns: [year, month]}
            step: month
            aggregate: none
            variables:
              - {name: nino3, truth: nino3_anom, units: degC, standard_name: sea_surface_temperature, error: 0.1}
              - {name: kelvin, column: nino34, long_name: in kelvin, offset: 273.15, truth: {column: nino34_anom, \
              scale: 10}}
              - {name: nino4}
            """
        let source = try source(yaml, file: Package.path("Examples/e.yaml"))
        let tables = try source.read()
        let observations = tables.observations
        #expect(observations.variables.map(\.name) == ["nino3", "kelvin", "nino4"])
        #expect(observations.variables[0].standardName == "sea_surface_temperature")
        #expect(observations[0, 0] == 23.74 && observations[1, 0] == 24.83 + 273.15)
        #expect(observations.errorStandardDeviations(0)?[0] == 0.1 && observations.errorStandardDeviations(1) == nil)
        #expect(observations.step == TimeStep(1, .month) && observations.count == 732)
        let truth = try #require(tables.truth)
        #expect(truth.variables.map(\.name) == ["nino3", "kelvin"])
        #expect(truth[0, 0] == -1.91 && truth[1, 0] == -17.2)
        #expect(truth.times == observations.times)
    }

    @Test func theDataSectionOfANetCDFFileIsRead() throws {
        let yaml = """
            {file: Oracles/files_plain.nc, time: {variable: month}, missing: 1.5, step: month, aggregate: mean,
             variables: [{name: index}]}
            """
        let tables = try source(yaml, file: Package.path("Tests/e.yaml")).read()
        #expect(tables.observations.series(0) == [nil, nil, nil, 25 / 10])
        #expect(tables.observations.times[0] == Instant(year: 1999, month: 11))
        #expect(tables.truth == nil)
    }

    @Test func delimitersAndFormatsAreRead() throws {
        let yaml = """
            {file: /d/x.tsv, time: {column: t, format: days since 1950-01-01}, missing: [-99.9, none], variables: \
            [{name: x}]}
            """
        let units = try #require(TimeUnits("days since 1950-01-01"))
        let csv = CSVFormat(delimiter: .character("\t"), missing: ["-99.9", "none"])
        #expect(try source(yaml).file == "/d/x.tsv")
        #expect(try source(yaml).layout == .csv(csv, time: .one("t", .number(units))))
        guard case .csv(let blanks, _) = try source(yaml.replacing("time:", with: "delimiter: blanks, time:")).layout
        else { throw CancellationError() }
        #expect(blanks.delimiter == .blanks)
    }

    @Test(arguments: [
        ("{fil: a.csv}", "e.yaml:1:2: fil: unknown key 'fil'; did you mean 'file'?"),
        ("{file: a.csv, variables: [{name: x}]}", "e.yaml:1:1: the key 'time' is missing (expected a value for it)"),
        (
            "{file: a.csv, time: {column: d, format: yyy}, variables: [{name: x}]}",
            "e.yaml:1:41: time.format: 'yyy' is no format of times (expected \(TimeFormat.expectation))"
        ),
        (
            "{file: a.csv, time: {columns: [y, y]}, variables: [{name: x}]}",
            "e.yaml:1:31: time.columns: y, y cannot be the columns of a time (expected different columns for year, "
                + "month, day, hour, minute)"
        ),
        (
            "{file: a.csv, time: {column: d}, aggregate: mean, variables: [{name: x}]}",
            "e.yaml:1:45: aggregate: there is no step to aggregate to (expected the key 'step' next to 'aggregate')"
        ),
        (
            "{file: a.csv, time: {column: d}, variables: [{name: x}, {name: x}]}",
            "e.yaml:1:57: variables[1]: duplicate variable 'x' (expected each name once)"
        ),
        (
            "{file: a.csv, time: {column: d}, variables: [{name: x, scale: 0}]}",
            "e.yaml:1:63: variables[0].scale: 0 loses every value (expected a number other than 0)"
        ),
        (
            "{file: a.csv, time: {column: d}, variables: [{name: x, error: -1}]}",
            "e.yaml:1:63: variables[0].error: -1.0 is out of range (expected a number above 0)"
        ),
        (
            "{file: a.csv, delimiter: ab, time: {column: d}, variables: [{name: x}]}",
            "e.yaml:1:26: delimiter: 'ab' cannot be a delimiter (expected one character, tab or blanks)"
        ),
        (
            "{file: a.csv, format: cvs, time: {column: d}, variables: [{name: x}]}",
            "e.yaml:1:23: format: unknown word 'cvs'; did you mean 'csv'? (expected one of: csv, netcdf)"
        ),
        (
            "{file: a.nc, delimiter: ',', variables: [{name: x}]}",
            "e.yaml:1:14: delimiter: the key 'delimiter' has no effect beside the others (expected one of: file, "
                + "format, missing, time, select, variables, step, aggregate)"
        ),
        (
            "{file: a.csv, time: {column: d}, step: fortnight, variables: [{name: x}]}",
            "e.yaml:1:40: step: found 'fortnight' (expected a step such as 'month', '1 week' or '6 hours')"
        ),
    ])
    func badDataSectionsAreClearErrors(_ yaml: String, _ message: String) {
        let error = inputError { _ = try source(yaml) }
        #expect(error.line == message)
        #expect(error.kind == .configuration)
    }
}
