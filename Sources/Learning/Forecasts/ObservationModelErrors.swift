import Tensors

/// The errors of the observations and of a linear model, by maximum likelihood of the innovations of a Kalman filter.
///
///     maximise  Σ log N(y[t] − H x_f[t]; 0, H P_f Hᵀ + R)   over r and L,   R = (r² + least²) I,  Q = L Lᵀ
///
/// in units of the anomalies' standard deviation, with the gradient through the whole filter. Where the data ask for no
/// observation error, r goes to zero and `least` remains.
public struct ObservationModelErrors: Sendable {
    /// Standard deviation of the observation error, in units of the anomalies' standard deviation.
    public let observationError: Double
    /// Covariance of the model error, `[d, d]`.
    public let modelError: Tensor
    /// Of the innovations, after and before the search.
    public let logLikelihood: Double
    public let firstLogLikelihood: Double

    /// - Parameter series: the stretch that the model was learned from.
    public init(
        _ learned: LinearLearner.Learned, of series: SeasonalSeries, leastObservationError least: Double,
        steps: Int = 20
    ) {
        let likelihood = InnovationLikelihood(learned, series, least: least)
        let start = Pair(Tensor(0.05).log(), likelihood.logFactor(learned.modelError))
        let (best, search) = QuasiNewton(maximumSteps: steps, tolerance: 1e-2).minimum(from: start) { -likelihood($0) }
        let (variance, covariance) = likelihood.errors(best)
        observationError = variance.scalar.squareRoot()
        modelError = covariance
        logLikelihood = -search.value
        firstLogLikelihood = likelihood(start).scalar
    }
}

/// The likelihood of the two errors, as a function that can be differentiated.
private struct InnovationLikelihood: Sendable {
    let model: LinearModel
    let layout: MemoryLayout
    let climatology: Climatology
    let series: SeasonalSeries
    let least: Double

    init(_ learned: LinearLearner.Learned, _ series: SeasonalSeries, least: Double) {
        layout = learned.model.layout
        model = learned.model.companion
        self.least = least
        climatology = learned.climatology
        self.series = series
    }

    /// The Cholesky factor with the logarithm of its diagonal.
    func logFactor(_ covariance: Tensor) -> Tensor {
        let factor = covariance.cholesky()
        let diagonal = factor.diagonal()
        return factor + (diagonal.log() - diagonal).diagonalMatrix()
    }

    /// The variance of the observation error and the covariance of the model error.
    func errors(_ parameters: Pair<Tensor, Tensor>) -> (Tensor, Tensor) {
        let diagonal = parameters.second.diagonal()
        let factor = (parameters.second + (diagonal.exp() - diagonal).diagonalMatrix()).lowerTriangle()
        return ((2 * parameters.first).exp() + Tensor(least * least), factor.matrixProduct(factor.transposed))
    }

    func callAsFunction(_ parameters: Pair<Tensor, Tensor>) -> Tensor {
        let (variance, covariance) = errors(parameters)
        let observations = climatology.observations(
            of: series, operator: layout.observation, errorVariance: variance)
        let forecast = LinearForecast(model, modelError: layout.modelError(covariance))
        let start = layout.climatology(Tensor.identity(layout.variables))
        return Cycle(forecast, KalmanAnalysis())(from: start, observations).logLikelihood
    }
}
