import Tensors

/// The deterministic ensemble Kalman filter: anomalies see half of the gain,
/// which for small corrections is the right covariance.
///
///     mean ← mean + K d,   X ← X − ½ (K H X),   K = P Hᵀ (H P Hᵀ + R)⁻¹
///
/// The covariance is `(I − ½ K H) P (I − ½ K H)ᵀ`, above that of Kalman by `¼ K H P Hᵀ Kᵀ`. Cost O(N m² + m³ + N n m).
/// Reference: Sakov & Oke, *A deterministic formulation of the ensemble Kalman filter* (Tellus 2008).
public struct DeterministicEnKF: Analysis {
    public init() {}

    public func callAsFunction<H: StateMap>(
        _ background: Ensemble, _ observation: Observation<H>
    ) -> Analyzed<Ensemble> {
        let seen = ObservedEnsemble(background, observation)
        let scaled = Tensor(Double(background.count - 1)) * seen.error
        let system = seen.anomalies.transposed.matrixProduct(seen.anomalies) + scaled
        let gain = system.symmetricSolve(seen.anomalies.transposed.matrixProduct(background.anomalies))
        let changes = seen.innovation - 0.5 * seen.anomalies
        return Analyzed(
            belief: Ensemble(members: background.members + changes.matrixProduct(gain), key: background.key),
            logLikelihood: seen.logLikelihood)
    }
    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {}
}

/// The ensemble square-root filter that uses one observed value after the other:
/// no matrix is factored but that of the errors.
///
///     x ← x + p d / s,   X ← X − a (h pᵀ) / s,   s = hᵀ h + 1,   p = Xᵀ h,   a = 1 / (1 + √(1 / s))
///
/// for each whitened value, `h` its anomalies over √(N − 1). Cost O(N m (n + m)).
/// Reference: Whitaker & Hamill, *Ensemble data assimilation without perturbed observations* (MWR 2002).
public struct SerialEnSRF: Analysis {
    public init() {}

    public func callAsFunction<H: StateMap>(
        _ background: Ensemble, _ observation: Observation<H>
    ) -> Analyzed<Ensemble> {
        let seen = ObservedEnsemble(background, observation)
        let (s, d) = seen.whitened
        let (n, m) = (background.members.shape[1], d.count)
        let scale = Tensor(1 / Double(background.count - 1).squareRoot())
        // Observed values stand behind the variables and are corrected with them.
        let start = [
            Tensor.concatenated([background.mean, -d]),
            scale * Tensor.concatenated([background.anomalies, s], axis: 1),
        ]
        let final = scan(over: Tensor.range(m) + Tensor(integer: n), from: start) { now, index in
            let (mean, anomalies) = (now[0], now[1])
            let place = index.reshaped([1])
            let h = anomalies.taking(place, axis: 1)  // [N, 1]
            let covariance = h.transposed.matrixProduct(anomalies).flattened()
            let total = h.squared().sum() + 1
            let part = covariance / total
            let damping = 1 / (1 + total.reciprocal().sqrt())
            return ([mean - part * mean.taking(place), anomalies - damping * (h * part)], Nothing())
        }.final
        let anomalies = final[1].slice(axis: 1, from: 0, to: n) / scale
        return Analyzed(
            belief: Ensemble(members: final[0][0..<n] + anomalies, key: background.key),
            logLikelihood: seen.logLikelihood)
    }
    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {}
}
