import Kernels
import Tensors

/// Learns a linear forecast with memory from a series with gaps.
///
/// Without gaps it is one regression. With gaps it is expectation–maximisation: a first regression on the interpolated
/// series, then in turn a Kalman smoother over the whole stretch and a regression on its estimates with their covariances;
/// the climatology follows the estimates.
public struct LinearLearner: Sendable {
    public let setting: SeasonalRegressionSetting
    /// Rounds of smoothing and regression when there are gaps.
    public let rounds: Int
    /// Standard deviation of the observation error, in units of the anomalies' standard deviation.
    public let observationError: Double

    public init(_ setting: SeasonalRegressionSetting, rounds: Int = 4, observationError: Double) {
        self.setting = setting
        self.rounds = rounds
        self.observationError = observationError
    }

    /// What was learned, from the times before `end` alone.
    public struct Learned: Sendable {
        public let climatology: Climatology
        public let model: MemoryModel
        /// Covariance of the one-step errors of standardised anomalies, `[d, d]`.
        public let modelError: Tensor
        /// Standardised anomalies before `end`, gaps filled by the smoother.
        public let filled: SeasonalSeries
    }

    public func learn(_ series: SeasonalSeries, before end: Int) -> Learned {
        let known = series.prefix(end)
        var climatology = Climatology(known, over: Array(0..<end))
        var anomalies = climatology.anomalies(of: known)
        var filled = anomalies.interpolated()
        var regression = SeasonalRegression(moments(filled), setting)
        guard anomalies.hasGaps else {
            return Learned(
                climatology: climatology, model: regression.model, modelError: regression.residualCovariance,
                filled: filled)
        }
        for _ in 0..<rounds {
            let smoothed = smooth(known, climatology, regression)
            filled = anomalies.replacing(smoothed.values)
            climatology.shift(by: filled)
            anomalies = climatology.anomalies(of: known)
            filled = anomalies.replacing(Climatology.centred(filled))
            regression = SeasonalRegression(
                SeasonalMoments(
                    filled, layout: layout(filled), targets: Array(setting.memory..<end),
                    covariances: smoothed.covariances), setting)
        }
        return Learned(
            climatology: climatology, model: regression.model, modelError: regression.residualCovariance, filled: filled
        )
    }

    private func layout(_ series: SeasonalSeries) -> MemoryLayout {
        MemoryLayout(variables: series.variables, memory: setting.memory, season: series.season)
    }

    private func moments(_ filled: SeasonalSeries) -> SeasonalMoments {
        SeasonalMoments(filled, layout: layout(filled), targets: Array(setting.memory..<filled.count))
    }

    /// Kalman smoother on a state one step longer than the model's memory, so that its covariance holds that of the target with
    /// all that the model sees.
    private func smooth(
        _ series: SeasonalSeries, _ climatology: Climatology, _ regression: SeasonalRegression
    ) -> (values: [[Double]], covariances: Tensor) {
        let d = series.variables
        let model = regression.model
        let extended = MemoryLayout(variables: d, memory: setting.memory + 1, season: series.season)
        let longer = model.companion(remembering: extended)
        let forecast = LinearForecast(longer, modelError: extended.modelError(regression.residualCovariance))
        let observations = climatology.observations(
            of: series, operator: extended.observation, errorVariance: Tensor(observationError * observationError))
        let input = Pair(Pair(forecast, extended.climatology(Tensor.identity(d))), observations)
        let smoothed = compile(like: input) { now in
            let forecast = now.first.first
            let filtered = Cycle(forecast, KalmanAnalysis())(from: now.first.second, now.second)
            return RauchTungStriebel().smooth(filtered, forecast).beliefs
        }(input)
        let newest = smoothed.mean.slice(axis: 1, from: 0, to: d).values
        let values = (0..<series.count).map { Array(newest[($0 * d)..<($0 * d + d)]) }
        return (values, smoothed.covariance)
    }
}

extension MemoryModel {
    /// The linear part on a state that remembers longer than the model looks back.
    func companion(remembering longer: MemoryLayout) -> LinearModel {
        let extra = longer.count - layout.count
        let (n, d) = (longer.count, layout.variables)
        let shift = Tensor.identity(n)[0..<(n - d)].broadcast(to: [coefficients.shape[0], n - d, n])
        return LinearModel(
            Tensor.concatenated([coefficients.transposed.padded(axis: 2, before: 0, after: extra), shift], axis: 1),
            offsets: offsets.padded(axis: 1, before: 0, after: n - d))
    }
}
