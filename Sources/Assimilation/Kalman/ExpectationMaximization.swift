import Tensors

/// One step of expectation–maximisation for the model-error and observation-error covariances of a linear Gaussian system.
///
/// E: filter and smooth; M: `Q = mean E[w wᵀ]` over the transitions, `R = mean E[v vᵀ]` over the observations, missing values
/// left out. The likelihood never falls. Reference: Shumway & Stoffer (1982).
///
/// - Returns: the log-likelihood of the model that was given, and the improved covariances.
public func expectationMaximizationStep(
    from background: Gaussian, _ forecast: LinearForecast, _ observations: Observations<LinearOperator>
) -> (logLikelihood: Tensor, modelError: Tensor, observationError: Tensor) {
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
    let errors = vmap { (x: [Tensor]) -> Tensor in
        let error = x[1] * (x[0] - observations.operator(x[2]))
        let spread = matrix.congruence(x[3])
        return error.outerProduct(error) + x[1].outerProduct(x[1]) * spread
    }([observations.values, observations.mask, now.mean, now.covariance])
    let pairs = observations.mask.transposed.matrixProduct(observations.mask)
    return (
        trajectory.logLikelihood, transitions.mean(axes: [0]), errors.sum(axes: [0]) / pairs.maximum(1)
    )
}
