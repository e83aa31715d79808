import Tensors

/// Variational assimilation: the state that is most probable given a background whose error covariance `B` is always
/// the same. With an observation at one time it is 3D-Var; with that of a window, `WindowOperator`,
/// it is strong-constraint 4D-Var.
///
///     x = argmin ½ (x − b)ᵀ B⁻¹ (x − b) + ½ (y − h(x))ᵀ R⁻¹ (y − h(x))
///
/// by Gauss–Newton steps, one of which is exact for a linear operator. `B` may be singular. The likelihood is
/// `N(y − h(b); 0, H B Hᵀ + R)` of the linearised operator. With conjugate gradients it is the bound without `H B Hᵀ`:
/// there is no determinant, since the matrix is never formed.
/// References: Lorenc, *Analysis methods for numerical weather prediction* (QJRMS 1986); Courtier, Thépaut &
/// Hollingsworth, *A strategy for operational implementation of 4D-Var, using an incremental approach* (QJRMS 1994).
public struct Variational: Analysis {
    /// How the linear system of a Gauss–Newton step is solved.
    public enum Solver: Sendable, Equatable {
        /// By the Jacobian and a Cholesky factor in the space of the observations:
        /// O(n² m + m³) and `min(n, m)` tangents.
        case dense
        /// By so many conjugate gradients in the space of `B^½`, each a tangent and an adjoint of the operator.
        case conjugateGradients(Int)
    }

    /// `B`, `[n, n]`; often a small part of the climate's covariance.
    public var covariance: Tensor
    /// The number of Gauss–Newton steps.
    public let iterations: Int
    public let solver: Solver

    public init(covariance: Tensor, iterations: Int = 1, solver: Solver = .dense) {
        precondition(
            covariance.rank == 2 && covariance.shape[0] == covariance.shape[1] && iterations > 0,
            "a covariance of shape \(covariance.shape), \(iterations) iterations")
        (self.covariance, self.iterations, self.solver) = (covariance, iterations, solver)
    }

    public func callAsFunction<H: StateMap>(
        _ background: PointEstimate, _ observation: Observation<H>
    ) -> Analyzed<PointEstimate> {
        switch solver {
        case .dense: dense(background.mean, observation)
        case .conjugateGradients(let count): conjugateGradients(count, background.mean, observation)
        }
    }

    /// `x ← b + B Hᵀ (H B Hᵀ + R)⁻¹ (y − h(x) + H (x − b))` with `H` the derivative of the operator at `x`.
    private func dense<H: StateMap>(_ background: Tensor, _ observation: Observation<H>) -> Analyzed<PointEstimate> {
        let mask = observation.mask
        let error = observation.maskedErrorCovariance
        let (state, likelihoods) = scan(over: Nothing(), from: background, count: iterations) { state, _ in
            let matrix = mask.expanded(axis: -1) * observation.operator.matrix(at: state)
            let departure = mask * (observation.values - observation.operator(state))
            let cross = matrix.matrixProduct(covariance)
            let innovation = WhitenedInnovation(
                departure + matrix.vectorProduct(state - background), cross.matrixProduct(matrix.transposed) + error)
            return (
                background + cross.transposed.vectorProduct(innovation.solved), innovation.logLikelihood(mask: mask)
            )
        }
        return Analyzed(belief: PointEstimate(state), logLikelihood: likelihoods[0])
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&covariance, "covariance") }
}

// MARK: - In the space of the square root of the covariance

extension Variational {
    /// The cost of the state `b + B^½ w`, `½ |w|² + ½ |R^-½ (y − h(b + B^½ w))|²`.
    public func cost<H: StateMap>(
        _ control: Tensor, _ background: PointEstimate, _ observation: Observation<H>
    ) -> Tensor {
        let residuals = residuals(background.mean, observation)(control)
        return 0.5 * (control.squared().sum() + residuals.squared().sum())
    }

    /// Departures in units of the observation error, as a function of the control variable.
    private func residuals<H: StateMap>(_ background: Tensor, _ observation: Observation<H>) -> (Tensor) -> Tensor {
        let root = covariance.sqrtm()
        let factor = observation.maskedErrorCovariance.cholesky()
        return { control in
            let seen = observation.operator(background + root.vectorProduct(control))
            let departure = observation.mask * (seen - observation.values)
            return factor.triangularSolve(departure.expanded(axis: -1)).flattened()
        }
    }

    /// `w ← w − (I + Mᵀ M)⁻¹ (w + Mᵀ r)` with `M` the tangent-linear map of the residuals `r`.
    private func conjugateGradients<H: StateMap>(
        _ count: Int, _ background: Tensor, _ observation: Observation<H>
    ) -> Analyzed<PointEstimate> {
        let residuals = residuals(background, observation)
        let start = Tensor.zeros(background.shape)
        let control = scan(over: Nothing(), from: start, count: iterations) { control, _ in
            let (value, pullback) = vjp(residuals, at: control)
            let slope = control + pullback(value)
            let step = solveByConjugateGradients(slope, count: count) { direction in
                direction + pullback(jvp(residuals, at: control, along: direction).tangent)
            }
            return (control - step, Nothing())
        }.final
        let innovation = observation.mask * (observation.values - observation.operator(background))
        return Analyzed(
            belief: PointEstimate(background + covariance.sqrtm().vectorProduct(control)),
            logLikelihood: gaussianLogLikelihood(
                innovation, observation.maskedErrorCovariance, mask: observation.mask))
    }
}

/// `x` in `A x = b` for a symmetric positive definite map, by a fixed number of conjugate gradients from zero.
///
/// Reference: Hestenes & Stiefel, *Methods of conjugate gradients for solving linear systems* (1952).
func solveByConjugateGradients(_ b: Tensor, count: Int, _ apply: @escaping (Tensor) -> Tensor) -> Tensor {
    let square = b.dot(b)
    // Once the residual is down to rounding it stays, or its quotients would be noise.
    let floor = 1e-28 * square + 1e-300
    return scan(over: Nothing(), from: [Tensor.zeros(b.shape), b, b, square], count: count) { now, _ in
        let (x, residual, direction, square) = (now[0], now[1], now[2], now[3])
        let product = apply(direction)
        let goesOn = square .> floor
        let curvature = select(goesOn, direction.dot(product), 1)
        let length = select(goesOn, square / curvature, 0)
        let next = residual - length * product
        let nextSquare = next.dot(next)
        let ratio = select(goesOn, nextSquare / select(goesOn, square, 1), 0)
        return ([x + length * direction, next, next + ratio * direction, nextSquare], Nothing())
    }.final[0]
}
