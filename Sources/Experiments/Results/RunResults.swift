import Foundation
import Studies
import Verification

/// The results of forecasts of series: the content of `results.json`.
///
/// Unknown numbers are nil, never NaN.
struct RunResults: Codable, Sendable, Equatable {
    /// The run's name, as files use it.
    var name: String
    /// The report's title.
    var title: String
    /// The method of the run, in one paragraph.
    var summary: String
    /// The version of the software.
    var version: String
    /// How the programs of the run were run.
    var engine = Engine.compiled
    /// The seed of all random numbers.
    var seed: UInt64
    /// The variables.
    var variables: [VariableRecord]
    /// The variable that the choice and the first table are about.
    var primaryVariable: String
    /// The clock of all times, such as `UTC+05:30`, where the data tell it.
    var clock: String?
    /// The stretches of time.
    var splits: [SplitRecord]
    /// The leads of the forecasts, in steps.
    var leads: [Int]
    /// The unit of a lead, such as `months`.
    var leadUnit: String
    /// The scenarios of withheld observations, that without any the first.
    var gapScenarios: [GapRecord] = [.none]
    /// The methods, in the order of the tables.
    var methods: [MethodRecord]
    /// Which method was chosen, and how.
    var choice: ChoiceRecord
    /// The conclusions from the scores, one sentence each.
    var verdict: [String] = []
    /// All scores, flat.
    var scores: [ScoreRecord] = []
    /// Which differences are significant.
    var comparisons: [ComparisonRecord] = []
    /// The method with the lowest score at each lead, and whether it is lower beyond noise.
    var leaders: [LeaderRecord] = []
    /// Whether the chosen method's intervals hold the truth as often as they promise, by lead.
    var calibration: [CalibrationRecord] = []
    /// Rank histograms.
    var rankHistograms: [RankHistogramRecord] = []
    /// How well withheld values were estimated.
    var gapFilling: [GapFillingRecord] = []
    /// The folds of the cross-validation.
    var folds: [FoldRecord] = []
    /// Losses by epoch.
    var learningCurves: [LearningCurveRecord] = []
    /// The errors that the assimilation assumes.
    var errorModels: [ErrorModelRecord] = []
    /// Estimates over time.
    var series: [SeriesRecord] = []
    /// Forecasts; keep those that are worth a file of text, the others belong into NetCDF.
    var forecasts: [ForecastRecord] = []
    /// The confidence of all intervals of scores.
    var confidence = 0.95
    /// The name of the CRPS in full: fair of ensembles, which stand for samples; plain of whole distributions.
    var crps = "fair continuous ranked probability score"
    /// Where the data are from, and under which licence.
    var dataCredits: [String] = []

    /// The names of the scenarios of withheld observations, in order.
    var gapNames: [Gaps] { gapScenarios.map(\.name) }

    /// A scenario in words.
    func title(of gaps: Gaps) -> String {
        gapScenarios.first { $0.name == gaps }?.title ?? gaps.rawValue
    }

    /// Methods whose scores of a split are the same to all digits, in groups of two or more,
    /// in the order of the methods.
    func duplicates(split: String) -> [[String]] {
        struct Place: Hashable { let variable: String, lead: Int, gaps: Gaps, score: Score }
        let own = Dictionary(grouping: scores.filter { $0.split == split }, by: \.method).mapValues { records in
            Dictionary(
                records.map { (Place(variable: $0.variable, lead: $0.lead, gaps: $0.gaps, score: $0.score), $0.value) }
            ) { first, _ in first }
        }
        func areSame(_ a: String, _ b: String) -> Bool {
            guard let a = own[a], let b = own[b], a.count == b.count else { return false }
            return a.allSatisfy { place, value in
                guard let other = b[place] else { return false }
                switch (value, other) {
                case (nil, nil): return true
                case (let value?, let other?): return isSame(value, other)
                default: return false
                }
            }
        }
        var groups: [[String]] = []
        for method in methods.map(\.name) {
            if let group = groups.firstIndex(where: { areSame($0[0], method) }) {
                groups[group].append(method)
            } else {
                groups.append([method])
            }
        }
        return groups.filter { $0.count > 1 }
    }

    /// The software that made the results, as files name it.
    var source: String { engine.source(version) }

    /// The name of the chosen method.
    var chosen: String { choice.method }

    /// The results as `results.json`: the same bytes for the same results, keys in the order of declaration.
    ///
    /// `chosen` stands at the top level beside `choice`, `scores` is a flat list.
    func json() -> Data {
        OrderedJSON.encoded(ResultsDocument(chosen: chosen, results: self))
    }

    /// The results of a `results.json`.
    static func decoded(from data: Data) throws -> RunResults {
        try JSONDecoder().decode(RunResults.self, from: data)
    }
}

extension RunResults: ExperimentResults {
    /// Errors in every gap scenario, then scores of probabilities.
    var terminalTables: [TextTable] {
        let scenarios = gapNames.filter { gaps in scores.contains { $0.gaps == gaps } }
        return scenarios.map { summaryTable(.rmse, gaps: $0) } + [
            summaryTable(.crps), summaryTable(.coverage50), summaryTable(.coverage90),
        ]
    }
}

/// The results with the name of the chosen method where readers of the file look for it first.
private struct ResultsDocument: Encodable {
    var chosen: String
    var results: RunResults

    private enum Key: CodingKey { case chosen }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(chosen, forKey: .chosen)
        try results.encode(to: encoder)
    }
}
