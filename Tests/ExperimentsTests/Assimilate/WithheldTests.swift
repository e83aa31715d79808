import Foundation
import Testing

@testable import Experiments
@testable import Studies

/// Methods are judged by values that were withheld from them.
@Suite struct WithheldTests {
    private static let table =
        "year,flow\n" + KalmanPathTests.nile.enumerated().map { "\(1871 + $0),\($1)\n" }.joined()
    private static func level(_ validation: String, methods: String = "{method: kalman}") -> String {
        """
        model:
          states: [level]
          map: {level: level}
          time_unit: year
          start: {level: "normal(1000, 300)"}
          error: {level: 40}
        observations: [{file: nile.csv, time: {column: year}, of: level, column: flow, error: 120}]
        methods: [\(methods)]
        validation: \(validation)
        """
    }

    /// Mean and variance of the level before each value of the Nile that is withheld, by the scalar recursion.
    private static func predicted(without isWithheld: (Int) -> Bool) -> [(mean: Double, variance: Double)] {
        var (mean, variance) = (1000.0, 90_000.0)
        return KalmanPathTests.nile.indices.map { time in
            if !isWithheld(time) {
                let gain = variance / (variance + 14_400)
                mean += gain * (Double(KalmanPathTests.nile[time]) - mean)
                variance *= 1 - gain
            }
            defer { variance += 1600 }
            return (mean, variance)
        }
    }

    @Test func estimatesAreThoseOfARunWithoutTheFold() throws {
        let run = try AssimilationRun(Self.level("{by: time, folds: 2, blocks: 3}"), files: ["nile.csv": Self.table])
        let judgement = try #require(run.results.judgement)
        let filtered = try #require(judgement.estimates.first { $0.method == "kalman" && !$0.isSmoothed })
        let block = (0..<100).map { $0 * 7 / 100 }
        for fold in 0..<2 {
            let expected = Self.predicted { block[$0] > 0 && (block[$0] - 1) % 2 == fold }
            for time in 0..<100 where block[time] > 0 && (block[time] - 1) % 2 == fold {
                #expect(abs(filtered.means[time] - expected[time].mean) < 1e-8)
                let deviation = (expected[time].variance + 14_400).squareRoot()
                #expect(abs(filtered.deviations[time] - deviation) < 1e-8)
            }
        }
        #expect(filtered.means.prefix(15).allSatisfy { $0.isNaN })
        #expect(judgement.overall[0].count == 85 && judgement.blocks == 6)
    }

    /// Smoothing has more to go on than filtering; both beat the mean of the other values here.
    @Test func smootherBeatsFilterOnSingleValues() throws {
        let run = try AssimilationRun(Self.level("{by: value, folds: 5}"), files: ["nile.csv": Self.table])
        let judgement = try #require(run.results.judgement)
        func score(_ name: String, _ isSmoothed: Bool = false) throws -> Double {
            try #require(judgement.overall.first { $0.method == name && $0.isSmoothed == isSmoothed }?.error)
        }
        let (smoothed, filtered, simple) = (
            try score("kalman", true), try score("kalman"), try score("mean of the values")
        )
        #expect(smoothed < filtered && filtered < simple)
        #expect(judgement.overall.allSatisfy { $0.count == 100 })
        let coverage = try #require(judgement.overall[0].coverage)
        #expect(coverage > 0.8)
    }

    @Test func refusesOnePlace() throws {
        let refusal = try AssimilationRun.refusal(Self.level("{by: place}"), files: ["nile.csv": Self.table])
        #expect(refusal?.contains("values in 1 of 5 folds by place") == true)
    }

    /// The gain with the smallest error is that of the steady Kalman filter.
    @Test func learnedGainIsTheSteadyKalmanGain() throws {
        let values = (0..<60).map { "\($0),\(sin(Double($0)))\n" }.joined()
        let text = """
            model: {states: [x], map: {x: 0.9 * x}, start: {x: "normal(0, 2)"}, error: {x: 1}}
            observations: [{file: a.csv, time: {column: t}, of: x, column: x, error: 1}]
            methods: [{method: learned-gain, steps: 1500, rate: 0.01}]
            """
        let run = try AssimilationRun(text, files: ["a.csv": "t,x\n" + values])
        let training = try #require(run.results.trainings.first)
        #expect(training.outcome == .completed)
        // P = 0.81 P R / (P + R) + Q with Q = R = 1.
        var variance = 1.0
        for _ in 0..<1000 { variance = 0.81 * variance / (variance + 1) + 1 }
        let gain = variance / (variance + 1)
        // Steady from the second time on: means of analyses follow with the gain.
        let mean = try #require(run.results.series[0].analysis?.mean)
        let learned = (30..<59).map { time in
            (mean[time + 1] - 0.9 * mean[time]) / (sin(Double(time + 1)) - 0.9 * mean[time])
        }
        #expect(learned.allSatisfy { abs($0 - learned[0]) < 1e-3 })
        #expect(abs(learned[0] - gain) < 0.03, "\(learned[0]) for \(gain)")
    }

    /// Classical and learned filters on real observations: the example, with a shorter training and fewer folds.
    @Test func exampleOfTheTropicalPacific() throws {
        let examples = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../Examples")
        let text = try String(contentsOf: examples.appending(path: "recharge.yaml"), encoding: .utf8)
        let table = try String(
            contentsOf: examples.appending(path: "Data/nino_regions_sst_monthly.csv"), encoding: .utf8)
        let (model, methods) = (try #require(text.range(of: "model:")), try #require(text.range(of: "methods:")))
        let body = text[model.lowerBound..<methods.lowerBound].replacing("Data/nino", with: "nino")
        let run = try AssimilationRun(
            body + """
                methods:
                  - {method: kalman}
                  - {method: learned-ensemble-gain, members: 20, loss: crps, steps: 200}
                validation: {by: time, folds: 2, blocks: 20}
                """, files: ["nino_regions_sst_monthly.csv": table])
        let judgement = try #require(run.results.judgement)
        let scores = Dictionary(
            uniqueKeysWithValues: judgement.overall.filter { !$0.isSmoothed }.map { ($0.method, $0) })
        let kalman = try #require(scores["kalman"])
        let coverage = try #require(kalman.coverage)
        #expect(abs(coverage - 0.9) < 0.05)
        let learned = try #require(scores["learned-ensemble-gain"])
        #expect(learned.crps != nil)
        #expect(judgement.best?.method == "kalman")
        #expect(run.results.trainings[0].outcome == .completed)
    }

    @Test func refusesALossOfSeveralUnits() throws {
        let text = Self.level("{}", methods: "{method: learned-ensemble-gain, loss: energy-score}")
        let refusal = try AssimilationRun.refusal(text, files: ["nile.csv": Self.table])
        #expect(refusal?.contains("the loss energy-score") == true)
    }
}
