import Tensors

/// One step of expectation–maximisation for the model-error and observation-error covariances of a linear Gaussian
/// system.
///
/// E: filter and smooth; M: `Q = mean E[w wᵀ]` over the transitions, `R = mean E[v vᵀ]` over the times of observation,
/// with the errors of missing values as ``expectedErrorMoment(_:mask:errorCovariance:)`` has them. The likelihood never
/// falls and `R` stays positive definite. Times at which everything is missing have no part in `R`. Where the given
/// errors vary in time, the result is one covariance for all times. References: Shumway & Stoffer, *J. Time Series
/// Anal.* 3 (1982); Holmes, arXiv:1302.3919 (2013).
///
/// - Precondition: two times of observation or more.
/// - Returns: the log-likelihood of the model that was given, and the improved covariances.
public func expectationMaximizationStep(
    from background: Gaussian, _ forecast: LinearForecast, _ observations: Observations<LinearOperator>
) -> (logLikelihood: Tensor, modelError: Tensor, observationError: Tensor) {
    precondition(observations.count >= 2, "\(observations.count) times of observation: expected two or more")
    let trajectory = Cycle(forecast, KalmanAnalysis())(from: background, observations)
    let smoothed = RauchTungStriebel().smooth(trajectory, forecast)
    let count = observations.count
    let now = smoothed.beliefs
    let steps = Tensor.range(count - 1)
    let transitions = vmap { (x: Pair<[Tensor], Tensor>) -> Tensor in
        let (mean, next, covariance, nextCovariance, lagged) = (
            x.first[0], x.first[1], x.first[2], x.first[3], x.first[4]
        )
        let matrix = forecast.model.matrix(step: x.second)
        let error = next - forecast.model(mean, step: x.second)
        let cross = lagged.matrixProduct(matrix.transposed)
        return error.outerProduct(error) + nextCovariance - cross - cross.transposed
            + matrix.congruence(covariance)
    }(
        Pair(
            [
                now.mean[0..<(count - 1)], now.mean[1..<count], now.covariance[0..<(count - 1)],
                now.covariance[1..<count], smoothed.lagged,
            ], steps))
    let matrix = observations.operator.matrix
    let moments = vmap { (x: [Tensor]) -> Tensor in
        let error = x[0] - observations.operator(x[1])
        return error.outerProduct(error) + matrix.congruence(x[2])
    }([observations.values, now.mean, now.covariance])
    return (trajectory.logLikelihood, transitions.mean(axes: [0]), observations.errorCovariance(moments: moments))
}

extension Observations {
    /// The M step for the observation errors: the mean over the times at which anything was observed.
    ///
    /// - Parameter moments: `E[v vᵀ]` of each time given the observations, `[T, m, m]`, of any finite number where a
    ///   value is missing.
    public func errorCovariance(moments: Tensor) -> Tensor {
        let isObserved = mask.maximum(axes: [1])
        let varying = hasVaryingError ? [errorCovariance] : []
        let completed = vmap { (x: [Tensor]) -> Tensor in
            x[2] * expectedErrorMoment(x[0], mask: x[1], errorCovariance: x.count > 3 ? x[3] : errorCovariance)
        }([moments, mask, isObserved] + varying)
        let mean = completed.sum(axes: [0]) / isObserved.sum().maximum(1)
        // Without a single value the covariance stays as it is.
        let kept = (1 - isObserved.maximum()) * (hasVaryingError ? errorCovariance.mean(axes: [0]) : errorCovariance)
        return 0.5 * (mean + mean.transposed) + kept
    }
}

/// The second moment of observation errors when those of missing values are unknown: what the observed errors tell of
/// them, and their conditional covariance beside.
///
///     E[v vᵀ] = K M Kᵀ + (I − K) R (I − K)ᵀ,   K = R D (D R D + I − D)⁻¹ D,   D = diag(mask)
///
/// `K` is the identity between observed values and the regression of missing on observed errors. Cost O(m³).
///
/// - Parameters:
///   - moment: `M`, of the observed errors, `[m, m]`; rows and columns of missing values have no influence.
///   - errorCovariance: `R`, `[m, m]`, before the step.
public func expectedErrorMoment(_ moment: Tensor, mask: Tensor, errorCovariance: Tensor) -> Tensor {
    let pairs = mask.outerProduct(mask)
    let observed = pairs * errorCovariance + (1 - mask).diagonalMatrix()
    let rows = mask.expanded(axis: -1) * errorCovariance
    let regression = mask * observed.symmetricSolve(rows).transposed
    let rest = Tensor.identity(mask.count, type: mask.type) - regression
    return regression.congruence(pairs * moment) + rest.congruence(errorCovariance)
}
