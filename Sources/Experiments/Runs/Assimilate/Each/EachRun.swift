import Assimilation
import Kernels
import Studies
import Tensors

/// The Kalman filter and smoother of many systems that have one model, side by side.
struct EachRun: Sendable {
    let problem: SystemProblem
    let data: EachData

    /// Systems that are computed at once.
    private static let block = 256

    init(_ read: ReadSystem, _ tables: [ObservedTable], _ data: EachData, key: Key) {
        self.data = data
        let (t, m) = (data.times.count, data.channels.count)
        let deviations = Tensor(tables.map(\.deviation)).expanded(axis: 0).broadcast(to: [t, m])
        problem = SystemProblem(
            read.system,
            SystemObservations(
                times: data.times, channels: data.channels, values: Tensor.zeros([t, m]), mask: Tensor.ones([t, m]),
                deviations: deviations), key: key)
    }

    /// The fault of a system that cannot be treated so; nil where it can.
    var fault: (problem: String, expected: String)? {
        if problem.system.hasDiffuseStart { return ("a diffuse start beside 'each'", "a distribution") }
        return problem.parameters.count + problem.sizes.count > 0
            ? ("unknown parameters or errors beside 'each'", "numbers: they are the same for all") : nil
    }

    /// Means and standard deviations, filtered and smoothed, `[systems, T, n]` each; log-likelihoods `[systems]`; and
    /// the mean square of the normalised innovations `[systems]`.
    func results() -> [Tensor] {
        let values = problem.medians
        let cycle = problem.kalman(values, augmented: false)
        let (mean, deviations) = problem.start(augmented: false)
        let start = Gaussian(mean: mean, covariance: deviations.squared().diagonalMatrix())
        let observed = problem.observed(cycle.forecast.model, values.sizes)
        let count = data.labels.count
        func part(_ x: Tensor, _ first: Int) -> Tensor {
            let end = min(first + Self.block, count)
            return x[first..<end].padded(axis: 0, before: 0, after: first + Self.block - end)
        }
        let program = compile(like: Pair(part(data.values, 0), part(data.mask, 0))) { input in
            vmap { (own: Pair<Tensor, Tensor>) in
                var observations = observed
                (observations.values, observations.mask) = (own.first, own.second)
                return Self.one(cycle, start, observations)
            }(input)
        }
        var parts: [[Tensor]] = []
        for first in stride(from: 0, to: count, by: Self.block) {
            parts.append(program(Pair(part(data.values, first), part(data.mask, first))))
        }
        return parts[0].indices.map { leaf in Tensor.concatenated(parts.map { $0[leaf] })[0..<count] }
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
