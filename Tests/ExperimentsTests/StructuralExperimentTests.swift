import Foundation
import Testing

@testable import Experiments

@Suite struct StructuralExperimentTests {
    /// Twelve years of months with trend, season and noise, and a configuration.
    private func folder(_ configuration: String, months: Int = 144) throws -> String {
        let path = FileManager.default.temporaryDirectory.appending(path: "structural-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let rows = (0..<months).map { month -> String in
            let season = 2 * cos(2 * Double.pi * Double(month) / 12)
            let value = 10 + 0.05 * Double(month) + season + 0.1 * ReportFixture.noise(month)
            let date = "\(1990 + month / 12)-" + String(format: "%02d", month % 12 + 1)
            return "\(date),\(month == 30 ? "" : String(format: "%.3f", value))"
        }
        try Data(("date,x\n" + rows.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: path + "/x.csv"))
        try Data(configuration.utf8).write(to: URL(filePath: path + "/x.yaml"))
        return path
    }

    private func configuration(
        train: String = "[1990-01, 1997-12]", test: String = "[2000-01, 2001-12]",
        withhold: String = "[1995-01, 1995-12]", components: String = "{harmonics: [1], remainder: [0, 1]}"
    ) -> String {
        """
        experiment: structural
        name: x
        data:
          file: x.csv
          time: {column: date}
          step: month
          variables: [{name: x, units: K}]
        split:
          train: \(train)
          validation: [1998-01, 1999-12]
          test: \(test)
        components: \(components)
        forecast: {leads: [1, 6, 12]}
        withhold: \(withhold)
        bootstrap: {resamples: 100}
        """
    }

    private func run(_ path: String, _ output: String, threads: Int, _ claim: RunFolder.Claim) throws -> Data {
        let options = RunOptions(threads: threads, isQuiet: true)
        let file = try ExperimentFile(path + "/x.yaml")
        let folder = try RunFolder(claiming: path + "/" + output, fingerprint: "1", as: claim)
        return try file.experiment.run(in: folder, options: options).json()
    }

    @Test func sameBitsOnAnyNumberOfThreadsAndAfterAnInterruption() throws {
        let path = try folder(configuration())
        defer { try? FileManager.default.removeItem(atPath: path) }
        let one = try run(path, "one", threads: 1, .new)
        #expect(try run(path, "two", threads: 2, .new) == one)
        let stage = path + "/one/stages/fits/before%20test/1%20harmonic.json"
        #expect(FileManager.default.fileExists(atPath: stage))
        try FileManager.default.removeItem(atPath: stage)
        #expect(try run(path, "one", threads: 2, .resume) == one)
    }

    @Test func withheldValuesAreEstimatedAndForecastsBeatBaselines() throws {
        let path = try folder(configuration())
        defer { try? FileManager.default.removeItem(atPath: path) }
        let results = try RunResults.decoded(from: try run(path, "out", threads: 2, .new))
        let smoother = results.gapFilling.first { $0.estimator == .smoother }
        let interpolation = results.gapFilling.first { $0.estimator == .seriesInterpolation }
        #expect((smoother?.rmse ?? 9) < 0.25 && smoother?.count == 12)
        #expect((interpolation?.rmse ?? 0) > 1)
        func rmse(_ method: String) -> Double {
            results.scores.first { $0.method == method && $0.lead == 6 && $0.score == .rmse && $0.split == "test" }?
                .value ?? .nan
        }
        #expect(rmse(results.chosen) < rmse("persistence") && rmse(results.chosen) < rmse("seasonal persistence"))
        #expect(results.scores.allSatisfy { $0.value != nil || $0.score == .correlation })
        #expect(results.scores.filter { $0.split == "test" && $0.score == .rmse }.allSatisfy { $0.count == 24 })
        // Missing from the data: estimated, but never taken for the truth.
        let all = try #require(results.series.first { $0.gaps == .none })
        #expect(all.truth[30] == nil && all.observed[30] == nil && all.smootherMean[30] != nil)
        let outage = try #require(results.series.first { $0.gaps == .outage })
        #expect(outage.observed[60..<72].allSatisfy { $0 == nil } && outage.truth[60] != nil)
    }

    /// What follows the end of training cannot change a fit, nor what follows a start its forecast.
    @Test func theTestIsSeenByNoFitAndNoChoice() throws {
        let setting = configuration(components: "{harmonics: [1]}")
        let (long, short) = (try folder(setting), try folder(setting))
        defer { for path in [long, short] { try? FileManager.default.removeItem(atPath: path) } }
        var lines = try String(contentsOfFile: short + "/x.csv", encoding: .utf8).split(separator: "\n").map(
            String.init)
        for row in 121..<lines.count { lines[row] = lines[row].prefix(8) + "99" }
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(filePath: short + "/x.csv"))
        let one = try RunResults.decoded(from: try run(long, "out", threads: 2, .new))
        let two = try RunResults.decoded(from: try run(short, "out", threads: 2, .new))
        #expect(one.choice == two.choice && one.methods == two.methods)
        #expect(one.forecasts[0].leads[2].mean.prefix(12) == two.forecasts[0].leads[2].mean.prefix(12))
        #expect(one.forecasts[0].leads[2].mean[12] != two.forecasts[0].leads[2].mean[12])
    }

    @Test(arguments: [
        ("{test: '[2000-01, 2011-12]'}", "x.yaml:9", "after the data"),
        ("{train: '[1980-01, 1985-12]'}", "x.yaml:9", "outside the data"),
        ("{train: '[1990-01, 1990-12]'}", "x.yaml:9", "12 values"),
        ("{withhold: '[2010-01, 2010-12]'}", "x.yaml:14", "no value lies in the withheld period"),
        ("{components: '{harmonics: [6]}'}", "x.yaml:12", "6 harmonics"),
        ("{components: '{harmonics: [1], remaider: 1}'}", "x.yaml:12", "did you mean 'remainder'"),
    ])
    func faultsAreSaidWithTheirLine(change: String, place: String, problem: String) throws {
        let parts = change.dropFirst().dropLast().split(separator: ":", maxSplits: 1)
        let value = parts[1].trimmingCharacters(in: CharacterSet(charactersIn: " '"))
        var text = configuration()
        switch parts[0] {
        case "test": text = configuration(test: value)
        case "train": text = configuration(train: value)
        case "withhold": text = configuration(withhold: value)
        default: text = configuration(components: value)
        }
        let path = try folder(text)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let error = #expect(throws: InputError.self) { _ = try run(path, "out", threads: 1, .new) }
        #expect(error?.description.contains(place) ?? false, "\(error?.description ?? "no error")")
        #expect(error?.description.contains(problem) ?? false, "\(error?.description ?? "no error")")
    }
}
