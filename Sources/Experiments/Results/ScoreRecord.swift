import Studies

/// Which score a record holds.
public enum ScoreName: String, Codable, Sendable, CaseIterable {
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
public struct Gaps: RawRepresentable, Codable, Sendable, Hashable {
    public var rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    /// Nothing is withheld.
    public static let none = Gaps(rawValue: "none")
    /// The period that a structural experiment withholds.
    public static let outage = Gaps(rawValue: "outage")
}

/// One score of one method: a row of the flat list `scores` in `results.json`.
public struct ScoreRecord: Codable, Sendable, Equatable {
    /// The method's name.
    public var method: String
    /// The variable's name.
    public var variable: String
    /// The lead in steps of the run's lead unit.
    public var lead: Int
    /// The split's name: `train`, `validation`, `test`.
    public var split: String
    /// What was withheld.
    public var gaps: Gaps
    /// Which score.
    public var score: ScoreName
    /// The score; nil where it is not defined.
    public var value: Double?
    /// The lower end of its confidence interval.
    public var low: Double?
    /// The upper end of its confidence interval.
    public var high: Double?
    /// The number of verification times.
    public var count: Int

    /// A score with its interval; numbers that are not finite become nil.
    public init(
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
