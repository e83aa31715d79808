import Assimilation
import Kernels
import Tensors

/// The Kalman filter and smoother of many systems that have one model and the same times, side by side.
///
/// The systems are a batch of one program, in blocks of 256. A system may start anywhere but diffuse, and nothing but
/// its states is unknown.
public struct ManySystems: Sendable {
    public let problem: SystemProblem
    /// `[systems, T, m]`
    public let values: Tensor
    public let mask: Tensor

    /// The estimates of all systems.
    public struct Estimates: Sendable {
        /// Means and standard deviations given the observations up to each time, `[systems, T, n]`.
        public let filtered: StateMoments
        /// Given all observations.
        public let smoothed: StateMoments
        /// The logarithm of the probability of all values, `[systems]`.
        public let logLikelihoods: Tensor
        /// The mean square of the normalised innovations, `[systems]`.
        public let meanSquares: Tensor
    }

    /// Systems that are computed at once.
    private static let block = 256

    /// - Parameters:
    ///   - problem: of one of the systems; its values do not matter.
    ///   - values: of all systems, `[systems, T, m]`; `mask` is 1 where one exists.
    public init(_ problem: SystemProblem, values: Tensor, mask: Tensor) {
        precondition(
            values.shape == mask.shape && values.rank == 3,
            "ManySystems: values \(values.shape) with a mask \(mask.shape)")
        (self.problem, self.mask) = (problem, mask)
        self.values = select(mask .> 0, values, 0)
    }

    /// The fault of a system that cannot be treated so; nil where it can.
    public var fault: (problem: String, expected: String)? {
        if problem.system.hasDiffuseStart { return ("a diffuse start of many systems", "a distribution") }
        return problem.parameters.count + problem.sizes.count > 0
            ? ("unknown parameters or errors of many systems", "numbers: they are the same for all") : nil
    }

    public func estimates() -> Estimates {
        let given = problem.medians
        let cycle = problem.kalman(given, augmented: false)
        let (mean, deviations) = problem.start(augmented: false)
        let start = Gaussian(mean: mean, covariance: deviations.squared().diagonalMatrix())
        let observed = problem.observed(cycle.forecast.model, given.sizes)
        let count = values.shape[0]
        func part(_ x: Tensor, _ first: Int) -> Tensor {
            let end = min(first + Self.block, count)
            return x[first..<end].padded(axis: 0, before: 0, after: first + Self.block - end)
        }
        let program = compile(like: Pair(part(values, 0), part(mask, 0))) { input in
            vmap { (own: Pair<Tensor, Tensor>) in
                var observations = observed
                (observations.values, observations.mask) = (own.first, own.second)
                return Self.one(cycle, start, observations)
            }(input)
        }
        var parts: [[Tensor]] = []
        for first in stride(from: 0, to: count, by: Self.block) {
            parts.append(program(Pair(part(values, first), part(mask, first))))
        }
        let all = parts[0].indices.map { leaf in Tensor.concatenated(parts.map { $0[leaf] })[0..<count] }
        return Estimates(
            filtered: StateMoments(means: all[0], deviations: all[1]),
            smoothed: StateMoments(means: all[2], deviations: all[3]), logLikelihoods: all[4], meanSquares: all[5])
    }

    private static func one(
        _ cycle: Cycle<SystemKalman, GuardedAnalysis<KalmanAnalysis>>, _ start: Gaussian,
        _ observations: Observations<SystemOperator>
    ) -> [Tensor] {
        let trajectory = cycle(from: start, observations)
        let smoothed = RauchTungStriebel().smooth(trajectory, cycle.forecast).beliefs
        func deviations(_ beliefs: Gaussian) -> Tensor { vmap { (x: Gaussian) in x.variance.sqrt() }(beliefs) }
        let squares = vmap { (x: Pair<Gaussian, [Tensor]>) in
            let observation = Observation(
                values: x.second[0], mask: x.second[1], errorCovariance: observations.errorCovariance,
                operator: observations.operator)
            let forecast = observation.forecast(from: x.first)
            return (x.second[1] * (x.second[0] - forecast.mean).squared() / forecast.variance).sum()
        }(Pair(trajectory.backgrounds, [observations.values, observations.mask]))
        return [
            trajectory.analyses.mean, deviations(trajectory.analyses), smoothed.mean, deviations(smoothed),
            trajectory.logLikelihood, squares.sum() / observations.mask.sum().maximum(1),
        ]
    }
}
