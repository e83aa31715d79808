import Tensors

/// The local ensemble transform Kalman filter: each variable has an analysis of its own, in which an observed value
/// counts as much as the taper says at its distance.
///
///     Aᵢ = (N − 1) I + Y ρᵢ R⁻¹ Yᵀ,   wᵢ = Aᵢ⁻¹ Y ρᵢ R⁻¹ d,   Eᵢ ← mean Eᵢ + (wᵢ + √(N − 1) Aᵢ^-½) Xᵢ
///
/// `ρᵢ` multiplies whitened values, which for a diagonal `R` is dividing error variances by the taper. The likelihood
/// is of the localised covariance, as in `LocalizedStochasticEnKF`; NaN where the taper makes that not positive
/// definite. Cost O(n N² (m + N)): all local analyses are one batch with one symmetric root each.
/// Reference: Hunt, Kostelich & Szunyogh, *Efficient data assimilation for spatiotemporal chaos* (Physica D 2007).
public struct LETKF<Weights: Taper>: Analysis {
    public var localization: Localization<Weights>

    public init(_ localization: Localization<Weights>) { self.localization = localization }

    public func callAsFunction<H: StateMap>(
        _ background: Ensemble, _ observation: Observation<H>
    ) -> Analyzed<Ensemble> {
        let seen = ObservedEnsemble(background, observation)
        let count = background.count
        let (s, d) = seen.whitened
        let tapered = localization.ofVariables.expanded(axis: 1) * s  // [n, N, m]
        let system = tapered.matrixProduct(s.transposed) + Tensor(Double(count - 1)) * Tensor.identity(count)
        let root = system.inverseSqrtm()
        let anomalies = background.anomalies.transposed  // [n, N]
        let weights = root.vectorProduct(root.vectorProduct(tapered.vectorProduct(d)))
        let shift = (weights * anomalies).sum(axes: [-1])
        let transformed = (Tensor(Double(count - 1).squareRoot()) * root.vectorProduct(anomalies)).transposed
        let spread = seen.anomalies.transposed.matrixProduct(seen.anomalies) / Tensor(Double(count - 1))
        return Analyzed(
            belief: Ensemble(members: background.mean + shift + transformed, key: background.key),
            logLikelihood: gaussianLogLikelihood(
                seen.innovation, localization.ofObserved * spread + seen.error, mask: observation.mask))
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&localization, "localization") }
}
