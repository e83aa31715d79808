import Foundation
import Studies
import Testing
import Verification

@testable import Experiments

@Suite struct NumberFormatTests {
    /// The figures are the same in every unit; only the place of the point and the exponent change.
    @Test(arguments: -6...9) func digitsDoNotDependOnTheUnit(_ power: Int) {
        let scale = pow(10, Double(power))
        let values = [1.2583, 2.5149, 14.7771].map { $0 * scale }
        let format = NumberFormat(values)
        func figures(_ text: String) -> String {
            let mantissa = text.split(separator: "e")[0].filter(\.isNumber)
            return String(mantissa.drop { $0 == "0" })
        }
        let texts = values.map(format.text)
        // Whole numbers keep their places above the point.
        if power < 3 || power >= 5 { #expect(texts.map(figures) == ["126", "251", "1478"], "\(texts)") }
        for (text, value) in zip(texts, values) {
            let read = Double(text) ?? .nan
            #expect(abs(read - value) <= 0.005 * scale * 1.001, "\(text) of \(value)")
        }
    }

    /// Beside a number a thousand times larger, small ones keep the digits that tell them apart.
    @Test func smallNumbersBesideALargeOneHaveTwoDigits() {
        func texts(_ values: [Double]) -> [String] {
            let format = NumberFormat(values)
            return values.map(format.text)
        }
        #expect(texts([132.1, 0.0931, 0.111, 0.1429]) == ["132.100", "0.093", "0.111", "0.143"])
        #expect(texts([14_820, 0.0931, 0.111]) == ["14820.0", "0.093", "0.11"])
        #expect(texts([14.7771, 0.374]) == ["14.78", "0.37"])
        #expect(texts([4.2e7, 3.1]) == ["4.20000e7", "3.1e0"])
    }

    @Test func sizesAndIntervalsDecideTheDigits() {
        #expect(NumberFormat([1.258e-4]).text(1.258e-4) == "1.26e-4")
        #expect(NumberFormat([4.2e9]).text(-4.2e9) == "−4.20e9")
        #expect(NumberFormat([0.0126]).text(0.0126) == "0.0126")
        let narrow = NumberFormat([340.12, 352.4], widths: [0.3])
        #expect(narrow.text(340.123, low: 340.02, high: 340.32) == "340.12 [340.02, 340.32]")
        // What is not zero is not printed as zero.
        #expect(NumberFormat([0.5, 0.9]).text(0.00012) == "1.2e-4" && NumberFormat([0.5]).text(0) == "0.000")
        #expect(NumberFormat([nil, .nan]).text(nil) == "–" && NumberFormat([0.5]).text(.infinity) == "–")
        let difference = NumberFormat(difference: -0.106, low: -0.145, high: -0.067)
        #expect(difference.signed(-0.106) == "−0.106" && difference.signed(0.0004) == "+4.0e-4")
    }
}

/// Results of three methods at two leads in a unit of one's own.
private func comparison(scale: Double = 1, units: String = "degC") -> RunResults {
    let leads = [1, 24]
    var results = RunResults(
        name: "x", title: "x", summary: "", version: "", seed: 1,
        variables: [VariableRecord(name: "v", longName: "v", units: units)], primaryVariable: "v",
        splits: [SplitRecord(name: "test", start: "2000", end: "2009")], leads: leads, leadUnit: "months",
        methods: [
            MethodRecord(name: "climate", kind: .baseline, description: ""),
            MethodRecord(name: "persistence", kind: .baseline, description: ""),
            MethodRecord(name: "model", kind: .linear, description: ""),
        ], choice: ChoiceRecord(method: "model", criterion: ""))
    let errors = ["climate": [0.985, 1.201], "persistence": [0.37436, 1.514], "model": [0.37439, 1.553]]
    results.scores = results.methods.flatMap { method in
        leads.enumerated().flatMap { place, lead -> [ScoreRecord] in
            let value = (errors[method.name]?[place] ?? 0) * scale
            return [Score.rmse, .crps].map {
                ScoreRecord(
                    method: method.name, variable: "v", lead: lead, split: "test", gaps: .none, score: $0,
                    value: value, low: 0.8 * value, high: 1.2 * value, count: 120)
            }
        }
    }
    results.comparisons = leads.map {
        ComparisonRecord(
            first: "model", second: "climate", variable: "v", lead: $0, score: .rmse, difference: 0.352 * scale,
            low: -0.057 * scale, high: 0.647 * scale, significant: false)
    }
    results.leaders = [
        LeaderRecord(
            gaps: .none, variable: "v", lead: 24, score: .rmse, method: "climate", rival: "persistence",
            difference: -0.3 * scale, low: -0.4 * scale, high: -0.2 * scale, isClear: true)
    ]
    results.conclude()
    return results
}

@Suite struct HonestVerdictTests {
    /// Persistence is the best baseline on average and at lead 1; at the lead of the sentence the climate is.
    @Test func theBestBaselineIsThatOfTheLead() {
        let results = comparison()
        #expect(results.verdict[0].contains("24 months ahead with an RMSE of 1.553 °C"))
        #expect(
            results.verdict[0].hasSuffix(
                "the best baseline at this lead, climate, has 1.201 °C, which is lower (within noise)."))
    }

    /// Short tables have the longest lead, and all leads where they are few.
    @Test(arguments: [
        ([1, 3, 6, 12, 24], [1, 3, 6, 12, 24]), (Array(1...24), [1, 3, 6, 9, 12, 24]),
        (Array(1...12), [1, 3, 6, 9, 12]),
        (Array(stride(from: 5, through: 70, by: 5)), [5, 20, 35, 50, 65, 70]), ([2], [2]),
    ])
    func shortTablesHaveTheLongestLead(_ leads: [Int], _ shown: [Int]) {
        var results = comparison()
        results.leads = leads
        #expect(results.summaryTable().columns.dropFirst().map(\.title) == shown.map { "\($0)" })
    }

    @Test func numbersThatPrintTheSameAreCalledTheSame() {
        var results = comparison()
        for i in results.scores.indices where results.scores[i].method == "model" && results.scores[i].lead == 24 {
            results.scores[i].value = 1.20102
        }
        results.conclude()
        #expect(results.verdict[0].hasSuffix("climate, has 1.201 °C, which is the same."), "\(results.verdict[0])")
    }

    @Test(arguments: [(1e-4, "1.201e-4", "e-"), (1e9, "1.201e9", "e8"), (1, "1.201", "0.374")])
    func tablesAndSentencesHaveDigitsInEveryUnit(_ scale: Double, _ wanted: String, _ other: String) {
        let results = comparison(scale: scale, units: "1")
        let table = results.summaryTable().rendered(color: false)
        let page = results.report.page().html
        for text in [table, results.verdict.joined(), page] { #expect(text.contains(wanted), "\(text.prefix(2000))") }
        #expect(table.contains(other) && !table.contains("0.000") && !results.verdict.joined().contains("0.000"))
        // Only a winner beyond noise is marked, although its rounded rival looks the same.
        #expect(table.count { $0 == "*" } == 1 && table.contains("\(wanted)*"))
    }

    @Test func methodsThatAreTheSameHaveOneRowAndOneCurve() {
        var results = comparison()
        results.methods.append(MethodRecord(name: "model + network", kind: .hybrid, description: ""))
        results.scores += results.scores.filter { $0.method == "model" }.map {
            var copy = $0
            copy.method = "model + network"
            return copy
        }
        results.learningCurves = [
            LearningCurveRecord(
                method: "model + network", fold: 1, training: [1, 2], validation: [1, 2], epochKept: 0)
        ]
        results.conclude()
        let table = results.summaryTable()
        #expect(table.rows.count == 3 && table.rendered(color: false).contains("model = model + network"))
        #expect(results.verdict.contains("model and model + network are the same to all digits."))
        #expect(results.verdict.contains { $0.hasPrefix("model + network learned nothing") })
        let names = IndexedResults(results).lines(.rmse).compactMap(\.name)
        #expect(names == ["model = model + network", "climate", "persistence"])
    }

    @Test func coverageIsJudgedAtBothLevelsByIntervals() {
        func verdict(_ fifty: (Double, Double, Double), _ ninety: (Double, Double, Double), count: Int) -> [String] {
            var results = comparison()
            for (score, value) in [(Score.coverage50, fifty), (.coverage90, ninety)] {
                results.scores += [1, 24].map {
                    ScoreRecord(
                        method: "model", variable: "v", lead: $0, split: "test", gaps: .none, score: score,
                        value: value.0, low: value.1, high: value.2, count: count)
                }
            }
            results.conclude()
            return results.verdict.filter { $0.contains("intervals of model held") }
        }
        let off = verdict((0.78, 0.74, 0.82), (0.75, 0.71, 0.79), count: 500)
        #expect(off.count == 2 && off[0].contains("78 %") && off[0].contains("too wide at every lead"))
        #expect(off[1].contains("75 %") && off[1].contains("too narrow at every lead") && off[1].contains("[71, 79]"))
        let right = verdict((0.52, 0.46, 0.58), (0.91, 0.88, 0.94), count: 250)
        #expect(right.allSatisfy { $0.contains("consistent with their probability") })
        // Ten forecasts whose intervals always held the truth prove nothing.
        #expect(verdict((0.6, 0.4, 0.9), (1, 1, 1), count: 10)[1].contains("consistent"))
    }

    @Test func comparisonsAreCorrectedForTheirNumber() {
        let records = [0.001, 0.02, 0.03, 0.04].map {
            ComparisonRecord(
                first: "a", second: "b", variable: "v", lead: 1, score: .rmse, difference: -1, low: -2, high: -0.1,
                probability: $0, significant: true)
        }
        let corrected = ComparisonRecord.corrected(records, confidence: 0.95)
        #expect(corrected.map(\.significant) == [true, false, false, false])
        #expect(
            zip(corrected.compactMap(\.probability), [0.004, 0.06, 0.06, 0.06]).allSatisfy { abs($0 - $1) < 1e-12 })
        // Another score is a family of its own.
        var other = records[1]
        other.score = .crps
        #expect(ComparisonRecord.corrected([other] + records, confidence: 0.95)[0].significant)
    }
}
