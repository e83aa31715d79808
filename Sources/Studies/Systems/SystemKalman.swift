import Assimilation
import Dynamics
import Formulas
import Tensors

/// The continuous–discrete Kalman forecast of a system, extended to first order where it is not linear.
///
///     dx/dt = f(x),   dΦ/dt = F Φ,   dS/dt = F S + S Fᵀ + D²,   P ← Φ P Φᵀ + S
///
/// Mean, tangent `Φ` and the covariance `S` of the accumulated model error are integrated together, by the system's
/// integrator; `F` is the derivative of `f`. A map has `Φ = F` and `S = D²` times the time of its step. All in
/// coordinates without bounds. O(n³) a step of the integrator.
///
/// Reference: Jazwinski, *Stochastic processes and filtering theory* (1970), section 9.3.
public struct SystemKalman: GaussianForecast {
    public var model: SystemForecast
    /// Of the model error of a time of 1: standard deviations `[n + q]`, or a factor `[n + q, n + q]`.
    public var errors: Tensor

    public init(_ model: SystemForecast, errors: Tensor) { (self.model, self.errors) = (model, errors) }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&model, "model")
        visitor.visit(&errors, "errors")
    }

    public func callAsFunction(_ belief: Gaussian, step: Tensor) -> Gaussian {
        let found = moments(belief.mean, step)
        return Gaussian(
            mean: found.mean, covariance: found.tangent.congruence(belief.covariance) + found.covariance)
    }

    public func tangent(at mean: Tensor, step: Tensor) -> Tensor { moments(mean, step).tangent }

    /// The next mean, the derivative with respect to this one, and the covariance of the model error between.
    func moments(_ mean: Tensor, _ step: Tensor) -> (mean: Tensor, tangent: Tensor, covariance: Tensor) {
        let (n, q) = (model.variables, model.augmented.count)
        let (start, end) = model.interval(step)
        if case .map = model.integrator {
            let isStep = end .> start
            let tangent = jacobian(of: { model($0, step: step) })(mean)
            let noise = select(isStep, (end - start) * errors.asCovariance, 0)
            return (model(mean, step: step), tangent, noise)
        }
        let (u, v) = (mean.slice(axis: 0, from: 0, to: n), mean.slice(axis: 0, from: n, to: n + q))
        let x = model.states.constrained(u)
        let tendency = MomentTendency(
            equations: model, parameters: v, covariance: errors.asCovariance.block(0, n))
        let first = Tensor.concatenated([
            x, Tensor.identity(n).padded(axis: 1, before: 0, after: q).flattened(), Tensor.zeros([n * n]),
        ])
        let last = model.integrator.next(tendency, from: first, at: start, to: end)
        let after = last.slice(axis: 0, from: 0, to: n)
        let flow = last.slice(axis: 0, from: n, to: n + n * (n + q)).reshaped([n, n + q])
        let noise = last.slice(axis: 0, from: n + n * (n + q), to: last.count).reshaped([n, n])
        let next = model.states.unconstrained(after, distance: 1e-12 * model.states.distance(x))
        let outward = 1 / model.states.slope(next)
        let inward = Tensor.concatenated([model.states.slope(u), model.unknowns.slope(v)])
        let rows = outward.expanded(axis: -1) * flow * inward
        let ofStates = outward.outerProduct(outward) * noise
        guard q > 0 else { return (next, rows, ofStates) }
        let below = Tensor.identity(q).padded(axis: 1, before: n, after: 0)
        let drift = (end - start) * errors.asCovariance.block(n, n + q)
        let covariance =
            ofStates.padded(axis: 0, before: 0, after: q).padded(axis: 1, before: 0, after: q)
            + drift.padded(axis: 0, before: n, after: 0).padded(axis: 1, before: n, after: 0)
        return (Tensor.concatenated([next, v]), Tensor.concatenated([rows, below]), covariance)
    }
}

/// Mean, tangent and covariance of the model error as one system of differential equations.
private struct MomentTendency: Tendency {
    var equations: SystemForecast
    var parameters: Tensor
    /// Of the model error in coordinates, `[n, n]`.
    var covariance: Tensor

    func callAsFunction(_ state: Tensor, time: Tensor) -> Tensor {
        let (n, q) = (equations.variables, equations.augmented.count)
        let x = state.slice(axis: 0, from: 0, to: n)
        let flow = state.slice(axis: 0, from: n, to: n + n * (n + q)).reshaped([n, n + q])
        let noise = state.slice(axis: 0, from: n + n * (n + q), to: state.count).reshaped([n, n])
        // By the parameters as they are, since the flow is that of values, not of coordinates.
        let values = equations.unknowns.constrained(parameters)
        let tendency = { (both: Tensor) in
            equations.equations(values: both.slice(axis: 0, from: n, to: n + q))(
                both.slice(axis: 0, from: 0, to: n), time: time)
        }
        let whole = Tensor.concatenated([x, values])
        let derivative = jacobian(of: tendency)(whole)
        let byState = derivative.slice(axis: 1, from: 0, to: n)
        var change = byState.matrixProduct(flow)
        if q > 0 {
            change = change + derivative.slice(axis: 1, from: n, to: n + q).padded(axis: 1, before: n, after: 0)
        }
        let slope = equations.states.slope(equations.states.unconstrained(x, distance: 1e-300))
        let spread = byState.matrixProduct(noise)
        let growth = spread + spread.transposed + slope.outerProduct(slope) * covariance
        return Tensor.concatenated([tendency(whole), change.flattened(), growth.flattened()])
    }

    mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&equations, "equations")
        visitor.visit(&parameters, "parameters")
        visitor.visit(&covariance, "covariance")
    }
}

extension Tensor {
    /// The covariance of errors: of standard deviations, or of a factor.
    fileprivate var asCovariance: Tensor {
        rank == 1 ? squared().diagonalMatrix() : matrixProduct(transposed)
    }
    /// Rows and columns of a square matrix.
    fileprivate func block(_ first: Int, _ last: Int) -> Tensor {
        slice(axis: 0, from: first, to: last).slice(axis: 1, from: first, to: last)
    }
}
