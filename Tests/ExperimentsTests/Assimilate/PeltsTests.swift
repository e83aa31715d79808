import Foundation
import Testing

@testable import Experiments
@testable import Studies

/// The example of hares and lynxes against the reference posterior (posteriordb, long Stan runs): means and standard
/// deviations of the logarithms of the draws.
@Suite struct PeltsTests {
    private static let reference: [(name: String, mean: Double, deviation: Double)] = [
        ("alpha", -0.606975, 0.116654),
        ("beta", -3.591234, 0.151237),
        ("gamma", -0.232030, 0.111575),
        ("delta", -3.740610, 0.145860),
        ("start.hare", 3.523201, 0.086631),
        ("start.lynx", 1.777710, 0.086596),
        ("error.hare", -1.402997, 0.167288),
        ("error.lynx", -1.395140, 0.169758),
    ]

    private static func example(_ methods: String) throws -> AssimilationRun {
        let examples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Examples")
        let text = try String(contentsOf: examples.appending(path: "pelts.yaml"), encoding: .utf8)
        let table = try String(contentsOf: examples.appending(path: "Data/pelts.csv"), encoding: .utf8)
        let start = try #require(text.range(of: "model:"))
        let end = try #require(text.range(of: "methods:"))
        let body = text[start.lowerBound..<end.lowerBound].replacing("Data/pelts.csv", with: "pelts.csv")
        return try AssimilationRun(body + "methods: [\(methods)]\nforecast: {leads: 10}\n", files: ["pelts.csv": table])
    }

    @Test func modeAndLaplaceCovarianceAreThoseOfTheReference() throws {
        let run = try Self.example("{method: map}")
        for (name, mean, deviation) in Self.reference {
            let found = try run.parameter(name, "log")
            let shift = (try #require(found.mean) - mean) / deviation
            let ratio = try #require(found.sd) / deviation
            // A mode of the coordinates is below the mean of a standard deviation.
            if name.hasPrefix("error") {
                #expect(abs(shift + 0.63) <= 0.05, "\(name): \(shift)")
            } else {
                #expect(abs(shift) <= 0.15, "\(name): \(shift)")
            }
            #expect((0.86...0.94).contains(ratio), "\(name): \(ratio)")
            #expect(found.determined)
        }
        let smoothed = try #require(run.results.series[0].smoothed)
        #expect(run.results.times.last == 1930 && smoothed.mean.allSatisfy { $0 > 0 })
        // Forecasts are less certain than what was observed.
        let spread = { (time: Int) in log(smoothed.high[2 * time] / smoothed.low[2 * time]) }
        #expect(spread(30) > 2 * spread(10))
    }

    @Test func likelihoodThroughAnEnsembleFilterFindsTheParameters() throws {
        let run = try Self.example("{method: likelihood, filter: etkf, members: 60}")
        for (name, mean, deviation) in Self.reference.prefix(4) {
            let found = try #require(try run.parameter(name, "log").mean)
            #expect(abs((found - mean) / deviation) <= 1, "\(name): \(found)")
        }
    }
}
