import Assimilation
import Tensors

/// A function's value, gradient `[n]` and Hessian `[n, n]` at a point.
struct SecondOrder {
    let value: Double
    let gradient: Tensor
    let hessian: Tensor
}

/// Newton's method for convex functions: full steps, halved where they do not descend.
///
/// It has converged when no element of the gradient exceeds `tolerance`, or when rounding hides any descent.
struct NewtonSearch {
    var tolerance = 1e-12
    var maximumSteps = 100

    func minimum(
        from start: Tensor, _ function: (Tensor) -> SecondOrder
    ) -> (point: Tensor, gradient: Double, outcome: Outcome) {
        var (point, now) = (start, function(start))
        func slope() -> Double { now.gradient.values.map(abs).max() ?? 0 }
        for step in 0..<maximumSteps {
            guard now.value.isFinite, slope() > tolerance else { break }
            let direction = now.hessian.symmetricSolve(now.gradient.expanded(axis: -1)).reshaped(point.shape)
            guard direction.values.allSatisfy(\.isFinite) else { return (point, slope(), .diverged(step: step)) }
            let descent = direction.dot(now.gradient).scalar
            var length = 1.0
            var next = function(point - direction)
            while !(next.value <= now.value - 1e-4 * length * descent), length > 1e-10 {
                // Near the minimum values are rounded more than gradients.
                let isCloser = (next.gradient.values.map(abs).max() ?? .infinity) < slope()
                if next.value.isFinite, isCloser, abs(next.value - now.value) <= 1e-12 * abs(now.value) { break }
                length *= 0.5
                next = function(point - Tensor(length) * direction)
            }
            if length <= 1e-10 { break }
            (point, now) = (point - Tensor(length) * direction, next)
        }
        let isConverged = now.value.isFinite && slope() <= max(1e-6, 1e3 * tolerance)
        return (point, slope(), isConverged ? .completed : .diverged(step: maximumSteps))
    }
}
