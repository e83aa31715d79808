import Foundation
import Verification

@testable import Experiments

/// Results that look like those of a run: scores that grow with lead, an oscillation with its forecasts, gaps.
enum ReportFixture {
    static let leads = Array(1...12)
    static let methods: [(name: String, kind: MethodKind, factor: Double)] = [
        ("climatology", .baseline, 1), ("persistence", .baseline, 1.25), ("damped persistence", .baseline, 0.98),
        ("AR(12)", .baseline, 0.82), ("linear inverse model", .linear, 0.72), ("network", .network, 0.74),
        ("linear + network", .hybrid, 0.69),
    ]
    static let random = Gaps(rawValue: "random")
    static let chosen = "linear + network"

    static func results() -> RunResults {
        var results = RunResults(
            name: "enso", title: "The tropical Pacific, learned and forecast",
            summary:
                "Forecast models of four regions' sea surface temperature anomalies were learned from observations to "
                + "1989, assimilated with an ensemble filter and scored on 1990 to 2010.",
            version: "0.1.0", seed: 2024,
            variables: [
                variable("nino34", "Niño 3.4 anomaly"), variable("nino12", "Niño 1+2 anomaly"),
                variable("nino3", "Niño 3 anomaly"), variable("nino4", "Niño 4 anomaly"),
            ], primaryVariable: "nino34",
            splits: [
                SplitRecord(name: "train", start: "1950-01", end: "1979-12"),
                SplitRecord(name: "validation", start: "1980-01", end: "1989-12"),
                SplitRecord(name: "test", start: "1990-01", end: "2010-12"),
            ], leads: leads, leadUnit: "months",
            gapScenarios: [
                .none, .random(random, fraction: 0.3),
                .period(.outage, variable("nino34", "Niño 3.4 anomaly"), from: "1997-05", to: "1998-04"),
            ],
            methods: methods.map {
                MethodRecord(
                    name: $0.name, kind: $0.kind, description: "What \($0.name) does, in one sentence.",
                    parameters: [
                        MethodParameter(name: "memory", value: "12 months"),
                        MethodParameter(name: "ridge", value: "0.5"),
                    ])
            },
            choice: ChoiceRecord(
                method: chosen, criterion: "Lowest mean RMSE over leads 1 to 9 in validation, 1980 to 1989.",
                candidates: methods.suffix(3).map { CandidateRecord(name: $0.name, score: 0.6 * $0.factor) }),
            dataCredits: ["Monthly sea surface temperatures of four regions, a public-domain product."])
        results.scores = scores()
        results.comparisons = comparisons()
        results.leaders = leads.map {
            LeaderRecord(
                gaps: .none, variable: "nino34", lead: $0, score: .rmse, method: chosen, rival: "linear inverse model",
                difference: -0.03, low: -0.05, high: -0.01, isClear: $0 == 1)
        }
        results.rankHistograms = [1, 3, 6, 9, 12].map { lead in
            RankHistogramRecord(
                method: chosen, variable: "nino34", lead: lead, gaps: .none,
                counts: (0..<10).map { 25 + Int(6 * noise(1000 * lead + $0)) }, probability: 0.4)
        }
        results.gapFilling = [random, Gaps.outage].flatMap { gaps in
            zip(GapEstimator.allCases, [0.24, 0.17, 0.29]).map {
                GapFillingRecord(
                    gaps: gaps, variable: "nino34", estimator: $0.0, rmse: $0.1, low: $0.1 - 0.03, high: $0.1 + 0.03,
                    count: gaps == .outage ? 12 : 302)
            }
        }
        results.folds = folds()
        results.learningCurves = ["network", chosen].flatMap { method in (1...4).map { curve(method, $0) } }
        results.errorModels = results.variables.map {
            ErrorModelRecord(
                method: chosen, variable: $0.name, observationError: 0.08, modelError: 0.21, inflation: 1.02)
        }
        results.series = [series(.none), series(random), series(.outage)]
        results.forecasts = [forecasts()]
        results.conclude()
        return results
    }

    /// A number in about ±1.7 that depends on the index alone.
    static func noise(_ index: Int) -> Double {
        var z = UInt64(bitPattern: Int64(index)) &* 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z ^= z >> 27
        return (Double(z >> 11) * 0x1p-53 - 0.5) * 3.46
    }

    static let times = (0..<252).map { "\(1990 + $0 / 12)-" + String(format: "%02d", $0 % 12 + 1) }
    static let truth: [Double] = (0..<264).map { month in
        let phase = 2 * Double.pi * Double(month) / 47
        return (1.3 + 0.6 * sin(Double(month) / 31)) * sin(phase + 0.8 * sin(Double(month) / 19)) + 0.12 * noise(month)
    }

    private static func variable(_ name: String, _ longName: String) -> VariableRecord {
        VariableRecord(
            name: name, longName: longName, units: "degC", standardName: "sea_surface_temperature_anomaly")
    }

    private static func scores() -> [ScoreRecord] {
        var records: [ScoreRecord] = []
        for (number, method) in methods.enumerated() {
            for (position, variable) in ["nino34", "nino12", "nino3", "nino4"].enumerated() {
                for gaps in [Gaps.none, random, .outage] where gaps == .none || method.name == chosen {
                    for lead in leads {
                        let growth = 1 - exp(-Double(lead) / 5)
                        let rmse =
                            method.name == "climatology"
                            ? 0.9 : (0.08 + 0.95 * growth) * method.factor * (1 + 0.1 * Double(position))
                        let values: [(Score, Double, Double)] = [
                            (.rmse, rmse + (gaps == .none ? 0 : 0.02), 0.14 * rmse), (.crps, 0.57 * rmse, 0.08 * rmse),
                            (
                                .correlation, method.name == "climatology" ? .nan : 1 - 0.6 * growth * method.factor,
                                0.06
                            ),
                            (.coverage50, 0.5 + 0.04 * noise(lead + 50 * number), 0.06),
                            (.coverage90, 0.9 + 0.02 * noise(lead + 70 * number), 0.04),
                            (.spreadErrorRatio, 0.97 + 0.05 * noise(lead + 90 * number), 0.1),
                        ]
                        records += values.map {
                            ScoreRecord(
                                method: method.name, variable: variable, lead: lead, split: "test", gaps: gaps,
                                score: $0.0, value: $0.1, low: $0.1 - $0.2, high: $0.1 + $0.2, count: 252)
                        }
                    }
                }
            }
        }
        return records
    }

    private static func comparisons() -> [ComparisonRecord] {
        let pairs = [
            ("network", "linear inverse model", 0.02), (chosen, "linear inverse model", -0.03),
            (chosen, "AR(12)", -0.11),
        ]
        return pairs.flatMap { pair in
            leads.map { lead in
                let difference = pair.2 * (0.3 + Double(lead) / 9)
                let half = 0.015 + 0.004 * Double(lead)
                return ComparisonRecord(
                    first: pair.0, second: pair.1, variable: "nino34", lead: lead, score: .rmse, difference: difference,
                    low: difference - half, high: difference + half, significant: abs(difference) > half)
            }
        }
    }

    private static func folds() -> [FoldRecord] {
        ["1 layer of 16", "1 layer of 32", "2 layers of 32"].enumerated().flatMap { index, configuration in
            (1...4).map {
                FoldRecord(
                    candidate: "network", configuration: configuration, fold: $0, period: "19\(40 + 10 * $0)s",
                    score: 0.52 - 0.01 * Double(index) + 0.03 * noise($0))
            }
        }
    }

    private static func curve(_ method: String, _ fold: Int) -> LearningCurveRecord {
        let epochs = (0..<60).map { Double($0) }
        return LearningCurveRecord(
            method: method, fold: fold,
            training: epochs.map { 0.3 + 0.7 * exp(-$0 / 8) - 0.002 * $0 + 0.004 * noise(Int($0) + 100 * fold) },
            validation: epochs.map {
                0.42 + 0.02 * Double(fold) + 0.6 * exp(-$0 / 9) + 0.00006 * $0 * $0 + 0.008
                    * noise(Int($0) + 900 * fold)
            }, epochKept: 38 - fold)
    }

    private static func series(_ gaps: Gaps) -> SeriesRecord {
        let isWithheld = times.indices.map { month in
            switch gaps {
            case .none: false
            case random: noise(month + 31) > 0.7
            default: (88..<100).contains(month)
            }
        }
        let known = Array(truth.prefix(times.count))
        let depth = times.indices.map { month in isWithheld[month] ? (gaps == .outage ? 0.5 : 0.25) : 0.08 }
        return SeriesRecord(
            gaps: gaps, variable: "nino34", method: chosen, times: times, truth: known,
            observed: zip(known, isWithheld).map { $1 ? nil : $0 },
            filterMean: known.indices.map { known[$0] + depth[$0] * 0.8 * noise($0 + 7000) },
            filterSpread: depth, smootherMean: known.indices.map { known[$0] + depth[$0] * 0.5 * noise($0 + 8000) },
            smootherSpread: depth.map { 0.6 * $0 })
    }

    private static func forecasts() -> ForecastRecord {
        let perLead = leads.map { lead -> ForecastsAtLead in
            let spread = 0.25 * Double(lead).squareRoot()
            func shifted(_ amount: Double) -> [Double?] {
                times.indices.map {
                    truth[$0 + lead] * (1 - 0.04 * Double(lead)) + spread * (0.4 * noise($0 + 40) + amount)
                }
            }
            return ForecastsAtLead(
                lead: lead, mean: shifted(0), quantile5: shifted(-1.645), quantile25: shifted(-0.674),
                quantile50: shifted(0), quantile75: shifted(0.674), quantile95: shifted(1.645),
                truth: times.indices.map { truth[$0 + lead] })
        }
        return ForecastRecord(method: chosen, gaps: .none, variable: "nino34", starts: times, leads: perLead)
    }
}
