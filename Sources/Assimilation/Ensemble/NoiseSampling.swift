import Tensors

/// How a finite sample of standard normal noise is drawn.
public enum NoiseSampling: String, Sendable, CaseIterable, Codable {
    /// Independent draws.
    case independent
    /// With mean exactly zero.
    case centered
    /// With mean zero, covariance exactly the identity, and no correlation with the ensemble that it is added to:
    /// removes the sampling error of additive noise. Needs more members than state and noise variables together.
    case exact

    /// Noise of shape `[N, q]`; `anomalies`, `[N, n]`, is what `exact` noise is made uncorrelated with.
    package func draw(_ key: Key, _ shape: [Int], apartFrom anomalies: Tensor? = nil) -> Tensor {
        let noise = key.normal(shape)
        let (members, q) = (shape[0], shape[1])
        switch self {
        case .independent: return noise
        case .centered: return centered(noise)
        case .exact:
            let n = anomalies?.shape[1] ?? 0
            precondition(
                members > q + n + 1,
                "exact noise in \(q) of \(n) variables needs over \(q + n + 1) members, not \(members)")
            var noise = centered(noise)
            if let anomalies { noise = noise - projection(of: noise, onto: anomalies) }
            let covariance = noise.transposed.matrixProduct(noise) / Tensor(Double(members - 1))
            return noise.matrixProduct(covariance.inverseSqrtm())
        }
    }

    /// Mean zero, and variance kept.
    private func centered(_ noise: Tensor) -> Tensor {
        let members = Double(noise.shape[0])
        return (noise - noise.mean(axes: [0])) * Tensor((members / (members - 1)).squareRoot())
    }

    private func projection(of noise: Tensor, onto anomalies: Tensor) -> Tensor {
        let gram = anomalies.transposed.matrixProduct(anomalies)
        let n = gram.shape[0]
        let ridge = 1e-12 * gram.diagonal().sum() / Tensor(Double(n)) + 1e-300
        let coefficients = (gram + ridge * Tensor.identity(n)).symmetricSolve(anomalies.transposed.matrixProduct(noise))
        return anomalies.matrixProduct(coefficients)
    }
}
