import Tensors

/// The stochastic ensemble Kalman filter: every member sees its own perturbed observation.
///
///     E ← E + (y + ε − h(E)) (Yᵀ Y + (N − 1) R)⁻¹ Yᵀ X,   ε ~ N(0, R), of mean zero over the members
///
/// Cost O(N m² + m³ + N n m). Reference: Burgers, van Leeuwen & Evensen (1998).
public struct StochasticEnKF: Analysis {
    public let sampling: NoiseSampling
    public init(sampling: NoiseSampling = .centered) { self.sampling = sampling }

    public func callAsFunction<H: StateMap>(
        _ background: Ensemble, _ observation: Observation<H>
    ) -> Analyzed<Ensemble> {
        let seen = ObservedEnsemble(background, observation)
        let keys = background.key.split(2)
        let perturbed = seen.perturbedInnovations(observation, background, sampling, keys[0])
        let count = background.count
        let system = seen.anomalies.transposed.matrixProduct(seen.anomalies) + Tensor(Double(count - 1)) * seen.error
        let gain = system.symmetricSolve(seen.anomalies.transposed.matrixProduct(background.anomalies))
        return Analyzed(
            belief: Ensemble(members: background.members + perturbed.matrixProduct(gain), key: keys[1]),
            logLikelihood: seen.logLikelihood)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {}
}

/// The ensemble transform Kalman filter with the symmetric square root: deterministic, and as close as it can be to the
/// background members.
///
///     S = R^-½ Yᵀ / √(N−1),   T = (I + Sᵀ S)^-½ = I − Sᵀ (C² + C)⁻¹ S,   C = (I + S Sᵀ)^½,   w = T² Sᵀ R^-½ d
///
/// One root is taken, `m × m` where there are fewer observations than members and `N × N` otherwise. The likelihood
/// follows from the same matrices: `dᵀ (I + S Sᵀ)⁻¹ d = |d − S w|² + |w|²`, and `I + S Sᵀ` and `I + Sᵀ S` have one
/// determinant. Reference: Bishop, Etherton & Majumdar (2001); Hunt, Kostelich & Szunyogh (2007);
/// Sakov & Oke (2008) on the symmetric root.
public struct ETKF: Analysis {
    public init() {}

    public func callAsFunction<H: StateMap>(
        _ background: Ensemble, _ observation: Observation<H>
    ) -> Analyzed<Ensemble> {
        let seen = ObservedEnsemble(background, observation)
        let scale = Tensor(1 / Double(background.count - 1).squareRoot())
        let whitener = seen.error.cholesky()
        let s = whitener.triangularSolve(seen.anomalies.transposed) * scale  // [m, N]
        let d = whitener.triangularSolve(seen.innovation.expanded(axis: -1))  // [m, 1]
        let update =
            s.shape[0] < s.shape[1] ? TransformUpdate(observationSpace: s, d) : TransformUpdate(memberSpace: s, d)
        let backgroundAnomalies = background.anomalies
        let anomalies = update.transform.matrixProduct(backgroundAnomalies)
        let shift = (scale * update.weights).transposed.matrixProduct(backgroundAnomalies)
        let residual = d - s.matrixProduct(update.weights)
        return Analyzed(
            belief: Ensemble(members: background.mean + shift + anomalies, key: background.key),
            logLikelihood: seen.logLikelihood(
                whitener, quadratic: residual.squared().sum() + update.weights.squared().sum(),
                halfLogDeterminant: update.halfLogDeterminant))
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {}
}

/// The update of an ETKF from whitened anomalies `S` and innovation `d`.
private struct TransformUpdate {
    /// `(I + Sᵀ S)⁻¹ Sᵀ d`, `[N, 1]`.
    let weights: Tensor
    /// `(I + Sᵀ S)^-½`, `[N, N]`.
    let transform: Tensor
    /// Half of `log det(I + Sᵀ S)`.
    let halfLogDeterminant: Tensor

    init(observationSpace s: Tensor, _ d: Tensor) {
        let system = Tensor.identity(s.shape[0]) + s.matrixProduct(s.transposed)
        let factor = system.cholesky()
        weights = s.transposed.matrixProduct(
            factor.triangularSolve(factor.triangularSolve(d), transposed: true))
        let inner = (system + system.sqrtm()).symmetricSolve(s)
        transform = Tensor.identity(s.shape[1]) - s.transposed.matrixProduct(inner)
        halfLogDeterminant = factor.diagonal().log().sum()
    }

    init(memberSpace s: Tensor, _ d: Tensor) {
        let system = Tensor.identity(s.shape[1]) + s.transposed.matrixProduct(s)
        transform = system.inverseSqrtm()
        weights = transform.matrixProduct(transform.matrixProduct(s.transposed.matrixProduct(d)))
        halfLogDeterminant = system.cholesky().diagonal().log().sum()
    }
}
