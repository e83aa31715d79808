import Tensors

/// The analysis of the bootstrap particle filter: weights by the likelihood of the observation; states stay.
///
///     wᵢ ← wᵢ p(y | xᵢ) / Σ wⱼ p(y | xⱼ)
///
/// Wrap it in `Resampled`. Where no particle explains the observation to rounding the likelihood is −∞, the weights
/// stay as they were, and the run's outcome is `collapsed`. Cost O(N m²). Reference: Gordon, Salmond & Smith, *Novel
/// approach to nonlinear/non-Gaussian Bayesian state estimation* (1993).
public struct BootstrapAnalysis: Analysis {
    public init() {}

    public func callAsFunction<H: StateMap>(
        _ background: Particles, _ observation: Observation<H>
    ) -> Analyzed<Particles> {
        let seen = vmap { (x: Tensor) in observation.operator(x) }(background.states)
        let innovations = observation.mask * (observation.values - seen)
        let logLikelihoods = gaussianLogLikelihoods(
            innovations, observation.maskedErrorCovariance, mask: observation.mask)
        return background.reweighted(by: logLikelihoods)
    }
    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {}
}

/// The analysis of the particle filter with the optimal proposal, for additive Gaussian model error and operators that
/// are affine: states are drawn knowing the observation, and weights vary as little as they can.
///
///     K = Q Hᵀ (H Q Hᵀ + R)⁻¹,   xᵢ ~ N(fᵢ + K (y − h(fᵢ)), (I − K H) Q),   wᵢ ← wᵢ N(y − h(fᵢ); 0, H Q Hᵀ + R)
///
/// `fᵢ` are forecasts *without* model error: use `EachParticle(model)` before it. A model without error can be given
/// that of a kernel about the particles. Cost O(N m² + m³ + N n m).
/// Reference: Doucet, Godsill & Andrieu, *On sequential Monte Carlo sampling methods for Bayesian filtering* (2000).
public struct OptimalProposal: Analysis {
    /// The error of the model's last step.
    public var modelError: ModelError?
    /// The width of a kernel that is added to the model error, in units of Scott's, as the jitter of `Resampled`.
    public var kernel: Tensor?

    public init(modelError: ModelError) { self.init(modelError: modelError, kernel: nil) }
    public init(kernel: Tensor) { self.init(modelError: nil, kernel: kernel) }
    /// - Precondition: one of them is there.
    public init(modelError: ModelError?, kernel: Tensor?) {
        precondition(modelError != nil || kernel != nil, "OptimalProposal: neither a model error nor a kernel")
        (self.modelError, self.kernel) = (modelError, kernel)
    }

    public func callAsFunction<H: StateMap>(
        _ background: Particles, _ observation: Observation<H>
    ) -> Analyzed<Particles> {
        let mask = observation.mask
        let matrix = mask.expanded(axis: -1) * observation.operator.matrix(at: background.mean)
        let step = observation.time.cast(to: .int64) - Tensor(integer: 1)
        // Of the covariance of model error and kernel together, [n, q].
        let factors = [modelError?.factor(step: step), kernel.map { background.kernelFactor(width: $0) }]
        let factor = Tensor.concatenated(factors.compactMap(\.self), axis: 1)
        let seenFactor = matrix.matrixProduct(factor)  // [m, q]
        let system = seenFactor.matrixProduct(seenFactor.transposed) + observation.maskedErrorCovariance
        let innovations =
            mask * (observation.values - vmap { (x: Tensor) in observation.operator(x) }(background.states))
        let gain = system.symmetricSolve(seenFactor.matrixProduct(factor.transposed))  // Kᵀ, [m, n]
        // A draw of the model error, corrected by an observation that is perturbed for it,
        // has the covariance (I − K H) Q.
        let keys = background.key.split(3)
        let noise = keys[0].normal([background.count, factor.shape[1]])
        let root = observation.errorCovariance.sqrtm()
        let perturbations = mask * keys[1].normal([background.count, mask.count]).matrixProduct(root)
        let departures = innovations + perturbations - noise.matrixProduct(seenFactor.transposed)
        let states =
            background.states + noise.matrixProduct(factor.transposed) + departures.matrixProduct(gain)
        return Particles(states: states, logWeights: background.logWeights, key: keys[2])
            .reweighted(by: gaussianLogLikelihoods(innovations, system, mask: mask))
    }
    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&modelError, "modelError")
        visitor.visit(&kernel, "kernel")
    }
}

extension Particles {
    /// Weights multiplied by likelihoods `[N]`, and their sum, the likelihood of the observation.
    func reweighted(by logLikelihoods: Tensor) -> Analyzed<Particles> {
        let joint = logWeights + logLikelihoods
        let total = joint.logSumExp()
        let isPossible = total.isFinite
        // The side not taken must be free of ∞ − ∞ for derivatives.
        let normalized = select(isPossible, joint, 0) - select(isPossible, total, 0)
        let weights = select(isPossible, normalized, logWeights)
        return Analyzed(
            belief: Particles(states: states, logWeights: weights, key: key), logLikelihood: total)
    }
}

/// `log N(dᵢ; 0, S)` of innovations `[N, m]`, missing values having rows of the identity in `S`: `[N]`.
private func gaussianLogLikelihoods(_ innovations: Tensor, _ covariance: Tensor, mask: Tensor) -> Tensor {
    let factor = covariance.cholesky()
    let white = factor.triangularSolve(innovations.transposed)
    let logTwoPi = 1.8378770664093453
    return -0.5 * (white.squared().sum(axes: [0]) + logTwoPi * mask.sum()) - factor.diagonal().log().sum()
}
