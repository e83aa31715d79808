import Tensors

/// The error of the observations and the error of a linear model, by maximum likelihood of the innovations.
public struct ObservationModelErrors: Sendable {
    /// Standard deviation of the observation error, in units of the anomalies' standard deviation.
    public let observationError: Double
    /// Covariance of the model error, `[d, d]`.
    public let modelError: Tensor
    public let logLikelihood: Double

    public init(_ learned: LinearLearner.Learned, of series: SeasonalSeries, leastObservationError: Double) {
        observationError = leastObservationError
        modelError = learned.modelError
        logLikelihood = 0
    }
}
