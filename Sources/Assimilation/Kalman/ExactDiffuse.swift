import Tensors

/// The start of a Kalman filter from a state of which nothing is known: covariance `κ D`, κ → ∞, taken to the limit
/// exactly.
///
/// The values of a time are made independent by the triangular factor of their error covariance
/// (``IndependentObservation``) and used one after the other until the infinite part of the covariance is gone; then
/// the ordinary filter goes on from `background`. The infinite part is kept as a factor `B` with `D = B Bᵀ`, of which
/// each value that meets it takes a column: small numbers in operators, errors or states, that is other units, change
/// nothing. The log-likelihood is the limit of `log p + (d/2) log κ`. Reference: Koopman & Durbin, *Fast filtering and
/// smoothing for multivariate state space models* (2000), §3; Durbin & Koopman, *Time Series Analysis by State Space
/// Methods* (2012), §5.2, §6.4.
public struct ExactDiffuse: Sendable {
    /// The belief before observation number `stepsUsed`.
    public let background: Gaussian
    public let logLikelihood: Double
    public let stepsUsed: Int
    /// How many directions of the state are still unknown after all observations.
    public let unknownDirections: Int

    /// - Parameters:
    ///   - finite: the start as far as it is known: its covariance excludes the diffuse part.
    ///   - diffuse: the matrix `D`, positive semidefinite, 1 on the diagonal for each unknown variable.
    /// - Precondition: error covariances are positive semidefinite; all tensors are known.
    public init(
        finite: Gaussian, diffuse: Tensor, forecast: LinearForecast, observations: Observations<LinearOperator>
    ) {
        precondition(
            diffuse.shape == finite.covariance.shape,
            "a diffuse part of shape \(diffuse.shape) for a covariance of shape \(finite.covariance.shape)")
        var state = State(finite, diffuse)
        var step = 0
        while step < observations.count, state.unknownDirections > 0 {
            state.analyze(observations[step])
            state.forecast(forecast, Tensor(integer: step))
            step += 1
        }
        background = Gaussian(mean: state.mean, covariance: state.finite)
        (logLikelihood, stepsUsed, unknownDirections) = (state.logLikelihood, step, state.unknownDirections)
    }

    private struct State {
        var mean: Tensor
        var finite: Tensor
        /// `B`, `[n, d]`
        var infinite: Tensor
        /// The size of each variable's row of `B`, had no value been used: what "gone" is relative to.
        var reference: Tensor
        /// The product of the forecasts, applied to the whole start.
        private var start: Tensor
        var logLikelihood = 0.0

        init(_ known: Gaussian, _ diffuse: Tensor) {
            (mean, finite) = (known.mean, known.covariance)
            let factor = UnitTriangularFactor(diffuse)
            let columns = factor.pivots.indices.filter { factor.pivots[$0] > 0 }
            infinite = (factor.lower * Tensor(factor.pivots).sqrt()).taking(Tensor(integers: columns), axis: 1)
            start = infinite
            reference = infinite.squared().sum(axes: [1]).sqrt()
        }

        var unknownDirections: Int { infinite.shape[1] }
        /// Below this part of its start, a number is rounding.
        private let rounding = 1e-11

        mutating func analyze(_ observation: Observation<LinearOperator>) {
            for value in observation.independent {
                let innovation = value.value - value.row.dot(mean).scalar
                use(value.row, innovation, error: value.variance)
            }
        }

        private mutating func use(_ z: Tensor, _ innovation: Double, error: Double) {
            let cross = finite.vectorProduct(z)
            let variance = z.dot(cross).scalar + error
            let seen = infinite.transposed.vectorProduct(z)
            let size = seen.dot(seen).scalar.squareRoot()
            if size > rounding * z.absolute().dot(reference).scalar {
                let gain = infinite.vectorProduct(seen) / Tensor(size * size)
                let both = gain.outerProduct(cross)
                mean = mean + gain * Tensor(innovation)
                finite = finite + Tensor(variance) * gain.outerProduct(gain) - both - both.transposed
                infinite = withoutDirection(seen / Tensor(size))
                addToLikelihood(variance: size * size, square: 0)
            } else if variance > 0 {
                mean = mean + cross * Tensor(innovation / variance)
                finite = finite - cross.outerProduct(cross) / Tensor(variance)
                addToLikelihood(variance: variance, square: innovation * innovation / variance)
            }
        }

        /// `B` without what lies along a unit vector of its columns' space: Householder's reflection takes the vector
        /// to the last column, which is dropped.
        private func withoutDirection(_ unit: Tensor) -> Tensor {
            let count = unknownDirections
            guard count > 1 else { return Tensor.zeros([mean.count, 0]) }
            let last = Tensor((0..<count).map { $0 == count - 1 ? 1 : 0 })
            let sign = unit[count - 1].scalar < 0 ? 1.0 : -1.0
            // The mirror takes the vector to the end of its opposite sign, so that nothing cancels.
            let normal = unit - Tensor(sign) * last
            let mirrored =
                infinite - infinite.vectorProduct(normal).outerProduct(normal) * Tensor(2 / normal.dot(normal).scalar)
            return mirrored.slice(axis: 1, from: 0, to: count - 1)
        }

        private mutating func addToLikelihood(variance: Double, square: Double) {
            logLikelihood -= 0.5 * (Tensor(2 * Double.pi).log() + Tensor(variance).log()).scalar + 0.5 * square
        }

        mutating func forecast(_ forecast: LinearForecast, _ step: Tensor) {
            let next = forecast(Gaussian(mean: mean, covariance: finite), step: step)
            let matrix = forecast.model.matrix(step: step)
            (mean, finite) = (next.mean, next.covariance)
            guard unknownDirections > 0 else { return }
            (infinite, start) = (matrix.matrixProduct(infinite), matrix.matrixProduct(start))
            reference = start.squared().sum(axes: [1]).sqrt()
            // A model that forgets takes unknown directions away.
            infinite = infinite.withoutEmptyColumns(beside: reference, rounding: rounding)
        }
    }
}

extension Tensor {
    /// The columns that are not all rounding beside the sizes of the rows.
    fileprivate func withoutEmptyColumns(beside rows: Tensor, rounding: Double) -> Tensor {
        let isLarge = absolute() .> Tensor(rounding) * rows.expanded(axis: -1)
        let kept = isLarge.cast(to: .float64).maximum(axes: [0]).values
        if kept.allSatisfy({ $0 == 1 }) { return self }
        return taking(Tensor(integers: kept.indices.filter { kept[$0] == 1 }), axis: 1)
    }
}
