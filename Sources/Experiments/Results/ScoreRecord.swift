import Studies
import Verification

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
    var score: Score
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
        method: String, variable: String, lead: Int, split: String, gaps: Gaps, score: Score, value: Double?,
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
