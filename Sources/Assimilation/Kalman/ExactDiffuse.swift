import Tensors

/// The start of a Kalman filter from a state of which nothing is known: covariance `κ D`, κ → ∞, taken to the limit exactly.
///
/// The scalar observations are used one after the other until the infinite part of the covariance is gone; then the ordinary
/// filter goes on from `background`. The log-likelihood is the limit of `log p + (d/2) log κ`.
/// Reference: Koopman & Durbin, *Fast filtering and smoothing for multivariate state space models* (2000), §3;
/// Durbin & Koopman, *Time Series Analysis by State Space Methods* (2012), §5.2, §6.4.
public struct ExactDiffuse: Sendable {
    /// The belief before observation number `stepsUsed`.
    public let background: Gaussian
    public let logLikelihood: Double
    public let stepsUsed: Int

    /// - Parameters:
    ///   - finite: the start as far as it is known: its covariance excludes the diffuse part.
    ///   - diffuse: the matrix `D`, 1 on the diagonal for each unknown variable.
    /// - Precondition: the error covariance is diagonal; all tensors are known.
    public init(
        finite: Gaussian, diffuse: Tensor, forecast: LinearForecast, observations: Observations<LinearOperator>
    ) {
        var state = State(mean: finite.mean, finite: finite.covariance, diffuse: diffuse)
        var step = 0
        while step < observations.count, state.diffuse.absolute().maximum().scalar > 1e-10 {
            state.analyze(observations[step])
            state.forecast(forecast, Tensor(integers: [step], shape: []))
            step += 1
        }
        background = Gaussian(mean: state.mean, covariance: state.finite)
        logLikelihood = state.logLikelihood
        stepsUsed = step
    }

    private struct State {
        var mean: Tensor
        var finite: Tensor
        var diffuse: Tensor
        var logLikelihood = 0.0

        mutating func analyze(_ observation: Observation<LinearOperator>) {
            let matrix = observation.operator.matrix
            for i in 0..<observation.values.count where observation.mask[i].scalar != 0 {
                let innovation = (observation.values - observation.operator(mean))[i]
                use(row: matrix[i], innovation: innovation, error: observation.errorCovariance[i][i])
            }
        }

        private mutating func use(row z: Tensor, innovation: Tensor, error: Tensor) {
            let m = finite.vectorProduct(z)
            let mDiffuse = diffuse.vectorProduct(z)
            let f = z.dot(m) + error
            let fDiffuse = z.dot(mDiffuse)
            let logTwoPi = Tensor(2 * Double.pi).log()
            if fDiffuse.scalar > 1e-12 {
                let gain = mDiffuse / fDiffuse
                mean = mean + gain * innovation
                let cross = gain.outerProduct(m)
                finite = finite + f * gain.outerProduct(gain) - cross - cross.transposed
                diffuse = diffuse - mDiffuse.outerProduct(mDiffuse) / fDiffuse
                logLikelihood -= 0.5 * (logTwoPi + fDiffuse.log()).scalar
            } else if f.scalar > 0 {
                mean = mean + m * (innovation / f)
                finite = finite - m.outerProduct(m) / f
                logLikelihood -= 0.5 * (logTwoPi + f.log() + innovation.squared() / f).scalar
            }
        }

        mutating func forecast(_ forecast: LinearForecast, _ step: Tensor) {
            let next = forecast(Gaussian(mean: mean, covariance: finite), step: step)
            let matrix = forecast.model.matrix(step: step)
            (mean, finite) = (next.mean, next.covariance)
            diffuse = matrix.congruence(diffuse)
        }
    }
}
