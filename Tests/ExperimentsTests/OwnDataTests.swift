import Foundation
import Testing

@testable import Experiments

/// The configurations of the README and of the page on data of one's own are right, and run.
@Suite struct OwnDataTests {
    /// The blocks of YAML of a page.
    private static func blocks(_ page: String) throws -> [String] {
        let text = try String(contentsOfFile: Package.path(page), encoding: .utf8)
        return text.components(separatedBy: "```").filter { $0.hasPrefix("yaml\n") }.map { String($0.dropFirst(5)) }
    }

    @Test func examplesOfThePageAreRead() throws {
        let blocks = try Self.blocks("docs/own-data.md")
        #expect(blocks.count == 3)
        for block in blocks {
            let node = try ConfigurationNode(yaml: block, file: "own-data.md").part("data")
            let source = try DataSource(node)
            #expect(source.step != nil && !source.variables.isEmpty)
        }
    }

    private func run(_ name: String, file: String, _ data: String) throws -> RunResults {
        let block = try #require(try Self.blocks("README.md").first { $0.contains("\nname: \(name)\n") })
        return try withTemporaryFolder { folder in
            try Data(data.utf8).write(to: URL(filePath: folder + "/" + file))
            let experiment = try ExperimentFile(yaml: block, file: folder + "/own.yaml").experiment
            let claimed = try RunFolder(claiming: folder + "/out", fingerprint: "1", as: .new)
            let results = try experiment.run(in: claimed, options: RunOptions(threads: 2, isQuiet: true))
            return try #require(results as? RunResults)
        }
    }

    /// Rain fills a storage of which the flow is an eighth a day; another station stands in the same file.
    @Test func aRiverThatRainDrives() throws {
        var (rows, storage) = (["station;date;flow;rain"], 20.0)
        for day in 0..<4383 {
            let date = Instant(secondsSince1970: Instant(year: 1996).secondsSince1970 + 86_400 * Double(day)).date
            // It rains on a third of the days.
            let rain = max(0, 8 * ReportFixture.noise(day) - 5 + 2 * cos(2 * Double.pi * Double(day) / 365.25))
            storage += rain - storage / 8
            let stamp = String(format: "%02d.%02d.%04d", date.day, date.month, date.year)
            let values = [storage / 8, rain].map { String(format: "%.2f", $0).replacing(".", with: ",") }
            rows += ["17;\(stamp);\(values[0]);\(values[1])", "18;\(stamp);1,0;0,0"]
        }
        let results = try run("discharge", file: "stations.csv", rows.joined(separator: "\n") + "\n")
        #expect(results.variables.map(\.name) == ["flow"] && results.leads == [1, 2, 3, 7])
        #expect(
            results.leadUnit == "days" && Set(results.gapScenarios.map(\.name.rawValue)) == ["none", "flood", "random"])
        func rmse(_ method: String, _ lead: Int) throws -> Double {
            let found = results.scores.first {
                $0.method == method && $0.lead == lead && $0.score == .rmse && $0.gaps == .none && $0.split == "test"
            }
            return try #require(found?.value)
        }
        // The storage empties by an eighth a day, which persistence does not know.
        #expect(try rmse(results.chosen, 1) < 0.95 * rmse("persistence", 1))
        #expect(try rmse(results.chosen, 7) < 0.95 * rmse("persistence", 7))
        // A logarithm has no negative flow.
        let lowest = results.forecasts.flatMap(\.leads).flatMap(\.quantile5).compactMap(\.self).min()
        #expect(try #require(lowest) > 0)
    }

    /// The first example, on stamps of every fifth day that are averaged into months; with fewer epochs.
    @Test func theFirstExampleIsRead() throws {
        let block = try #require(try Self.blocks("README.md").first { $0.contains("\nname: river\n") })
        try withTemporaryFolder { folder in
            let rows = (0..<2922).map { five -> String in
                let date = Instant(secondsSince1970: Instant(year: 1980).secondsSince1970 + 432_000 * Double(five)).date
                let stamp = String(format: "%02d.%02d.%04d", date.day, date.month, date.year)
                return five % 50 == 7 ? "\(stamp),-999,NA" : "\(stamp),\(200 + five % 60),\(five % 7)"
            }
            let data = "date,level_cm,rain_mm\n" + rows.joined(separator: "\n") + "\n"
            try Data(data.utf8).write(to: URL(filePath: folder + "/gauges.csv"))
            let file = try ExperimentFile(yaml: block, file: folder + "/own.yaml")
            let experiment = try #require(file.experiment as? ForecastExperiment)
            let table = try experiment.configuration.data.read().observations
            #expect(table.variables.map(\.units) == ["m", "mm"] && table.times.count == 480)
            // Days 1, 6, 11, 16, 21, 26 and 31 of January 1980.
            #expect(abs((table.series(0)[0] ?? 0) - 2.03) < 1e-12)
        }
    }
}
