import Verification

/// A fold of the cross-validation of one candidate.
struct FoldRecord: Codable, Sendable, Equatable {
    /// The candidate's method.
    var candidate: String
    /// Its configuration, in words.
    var configuration: String
    /// The number of the fold, from 1.
    var fold: Int
    /// The validated period, in words.
    var period: String
    /// The score over that period.
    var score: Double?
}

/// The losses of a training, by epoch.
struct LearningCurveRecord: Codable, Sendable, Equatable {
    /// The method's name.
    var method: String
    /// The fold, from 1; nil for the final fit.
    var fold: Int?
    /// The training loss after each epoch.
    var training: [Double?]
    /// The validation loss after each epoch; empty if there was none.
    var validation: [Double?]
    /// The epoch, from 1, whose weights were kept.
    var epochKept: Int?
    /// The root mean square of the network's values over that of its targets.
    var effect: Double?
}

/// The difference of two methods' scores over the same times.
struct ComparisonRecord: Codable, Sendable, Equatable {
    /// The first method.
    var first: String
    /// The second method.
    var second: String
    /// The variable's name.
    var variable: String
    /// The lead in steps of the run's lead unit.
    var lead: Int
    /// Which score.
    var score: Score
    /// The scenario of withheld observations.
    var gaps: Gaps = .none
    /// The first method's score less the second's.
    var difference: Double?
    /// The lower end of its confidence interval.
    var low: Double?
    /// The upper end of its confidence interval.
    var high: Double?
    /// The probability of a difference at least so large if there is none, corrected by Holm for the number of
    /// comparisons of the score in the scenario.
    var probability: Double?
    /// Whether the interval excludes zero and the corrected probability is below one less the confidence.
    var significant: Bool
}

/// Where the truth fell among equally likely bins of the forecast.
struct RankHistogramRecord: Codable, Sendable, Equatable {
    /// The method's name.
    var method: String
    /// The variable's name.
    var variable: String
    /// The lead in steps of the run's lead unit.
    var lead: Int
    /// The scenario of withheld observations.
    var gaps: Gaps
    /// The number of times in each bin, from the lowest.
    var counts: [Int]
    /// The probability of a histogram at least so uneven if the forecast is calibrated and the times are independent.
    var probability: Double?
    /// The mean of the truth's probability u under the forecasts, ½ if calibrated.
    var meanProbability: IntervalRecord?
    /// The mean of 12 (u − ½)², 1 if calibrated: more for a U, less for a dome.
    var dispersion: IntervalRecord?
    /// How the histogram departs from flatness, by the intervals of the two; empty where they are not known.
    var shapes: [RankShape] = []
}

/// How withheld values were estimated.
enum GapEstimator: String, Codable, Sendable, CaseIterable {
    /// From observations up to the time.
    case filter
    /// From all observations.
    case smoother
    /// Linearly in time between the neighbouring anomalies, or values where there are no seasons.
    case interpolation
    /// By linear regression on the anomalies of the other variables at the same time, fitted before the test.
    case regression
    /// Linearly in time between the neighbouring values, seasons and all.
    case seriesInterpolation = "series_interpolation"
}

/// The error of estimates of withheld values.
struct GapFillingRecord: Codable, Sendable, Equatable {
    /// The scenario of withheld observations.
    var gaps: Gaps
    /// The variable's name.
    var variable: String
    /// How the values were estimated.
    var estimator: GapEstimator
    /// The root-mean-square error, in the variable's unit.
    var rmse: Double?
    /// The lower end of its confidence interval.
    var low: Double?
    /// The upper end of its confidence interval.
    var high: Double?
    /// The number of withheld values.
    var count: Int
}

/// The estimates of one variable over time; all arrays have one entry a time.
struct SeriesRecord: Codable, Sendable, Equatable {
    /// The scenario of withheld observations.
    var gaps: Gaps
    /// The variable's name.
    var variable: String
    /// The method whose filter and smoother these are.
    var method: String?
    /// The times, ISO 8601.
    var times: [String]
    /// The known truth; nil where there is none.
    var truth: [Double?]
    /// The values given to the filter; nil where there were none.
    var observed: [Double?]
    /// The filter's mean.
    var filterMean: [Double?] = []
    /// The filter's standard deviation.
    var filterSpread: [Double?] = []
    /// The smoother's mean.
    var smootherMean: [Double?] = []
    /// The smoother's standard deviation.
    var smootherSpread: [Double?] = []
}

/// Forecasts at one lead; all arrays have one entry a start.
struct ForecastsAtLead: Codable, Sendable, Equatable {
    /// The lead in steps of the run's lead unit.
    var lead: Int
    /// The mean.
    var mean: [Double?]
    /// The 5 % quantile.
    var quantile5: [Double?]
    /// The 25 % quantile.
    var quantile25: [Double?]
    /// The median.
    var quantile50: [Double?]
    /// The 75 % quantile.
    var quantile75: [Double?]
    /// The 95 % quantile.
    var quantile95: [Double?]
    /// The verifying values.
    var truth: [Double?]
}

/// The forecasts of one variable by one method.
struct ForecastRecord: Codable, Sendable, Equatable {
    /// The method's name.
    var method: String
    /// The scenario of withheld observations.
    var gaps: Gaps
    /// The variable's name.
    var variable: String
    /// The times of the last observations used, ISO 8601.
    var starts: [String]
    /// The forecasts, one entry a lead.
    var leads: [ForecastsAtLead]
}
