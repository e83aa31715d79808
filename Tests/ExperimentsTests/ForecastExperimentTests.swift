import Foundation
import Learning
import Studies
import Testing
import Verification

@testable import Experiments

/// A small forecast experiment on synthetic data in a folder of its own.
private struct SmallExperiment {
    let folder: URL

    /// Two variables with seasons, the second following the first; `change` may alter values.
    init(
        errors: Bool = false,
        gaps: String = "gaps: {random: {fraction: 0.3}, outage: {variable: x, period: [2005-01, 2005-06]}}",
        change: (_ time: Int, _ value: Double) -> Double = { $1 }
    ) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "apus-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let noise = Key(11).normal([240, 2]).values
        var (x, y) = (0.0, 0.0)
        var lines = ["year,month,x,y" + (errors ? ",sx" : "")]
        for t in 0..<240 {
            (x, y) = (0.9 * x + noise[2 * t], 0.6 * y + 0.3 * x + 0.5 * noise[2 * t + 1])
            let season = 3 * Double(t % 12 < 6 ? t % 12 : 12 - t % 12)
            lines.append(
                "\(1990 + t / 12),\(t % 12 + 1),\(change(t, 20 + season + x)),\(change(t, 5 - season + y))"
                    + (errors ? ",0.8" : ""))
        }
        try lines.joined(separator: "\n").write(
            to: folder.appending(path: "data.csv"), atomically: true, encoding: .utf8)
        try """
        experiment: forecast
        name: small
        data:
          file: data.csv
          time: {columns: [year, month]}
          step: month
          variables: [{name: x\(errors ? ", error: {column: sx}" : "")}, {name: y}]
        split: {train: [1990-01, 1999-12], validation: [2000-01, 2003-12], test: [2004-01, 2009-12]}
        target: y
        forecast: {leads: 3, decisive_leads: [1, 3], members: 24}
        cross_validation: {folds: 4}
        linear: {memory: [1, 2], ridge: [1, 10], seasonal_lags: [0, 1]}
        network: {hidden: [[4]], memory: [1], epochs: 20, patience: 5}
        correction: {hidden: [[4]], memory: [1], epochs: 20, patience: 5}
        assimilation: {filters: [etkf], inflation: [1, 1.2]}
        \(gaps)
        bootstrap: {resamples: 100}
        """.write(to: folder.appending(path: "small.yaml"), atomically: true, encoding: .utf8)
    }

    func file() throws -> ExperimentFile { try ExperimentFile(folder.appending(path: "small.yaml").path) }

    /// What selection settles and what is learned before the test, as text.
    func learned() throws -> (chosen: String, model: [UInt8]) {
        guard let experiment = try file().experiment as? ForecastExperiment else { return ("", []) }
        let data = try ForecastData(experiment.configuration)
        let selection = Selection(
            configuration: experiment.configuration, data: data, key: Key(1),
            options: RunOptions(threads: 2, isQuiet: true))
        let chosen = selection.choose()
        let models = LearnedModels(
            data.series, before: data.end, chosen, experiment.configuration, key: Key(2), threads: 1)
        let method = LearnedMethod(kind: .corrected, filter: .etkf)
        let forecaster = models.forecaster(method, inflation: 1, experiment.configuration, key: Key(3))
        let text = String(decoding: ExactJSON.encode(chosen), as: UTF8.self)
        return (text, try forecaster.checkpoint(variables: ["x", "y"]).encoded())
    }
}

@Suite struct ForecastExperimentTests {
    /// Nothing of the test period may touch a fit, a climatology, a scaling or a choice.
    @Test func theTestPeriodIsNotLookedAt() throws {
        let honest = try SmallExperiment().learned()
        let other = try SmallExperiment { time, value in time >= 168 ? -3 * value + 100 : value }.learned()
        #expect(honest.chosen == other.chosen)
        #expect(honest.model == other.model)
        let earlier = try SmallExperiment { time, value in time == 167 ? value + 1 : value }.learned()
        #expect(honest.model != earlier.model)
    }

    @Test func runsToCompleteResults() throws {
        let experiment = try SmallExperiment()
        let run = try experiment.file().run(
            output: experiment.folder.appending(path: "out").path, claim: .new, options: RunOptions(isQuiet: true))
        let results = try #require(run.results as? RunResults)
        #expect(results.methods.map(\.name).contains(results.chosen))
        for gaps in results.gapNames {
            for score in [Score.rmse, .crps, .coverage90, .correlation, .spreadErrorRatio] {
                let found = results.scores.filter {
                    $0.gaps == gaps && $0.score == score && $0.method == results.chosen
                }
                #expect(found.count == 6 && found.allSatisfy { $0.value != nil && $0.count == 72 })
            }
        }
        // The second variable follows the first: the learned methods must beat persistence clearly.
        let rmse = { (method: String) in
            results.scores.first { $0.method == method && $0.variable == "y" && $0.lead == 1 && $0.score == .rmse }?
                .value ?? 9
        }
        #expect(rmse("linear-etkf") < 0.9 * rmse("persistence"))
        #expect(results.gapFilling.contains { $0.gaps == .outage && $0.estimator == .smoother && $0.rmse != nil })
    }

    /// Scenarios have names of one's own, and every text has the number from the setting.
    @Test func scenariosOfGapsAreNamedAndDescribedByTheirSettings() throws {
        let gaps = """
            gaps:
              random30: {fraction: 0.5}
              eighth: {fraction: 0.125}
              blackout: {variable: y, period: [2005-01, 2005-06]}
            """
        let experiment = try SmallExperiment(gaps: gaps)
        let run = try experiment.file().run(
            output: experiment.folder.appending(path: "out").path, claim: .new, options: RunOptions(isQuiet: true))
        let results = try #require(run.results as? RunResults)
        #expect(results.gapNames.map(\.rawValue) == ["none", "random", "eighth", "blackout"])
        #expect(
            results.gapScenarios.map(\.title) == [
                "all observations", "50 % withheld at random", "12.5 % withheld at random",
                "y withheld from 2005-01 to 2005-06",
            ])
        #expect(Set(results.scores.map(\.gaps)) == Set(results.gapNames))
        let page = results.report.page().html
        let texts = results.verdict.joined() + results.terminalTables.map { $0.rendered(color: false) }.joined() + page
        #expect(!texts.contains("30 %") && texts.contains("12.5 % withheld at random"))
        // More is withheld of the larger fraction, and of one variable in the period.
        func missing(_ name: String) -> Int {
            results.series.filter { $0.gaps.rawValue == name }.flatMap(\.observed).count { $0 == nil }
        }
        let total = results.series.filter { $0.gaps == .none }.flatMap(\.observed).count
        #expect(abs(Double(missing("random")) / Double(total) - 0.5) < 0.06)
        #expect(abs(Double(missing("eighth")) / Double(total) - 0.125) < 0.05)
        #expect(missing("blackout") == 6)
        for (wrong, message) in [
            ("none: {fraction: 0.3}", "no name of a scenario"), ("../a: {fraction: 0.3}", "no name of a scenario"),
            ("a: {fraction: 0.3, variable: y}", "variable"),
            ("random30: {fraction: 0.3}, random: {fraction: 0.2}", "is listed twice"),
        ] {
            #expect {
                _ = try SmallExperiment(gaps: "gaps: {\(wrong)}").file()
            } throws: { "\($0)".contains(message) }
        }
    }

    /// An error that the data tell is used: the filter then keeps a distance from the observations.
    @Test func givenErrorsReachTheFilter() throws {
        func distance(_ experiment: SmallExperiment) throws -> Double {
            let run = try experiment.file().run(
                output: experiment.folder.appending(path: "out").path, claim: .new, options: RunOptions(isQuiet: true))
            let series = try #require(run.results as? RunResults).series.first {
                $0.gaps == .none && $0.variable == "x"
            }
            let pairs = zip(series?.observed ?? [], series?.filterMean ?? []).compactMap { a, b in
                a.flatMap { a in b.map { a - $0 } }
            }
            let squares: Double = pairs.map { $0 * $0 }.reduce(0, +)
            return (squares / Double(pairs.count)).squareRoot()
        }
        #expect(try distance(SmallExperiment(errors: true)) > 0.15)
        #expect(try distance(SmallExperiment()) < 0.1)
    }
}
