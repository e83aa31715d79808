import Tensors

/// The errors of the observations and of a linear model, by maximum likelihood of the innovations of a Kalman filter.
///
///     maximise  Σ log N(y[t] − H x_f[t]; 0, H P_f Hᵀ + R)   over r and L,   R = (r² + least²) I,  Q = L Lᵀ
///
/// in units of the anomalies' standard deviation, with the gradient through the whole filter. Where the data ask for no
/// observation error, r goes to zero and `least` remains.
///
/// A gradient costs O(T n³) for a state of n variables: the likelihood is that of the last T observations that `work`
/// multiplications allow. Where those hold fewer than ten values for each error that is asked for, they would be fitted
/// to chance: then the observation error is `least`, and the model error that of the regression. The innovations are
/// those of the fit: where it has many coefficients for its times, the model error grows to that of new forecasts.
public struct ObservationModelErrors: Sendable {
    /// Standard deviation of the observation error, in units of the anomalies' standard deviation.
    public let observationError: Double
    /// Covariance of the model error, `[d, d]`.
    public let modelError: Tensor
    /// How many multiplications the innovations of one evaluation may cost, about.
    static let work = 5e8

    /// - Parameter series: the stretch that the model was learned from.
    public init(
        _ learned: LinearLearner.Learned, of series: SeasonalSeries, leastObservationError least: Double,
        steps: Int = 20, eachEvaluation: @escaping () -> Void = {}
    ) {
        let layout = learned.model.layout
        let costOfStep = Double(layout.count * layout.count * layout.count) + 25_000
        let count = min(series.count, Int(ObservationModelErrors.work / costOfStep))
        guard count >= 5 * (layout.variables + 1) else {
            (observationError, modelError) = (least, learned.modelError)
            return
        }
        let start = ErrorParameters(observationError: 0.05, modelError: learned.modelError)
        let minimizer = QuasiNewton(maximumSteps: steps, tolerance: 1e-2)
        let likelihood = InnovationLikelihood(learned, series, from: series.count - count)
        let best = minimizer.compiledMinimum(
            from: start, given: likelihood, eachEvaluation: eachEvaluation
        ) { errors, likelihood in
            -likelihood(errors.observationVariance(least: least), errors.modelError)
        }.point
        observationError = best.observationVariance(least: least).scalar.squareRoot()
        modelError = best.modelError * Tensor(learned.errorGrowth)
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
    let first: Int
    var model: LinearModel
    /// With the errors that the series tells, and none elsewhere.
    var observations: Observations<LinearOperator>
    /// The error covariance gains so much with the variance that is asked for.
    var untold: Tensor

    init(_ learned: LinearLearner.Learned, _ series: SeasonalSeries, from first: Int) {
        layout = learned.model.layout
        self.first = first
        model = learned.model.companion
        func observations(_ variance: Tensor) -> Observations<LinearOperator> {
            learned.climatology.observations(
                of: series, operator: learned.model.layout.observation, errorVariance: variance
            ).mappingTimes { first == 0 ? $0 : $0[first..<series.count] }
        }
        self.observations = observations(0)
        untold = observations(1).errorCovariance - observations(0).errorCovariance
    }

    func callAsFunction(_ variance: Tensor, _ covariance: Tensor) -> Tensor {
        var observations = observations
        observations.errorCovariance = observations.errorCovariance + variance * untold
        let forecast = LinearForecast(model, modelError: layout.modelError(covariance))
        let start = layout.climatology(Tensor.identity(layout.variables))
        return Cycle(forecast, KalmanAnalysis())(from: start, observations, firstStep: first).logLikelihood
    }

    mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&model, "model")
        visitor.visit(&observations, "observations")
        visitor.visit(&untold, "untold")
    }
}
