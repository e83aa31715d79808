import Tensors

/// How the expectation of the log-likelihood under a Gaussian is computed.
public enum GaussianExpectation: Sendable, Equatable, Codable {
    /// In closed form, for an operator that is linear (linearised at the mean where it is not).
    case exact
    /// By the mean over so many samples.
    case samples(Int)
}

/// The objective by which a gain is learned without a truth: the analysis as a variational approximation of Bayes'
/// rule, mean over the times,
///
///     (1/T) Σ KL(analysis ‖ background) − E_analysis log p(y | x)
///
/// For a linear model the best constant gain is the steady-state Kalman gain. No truth is needed.
///
/// Reference: Bach, Baptista, Sanz-Alonso & Stuart, *Machine Learning for Inverse Problems and Data Assimilation*,
/// arXiv:2410.10523, section 9.2.1.
///
/// - Parameter key: of the samples, where there are any.
public func variationalObjective<F: Forecast, A: Analysis, H: StateMap>(
    _ cycle: Cycle<F, A>, from background: Gaussian, _ observations: Observations<H>,
    expectation: GaussianExpectation, key: Key
) -> Tensor where F.State == Gaussian, A.State == Gaussian {
    switch expectation {
    case .exact: variationalObjective(cycle, from: background, observations, noise: nil)
    case .samples(let count):
        variationalObjective(
            cycle, from: background, observations,
            noise: key.normal([observations.count, count, background.mean.count]))
    }
}

/// The same with given standard normal noise for the samples, `[T, samples, n]`; nil: the expectation in closed form.
public func variationalObjective<F: Forecast, A: Analysis, H: StateMap>(
    _ cycle: Cycle<F, A>, from background: Gaussian, _ observations: Observations<H>, noise: Tensor?
) -> Tensor where F.State == Gaussian, A.State == Gaussian {
    cycle.run(from: background, observations, beside: noise) { background, analyzed, observation, noise in
        let belief = analyzed.belief
        let factor = belief.covariance.cholesky()
        let divergence = divergence(of: belief, factor: factor, from: background)
        let fit =
            noise.map { noise in
                sampledLogLikelihood(belief.mean + noise.matrixProduct(factor.transposed), observation)
            } ?? expectedLogLikelihood(belief, observation)
        return divergence - fit
    }.records.mean()
}

/// `(1/T) Σ ½ (y − h(m))ᵀ R⁻¹ (y − h(m))` of the means of the backgrounds: the error of predictions.
///
/// Reference: the same, section 9.2.2.
public func predictionErrorObjective<F: Forecast, A: Analysis, H: StateMap>(
    _ cycle: Cycle<F, A>, from background: F.State, _ observations: Observations<H>
) -> Tensor {
    cycle.run(from: background, observations, beside: Nothing()) { background, _, observation, _ in
        -misfit(observation.operator(background.mean), observation)
    }.records.mean()
}

/// `KL(q ‖ p)` of Gaussians, `factor` the Cholesky factor of the covariance of `q`.
private func divergence(of q: Gaussian, factor: Tensor, from p: Gaussian) -> Tensor {
    let shift = q.mean - p.mean
    return negativeLogDensity(of: q.covariance + shift.outerProduct(shift), p.covariance)
        - factor.diagonal().log().sum() - 0.5 * Tensor(Double(q.mean.count))
}

/// `½ tr P⁻¹ S + ½ log det P`, what the mean of `−log N(x; m, P)` over `x` with `E (x − m) (x − m)ᵀ = S` has besides a
/// constant.
///
/// The derivatives `½ P⁻¹` and `½ (P⁻¹ − P⁻¹ S P⁻¹)` take two products,
/// a half of what goes back through factor and solutions.
private func negativeLogDensity(of spread: Tensor, _ covariance: Tensor) -> Tensor {
    customTangent { (x: Pair<Tensor, Tensor>) in
        0.5 * (x.second.symmetricInverse() * x.first).sum() + x.second.cholesky().diagonal().log().sum()
    } tangent: { x, _, dx in
        let inverse = x.second.symmetricInverse()
        let slope = inverse - inverse.matrixProduct(x.first).matrixProduct(inverse)
        return 0.5 * ((inverse * dx.first).sum() + (slope * dx.second).sum())
    }(Pair(spread, covariance))
}

/// `−½ (y − z)ᵀ R⁻¹ (y − z)` over known values.
private func misfit<H: StateMap>(_ seen: Tensor, _ observation: Observation<H>) -> Tensor {
    let departure = observation.mask * (observation.values - seen)
    let white = observation.maskedErrorCovariance.cholesky().triangularSolve(departure.expanded(axis: -1))
    return -0.5 * white.squared().sum()
}

/// `−½ log det 2πR` over known values.
private func normalization<H: StateMap>(_ observation: Observation<H>) -> Tensor {
    let logTwoPi = 1.8378770664093453
    return -observation.maskedErrorCovariance.cholesky().diagonal().log().sum()
        - 0.5 * logTwoPi * observation.mask.sum()
}

/// The mean of `log p(y | x)` over members `[N, n]`.
private func sampledLogLikelihood<H: StateMap>(_ members: Tensor, _ observation: Observation<H>) -> Tensor {
    let seen = vmap { (x: Tensor) in observation.operator(x) }(members)
    let departures = observation.mask * (observation.values - seen)
    let white = observation.maskedErrorCovariance.cholesky().triangularSolve(departures.transposed)
    return normalization(observation) - 0.5 / Double(members.shape[0]) * white.squared().sum()
}

/// `log p(y | m) − ½ tr(Hᵀ R⁻¹ H C)`.
private func expectedLogLikelihood<H: StateMap>(_ belief: Gaussian, _ observation: Observation<H>) -> Tensor {
    let matrix = observation.mask.expanded(axis: -1) * observation.operator.matrix(at: belief.mean)
    let white = observation.maskedErrorCovariance.cholesky().triangularSolve(matrix)
    let spread = 0.5 * (white.matrixProduct(belief.covariance) * white).sum()
    return normalization(observation) + misfit(observation.operator(belief.mean), observation) - spread
}
