/// A fold of the cross-validation of one candidate.
public struct FoldRecord: Codable, Sendable, Equatable {
    /// The candidate's method.
    public var candidate: String
    /// Its configuration, in words.
    public var configuration: String
    /// The number of the fold, from 1.
    public var fold: Int
    /// The validated period, in words.
    public var period: String
    /// The score over that period.
    public var score: Double?

    /// The record of its parts.
    public init(
        candidate: String, configuration: String, fold: Int, period: String, score: Double? = nil
    ) {
        self.candidate = candidate
        self.configuration = configuration
        self.fold = fold
        self.period = period
        self.score = score
    }
}

/// The losses of a training, by epoch.
public struct LearningCurveRecord: Codable, Sendable, Equatable {
    /// The method's name.
    public var method: String
    /// The fold, from 1; nil for the final fit.
    public var fold: Int?
    /// The training loss after each epoch.
    public var training: [Double?]
    /// The validation loss after each epoch; empty if there was none.
    public var validation: [Double?]
    /// The epoch, from 1, whose weights were kept.
    public var epochKept: Int?
    /// The root mean square of the network's values over that of its targets.
    public var effect: Double?

    /// The record of its parts.
    public init(
        method: String, fold: Int? = nil, training: [Double?], validation: [Double?], epochKept: Int? = nil,
        effect: Double? = nil
    ) {
        self.effect = effect
        self.method = method
        self.fold = fold
        self.training = training
        self.validation = validation
        self.epochKept = epochKept
    }
}

/// The difference of two methods' scores over the same times.
public struct ComparisonRecord: Codable, Sendable, Equatable {
    /// The first method.
    public var first: String
    /// The second method.
    public var second: String
    /// The variable's name.
    public var variable: String
    /// The lead in steps of the run's lead unit.
    public var lead: Int
    /// Which score.
    public var score: ScoreName
    /// What was withheld.
    public var gaps: Gaps
    /// The first method's score less the second's.
    public var difference: Double?
    /// The lower end of its confidence interval.
    public var low: Double?
    /// The upper end of its confidence interval.
    public var high: Double?
    /// The probability of a difference at least so large if there is none, corrected by Holm for the number of
    /// comparisons of the score in the scenario.
    public var probability: Double?
    /// Whether the interval excludes zero and the corrected probability is below one less the confidence.
    public var significant: Bool

    /// The record of its parts.
    public init(
        first: String, second: String, variable: String, lead: Int, score: ScoreName, gaps: Gaps = .none,
        difference: Double? = nil, low: Double? = nil, high: Double? = nil, probability: Double? = nil,
        significant: Bool
    ) {
        self.first = first
        self.second = second
        self.variable = variable
        self.lead = lead
        self.score = score
        self.gaps = gaps
        self.difference = difference
        self.low = low
        self.high = high
        self.probability = probability
        self.significant = significant
    }
}

/// Where the truth fell among equally likely bins of the forecast.
public struct RankHistogramRecord: Codable, Sendable, Equatable {
    /// The method's name.
    public var method: String
    /// The variable's name.
    public var variable: String
    /// The lead in steps of the run's lead unit.
    public var lead: Int
    /// What was withheld.
    public var gaps: Gaps
    /// The number of times in each bin, from the lowest.
    public var counts: [Int]
    /// The probability of a histogram at least so uneven if the forecast is calibrated and the times are independent.
    public var probability: Double?
    /// The mean of the truth's probability u under the forecasts, ½ if calibrated.
    public var meanProbability: IntervalRecord?
    /// The mean of 12 (u − ½)², 1 if calibrated: more for a U, less for a dome.
    public var dispersion: IntervalRecord?
    /// How the histogram departs from flatness, by the intervals of the two; empty where they are not known.
    public var shapes: [RankShape]

    /// The record of its parts.
    public init(
        method: String, variable: String, lead: Int, gaps: Gaps, counts: [Int], probability: Double? = nil,
        meanProbability: IntervalRecord? = nil, dispersion: IntervalRecord? = nil, shapes: [RankShape] = []
    ) {
        self.method = method
        self.variable = variable
        self.lead = lead
        self.gaps = gaps
        self.counts = counts
        self.probability = probability
        self.meanProbability = meanProbability
        self.dispersion = dispersion
        self.shapes = shapes
    }
}

/// How withheld values were estimated.
public enum GapEstimator: String, Codable, Sendable, CaseIterable {
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
public struct GapFillingRecord: Codable, Sendable, Equatable {
    /// What was withheld.
    public var gaps: Gaps
    /// The variable's name.
    public var variable: String
    /// How the values were estimated.
    public var estimator: GapEstimator
    /// The root-mean-square error, in the variable's unit.
    public var rmse: Double?
    /// The lower end of its confidence interval.
    public var low: Double?
    /// The upper end of its confidence interval.
    public var high: Double?
    /// The number of withheld values.
    public var count: Int

    /// The record of its parts.
    public init(
        gaps: Gaps, variable: String, estimator: GapEstimator, rmse: Double? = nil, low: Double? = nil,
        high: Double? = nil, count: Int
    ) {
        self.gaps = gaps
        self.variable = variable
        self.estimator = estimator
        self.rmse = rmse
        self.low = low
        self.high = high
        self.count = count
    }
}

/// The estimates of one variable over time; all arrays have one entry a time.
public struct SeriesRecord: Codable, Sendable, Equatable {
    /// What was withheld.
    public var gaps: Gaps
    /// The variable's name.
    public var variable: String
    /// The method whose filter and smoother these are.
    public var method: String?
    /// The times, ISO 8601.
    public var times: [String]
    /// What is known to be true; nil where nothing is.
    public var truth: [Double?]
    /// What the filter was given; nil where nothing was.
    public var observed: [Double?]
    /// The filter's mean.
    public var filterMean: [Double?]
    /// The filter's standard deviation.
    public var filterSpread: [Double?]
    /// The smoother's mean.
    public var smootherMean: [Double?]
    /// The smoother's standard deviation.
    public var smootherSpread: [Double?]

    /// The record of its parts.
    public init(
        gaps: Gaps, variable: String, method: String? = nil, times: [String], truth: [Double?],
        observed: [Double?], filterMean: [Double?] = [], filterSpread: [Double?] = [],
        smootherMean: [Double?] = [], smootherSpread: [Double?] = []
    ) {
        self.gaps = gaps
        self.variable = variable
        self.method = method
        self.times = times
        self.truth = truth
        self.observed = observed
        self.filterMean = filterMean
        self.filterSpread = filterSpread
        self.smootherMean = smootherMean
        self.smootherSpread = smootherSpread
    }
}

/// Forecasts at one lead; all arrays have one entry a start.
public struct ForecastsAtLead: Codable, Sendable, Equatable {
    /// The lead in steps of the run's lead unit.
    public var lead: Int
    /// The mean.
    public var mean: [Double?]
    /// The 5 % quantile.
    public var quantile5: [Double?]
    /// The 25 % quantile.
    public var quantile25: [Double?]
    /// The median.
    public var quantile50: [Double?]
    /// The 75 % quantile.
    public var quantile75: [Double?]
    /// The 95 % quantile.
    public var quantile95: [Double?]
    /// What came true.
    public var truth: [Double?]

    /// The record of its parts.
    public init(
        lead: Int, mean: [Double?], quantile5: [Double?], quantile25: [Double?], quantile50: [Double?],
        quantile75: [Double?], quantile95: [Double?], truth: [Double?]
    ) {
        self.lead = lead
        self.mean = mean
        self.quantile5 = quantile5
        self.quantile25 = quantile25
        self.quantile50 = quantile50
        self.quantile75 = quantile75
        self.quantile95 = quantile95
        self.truth = truth
    }
}

/// The forecasts of one variable by one method.
public struct ForecastRecord: Codable, Sendable, Equatable {
    /// The method's name.
    public var method: String
    /// What was withheld.
    public var gaps: Gaps
    /// The variable's name.
    public var variable: String
    /// The times of the last observations used, ISO 8601.
    public var starts: [String]
    /// The forecasts, one entry a lead.
    public var leads: [ForecastsAtLead]

    /// The record of its parts.
    public init(
        method: String, gaps: Gaps, variable: String, starts: [String], leads: [ForecastsAtLead]
    ) {
        self.method = method
        self.gaps = gaps
        self.variable = variable
        self.starts = starts
        self.leads = leads
    }
}
