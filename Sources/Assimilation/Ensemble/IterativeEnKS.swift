import Tensors

/// The iterative ensemble Kalman smoother: Gauss–Newton in the space of the members, for operators that are not linear,
/// such as `WindowOperator`. One step is the ETKF of the observation.
///
///     x = mean E + w X,   J(w) = ½ (N − 1) |w|² + ½ |R^-½ (y − h(x))|²
///     D = (N − 1) I + S Sᵀ,   w ← w + D⁻¹ (S d − (N − 1) w),   E ← x + √(N − 1) D^-½ X
///
/// `S` are anomalies of the observed members about the iterate in units of the observation error, by finite
/// differences: those of the transformed ensemble, or of one drawn together. Cost of a step: `N` evaluations of the
/// operator and O(N² m + N³).
///
/// With a tolerance steps end when the root-mean-square change of the weights `√N w` is below it, or at the number of
/// iterations; there are then derivatives in forward mode only. References: Sakov, Oliver & Bertino, *An iterative EnKF
/// for strongly nonlinear systems* (MWR 2012); Bocquet & Sakov, *An iterative ensemble Kalman smoother* (QJRMS 2014).
public struct IterativeEnKS: Analysis {
    /// The ensemble that differences are taken with.
    public enum Differences: Sendable, Equatable {
        /// The members as the iterate would have them: the derivative is a mean over the analysis.
        case transform
        /// The background members drawn together by a small factor: the derivative is that at the iterate.
        case bundle(scale: Double)
    }

    /// The number of steps, or the most where there is a tolerance.
    public let iterations: Int
    /// Zero: as many steps as `iterations`.
    public let tolerance: Double
    public let differences: Differences
    /// Whether the size of the ensemble is accounted for, as in `EnKFN`, with this certainty.
    public let certainty: Double?

    public init(
        iterations: Int = 3, tolerance: Double = 0, differences: Differences = .transform, certainty: Double? = nil
    ) {
        precondition(iterations > 0 && tolerance >= 0, "\(iterations) iterations to a tolerance of \(tolerance)")
        (self.iterations, self.tolerance) = (iterations, tolerance)
        (self.differences, self.certainty) = (differences, certainty)
    }

    public func callAsFunction<H: StateMap>(
        _ background: Ensemble, _ observation: Observation<H>
    ) -> Analyzed<Ensemble> { converging(background, observation).analyzed }

    /// The analysis with the root-mean-square change `√N w` of the last step, which is below the tolerance if the
    /// steps converged.
    public func converging<H: StateMap>(
        _ background: Ensemble, _ observation: Observation<H>
    ) -> (analyzed: Analyzed<Ensemble>, lastChange: Tensor) {
        let (last, likelihood, progress) = minimum(background, observation)
        let anomalies = background.anomalies
        let shift = last.weights.expanded(axis: 0).matrixProduct(anomalies)
        let analyzed = Analyzed(
            belief: Ensemble(
                members: background.mean + shift + last.transform.matrixProduct(anomalies), key: background.key),
            logLikelihood: likelihood)
        return (analyzed, progress[1])
    }

    /// How the steps go on one observation: how many there are, and the root-mean-square change `√N w` of the last,
    /// which is below the tolerance if they converged.
    public func convergence<H: StateMap>(
        _ background: Ensemble, _ observation: Observation<H>
    ) -> (steps: Tensor, change: Tensor) {
        let last = minimum(background, observation).progress
        return (last[0], last[1])
    }

    /// The last iterate, the likelihood at the first, and the steps with the change of the last.
    private func minimum<H: StateMap>(
        _ background: Ensemble, _ observation: Observation<H>
    ) -> (last: Iterate, logLikelihood: Tensor, progress: [Tensor]) {
        let count = background.count
        let identity = Tensor.identity(count)
        let start = Iterate(weights: Tensor.zeros([count]), transform: identity, inverse: identity)
        func next(_ iterate: Iterate) -> (Iterate, likelihood: Tensor, change: Tensor) {
            let (next, likelihood) = step(iterate, background, observation)
            return (next, likelihood, (next.weights - iterate.weights).squared().sum().sqrt())
        }
        guard tolerance > 0 else {
            let (last, steps) = scan(over: Nothing(), from: start, count: iterations) { iterate, _ in
                let (following, likelihood, change) = next(iterate)
                return (following, [likelihood, change])
            }
            return (last, steps[0][0], [Tensor(Double(iterations)), steps[1][iterations - 1]])
        }
        let (first, likelihood, change) = next(start)
        let most = Tensor(Double(iterations))
        let found = whileLoop(from: Pair(first, [Tensor(1.0), change])) { now in
            // A change that is no number ends the steps.
            (now.second[1] .> Tensor(tolerance)) .& (now.second[0] .< most)
        } do: { now in
            let (following, _, change) = next(now.first)
            return Pair(following, [now.second[0] + 1, change])
        }
        return (found.first, likelihood, found.second)
    }

    private struct Iterate: Tree {
        /// `w`
        var weights: Tensor
        /// `√(N − 1) D^-½` and its inverse.
        var transform: Tensor
        var inverse: Tensor
        mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
            visitor.visit(&weights, "weights")
            visitor.visit(&transform, "transform")
            visitor.visit(&inverse, "inverse")
        }
    }

    private func step<H: StateMap>(
        _ now: Iterate, _ background: Ensemble, _ observation: Observation<H>
    ) -> (next: Iterate, logLikelihood: Tensor) {
        let anomalies = background.anomalies
        let center = background.mean + now.weights.expanded(axis: 0).matrixProduct(anomalies)
        let members: Ensemble
        switch differences {
        case .transform:
            members = Ensemble(members: center + now.transform.matrixProduct(anomalies), key: background.key)
        case .bundle(let scale): members = Ensemble(members: center + Tensor(scale) * anomalies, key: background.key)
        }
        let seen = ObservedEnsemble(members, observation)
        let (differenced, d) = seen.whitened
        let s: Tensor
        switch differences {
        case .transform: s = now.inverse.matrixProduct(differenced)
        case .bundle(let scale): s = differenced / Tensor(scale)
        }
        let precision = priorPrecision(now.weights, s)
        let gram = s.matrixProduct(s.transposed)
        let system = gram + precision * Tensor.identity(background.count)
        let root = system.inverseSqrtm()
        let slope = s.vectorProduct(d) - precision * now.weights
        // With `N − 1` where the prior is less certain, so that anomalies are inflated.
        let size = Tensor(Double(background.count - 1).squareRoot())
        let next = Iterate(
            weights: now.weights + root.vectorProduct(root.vectorProduct(slope)), transform: size * root,
            inverse: system.matrixProduct(root) / size)
        return (next, seen.logLikelihood)
    }

    /// `N − 1`, or what the finite size of the ensemble makes of it at the iterate.
    private func priorPrecision(_ weights: Tensor, _ s: Tensor) -> Tensor {
        let count = weights.count
        let size = Tensor(Double(count - 1))
        guard let certainty else { return size }
        let observed = s.squared().sum() / (size * Tensor(Double(count)))  // the mean eigenvalue over N − 1
        let prior = FiniteSizePrior(count, certainty: certainty, reduction: 1 / (1 + observed))
        return prior.precision(weights.squared().sum())
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {}
}
