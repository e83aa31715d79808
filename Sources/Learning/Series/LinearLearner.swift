import Tensors

/// Learns a linear forecast with memory from a series with gaps.
///
/// Without gaps it is one regression. With gaps it is expectation–maximisation: a first regression on the interpolated
/// series, then in turn estimates of what is missing from all that is there and a regression on them with their
/// covariances; the climatology follows the estimates.
public struct LinearLearner: Sendable {
    public let setting: SeasonalRegressionOptions
    /// Rounds of smoothing and regression when there are gaps.
    public let rounds: Int
    /// Standard deviation of the observation error, in units of the anomalies' standard deviation.
    public let observationError: Double

    public init(_ setting: SeasonalRegressionOptions, rounds: Int = 4, observationError: Double) {
        self.setting = setting
        self.rounds = rounds
        self.observationError = observationError
    }

    /// The learned model and estimates, from the times before `end` alone.
    public struct Learned: Sendable {
        public let climatology: Climatology
        public let model: MemoryModel
        /// Covariance of the one-step errors of standardised anomalies, `[d, d]`.
        public let modelError: Tensor
        /// The variance of the errors of new forecasts over that of the residuals of the fit.
        let errorGrowth: Double
        /// Standardised anomalies before `end`, gaps filled by their estimates.
        public let filled: SeasonalSeries
    }

    /// - Parameter eachRound: called after every round.
    public func learn(_ series: SeasonalSeries, before end: Int, eachRound: () -> Void = {}) -> Learned {
        let known = series.prefix(end)
        var climatology = Climatology(known, over: Array(0..<end))
        var anomalies = climatology.anomalies(of: known)
        var filled = anomalies.interpolated()
        var regression = SeasonalRegression(moments(filled), setting)
        guard anomalies.hasGaps else {
            return Learned(
                climatology: climatology, model: regression.model, modelError: regression.residualCovariance,
                errorGrowth: regression.errorGrowth, filled: filled)
        }
        for _ in 0..<rounds {
            let gaps = GapEstimates(
                anomalies, errors: climatology.standardized(known.errors), observationError: observationError,
                model: regression.model, modelError: regression.residualCovariance)
            filled = anomalies.replacing(gaps.filled)
            climatology.shift(by: filled)
            anomalies = climatology.anomalies(of: known)
            filled = anomalies.replacing(Climatology.centered(filled))
            let targets = Array(setting.memory..<end)
            regression = SeasonalRegression(
                SeasonalMoments(filled, layout: layout(filled), targets: targets, gaps: gaps), setting)
            eachRound()
        }
        return Learned(
            climatology: climatology, model: regression.model, modelError: regression.residualCovariance,
            errorGrowth: regression.errorGrowth, filled: filled)
    }

    private func layout(_ series: SeasonalSeries) -> MemoryLayout {
        MemoryLayout(variables: series.variables, memory: setting.memory, season: series.season)
    }

    private func moments(_ filled: SeasonalSeries) -> SeasonalMoments {
        SeasonalMoments(filled, layout: layout(filled), targets: Array(setting.memory..<filled.count))
    }
}

extension Climatology {
    /// Standard deviations of errors in units of the anomalies'.
    func standardized(_ errors: SeriesTable?) -> SeriesTable? {
        guard let errors else { return nil }
        return SeriesTable(
            errors.numbers.indices.map { errors.numbers[$0] / scales[$0 % scales.count] }, width: errors.width)
    }
}
