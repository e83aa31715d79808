import Tensors

/// The stochastic ensemble Kalman filter: every member sees its own perturbed observation.
///
///     E ← E + (y + ε − h(E)) (Yᵀ Y + (N − 1) R)⁻¹ Yᵀ X,   ε ~ N(0, R), of mean zero over the members
///
/// Cost O(N m² + m³ + N n m). Reference: Burgers, van Leeuwen & Evensen (1998).
public struct StochasticEnKF: Analysis {
    public let sampling: NoiseSampling
    public init(sampling: NoiseSampling = .centred) { self.sampling = sampling }

    public func callAsFunction<H: Map>(_ background: Ensemble, _ observation: Observation<H>) -> Analyzed<Ensemble>
    where H.Input == Tensor, H.Output == Tensor {
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
///     S = R^-½ Yᵀ / √(N−1),   B = (I + S Sᵀ)^½,   w = Sᵀ B⁻² R^-½ d √(N−1)⁻¹ …,   T = I − Sᵀ (B (I + B))⁻¹ S
///
/// Only an `m × m` root is taken when there are fewer observations than members; otherwise an `N × N` one.
/// Reference: Bishop, Etherton & Majumdar (2001); Hunt, Kostelich & Szunyogh (2007); Sakov & Oke (2008) on the symmetric root.
public struct ETKF: Analysis {
    /// Whether the anomalies are turned by a random rotation that keeps their mean.
    public let rotates: Bool
    public init(rotates: Bool = false) { self.rotates = rotates }

    public func callAsFunction<H: Map>(_ background: Ensemble, _ observation: Observation<H>) -> Analyzed<Ensemble>
    where H.Input == Tensor, H.Output == Tensor {
        let seen = ObservedEnsemble(background, observation)
        let scale = Tensor(1 / Double(background.count - 1).squareRoot())
        let whitener = seen.error.cholesky()
        let s = whitener.triangularSolve(seen.anomalies.transposed) * scale  // [m, N]
        let d = whitener.triangularSolve(seen.innovation.expanded(axis: -1))  // [m, 1]
        let (weights, transform) = s.shape[0] <= s.shape[1] ? observationSpace(s, d) : memberSpace(s, d)
        var anomalies = transform.matrixProduct(background.anomalies)
        var key = background.key
        if rotates {
            let keys = key.split(2)
            anomalies = randomRotation(background.count, keys[0]).matrixProduct(anomalies)
            key = keys[1]
        }
        let shift = (scale * weights).transposed.matrixProduct(background.anomalies)
        return Analyzed(
            belief: Ensemble(members: background.mean + shift + anomalies, key: key),
            logLikelihood: seen.logLikelihood)
    }

    private func observationSpace(_ s: Tensor, _ d: Tensor) -> (weights: Tensor, transform: Tensor) {
        let m = Tensor.identity(s.shape[0])
        let system = m + s.matrixProduct(s.transposed)
        let root = system.symmetricRoot()
        let weights = s.transposed.matrixProduct(system.symmetricSolve(d))
        let inner = (root.matrixProduct(m + root)).solve(s)
        return (weights, Tensor.identity(s.shape[1]) - s.transposed.matrixProduct(inner))
    }

    private func memberSpace(_ s: Tensor, _ d: Tensor) -> (weights: Tensor, transform: Tensor) {
        let system = Tensor.identity(s.shape[1]) + s.transposed.matrixProduct(s)
        return (system.symmetricSolve(s.transposed.matrixProduct(d)), system.inverseSymmetricRoot())
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {}
}

/// A random orthogonal matrix that leaves the vector of ones as it is: anomalies keep mean zero and their covariance.
func randomRotation(_ count: Int, _ key: Key) -> Tensor {
    // The polar factor of a normal matrix is uniform over rotations; acting beside the ones keeps the mean.
    let mean = Tensor.ones([count, count]) / Tensor(Double(count))
    let complement = Tensor.identity(count) - mean
    let noise = complement.matrixProduct(key.normal([count, count])).matrixProduct(complement)
    let gram = noise.transposed.matrixProduct(noise) + mean
    return noise.matrixProduct(gram.inverseSymmetricRoot()) + mean
}

/// Multiplies the anomalies of another analysis: covariance inflation.
public struct Inflated<Base: Analysis>: Analysis where Base.State == Ensemble {
    public var base: Base
    public var factor: Tensor

    public init(_ base: Base, by factor: Tensor) {
        self.base = base
        self.factor = factor
    }

    public func callAsFunction<H: Map>(_ background: Ensemble, _ observation: Observation<H>) -> Analyzed<Ensemble>
    where H.Input == Tensor, H.Output == Tensor {
        var analyzed = base(background, observation)
        let belief = analyzed.belief
        analyzed.belief = Ensemble(members: belief.mean + factor * belief.anomalies, key: belief.key)
        return analyzed
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&base, "base")
        visitor.visit(&factor, "factor")
    }
}
