import Kernels
import Tensors

/// Steepest descent with a line search: each step is as long as a model of the function along it allows.
///
/// A step that lowers the value by a tenth of the linear decrease is taken (Armijo's rule), and the next one starts
/// twice as long; else it is halved. One compiled program gives value and gradient. The function must be the same from
/// call to call: random numbers in it come from one key.
///
/// Reference: Nocedal & Wright, *Numerical Optimization* (2006), section 3.1.
public struct LineSearchDescent: Sendable {
    /// How many gradients there are at most, those of refused steps too.
    public let evaluations: Int
    /// The length of the first step, in units of the gradient.
    public let firstRate: Double

    public init(evaluations: Int, firstRate: Double) {
        precondition(evaluations > 0 && firstRate > 0, "\(evaluations) evaluations, a first rate of \(firstRate)")
        (self.evaluations, self.firstRate) = (evaluations, firstRate)
    }

    /// The best parameters, and the value after each evaluation.
    public func callAsFunction<P: Tree>(
        _ start: P, progress: (LearningProgress) -> Void = { _ in },
        valueAndGradient: (P) -> (value: Tensor, gradient: P)
    ) -> Trained<P> {
        var (point, rate) = (start, firstRate)
        var (value, slope) = valueAndGradient(start)
        var values = [value.scalar]
        while values.count < evaluations, value.scalar.isFinite {
            let next = point.combiningLeaves(slope) { $0 - rate * $1 }
            let found = valueAndGradient(next)
            let square = slope.leaves.map { $0.squared().sum().scalar }.reduce(0, +)
            let isLower = found.value.scalar <= value.scalar - 0.1 * rate * square
            if isLower { (point, value, slope) = (next, found.value, found.gradient) }
            rate *= isLower ? 2 : 0.5
            values.append(value.scalar)
            progress(LearningProgress(step: values.count, of: evaluations, loss: value.scalar))
        }
        return Trained(model: point, history: TrainingHistory(training: values, validation: [], kept: values.count))
    }
}
