import Tensors

/// The analysis of the Kalman filter, and with a nonlinear operator of the extended Kalman filter.
///
///     S = H P Hᵀ + R,   K = P Hᵀ S⁻¹,   m ← m + K (y − h(m)),   P ← (I − K H) P (I − K H)ᵀ + K R Kᵀ
///
/// Joseph's form keeps the covariance symmetric and positive. `H` is the derivative of the operator at the mean.
/// Cost: O(n² m + m³) and the Jacobian. Reference: Särkkä, *Bayesian Filtering and Smoothing* (2013), §4.3, §5.2.
public struct KalmanAnalysis: Analysis {
    public init() {}

    public func callAsFunction<H: StateMap>(
        _ background: Gaussian, _ observation: Observation<H>
    ) -> Analyzed<Gaussian> {
        let (mean, covariance, mask) = (background.mean, background.covariance, observation.mask)
        let operatorMatrix = mask.expanded(axis: -1) * observation.operator.matrix(at: mean)
        let innovation = mask * (observation.values - observation.operator(mean))
        let error = observation.maskedErrorCovariance
        let cross = covariance.matrixProduct(operatorMatrix.transposed)
        let innovationCovariance = operatorMatrix.matrixProduct(cross) + error
        let gain = innovationCovariance.symmetricSolve(cross.transposed).transposed
        return Analyzed(
            belief: Gaussian(
                mean: mean + gain.vectorProduct(innovation),
                covariance: josephForm(
                    covariance, gain: gain, operatorMatrix: operatorMatrix, cross: cross, error: error)),
            logLikelihood: gaussianLogLikelihood(innovation, innovationCovariance, mask: mask))
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {}
}

/// `(I − K H) P (I − K H)ᵀ + K R Kᵀ`, `cross` is `P Hᵀ`: factor by factor, each of the rank `m`, where fewer values are
/// observed than there are variables; as a congruence, symmetric as it is, where not.
func josephForm(
    _ covariance: Tensor, gain: Tensor, operatorMatrix: Tensor, cross: Tensor, error: Tensor
) -> Tensor {
    let (n, m) = (gain.shape[gain.rank - 2], gain.shape[gain.rank - 1])
    let ofErrors = gain.congruence(error)
    if m >= n {
        let kept = Tensor.identity(n, type: gain.type) - gain.matrixProduct(operatorMatrix)
        return kept.congruence(covariance) + ofErrors
    }
    let left = covariance - gain.matrixProduct(cross.transposed)
    let analysis = left - left.matrixProduct(operatorMatrix.transposed).matrixProduct(gain.transposed) + ofErrors
    return 0.5 * (analysis + analysis.transposed)
}

extension Map where Input == Tensor, Output == Tensor {
    /// The derivative at `x`, `[m, n]`; a linear operator knows it.
    public func matrix(at x: Tensor) -> Tensor {
        if let linear = self as? LinearOperator { return linear.matrix }
        return jacobian(of: { self($0) })(x)
    }

    /// The derivative at `x` times the columns of a matrix `[n, q]`, `[m, q]`: without the derivative itself.
    package func derivative(at x: Tensor, times columns: Tensor) -> Tensor {
        if let linear = self as? LinearOperator { return linear.matrix.matrixProduct(columns) }
        return vmap { (column: Tensor) in jvp({ self($0) }, at: x, along: column).tangent }(columns.transposed)
            .transposed
    }
}
