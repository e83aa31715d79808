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
    /// Of the innovations.
    public let logLikelihood: Double

    /// - Parameter series: the stretch that the model was learned from.
    public init(
        _ learned: LinearLearner.Learned, of series: SeasonalSeries, leastObservationError least: Double,
        steps: Int = 20
    ) {
        let start = ErrorParameters(observationError: 0.05, modelError: learned.modelError)
        let minimizer = QuasiNewton(maximumSteps: steps, tolerance: 1e-2)
        let (best, search) = minimizer.compiledMinimum(from: start, given: InnovationLikelihood(learned, series)) {
            errors, likelihood in
            -likelihood(errors.observationVariance(least: least), errors.modelError)
        }
        observationError = best.observationVariance(least: least).scalar.squareRoot()
        modelError = best.modelError
        logLikelihood = -search.value
    }
}

/// The two errors as numbers without bounds.
private struct ErrorParameters: Tree {
    /// `log r`
    var logDeviation: Tensor
    /// `L` with the logarithm of its diagonal.
    var logFactor: Tensor

    init(observationError: Double, modelError: Tensor) {
        logDeviation = Tensor(observationError).log()
        let factor = modelError.cholesky()
        let diagonal = factor.diagonal()
        logFactor = factor + (diagonal.log() - diagonal).diagonalMatrix()
    }

    func observationVariance(least: Double) -> Tensor { (2 * logDeviation).exp() + Tensor(least * least) }
    var modelError: Tensor {
        let diagonal = logFactor.diagonal()
        let factor = (logFactor + (diagonal.exp() - diagonal).diagonalMatrix()).lowerTriangle()
        return factor.matrixProduct(factor.transposed)
    }

    mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&logDeviation, "logDeviation")
        visitor.visit(&logFactor, "logFactor")
    }
}

/// The likelihood of the two errors.
private struct InnovationLikelihood: Tree {
    let layout: MemoryLayout
    var model: LinearModel
    /// With the errors that the series tells, and none elsewhere.
    var observations: Observations<LinearOperator>
    /// The error covariance gains so much with the variance that is asked for.
    var untold: Tensor

    init(_ learned: LinearLearner.Learned, _ series: SeasonalSeries) {
        layout = learned.model.layout
        model = learned.model.companion
        func observations(_ variance: Tensor) -> Observations<LinearOperator> {
            learned.climatology.observations(
                of: series, operator: learned.model.layout.observation, errorVariance: variance)
        }
        self.observations = observations(0)
        untold = observations(1).errorCovariance - observations(0).errorCovariance
    }

    func callAsFunction(_ variance: Tensor, _ covariance: Tensor) -> Tensor {
        var observations = observations
        observations.errorCovariance = observations.errorCovariance + variance * untold
        let forecast = LinearForecast(model, modelError: layout.modelError(covariance))
        let start = layout.climatology(Tensor.identity(layout.variables))
        return Cycle(forecast, KalmanAnalysis())(from: start, observations).logLikelihood
    }

    mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&model, "model")
        visitor.visit(&observations, "observations")
        visitor.visit(&untold, "untold")
    }
}
