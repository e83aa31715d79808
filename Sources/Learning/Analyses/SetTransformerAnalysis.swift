import Assimilation
import Networks
import Tensors

/// A localised deterministic ensemble Kalman filter whose inflation, localisation and gain are learned, and corrected
/// at each time by a network that sees the ensemble as a set.
///
///     K = (ρ_xy ∘ Xᵀ Y) (ρ_yy ∘ Yᵀ Y + (N − 1) R)⁻¹
///     mean ← mean + K d + c,   X ← exp(λ + ½ tanh l) ∘ (X − ½ (1 + tanh g) ∘ (Y Kᵀ)) + D
///
/// Learned are the inflation `exp λ`, the taper `ρ_xy` of free weights and the radius of `ρ_yy`, Gaspari & Cohn's
/// function. The fields `c`, `l` and `g` and the deviations `D` come from an `EnsembleNetwork` that sees anomalies and
/// departures `y − h(xᵢ)` of the members, and mean, spread, `K d`, innovation and where there is one. It starts with
/// zeros: the analysis starts as the classical filter. The order of the members does not matter, nor their number, so
/// that what is trained with one number serves others. Departures are taken to the variables by the adjoint of the
/// operator about the mean. The likelihood is of the localised covariance.
///
/// References: Bach, Baptista, Calvello, Chen & Stuart, *Learning enhanced ensemble filters* (2025), arXiv 2504.17836;
/// Sakov & Oke, *A deterministic formulation of the ensemble Kalman filter* (Tellus 2008).
public struct SetTransformerAnalysis: Analysis {
    /// `λ`
    public var logInflation: Tensor
    /// `ρ_xy`
    public var taper: FreeTaper
    /// Of `ρ_yy`.
    public var logRadius: Tensor
    public var network: EnsembleNetwork
    public let scales: Scales
    /// `[n, m]` and `[m, m]`
    private let distances: (ofVariables: Tensor, ofObserved: Tensor)

    /// The scales of the network's inputs.
    public struct Scales: Sendable, Equatable {
        /// The center and the scale of states.
        public let center: Double
        public let state: Double
        /// Of errors of the mean and anomalies.
        public let error: Double

        public init(center: Double, state: Double, error: Double) {
            precondition(state > 0 && error > 0, "SetTransformerAnalysis: scales of \(state) and \(error)")
            (self.center, self.state, self.error) = (center, state, error)
        }
    }

    /// The classical filter of a radius of Gaspari & Cohn's function and an inflation.
    ///
    /// - Parameters:
    ///   - variables: where the variables are, one apart on a circle.
    ///   - indices: the variables that are observed.
    ///   - period: the number of variables after which the observed ones repeat.
    ///   - taperCount: for how many distances, from 0 in steps of 1, there are weights.
    public init(
        radius: Double, inflation: Double, _ variables: Coordinates, observing indices: [Int], period: Int,
        taperCount: Int = 12, scales: Scales, channels: Int = 16, width: Int = 32, depth: Int = 2, key: Key,
        type: ElementType = .float32
    ) {
        precondition(radius > 0 && inflation > 0, "SetTransformerAnalysis: radius \(radius), inflation \(inflation)")
        logInflation = Tensor(inflation).log()
        logRadius = Tensor(radius).log()
        taper = FreeTaper(like: GaspariCohn(radius: Tensor(radius)), count: taperCount)
        network = EnsembleNetwork(
            memberFields: 2, sharedFields: 5, outputs: 3, period: period, channels: channels, width: width,
            depth: depth, key: key, type: type)
        self.scales = scales
        let observed = variables.taking(indices)
        distances = (variables.distances(to: observed), observed.distances(to: observed))
    }

    public func callAsFunction<H: StateMap>(
        _ background: Ensemble, _ observation: Observation<H>
    ) -> Analyzed<Ensemble> {
        let type = background.members.type
        let (mean, anomalies, mask) = (background.mean, background.anomalies, observation.mask.cast(to: type))
        let seen = mask * vmap { (x: Tensor) in observation.operator(x) }(background.members)
        let departures = mask * observation.values.cast(to: type) - seen
        let innovation = departures.mean(axes: [0])
        let update = gain(anomalies, seen - seen.mean(axes: [0]), observation.maskedErrorCovariance.cast(to: type))
        let increment = update.gain.transposed.vectorProduct(innovation)
        let adjoint = observation.operator.linearized(at: mean)
        let corrections = network(
            members: [anomalies, vmap { (y: Tensor) in adjoint.adjoint(y) }(departures)].map { scaled($0) },
            shared: [
                (mean - Tensor(floatLiteral: scales.center)) * Tensor(floatLiteral: 1 / scales.state),
                logSpread(anomalies), scaled(increment), scaled(adjoint.adjoint(innovation)), adjoint.adjoint(mask),
            ])
        let fields = corrections.fields.map { $0.cast(to: type) }
        let error = Tensor(floatLiteral: scales.error)
        let inflation = (logInflation.cast(to: type) + 0.5 * fields[1].tanh()).exp()
        let share = 0.5 * (1 + fields[2].tanh())
        let deviations =
            inflation * (anomalies - share * update.changes) + error * corrections.deviations.cast(to: type)
        return Analyzed(
            belief: Ensemble(members: mean + increment + error * fields[0] + deviations, key: background.key),
            logLikelihood: Observation(
                values: observation.values, mask: observation.mask, errorCovariance: update.covariance,
                operator: observation.operator
            ).logLikelihood(ofErrorFree: innovation))
    }

    /// `Kᵀ`, `[m, n]`; what it makes of the observed anomalies, `Y Kᵀ`; and the covariance of the innovation.
    private func gain(
        _ anomalies: Tensor, _ observed: Tensor, _ error: Tensor
    ) -> (gain: Tensor, changes: Tensor, covariance: Tensor) {
        let type = anomalies.type
        let share = Tensor(floatLiteral: 1 / Double(anomalies.shape[0] - 1))
        let within = GaspariCohn(radius: logRadius.exp())(distances.ofObserved).cast(to: type)
        let across = taper(distances.ofVariables).cast(to: type).transposed
        let covariance = share * within * observed.transposed.matrixProduct(observed) + error
        let gain = covariance.symmetricSolve(share * across * observed.transposed.matrixProduct(anomalies))
        return (gain, observed.matrixProduct(gain), covariance)
    }

    private func scaled(_ x: Tensor) -> Tensor { x * Tensor(floatLiteral: 1 / scales.error) }

    /// Finite where the members agree.
    private func logSpread(_ anomalies: Tensor) -> Tensor {
        let variance = scaled(anomalies).squared().sum(axes: [0]) / Tensor(floatLiteral: Double(anomalies.shape[0] - 1))
        return 0.5 * (variance + 1e-3).log()
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&logInflation, "logInflation")
        visitor.visit(&taper, "taper")
        visitor.visit(&logRadius, "logRadius")
        visitor.visit(&network, "network")
    }
}
