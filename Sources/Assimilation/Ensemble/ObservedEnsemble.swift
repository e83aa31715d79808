import Tensors

/// The start of every ensemble analysis: the ensemble under the observation operator.
struct ObservedEnsemble {
    /// Members in observation space, missing values zero, `[N, m]`.
    let members: Tensor
    /// Their deviations from their mean, `[N, m]`.
    let anomalies: Tensor
    /// `y − mean h(x)`, zero where missing, `[m]`.
    let innovation: Tensor
    /// With unit rows where missing, `[m, m]`.
    let error: Tensor
    private let mask: Tensor

    init<H: StateMap>(_ background: Ensemble, _ observation: Observation<H>) {
        mask = observation.mask
        members = mask * vmap { (x: Tensor) in observation.operator(x) }(background.members)
        let mean = members.mean(axes: [0])
        anomalies = members - mean
        innovation = mask * (observation.values - mean)
        error = observation.maskedErrorCovariance
    }

    /// The log-likelihood of the observation under the covariance of the members, not localised.
    var logLikelihood: Tensor {
        let spread = anomalies.transposed.matrixProduct(anomalies) / Tensor(Double(anomalies.shape[0] - 1))
        return gaussianLogLikelihood(innovation, spread + error, mask: mask)
    }

    /// The same from the factor of `R`, the quadratic form `dᵀ (I + S Sᵀ)⁻¹ d` and half of `log det(I + S Sᵀ)` in
    /// whitened units.
    func logLikelihood(_ whitener: Tensor, quadratic: Tensor, halfLogDeterminant: Tensor) -> Tensor {
        let logTwoPi = 1.8378770664093453
        return -0.5 * (quadratic + logTwoPi * mask.sum()) - halfLogDeterminant - whitener.diagonal().log().sum()
    }

    /// Anomalies `[N, m]` and innovation `[m]` in units of the observation error, with errors that are not correlated.
    var whitened: (anomalies: Tensor, innovation: Tensor) {
        let factor = error.cholesky()
        return (
            factor.triangularSolve(anomalies.transposed).transposed,
            factor.triangularSolve(innovation.expanded(axis: -1)).flattened()
        )
    }

    /// The innovation of each member, from an observation that is perturbed anew for it, `[N, m]`.
    func perturbedInnovations<H: StateMap>(
        _ observation: Observation<H>, _ background: Ensemble, _ sampling: NoiseSampling, _ key: Key
    ) -> Tensor {
        let noise = sampling.draw(key, members.shape, apartFrom: sampling == .exact ? background.anomalies : nil)
        let perturbation = noise.matrixProduct(observation.errorCovariance.sqrtm())
        return mask * (observation.values + perturbation) - members
    }
}
