import Assimilation
import Studies
import Tensors

/// The stochastic ensemble Kalman filter with a covariance that is shrunk towards its diagonal, as few members ask for.
///
///     P ← (1 − λ) P + λ diag P
struct ShrunkAnalysis: Analysis {
    /// λ
    var shrinkage: Tensor

    func callAsFunction<H: StateMap>(_ background: Ensemble, _ observation: Observation<H>) -> Analyzed<Ensemble> {
        let keys = background.key.split(2)
        let (members, anomalies) = (background.members, background.anomalies)
        let covariance = anomalies.transposed.matrixProduct(anomalies) / Tensor(Double(background.count - 1))
        let shrunk = (1 - shrinkage) * covariance + shrinkage * covariance.diagonal().diagonalMatrix()
        let operation = jacobian(of: { observation.operator($0) })(background.mean)  // [m, n]
        let error = observation.errorCovariance
        let cross = shrunk.matrixProduct(operation.transposed)
        let gain = (operation.matrixProduct(cross) + error).symmetricSolve(cross.transposed)  // [m, n]
        let seen = vmap { (x: Tensor) in observation.operator(x) }(members)
        let noise = keys[0].normal(seen.shape)
        let perturbed = observation.values + (noise - noise.mean(axes: [0])).matrixProduct(error.sqrtm())
        let innovations = observation.mask * (perturbed - seen)
        return Analyzed(
            belief: Ensemble(members: members + innovations.matrixProduct(gain), key: keys[1]), logLikelihood: 0)
    }

    mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&shrinkage, "shrinkage") }
}

/// It, as a method that can be tuned and compared, with the members and the modifiers of every ensemble method.
struct ShrunkEnKF: EnsembleMethod {
    static let name = "shrunk-enkf"
    static let summary = "ensemble Kalman filter with a covariance shrunk towards its diagonal"
    static let ownParameters: [Parameter<Self>] = [
        .real("shrinkage", \.shrinkage, 0...1, "Share of the diagonal, λ.")
    ]

    var ensemble = EnsembleTreatment(members: 10)
    var shrinkage = 0.1

    func analysis<Model, Operator>(_ problem: Problem<Model, Operator>) -> ShrunkAnalysis {
        ShrunkAnalysis(shrinkage: Tensor(shrinkage))
    }
}
