import Foundation
import Testing
import Verification

@testable import Experiments

/// What a structural experiment does with gaps, given errors, cycles of any length and shapes of errors.
@Suite struct StructuralKindsTests {
    /// Runs on a series of one column, NaN where missing, and returns the results and the folder.
    private func run(
        _ values: [Double], step: TimeStep = TimeStep(1, .month), from first: Instant = Instant(year: 1980),
        split: String = "{train: [1980-01, 1999-12], validation: [2000-01, 2004-12], test: [2005-01, 2009-12]}",
        variable: String = "{name: v, units: degC}", components: String = "{harmonics: [1]}",
        forecast: String = "{leads: [1, 3, 12]}", column: [Double]? = nil
    ) throws -> (results: RunResults, folder: String) {
        let path = FileManager.default.temporaryDirectory.appending(path: "structural-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let rows = values.enumerated().map { t, value in
            "\(step.advance(first, by: t)),\(value.isNaN ? "" : "\(value)"),\(column.map { "\($0[t])" } ?? "")"
        }
        try Data(("date,v,e\n" + rows.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: path + "/x.csv"))
        let text = """
            experiment: structural
            name: x
            data: {file: x.csv, time: {column: date}, step: \(step), variables: [\(variable)]}
            split: \(split)
            components: \(components)
            forecast: \(forecast)
            bootstrap: {resamples: 100}
            """
        try Data(text.utf8).write(to: URL(filePath: path + "/x.yaml"))
        let folder = try RunFolder(claiming: path + "/out", fingerprint: "1", as: .new)
        let file = try ExperimentFile(path + "/x.yaml")
        let data = try file.experiment.run(in: folder, options: RunOptions(threads: 2, isQuiet: true)).json()
        return (try RunResults.decoded(from: data), path)
    }

    private func monthly(_ count: Int = 360, level: Double = 400) -> [Double] {
        (0..<count).map { t in
            level + 0.1 * Double(t) + 5 * cos(2 * Double.pi * Double(t) / 12) + ReportFixture.noise(t)
        }
    }

    private func score(
        _ results: RunResults, _ method: String, _ lead: Int, _ name: Score = .crps, split: String = "test"
    ) -> ScoreRecord? {
        results.scores.first { $0.method == method && $0.lead == lead && $0.score == name && $0.split == split }
    }

    /// A series that begins after the file does is forecast as the same series in a file that begins with it.
    @Test func leadingGapIsNoZero() throws {
        let whole = monthly()
        let late = whole.enumerated().map { $0 < 36 ? .nan : $1 }
        let one = try run(late)
        let two = try run(
            Array(whole[36...]), from: Instant(year: 1983),
            split: "{train: [1983-01, 1999-12], validation: [2000-01, 2004-12], test: [2005-01, 2009-12]}")
        defer { for path in [one.folder, two.folder] { try? FileManager.default.removeItem(atPath: path) } }
        for method in ["climatology + trend", "persistence", "seasonal persistence"] {
            for lead in [1, 3, 12] {
                let (found, expected) = (score(one.results, method, lead), score(two.results, method, lead))
                #expect(found?.count == 60 && expected?.count == 60)
                #expect(abs((found?.value ?? 99) - (expected?.value ?? 0)) < 1e-6, "\(method), lead \(lead)")
                #expect((found?.value ?? 99) < 5)
            }
        }
    }

    /// In and after ten years without a value a baseline goes on from what was known, and no method is scored on other
    /// targets.
    @Test func gapOfTenYearsIsForecastFromTheValuesBefore() throws {
        let whole = monthly(480)
        let gappy = whole.enumerated().map { (200..<326).contains($0) ? .nan : $1 }
        let (results, path) = try run(
            gappy, split: "{train: [1980-01, 2007-12], validation: [2008-01, 2012-12], test: [2013-01, 2019-12]}")
        defer { try? FileManager.default.removeItem(atPath: path) }
        for split in ["validation", "test"] {
            for lead in [1, 3, 12] {
                let all = results.scores.filter { $0.split == split && $0.lead == lead && $0.score == .rmse }
                #expect(Set(all.map(\.count)).count == 1)
                #expect(all.allSatisfy { ($0.value ?? 999) < 15 }, "\(all.map { ($0.method, $0.value) })")
            }
        }
    }

    /// A given error is the variance of a value, per value where it is a column; the fit changes.
    @Test func givenErrorsAreUsed() throws {
        let values = monthly().enumerated().map { $1 + ($0 % 7 == 3 ? 6 * ReportFixture.noise($0 + 1000) : 0) }
        let errors = values.indices.map { $0 % 7 == 3 ? 6.0 : 1.0 }
        let free = try run(values)
        let constant = try run(values, variable: "{name: v, units: degC, error: 5}")
        let column = try run(values, variable: "{name: v, units: degC, error: {column: e}}", column: errors)
        defer { for one in [free, constant, column] { try? FileManager.default.removeItem(atPath: one.folder) } }
        #expect(constant.results.errorModels[0].observationError == 5)
        #expect(constant.results.methods.last?.parameters.contains { $0.name == "σ irregular" } == false)
        let rmse = [free, constant, column].map { score($0.results, $0.results.chosen, 1, .rmse)?.value ?? .nan }
        #expect(Set(rmse).count == 3 && rmse.allSatisfy { $0 < 5 }, "\(rmse)")
        // Values that are known to be bad no longer move the level.
        let typical = [free, column].map { one in
            one.results.forecasts[0].leads[0].quantile95.compactMap(\.self).last ?? .nan
        }
        #expect(typical.allSatisfy { $0.isFinite })
        let error = #expect(throws: InputError.self) {
            _ = try run(values, variable: "{name: v, truth: e}", column: errors)
        }
        #expect(error?.description.contains("truth") ?? false)
    }

    /// Cycles of a day and a week in hourly values, of 5.6 years in monthly ones; level or constant; no season at all.
    @Test func cyclesOfAnyLength() throws {
        let day = (0..<1680).map { t in
            3 * cos(2 * Double.pi * Double(t) / 24) + cos(2 * Double.pi * Double(t) / 168) + 0.3
                * ReportFixture.noise(t)
        }
        let split =
            "{train: [2001-01-01, 2001-02-18], validation: [2001-02-19, 2001-02-25], test: [2001-02-26, 2001-03-11]}"
        let hourly = try run(
            day, step: TimeStep(1, .hour), from: Instant(year: 2001), split: split,
            components: "{trend: level, cycles: [{period: day, harmonics: 1}, {period: week}]}",
            forecast: "{leads: [1, 6, 24]}")
        let long = monthly().enumerated().map { $1 + 8 * cos(2 * Double.pi * Double($0) / 67.2) }
        let own = try run(long, components: "{trend: [linear, level], harmonics: 1, cycles: [{period: 5.6 years}]}")
        let none = try run(
            (0..<360).map { ReportFixture.noise($0) }, components: "{trend: [none, level], remainder: 1}")
        defer { for one in [hourly, own, none] { try? FileManager.default.removeItem(atPath: one.folder) } }
        for lead in [1, 6, 24] {
            let rmse = score(hourly.results, hourly.results.chosen, lead, .rmse)?.value ?? .nan
            #expect(rmse < 0.5, "hourly, lead \(lead): \(rmse)")
        }
        #expect(score(hourly.results, "seasonal persistence", 6, .rmse)?.value ?? 9 < 3)
        let (with, without) = (
            score(own.results, own.results.chosen, 12, .rmse), score(own.results, "persistence", 12, .rmse)
        )
        #expect((with?.value ?? 9) < 2 && (without?.value ?? 0) > 2 * (with?.value ?? 9))
        #expect((score(none.results, none.results.chosen, 12, .rmse)?.value ?? 9) < 2)
    }

    /// Steps of ten minutes with a cycle of an hour, quarters with a year of four, years without a season.
    @Test func stepsOfMinutesQuartersAndYears() throws {
        let noise = (0..<1440).map { 0.3 * ReportFixture.noise($0) }
        let minutes = try run(
            noise.enumerated().map { $1 + 3 * cos(2 * Double.pi * Double($0) / 6) }, step: TimeStep(10, .minute),
            from: Instant(year: 2001),
            split: "{train: [2001-01-01, 2001-01-06], validation: [2001-01-07, 2001-01-08], "
                + "test: [2001-01-09, 2001-01-10]}",
            components: "{trend: none, cycles: [{period: 6, harmonics: 1}]}", forecast: "{leads: [1, 3]}")
        let quarters = try run(
            (0..<160).map { noise[$0] + 0.05 * Double($0) + 3 * cos(2 * Double.pi * Double($0) / 4) },
            step: TimeStep(1, .quarter), from: Instant(year: 1970),
            split: "{train: [1970-Q1, 1989-Q4], "
                + "validation: [1990-Q1, 1999-Q4], test: [2000-Q1, 2009-Q4]}",
            components: "{harmonics: 1}", forecast: "{leads: [1, 2]}")
        let years = try run(
            (0..<150).map { noise[$0] + 0.2 * Double($0) }, step: TimeStep(1, .year), from: Instant(year: 1850),
            split: "{train: [1850, 1949], validation: [1950, 1969], test: [1970, 1999]}",
            components: "{trend: linear}", forecast: "{leads: [1, 2]}")
        defer { for one in [minutes, quarters, years] { try? FileManager.default.removeItem(atPath: one.folder) } }
        // The noise has a standard deviation of 0.3; half an hour ahead persistence has twice the cycle.
        for (found, unit, count, lead) in [
            (minutes, "steps of 10 minutes", 288, 3), (quarters, "quarters", 40, 2), (years, "years", 30, 2),
        ] {
            let own = try #require(score(found.results, found.results.chosen, lead, .rmse))
            #expect(found.results.leadUnit == unit && own.count == count, "\(found.results.leadUnit), \(own.count)")
            #expect((own.value ?? 9) < 0.45, "\(unit): \(own.value ?? .nan)")
        }
        #expect((score(minutes.results, "persistence", 3, .rmse)?.value ?? 0) > 4)
        let ends = (quarters.results.splits.last?.start, years.results.splits.last?.end)
        #expect(ends.0?.hasPrefix("2000-01") == true && ends.1?.hasPrefix("1999") == true, "\(ends)")
    }

    @Test(arguments: [
        ("{trend: flat}", "unknown word"), ("{cycles: [{period: fortnight}]}", "is no period"),
        ("{cycles: [{period: 2 months}]}", "1 harmonic of a period of 2.0 steps"),
        ("{harmonics: 1, cycles: [{period: year}]}", "is the year"),
        ("{cycles: [{period: 50 years}]}", "for a cycle of 50 years"),
        ("{cycles: [{period: 5 years}, {period: 60}]}", "is listed twice"), ("{harmonics: 21}", "out of range"),
        ("{remainder: 13}", "out of range"),
    ])
    func faultsOfComponents(components: String, problem: String) {
        let error = #expect(throws: InputError.self) { _ = try run(monthly(), components: components) }
        #expect(error?.description.contains(problem) ?? false, "\(error?.description ?? "")")
    }

    /// Errors with heavy tails: normal intervals of 50 % are too wide, those of the errors' own shape are not.
    @Test func intervalsFollowTheShapeOfErrors() throws {
        let heavy = monthly(720).enumerated().map { t, value in
            value + (t % 9 == 4 ? 12 : 0.2) * ReportFixture.noise(t + 5000)
        }
        let split = "{train: [1980-01, 2009-12], validation: [2010-01, 2019-12], test: [2020-01, 2039-12]}"
        func coverage(_ shape: String) throws -> [Double] {
            let (results, path) = try run(heavy, split: split, forecast: "{leads: [1, 3], innovations: \(shape)}")
            defer { try? FileManager.default.removeItem(atPath: path) }
            return [1, 3].map { score(results, results.chosen, $0, .coverage50)?.value ?? .nan }
        }
        let (normal, student, empirical) = (
            try coverage("gaussian"), try coverage("student"), try coverage("empirical")
        )
        for lead in 0..<2 {
            #expect(normal[lead] > 0.65, "\(normal)")
            #expect(student[lead] < normal[lead] - 0.05, "\(student), \(normal)")
            #expect(abs(empirical[lead] - 0.5) < 0.12, "\(empirical)")
        }
    }

    /// The saved model forecasts what the run would, from the end of the file.
    @Test(arguments: ["gaussian", "empirical"]) func theModelIsSaved(shape: String) throws {
        let values = monthly()
        let (results, path) = try run(values, forecast: "{leads: [1, 12], innovations: \(shape)}")
        defer { try? FileManager.default.removeItem(atPath: path) }
        let model = path + "/out/models/structural.safetensors"
        #expect(try ModelFile.isStructural(model))
        let rows = try SavedStructuralForecast(model: model, configuration: path + "/x.yaml", leads: 12).csv
            .split(separator: "\n").map { $0.split(separator: ",") }
        #expect(rows.count == 13 && rows[1][0].hasPrefix("2010-01") && rows[12][2] == "v")
        for lead in 1...12 {
            let numbers = rows[lead][3...].compactMap { Double($0) }
            let t = 360 + lead - 1
            let truth = 400 + 0.1 * Double(t) + 5 * cos(2 * Double.pi * Double(t) / 12)
            #expect(numbers.count == 6 && abs(numbers[0] - truth) < 2, "\(rows[lead])")
            #expect(numbers[1...] == numbers[1...].sorted()[...])
        }
        _ = results
    }
}
