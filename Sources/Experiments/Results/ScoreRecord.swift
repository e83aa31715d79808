import Studies

/// Which score a record holds.
enum ScoreName: String, Codable, Sendable, CaseIterable {
    /// Root-mean-square error, in the unit of the variable.
    case rmse
    /// Fair continuous ranked probability score, in the unit of the variable.
    case crps
    /// The fraction of times at which the truth lies in the central 50 % interval.
    case coverage50
    /// The fraction of times at which the truth lies in the central 90 % interval.
    case coverage90
    /// Anomaly correlation.
    case correlation
    /// Spread over the error of the mean, √((N + 1) / N) · spread / RMSE.
    case spreadErrorRatio = "spread_error_ratio"
}

/// A scenario of withheld observations, by the name that the configuration gives it; ``GapRecord`` describes it.
struct Gaps: RawRepresentable, Codable, Sendable, Hashable {
    var rawValue: String

    /// Nothing is withheld.
    static let none = Gaps(rawValue: "none")
    /// The period that a structural experiment withholds.
    static let outage = Gaps(rawValue: "outage")
}

/// One score of one method: a row of the flat list `scores` in `results.json`.
struct ScoreRecord: Codable, Sendable, Equatable {
    /// The method's name.
    var method: String
    /// The variable's name.
    var variable: String
    /// The lead in steps of the run's lead unit.
    var lead: Int
    /// The split's name: `train`, `validation`, `test`.
    var split: String
    /// The scenario of withheld observations.
    var gaps: Gaps
    /// Which score.
    var score: ScoreName
    /// The score; nil where it is not defined.
    var value: Double?
    /// The lower end of its confidence interval.
    var low: Double?
    /// The upper end of its confidence interval.
    var high: Double?
    /// The number of verification times.
    var count: Int

    /// A score with its interval; numbers that are not finite become nil.
    init(
        method: String, variable: String, lead: Int, split: String, gaps: Gaps, score: ScoreName, value: Double?,
        low: Double?, high: Double?, count: Int
    ) {
        self.method = method
        self.variable = variable
        self.lead = lead
        self.split = split
        self.gaps = gaps
        self.score = score
        self.value = value?.finite
        self.low = low?.finite
        self.high = high?.finite
        self.count = count
    }
}
