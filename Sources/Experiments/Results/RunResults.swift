import Foundation
import Studies

/// What a run found: the content of `results.json` and of the report.
///
/// Numbers that are not known are nil, never NaN.
public struct RunResults: Codable, Sendable, Equatable {
    /// The run's name, as files use it.
    public var name: String
    /// The report's title.
    public var title: String
    /// What was done, in one paragraph.
    public var summary: String
    /// The version of the software.
    public var version: String
    /// How the programs of the run were run.
    public var engine = Engine.compiled
    /// The seed of all random numbers.
    public var seed: UInt64
    /// The variables.
    public var variables: [VariableRecord]
    /// The variable that the choice and the first table are about.
    public var primaryVariable: String
    /// The stretches of time.
    public var splits: [SplitRecord]
    /// The leads of the forecasts, in steps.
    public var leads: [Int]
    /// The unit of a lead, such as `months`.
    public var leadUnit: String
    /// The scenarios of withheld observations, that without any the first.
    public var gapScenarios: [GapRecord]
    /// The methods, in the order of the tables.
    public var methods: [MethodRecord]
    /// Which method was chosen, and how.
    public var choice: ChoiceRecord
    /// What follows from the scores, one sentence each.
    public var verdict: [String]
    /// All scores, flat.
    public var scores: [ScoreRecord]
    /// Which differences are significant.
    public var comparisons: [ComparisonRecord]
    /// The method with the lowest score at each lead, and whether it is lower beyond noise.
    public var leaders: [LeaderRecord]
    /// Whether the chosen method's intervals hold the truth as often as they promise, by lead.
    public var calibration: [CalibrationRecord]
    /// Rank histograms.
    public var rankHistograms: [RankHistogramRecord]
    /// How well withheld values were estimated.
    public var gapFilling: [GapFillingRecord]
    /// The folds of the cross-validation.
    public var folds: [FoldRecord]
    /// Losses by epoch.
    public var learningCurves: [LearningCurveRecord]
    /// The errors that the assimilation assumes.
    public var errorModels: [ErrorModelRecord]
    /// Estimates over time.
    public var series: [SeriesRecord]
    /// Forecasts; keep those that are worth a file of text, the others belong into NetCDF.
    public var forecasts: [ForecastRecord]
    /// The confidence of all intervals of scores.
    public var confidence: Double
    /// The name of the CRPS in full: fair of ensembles, which stand for samples; plain of whole distributions.
    public var crps = "fair continuous ranked probability score"
    /// Where the data are from, and under which licence.
    public var dataCredits: [String]

    /// The record of its parts.
    public init(
        name: String, title: String, summary: String, version: String, seed: UInt64,
        variables: [VariableRecord], primaryVariable: String, splits: [SplitRecord], leads: [Int],
        leadUnit: String, gapScenarios: [GapRecord] = [.none], methods: [MethodRecord], choice: ChoiceRecord,
        verdict: [String] = [],
        scores: [ScoreRecord] = [], comparisons: [ComparisonRecord] = [], leaders: [LeaderRecord] = [],
        calibration: [CalibrationRecord] = [],
        rankHistograms: [RankHistogramRecord] = [], gapFilling: [GapFillingRecord] = [],
        folds: [FoldRecord] = [], learningCurves: [LearningCurveRecord] = [], errorModels: [ErrorModelRecord] = [],
        series: [SeriesRecord] = [], forecasts: [ForecastRecord] = [], confidence: Double = 0.95,
        dataCredits: [String] = []
    ) {
        self.name = name
        self.title = title
        self.summary = summary
        self.version = version
        self.seed = seed
        self.variables = variables
        self.primaryVariable = primaryVariable
        self.splits = splits
        self.leads = leads
        self.leadUnit = leadUnit
        self.gapScenarios = gapScenarios
        self.methods = methods
        self.choice = choice
        self.verdict = verdict
        self.scores = scores
        self.comparisons = comparisons
        self.leaders = leaders
        self.calibration = calibration
        self.rankHistograms = rankHistograms
        self.gapFilling = gapFilling
        self.folds = folds
        self.learningCurves = learningCurves
        self.errorModels = errorModels
        self.series = series
        self.forecasts = forecasts
        self.confidence = confidence
        self.dataCredits = dataCredits
    }

    /// The names of the scenarios of withheld observations, in order.
    public var gapNames: [Gaps] { gapScenarios.map(\.name) }

    /// A scenario in words.
    public func title(of gaps: Gaps) -> String {
        gapScenarios.first { $0.name == gaps }?.title ?? gaps.rawValue
    }

    /// Methods whose scores of a split are the same to all digits, in groups of two or more,
    /// in the order of the methods.
    func duplicates(split: String) -> [[String]] {
        struct Place: Hashable { let variable: String, lead: Int, gaps: Gaps, score: ScoreName }
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

    /// The name of the chosen method.
    public var chosen: String { choice.method }

    /// The results as `results.json`: the same bytes for the same results, keys in the order of declaration.
    ///
    /// `chosen` stands at the top level beside `choice`, `scores` is a flat list.
    public func json() -> Data {
        OrderedJSON.encoded(ResultsDocument(chosen: chosen, results: self))
    }

    /// The results of a `results.json`.
    public static func decoded(from data: Data) throws -> RunResults {
        try JSONDecoder().decode(RunResults.self, from: data)
    }
}

extension RunResults: ExperimentResults {
    public var report: Report { Report(self) }

    /// Errors with every gap scenario, then what probabilities are worth.
    public var terminalTables: [TextTable] {
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
