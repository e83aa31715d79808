import Assimilation
import Tensors

/// The analysis of a forecaster: that of its filter, and with few members one that takes additive model error as it is.
///
/// A sample of fewer members than observed values spans too little to fit them. The error `η ~ N(0, Q)` of the last
/// step is known in law, and so it need not be drawn before it is seen: members `x` without it are analysed with
/// observations of covariance `R + H Q Hᵀ`, and then it is drawn given the observation and the member,
///
///     η = η̃ + Q Hᵀ (H Q Hᵀ + R)⁻¹ (y − H (x + η̃) − ε̃),   η̃ ~ N(0, Q), ε̃ ~ N(0, R),
///
/// which is the same law as to draw it first. Reference: Doucet, Godsill & Andrieu, Stat. Comput. 10 (2000), 197,
/// §II.D, for the factors; Matheron's rule for the draw.
struct ForecasterAnalysis: Analysis {
    let filter: EnsembleFilter
    /// The error that the background's first variables lack; nil if there is none.
    var modelError: ModelError?

    init(_ filter: EnsembleFilter, conditioning modelError: ModelError? = nil) {
        self.filter = filter
        self.modelError = modelError
    }

    func callAsFunction<H: StateMap>(_ background: Ensemble, _ observation: Observation<H>) -> Analyzed<Ensemble> {
        guard let modelError else { return analyzed(background, observation) }
        let factor = modelError.factors[0]
        let older = background.members.shape[1] - factor.shape[0]
        let seen = observation.operator.derivative(
            at: background.mean, times: factor.padded(axis: 0, before: 0, after: older))
        var total = observation
        total.errorCovariance = observation.errorCovariance + seen.matrixProduct(seen.transposed)
        var result = analyzed(background, total)
        let keys = result.belief.key.split(3)
        let count = background.count
        let noise = NoiseSampling.centered.draw(keys[0], [count, factor.shape[1]])
        let error = NoiseSampling.centered.draw(keys[1], [count, observation.values.count])
            .matrixProduct(observation.errorCovariance.cholesky().transposed)
        let members = result.belief.members
        let mask = observation.mask
        let observed = vmap { (x: Tensor) in observation.operator(x) }(members)
        let misfit = mask * (observation.values - observed - noise.matrixProduct(seen.transposed) - error)
        let weights = total.maskedErrorCovariance.symmetricSolve(misfit.transposed)
        let conditioned = noise + (mask.expanded(axis: -1) * weights).transposed.matrixProduct(seen)
        let errors = conditioned.matrixProduct(factor.transposed).padded(axis: 1, before: 0, after: older)
        result.belief = Ensemble(members: members + errors, key: keys[2])
        return result
    }

    private func analyzed<H: StateMap>(_ background: Ensemble, _ observation: Observation<H>) -> Analyzed<Ensemble> {
        filter.analysis(background, observation)
    }

    mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&modelError, "modelError") }
}
