import Foundation
import Learning
import Tensors
import Testing

@testable import Experiments
@testable import Studies

/// Results of a twin experiment made by hand: errors by method and seed, the climate's among them.
private func results(_ errors: [(String, String, [[Double]])], spread: Double? = 0.2) throws -> TwinResults {
    var setting = TwinSetting.sakov2008
    (setting.cycles, setting.spinUp) = (errors[0].2[0].count, 0)
    func run(_ values: [Double], _ seed: Int) -> TwinRunRecord {
        let count = values.count
        let series = FilterSeries(
            errors: Tensor(values, shape: [count]),
            spreads: Tensor([Double](repeating: spread ?? 0, count: count), shape: [count]),
            rankedScores: Tensor(values, shape: [count]),
            means: Tensor([Double](repeating: 0, count: count), shape: [count]))
        return TwinRunRecord(
            series, truth: Tensor([Double](repeating: 1, count: count), shape: [count, 1]), spinUp: 0, seed: seed,
            keepsStates: false)
    }
    let climate = errors.first { $0.1 == "climatology" }?.2.enumerated().map { run($0.element, $0.offset) } ?? []
    let methods = try errors.map { name, kind, seeds in
        let method = try ComparedMethod(
            ConfigurationNode(yaml: "{name: \(name), method: \(kind)}", file: "t"), models: [], budget: 1)
        return TwinMethodRecord(
            method, chosen: 0, setting: setting, tried: [],
            tested: seeds.enumerated().map { run($0.element, $0.offset) }, climate: climate, training: nil)
    }
    let file = try ExperimentFile(
        yaml: "experiment: twin\nname: t\nsetting: sakov2008\nmethods: [{method: etkf}]", file: "t.yaml")
    return TwinResults(file.header, setting, methods: methods)
}

private func flat(_ values: [Double], count: Int = 100) -> [[Double]] {
    values.map { value in (0..<count).map { value * (1 + 0.1 * sin(Double($0))) } }
}

@Suite struct TwinVerdictTests {
    private let climate = ("climatology", "climatology", flat([3.6, 3.6, 3.6, 3.6, 3.6]))

    @Test func aLostTruthIsCountedAndNoBoundIsNegative() throws {
        var lost = flat([0.2, 0.21, 0.2, 0.19, 0.2])
        // From the middle on the filter follows another trajectory.
        for time in 50..<100 { lost[3][time] = 4.5 }
        let found = try results([climate, ("a", "etkf", lost), ("b", "etkf", flat([0.25, 0.25, 0.26, 0.25, 0.24]))])
        let a = found.methods[1]
        #expect(a.lost == 1 && a.failed == 0 && found.methods[0].lost == 0 && found.methods[2].lost == 0)
        #expect(abs((a.median ?? 0) - 0.2) < 0.01 && (a.error ?? 0) > 0.5)
        #expect(try #require(a.low) > 0)
        #expect(found.verdict.contains { $0.hasPrefix("a lost the truth on 1 of 5 seeds") })
        #expect(found.scoreTable.rendered(color: false).contains("1 of 5"))
        let file = try found.netCDF()
        guard case .integers(let lostSeeds)? = file.variable("lost")?.values else {
            Issue.record("results.nc has no flags of lost seeds")
            return
        }
        #expect(lostSeeds == [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0])
        let object = try #require(JSONSerialization.jsonObject(with: found.json()) as? [String: Any])
        let methods = try #require(object["methods"] as? [[String: Any]])
        #expect(methods[1]["lost"] as? Int == 1 && methods[1]["median"] is Double)
        #expect(found.report.page().html.contains("a lost the truth on 1 of 5 seeds"))
        // Two seeds, one of them lost: no interval at all.
        let two = try results([
            ("climatology", "climatology", flat([1.3, 1.3])), ("a", "etkf", flat([0.106, 1.424])),
        ])
        #expect(
            two.methods[1].low == nil && two.methods[1].lost == 1 && abs((two.methods[1].error ?? 0) - 0.765) < 0.01)
        #expect(!two.scoreTable.rendered(color: false).contains("[−") && !two.verdict.joined().contains("signific"))
        #expect(two.verdict[0].contains("cannot be told from fewer than 3 seeds"))
    }

    /// A spread that owns up to an error as large as the climate's has lost nothing.
    @Test func aFreeRunIsNotLost() throws {
        let found = try results([climate, ("free", "etkf", flat([3.8, 3.8, 3.8, 3.8, 3.8]))], spread: 3.6)
        #expect(found.methods[1].lost == 0)
    }

    @Test func aWinnerWithinNoiseIsNotCrowned() throws {
        let a = flat([0.20, 0.22, 0.21, 0.19, 0.20])
        let b = flat([0.21, 0.20, 0.22, 0.20, 0.21])
        let near = try results([climate, ("a", "etkf", a), ("b", "etkf", b)])
        #expect(!near.hasClearBest && !near.scoreTable.rendered(color: false).contains("*"))
        #expect(near.verdict[0].contains("within noise of b"))
        let clear = try results([climate, ("a", "etkf", a), ("b", "etkf", flat([0.31, 0.33, 0.32, 0.30, 0.31]))])
        #expect(clear.hasClearBest && clear.scoreTable.rendered(color: false).contains("*"))
        #expect(clear.verdict[0].contains("significantly lower") && clear.verdict[0].contains("3 comparisons"))
        // The same seeds with a constant difference pair well though the seeds differ more than the methods.
        let wide = flat([0.1, 0.5, 0.2, 0.9, 0.3])
        let shifted = flat([0.112, 0.511, 0.213, 0.912, 0.311])
        #expect(try results([climate, ("a", "etkf", wide), ("b", "etkf", shifted)]).hasClearBest)
    }

    @Test func methodsThatAreTheSameShareARow() throws {
        let found = try results(
            [
                climate, ("optimal-interpolation", "optimal-interpolation", climate.2),
                ("a", "etkf", flat([4, 4.1, 4.2, 4, 4.1])),
            ], spread: 4)
        #expect(found.scoreTable.rows.count == 2)
        let text = found.scoreTable.rendered(color: false)
        #expect(text.contains("climatology = optimal-interpolation") && text.count { $0 == "*" } <= 1)
        #expect(found.verdict.contains("climatology and optimal-interpolation are the same to all digits."))
    }

    @Test func aSingleEstimateHasNoSpread() throws {
        let found = try results([climate, ("a", "3dvar", flat([0.4, 0.41, 0.4, 0.4, 0.4]))], spread: nil)
        #expect(found.methods[1].spread == nil && found.methods[1].lost == 0)
        #expect(found.methods[1].runs[0].spreads.allSatisfy { $0 == nil })
    }

    /// The step is far too large for the model: the truth, not a filter, runs away.
    @Test func aTruthThatDivergesIsNamed() throws {
        try withTemporaryFolder { folder in
            let file = try ExperimentFile(
                yaml: """
                    experiment: twin
                    name: t
                    model: {name: lorenz96, variables: 8, step: 0.9}
                    cycles: 40
                    spinup: 10
                    seeds: {tuning: 1, test: 2}
                    methods: [{method: etkf, members: 5}]
                    """, file: folder + "/t.yaml")
            let run = try file.run(
                output: folder + "/out", claim: .new, options: RunOptions(threads: 1, isQuiet: true))
            let results = try #require(run.results as? TwinResults)
            #expect(
                results.verdict.count == 1 && results.verdict[0].hasPrefix("The truth itself diverges on every seed"))
            #expect(results.methods.allSatisfy { $0.failed == 0 && $0.lost == 0 && $0.error == nil })
        }
    }

    /// What was published is of the setting as it was, and of a method with its parameters.
    @Test func expectationsBelongToTheUnchangedSettingAndMethod() throws {
        func setting(_ keys: String) throws -> TwinSetting {
            let file = try ExperimentFile(
                yaml: "experiment: twin\nname: t\nsetting: sakov2008\n\(keys)\nmethods: [{method: etkf}]", file: "t")
            return try #require(file.experiment as? TwinExperiment).configuration.setting
        }
        #expect(try setting("seeds: {test: 3}").expectations.count == TwinSetting.sakov2008.expectations.count)
        #expect(try setting("observe: {error: 1}").name == "sakov2008")
        for (change, word) in [
            ("model_error: 0.1", "model error"), ("cycles: 1000", "cycles"), ("spinup: 100", "spin-up"),
            ("observe: {missing: 0.2}", "missing values"), ("observe: {every: 2}", "observed variables"),
            ("model: {forcing: 9}", "model"),
        ] {
            let changed = try setting(change)
            #expect(changed.expectations.isEmpty && changed.name == "changed", "\(change)")
            #expect(changed.title == "sakov2008 with another \(word)" && changed.reference.hasPrefix("Changed from"))
        }
        func isPublished(_ text: String) throws -> Bool {
            let method = try ComparedMethod(ConfigurationNode(yaml: text, file: "t"), models: [], budget: 9)
            return TwinSetting.sakov2008.expectation(of: method.method) != nil
        }
        #expect(try isPublished("{method: etkf, members: 24, inflation: 1.013, rotates: 1}"))
        #expect(try !isPublished("{method: etkf, members: 40, inflation: 1.013, rotates: 1}"))
        #expect(try isPublished("{method: climatology}"))
    }
}
