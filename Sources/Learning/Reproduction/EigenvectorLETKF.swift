import Assimilation
import Tensors

/// The local ensemble transform Kalman filter with another transform than the symmetric root, as the program of a
/// reference has it: members are combined by the rows of `T = Q Λ^½`, where `(N − 1) A⁻¹ = Q Λ Qᵀ`.
///
/// The covariance is then `Xᵀ Λ X / (N − 1)`, which is not Kalman's (`Tᵀ` would give that), and the anomalies do not
/// have mean zero: errors are larger than those of `LETKF`. Weights fall off as `exp(−d² / r²)`; variances are inflated
/// in the weights, before the analysis. Errors of observations must not be correlated.
struct EigenvectorLETKF: Analysis {
    var localization: Localization<GaussianTaper>
    var inflation: Tensor

    init(radius: Double, reach: Double, inflation: Double, on places: Coordinates) {
        localization = Localization(GaussianTaper(radius: Tensor(radius), reach: reach), places)
        self.inflation = Tensor(inflation)
    }

    func callAsFunction<H: StateMap>(_ background: Ensemble, _ observation: Observation<H>) -> Analyzed<Ensemble> {
        let count = background.count
        let seen = vmap { (x: Tensor) in observation.operator(x) }(background.members)
        let deviations = observation.errorCovariance.diagonal().sqrt()
        let s = (seen - seen.mean(axes: [0])) / deviations
        let d = observation.mask * (observation.values - seen.mean(axes: [0])) / deviations
        let tapered = localization.ofVariables.expanded(axis: 1) * (observation.mask * s)  // [n, N, m]
        let prior = Tensor(Double(count - 1)) / inflation * Tensor.identity(count)
        let (values, vectors) = (tapered.matrixProduct(s.transposed) + prior).symmetricEigen()
        let anomalies = background.anomalies.transposed  // [n, N]
        let projected = vectors.transposed.vectorProduct(tapered.vectorProduct(d)) / values
        let shift = (vectors.vectorProduct(projected) * anomalies).sum(axes: [-1])
        let roots = (Tensor(Double(count - 1)) / values).sqrt()
        let transformed = vectors.vectorProduct(roots * anomalies)
        return Analyzed(
            belief: Ensemble(members: background.mean + shift + transformed.transposed, key: background.key),
            logLikelihood: observation.logLikelihood(ofErrorFree: observation.mask * d * deviations))
    }

    mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&localization, "localization")
        visitor.visit(&inflation, "inflation")
    }

    /// `exp(−d² / r²)`, zero beyond `reach`.
    struct GaussianTaper: Taper {
        var radius: Tensor
        let reach: Double

        func callAsFunction(_ distances: Tensor) -> Tensor {
            (distances .<= Tensor(reach)).cast(to: .float64) * (-(distances / radius).squared()).exp()
        }
        mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&radius, "radius") }
    }
}
