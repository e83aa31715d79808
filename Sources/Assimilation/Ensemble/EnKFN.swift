import Tensors

/// The finite-size ensemble Kalman filter, which finds its inflation itself: it allows for the sampling error of the
/// mean and the covariance of few members.
///
///     J(l) = Σⱼ gⱼ² / (λⱼ (l² λⱼ + N − 1)) + ε / l² + c log l²,   S Sᵀ = V diag(λ) Vᵀ,   g = Vᵀ S d
///
/// Anomalies are multiplied by the `l` where `J` is least, then transformed as in the ETKF. This is the dual form; `S`
/// and `d` are the observed anomalies and the innovation in units of the observation error. Cost O(N² m + N³), with one
/// eigendecomposition. References: Bocquet, *Ensemble Kalman filtering without the intrinsic need for inflation* (NPG
/// 2011); Bocquet, Raanes & Hannart, *Expanding the validity of the ensemble Kalman filter without the intrinsic
/// need for inflation* (NPG 2015).
public struct EnKFN: Analysis {
    /// Multiplies the certainty of the prior for the covariance; above 1 when the members sample better than at random.
    public let certainty: Double

    public init(certainty: Double = 1) {
        precondition(certainty > 0, "a certainty of \(certainty)")
        self.certainty = certainty
    }

    public func callAsFunction<H: StateMap>(
        _ background: Ensemble, _ observation: Observation<H>
    ) -> Analyzed<Ensemble> {
        let count = background.count
        let seen = ObservedEnsemble(background, observation)
        let (s, d) = seen.whitened  // [N, m], [m]
        let (eigenvalues, vectors) = s.matrixProduct(s.transposed).symmetricEigen()
        let spectrum = eigenvalues.maximum(0)
        let projected = vectors.transposed.vectorProduct(s.vectorProduct(d))
        let size = Tensor(Double(count - 1))
        let prior = FiniteSizePrior(
            count, certainty: certainty, reduction: (size / (spectrum + size)).mean())
        let square = prior.inflationSquared(spectrum, projected)
        // The precision of the weights of the anomalies as they were, (N − 1) / l².
        let precision = size / square
        let weights = vectors.vectorProduct(projected / (spectrum + precision))
        let factors = (size / (spectrum + precision)).sqrt()
        let transform = (vectors * factors).matrixProduct(vectors.transposed)
        let anomalies = background.anomalies
        let shift = weights.expanded(axis: 0).matrixProduct(anomalies)
        return Analyzed(
            belief: Ensemble(
                members: background.mean + shift + transform.matrixProduct(anomalies), key: background.key),
            logLikelihood: seen.logLikelihood)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {}
}

/// The knowledge of an ensemble of `N` members about the covariance that it was drawn from, as a prior for the weights
/// of its anomalies: a multivariate t, whose potential is `½ (N − 1) c log(ε + |w|²)` in place of `½ (N − 1) |w|²`.
///
/// `ε = 1 + 1 / N` and `c = N / (N − 1)`, corrected such that without information there is no inflation, equation 36 of
/// Bocquet, Raanes & Hannart (2015).
struct FiniteSizePrior {
    let epsilon: Tensor
    let coefficient: Tensor
    private let size: Tensor

    /// - Parameter reduction: the part of the variance that an analysis leaves, the mean of `1 / (1 + λ / (N − 1))`.
    init(_ count: Int, certainty: Double, reduction: Tensor) {
        let n = Double(count)
        let (epsilon, coefficient) = (1 + 1 / n, n / (n - 1))
        let correction = (0.5 * Tensor((epsilon / coefficient)).log() * reduction).exp()
        self.epsilon = Tensor(certainty * epsilon) / correction
        self.coefficient = Tensor(certainty * coefficient) * correction
        size = Tensor(n - 1)
    }

    /// The Gaussian precision that has the same slope at weights of the squared norm `square`.
    func precision(_ square: Tensor) -> Tensor { size * coefficient / (epsilon + square) }

    /// `l²` where the dual cost is least, by Newton's method on `z = log l²`.
    ///
    ///     dJ/dz = c − ε / q − Σ q gⱼ² / (q λⱼ + N − 1)²,   q = l²
    func inflationSquared(_ spectrum: Tensor, _ projected: Tensor) -> Tensor {
        let squares = projected.squared()
        return scan(over: Nothing(), from: Tensor.zeros(), count: 12) { z, _ in
            let q = z.exp()
            let total = q * spectrum + size
            let terms = q * squares / total.squared()
            let slope = coefficient - epsilon / q - terms.sum()
            let curvature = epsilon / q - (terms * (size - q * spectrum) / total).sum()
            // Where the cost is not convex enough the step is one unit downhill.
            let step = slope / curvature.maximum(slope.absolute()).maximum(1e-12)
            return (z - step, Nothing())
        }.final.exp()
    }
}
