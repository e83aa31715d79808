import Foundation
import Studies
import Testing

@testable import Experiments

/// Smoothers iterate until they converge, and windows that do not are counted.
@Suite struct TwinIterationTests {
    private func run(_ methods: String) throws -> TwinResults {
        let file = try ExperimentFile(
            yaml: """
                experiment: twin
                name: windows
                setting: sakov2012
                cycles: 120
                spinup: 20
                seeds: {test: 2}
                methods:
                \(methods)
                """, file: "windows.yaml")
        return try withTemporaryFolder { folder in
            let claimed = try RunFolder(claiming: folder + "/out", fingerprint: "1", as: .new)
            return try #require(
                file.experiment.run(in: claimed, options: RunOptions(threads: 2, isQuiet: true)) as? TwinResults)
        }
    }

    @Test func windowsThatDoNotConvergeAreCounted() throws {
        let results = try run(
            """
              - {name: whole, method: ienks, members: 10, inflation: 1.02, rotates: 1}
              - {name: short, method: ienks, members: 10, inflation: 1.02, rotates: 1, iterations: 2}
              - {name: fixed, method: ienks, members: 10, inflation: 1.02, rotates: 1, iterations: 2, tolerance: 0}
            """)
        func method(_ name: String) throws -> TwinMethodRecord {
            try #require(results.methods.first { $0.name == name })
        }
        let (whole, short, fixed) = (try method("whole"), try method("short"), try method("fixed"))
        #expect(whole.parameters.contains("iterations 20, tolerance 0.001"))
        // Two seeds of 119 windows: two iterations are too few for nearly all of this nonlinear problem.
        let counts = (try #require(whole.unconverged), try #require(short.unconverged))
        #expect(counts.0 < 24 && counts.1 > 150, "\(counts)")
        #expect(short.runs.compactMap(\.unconverged).reduce(0, +) == counts.1)
        // As many iterations without a tolerance are another program, with other last digits.
        let pairs = zip(fixed.runs.flatMap(\.errors), short.runs.flatMap(\.errors))
        #expect(fixed.unconverged == nil && pairs.allSatisfy { abs(($0 ?? 0) - ($1 ?? 9)) < 1e-6 })
        // The error of an observation is 1.4.
        #expect(try #require(whole.error) < 0.4)
        #expect(results.verdict.contains { $0.hasPrefix("\(counts.1) of 238 windows of short did not converge") })
        #expect(!results.verdict.contains { $0.contains("windows of fixed") })
        let object = try #require(JSONSerialization.jsonObject(with: results.json()) as? [String: Any])
        let methods = try #require(object["methods"] as? [[String: Any]])
        #expect(methods.first { $0["name"] as? String == "short" }?["unconverged"] as? Int == counts.1)
        #expect(results.report.page().html.contains("windows of short did not converge"))
    }
}
