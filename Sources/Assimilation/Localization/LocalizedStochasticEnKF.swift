import Tensors

/// The stochastic ensemble Kalman filter with localised covariances.
///
///     E ← E + (y + ε − h(E)) (ρ_yy ∘ Yᵀ Y + (N − 1) R)⁻¹ (ρ_yx ∘ Yᵀ X),   ε ~ N(0, R), of mean zero over the members
///
/// `∘` multiplies element by element with the factors `ρ` of the localisation. The likelihood is of the localised
/// covariance; it and the members are NaN where a taper makes that not positive definite. Cost O(N m² + m³ + m² n).
/// Reference: Houtekamer & Mitchell, *A sequential ensemble Kalman filter for atmospheric
/// data assimilation* (MWR 2001).
public struct LocalizedStochasticEnKF<Weights: Taper>: Analysis {
    public var localization: Localization<Weights>
    public let sampling: NoiseSampling

    public init(_ localization: Localization<Weights>, sampling: NoiseSampling = .centered) {
        self.localization = localization
        self.sampling = sampling
    }

    public func callAsFunction<H: StateMap>(
        _ background: Ensemble, _ observation: Observation<H>
    ) -> Analyzed<Ensemble> {
        let seen = ObservedEnsemble(background, observation)
        let keys = background.key.split(2)
        let perturbed = seen.perturbedInnovations(observation, background, sampling, keys[0])
        let share = Tensor(1 / Double(background.count - 1))
        let between = localization.ofObserved * seen.anomalies.transposed.matrixProduct(seen.anomalies) * share
        let cross =
            localization.ofVariables.transposed
            * seen.anomalies.transposed.matrixProduct(background.anomalies) * share
        let gain = (between + seen.error).symmetricSolve(cross)
        return Analyzed(
            belief: Ensemble(members: background.members + perturbed.matrixProduct(gain), key: keys[1]),
            logLikelihood: gaussianLogLikelihood(seen.innovation, between + seen.error, mask: observation.mask))
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&localization, "localization") }
}
