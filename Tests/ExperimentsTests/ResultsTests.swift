import Foundation
import Testing

@testable import Experiments

@Suite struct ResultsTests {
    @Test func resultsReadBackAsTheyWere() throws {
        let results = ReportFixture.results()
        let data = results.json()
        #expect(try RunResults.decoded(from: data) == results)
        #expect(data == results.json())
    }

    @Test func recordsHaveTheirKeysInOrderAndNullForMissingValues() throws {
        let record = ScoreRecord(
            method: "a \"b\"\n", variable: "v", lead: 3, split: "test", gaps: Gaps(rawValue: "random"),
            score: .spreadErrorRatio, value: .nan, low: nil, high: 0.1, count: 7)
        let text = String(decoding: OrderedJSON.encoded([record]), as: UTF8.self)
        #expect(
            text == """
                [
                  {"method": "a \\"b\\"\\n", "variable": "v", "lead": 3, "split": "test", "gaps": "random", \
                "score": "spread_error_ratio", "value": null, "low": null, "high": 0.1, "count": 7}
                ]

                """)
    }

    @Test func fileHasTheKeysOfReaders() throws {
        let object = try #require(
            JSONSerialization.jsonObject(with: ReportFixture.results().json()) as? [String: Any])
        #expect(object["chosen"] as? String == "linear + network")
        let scores = try #require(object["scores"] as? [[String: Any]])
        let keys: Set = [
            "method", "variable", "lead", "split", "gaps", "score", "value", "low", "high", "count",
        ]
        #expect(scores.allSatisfy { Set($0.keys) == keys })
    }

    @Test func numbersKeepAllTheirDigits() throws {
        let numbers = [
            0.1, 1.0 / 3, Double.leastNonzeroMagnitude, Double.greatestFiniteMagnitude, -0.0, 123_456_789.123_456_78,
            1e-5, 1e22,
        ]
        let data = OrderedJSON.encoded(numbers)
        let back = try JSONDecoder().decode([Double].self, from: data)
        #expect(zip(back, numbers).allSatisfy { $0.bitPattern == $1.bitPattern })
        #expect(String(decoding: OrderedJSON.encoded([1.5, .infinity, nil]), as: UTF8.self) == "[1.5, null, null]\n")
    }
}

@Suite struct VerdictTests {
    @Test func sentencesStatePositiveAndNegativeFindings() {
        let sentences = ReportFixture.results().derivedVerdict()
        #expect(
            sentences[0].hasPrefix(
                "linear + network forecasts Niño 3.4 anomaly 6 months ahead with an RMSE of 0.513 °C"))
        #expect(
            sentences[0].contains(
                "the best baseline at this lead, AR(12), has 0.610 °C, which is higher (significantly)"))
        #expect(
            sentences.contains(
                "network against linear inverse model: no significant difference of RMSE at any lead "
                    + "(6 months ahead +0.019 °C, interval −0.020 to +0.058)."))
        #expect(
            sentences.contains(
                "linear + network against AR(12): significantly lower RMSE at every lead "
                    + "(6 months ahead −0.106 °C, interval −0.145 to −0.067)."))
        #expect(sentences.contains { $0.contains("0.170 °C by smoother, 0.290 °C by interpolation of anomalies") })
        #expect(ReportFixture.results().summaryTable().rendered(color: false).contains("0.174*"))
    }

    /// A choice of a simpler method than the one with the lowest score names both and the standard error.
    @Test func choiceOfTheSimplerMethodIsExplained() {
        var results = ReportFixture.results()
        let candidates = [
            CandidateRecord(name: "linear", score: 0.31265, difference: 0.00006, standardError: 0.00011),
            CandidateRecord(name: "corrected", score: 0.31259, difference: 0, standardError: 0),
        ]
        let reason = CandidateRecord.reason(for: "linear", among: candidates)
        results.choice = ChoiceRecord(method: "linear", criterion: "", reason: reason, candidates: candidates)
        results.conclude()
        let sentence =
            "The validation period does not tell linear from corrected, which has the lowest score "
            + "(+0.00006, standard error 0.00011): the simpler of the two was chosen."
        #expect(results.verdict.contains(sentence))
        #expect(results.report.page().html.contains(sentence))
        #expect(CandidateRecord.reason(for: "corrected", among: candidates) == nil)
    }

    @Test func networksWithoutAnEffectLearnedNothing() {
        func curve(_ fold: Int, kept: Int, effect: Double?) -> LearningCurveRecord {
            LearningCurveRecord(
                method: "corrected", fold: fold, training: [1, 1], validation: [1, 1], epochKept: kept, effect: effect)
        }
        func idleness(_ curves: [LearningCurveRecord]) -> String? {
            LearningCurveRecord.idleness(of: "corrected", in: curves)
        }
        #expect(
            idleness([curve(1, kept: 0, effect: nil), curve(2, kept: 2, effect: 0)])
                == "learned nothing: no network of 2 has an effect, the best weights are those from before the first epoch"
        )
        #expect(
            idleness([curve(1, kept: 0, effect: 0), curve(2, kept: 2, effect: 0.4)])?.hasPrefix(
                "learned nothing in 1 of 2 folds") == true)
        #expect(idleness([curve(1, kept: 1, effect: 0.2)]) == nil && idleness([]) == nil)
    }
}
