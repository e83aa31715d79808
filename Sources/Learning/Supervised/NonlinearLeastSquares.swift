import Tensors

/// Gauss and Newton's method with Levenberg and Marquardt's damping for `min ½ ‖r(x)‖²`, `r` any function of a vector.
///
/// Each step solves `min ‖J p + r‖² + λ ‖D p‖²` by QR, `D` the largest norms that the columns of `J` have had, so that
/// the search does not depend on the units of the parameters; `λ` follows the ratio of actual to predicted reduction.
/// It has converged when the part of `r` that a step can reach is small against the rest: `‖QᵀR‖ ≤ tolerance ‖r‖`
/// (Bates & Watts 1981, Technometrics 23), a criterion that no change of parameters changes.
///
/// References: Moré 1978 (Lecture Notes in Mathematics 630); Nielsen 1999 (IMM-REP-1999-05) for the damping.
public struct NonlinearLeastSquares: Sendable {
    public var maximumSteps: Int
    public var tolerance: Double
    /// The first `λ`; small for a start near the solution.
    public var damping: Double

    public init(maximumSteps: Int = 2000, tolerance: Double = 1e-9, damping: Double = 1e-3) {
        precondition(
            maximumSteps > 0 && tolerance > 0 && damping > 0,
            "NonlinearLeastSquares: \(maximumSteps) steps, tolerance \(tolerance), damping \(damping)")
        self.maximumSteps = maximumSteps
        self.tolerance = tolerance
        self.damping = damping
    }

    /// The local minimum that is reached from `start`, a vector, for residuals `r` with at least as many elements.
    public func fit(from start: Tensor, residuals: @escaping (Tensor) -> Tensor) -> NonlinearFit {
        precondition(start.rank == 1 && start.type == .float64, "NonlinearLeastSquares: a start of \(start.signature)")
        let function = { (x: Tensor) in residuals(x).flattened() }
        guard let first = Point(start, function) else { return NonlinearFit(start, function(start), .diverged) }
        precondition(
            first.r.count >= start.count, "NonlinearLeastSquares: \(first.r.count) residuals of \(start.count) unknowns"
        )
        return search(from: first, function)
    }

    private func search(from start: Point, _ function: @escaping (Tensor) -> Tensor) -> NonlinearFit {
        var point = start
        var scale = Tensor.zeros(start.x.shape)
        var damping = self.damping
        var growth = 2.0
        for step in 0..<maximumSteps {
            scale = scale.maximum(point.columnNorms)
            if point.offset <= tolerance { return NonlinearFit(point, .converged, step) }
            while true {
                let trial = point.step(damping, scale)
                let next = Point(point.x + trial.p, function, unlessAbove: point.cost)
                if let next {
                    let gain = (point.cost - next.cost) / trial.predicted
                    point = next
                    damping *= max(1.0 / 3, 1 - (2 * gain - 1) * (2 * gain - 1) * (2 * gain - 1))
                    growth = 2
                    break
                }
                // A reduction below rounding cannot be seen.
                if trial.predicted <= 1e-15 * point.cost {
                    return NonlinearFit(point, point.offset <= 1e-5 ? .converged : .stalled, step)
                }
                damping *= growth
                growth *= 2
                if !(damping < 1e30) { return NonlinearFit(point, .stalled, step) }
            }
        }
        return NonlinearFit(point, .unfinished, maximumSteps)
    }
}

/// A point of the search with all that a step from it needs.
private struct Point {
    let x: Tensor
    let r: Tensor
    let cost: Double
    let jacobian: Tensor
    let columnNorms: Tensor
    /// Bates and Watts' relative offset.
    let offset: Double

    /// Nil where the residuals or their derivatives are not finite, or the cost is not below a limit.
    init?(_ x: Tensor, _ function: @escaping (Tensor) -> Tensor, unlessAbove limit: Double = .infinity) {
        self.x = x
        r = function(x)
        cost = r.dot(r).scalar
        guard cost < limit else { return nil }
        jacobian = Tensors.jacobian(of: function)(x)
        columnNorms = jacobian.squared().sum(axes: [0]).sqrt()
        guard columnNorms.values.allSatisfy({ $0.isFinite }) else { return nil }
        let reachable = jacobian.qr().q.transposed.vectorProduct(r)
        offset = cost == 0 ? 0 : reachable.norm().scalar / cost.squareRoot()
    }

    /// The damped step, and the reduction of the cost that the linear model predicts for it.
    func step(_ damping: Double, _ scale: Tensor) -> (p: Tensor, predicted: Double) {
        let d = select(scale .> 0, scale, 1)
        let extended = Tensor.concatenated([
            jacobian / d, (damping.squareRoot() * Tensor.ones(x.shape)).diagonalMatrix(),
        ])
        let (q, upper) = extended.qr()
        let right = -q[0..<r.count].transposed.vectorProduct(r)
        let scaled = upper.transposed.triangularSolve(right.expanded(axis: -1), transposed: true).reshaped(x.shape)
        let p = scaled / d
        let change = jacobian.vectorProduct(p)
        return (p, change.dot(change).scalar + 2 * damping * scaled.dot(scaled).scalar)
    }
}

/// The end of a search for least squares, with the covariance of the errors.
public struct NonlinearFit: Sendable {
    public let parameters: Tensor
    public let residuals: Tensor
    public let residualSumOfSquares: Double
    public let degreesOfFreedom: Int
    /// `s² (JᵀJ)⁻¹` with `s² = ‖r‖² / degrees of freedom`; NaN if the search diverged or `J` is of less than full rank.
    public let covariance: Tensor
    public let outcome: SearchOutcome
    /// The number of points that the search moved to.
    public let steps: Int

    /// The standard deviations of the parameters.
    public var deviations: Tensor { covariance.diagonal().sqrt() }
    /// `s`, the standard deviation of the residuals.
    public var residualDeviation: Double { (residualSumOfSquares / Double(degreesOfFreedom)).squareRoot() }

    fileprivate init(_ point: Point, _ outcome: SearchOutcome, _ steps: Int) {
        parameters = point.x
        residuals = point.r
        residualSumOfSquares = point.cost
        degreesOfFreedom = point.r.count - point.x.count
        let d = select(point.columnNorms .> 0, point.columnNorms, 1)
        let lower = (point.jacobian / d).qr().r.transposed
        let inverse = lower.triangularSolve(Tensor.identity(point.x.count)) / d
        covariance = inverse.transposed.matrixProduct(inverse) * (point.cost / Double(degreesOfFreedom))
        self.outcome = outcome
        self.steps = steps
    }

    fileprivate init(_ start: Tensor, _ residuals: Tensor, _ outcome: SearchOutcome) {
        parameters = start
        self.residuals = residuals
        residualSumOfSquares = residuals.dot(residuals).scalar
        degreesOfFreedom = residuals.count - start.count
        covariance = Tensor.filled(.nan, [start.count, start.count])
        self.outcome = outcome
        steps = 0
    }
}
