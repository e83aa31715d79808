import Assimilation
import Kernels
import Tensors

/// The Kalman filter and smoother of a linear system of whose start nothing is known, exactly.
///
///     w(δ) = w₀ − W δ,   S = Wᵀ W,   δ̂ = S⁻¹ Wᵀ w₀,   log p = log p₀ + ½ (W ᵀ w₀)ᵀ S⁻¹ Wᵀ w₀ − ½ log |S|
///
/// The unknown part `δ` of the start shifts all means, and the whitened innovations `w`, linearly: one run with each
/// of its directions gives the shifts, and what the innovations say of `δ`, up to a time for the filter and to the end
/// for the smoother. The log-likelihood is the limit of that of a start with variance κ, plus `(d/2) log κ`.
///
/// Reference: Rosenberg, *Random coefficient models* (1973); de Jong, *The diffuse Kalman filter* (Ann. Statist. 1991).
struct DiffuseStart {
    /// NaN before the start is determined.
    let filtered: BeliefSeries
    let smoothed: StateMoments
    let logLikelihood: Double
    /// Directions of the start that the observations do not determine.
    let unknownDirections: Int

    init(_ problem: SystemProblem, _ values: SystemProblem.Values) {
        let cycle = problem.kalman(values, augmented: false)
        let (mean, deviations) = problem.start(augmented: false)
        let places = problem.system.diffuseValues
        let directions = Tensor.identity(mean.count).taking(Tensor(integers: places))
        let starts = Tensor.concatenated([mean.expanded(axis: 0), mean + directions])
        let covariance = deviations.squared().diagonalMatrix()
        let observed = problem.observed(cycle.forecast.model, values.sizes)
        let input = Pair(Pair(cycle, Pair(starts, covariance)), observed)
        let runs = compile(like: input, calls: .few) { input in
            let (cycle, given) = (input.first.first, input.first.second)
            return vmap { (start: Tensor) in
                DiffuseRun(cycle, Gaussian(mean: start, covariance: given.second), input.second)
            }(given.first)
        }(input)
        let whole = runs.mappingLeaves { $0[0] }
        let count = places.count
        /// The change with each direction, `[d, …]`.
        func shifts(_ x: Tensor) -> Tensor { x[1..<(count + 1)] - x[0] }
        let (whitened, changes) = (whole.whitened, shifts(runs.whitened))
        let times = whitened.shape[0]
        // [T, d, m]
        let columns = -changes.transposed(to: [1, 0, 2])
        let information = columns.matrixProduct(columns.transposed(to: [0, 2, 1]))
        let evidence = columns.matrixProduct(whitened.expanded(axis: -1)).reshaped([times, count])
        let sums = (information.cumulativeSum(axis: 0), evidence.cumulativeSum(axis: 0))
        let last = Determined(sums.0[times - 1], sums.1[times - 1])
        unknownDirections = last.unknown
        logLikelihood = whole.logLikelihoods.sum().scalar + last.gain
        smoothed = last.shifted(
            StateMoments(means: whole.smoothed, deviations: whole.smoothedDeviations), shifts(runs.smoothed))
        var beliefs = whole.beliefs
        let stages = (0..<times).map { Determined(sums.0[$0], sums.1[$0]) }
        let gains = stages.map(\.gain)
        beliefs.logLikelihoods =
            whole.logLikelihoods
            + Tensor(gains.indices.map { gains[$0] - ($0 == 0 ? 0 : gains[$0 - 1]) })
        func filter(_ means: Tensor, _ deviations: Tensor, _ all: Tensor, before: Int) -> StateMoments {
            let moved = shifts(all)
            let parts = (0..<times).map { time -> StateMoments in
                let own = StateMoments(
                    means: means[time..<(time + 1)], deviations: deviations[time..<(time + 1)])
                let now = moved.slice(axis: 1, from: time, to: time + 1)
                guard time >= before else { return own.unknown }
                return stages[time - before].shifted(own, now)
            }
            return StateMoments(
                means: Tensor.concatenated(parts.map(\.means)), deviations: Tensor.concatenated(parts.map(\.deviations))
            )
        }
        let analyses = filter(whole.beliefs.means, whole.beliefs.deviations, runs.beliefs.means, before: 0)
        let before = filter(
            whole.beliefs.backgroundMeans, whole.beliefs.backgroundDeviations, runs.beliefs.backgroundMeans, before: 1)
        let seen = filter(
            whole.beliefs.forecasts, whole.beliefs.forecastDeviations, runs.beliefs.forecasts, before: 1)
        let estimates = filter(
            whole.beliefs.estimates, whole.beliefs.estimateDeviations, runs.beliefs.estimates, before: 0)
        (beliefs.estimates, beliefs.estimateDeviations) = (estimates.means, estimates.deviations)
        (beliefs.means, beliefs.deviations) = (analyses.means, analyses.deviations)
        (beliefs.backgroundMeans, beliefs.backgroundDeviations) = (before.means, before.deviations)
        (beliefs.forecasts, beliefs.forecastDeviations) = (seen.means, seen.deviations)
        filtered = beliefs
    }
}

/// The knowledge of `δ` from its information matrix and its evidence.
private struct Determined {
    let unknown: Int
    let estimate: Tensor
    let covariance: Tensor
    /// `½ sᵀ S⁻¹ s − ½ log |S|` over the directions that are determined.
    let gain: Double

    init(_ information: Tensor, _ evidence: Tensor) {
        let (values, vectors) = information.symmetricEigen()
        let least = 1e-12 * Swift.max(values.values.last ?? 0, 1e-300)
        let known = values.values.map { $0 > least }
        unknown = known.count { !$0 }
        let inverse = Tensor(zip(values.values, known).map { $1 ? 1 / $0 : 0 })
        covariance = (vectors * inverse).matrixProduct(vectors.transposed)
        estimate = covariance.vectorProduct(evidence)
        let logarithms = zip(values.values, known).reduce(0.0) { $0 + ($1.1 ? Tensor($1.0).log().scalar : 0) }
        gain = 0.5 * evidence.dot(estimate).scalar - 0.5 * logarithms
    }

    /// Moments `[T, n]` with the shifts `[d, T, n]` of the means by each direction.
    func shifted(_ moments: StateMoments, _ shifts: Tensor) -> StateMoments {
        if unknown > 0 { return moments.unknown }
        let d = estimate.count
        let rows = shifts.reshaped([d, -1])
        let means = moments.means + estimate.expanded(axis: 0).matrixProduct(rows).reshaped(moments.means.shape)
        let variances = (covariance.matrixProduct(rows) * rows).sum(axes: [0]).reshaped(moments.means.shape)
        return StateMoments(means: means, deviations: (moments.deviations.squared() + variances).sqrt())
    }
}

extension StateMoments {
    fileprivate var unknown: StateMoments { StateMoments(means: means * .nan, deviations: deviations * .nan) }
}

/// One run of filter and smoother from a known start.
private struct DiffuseRun: Tree {
    var beliefs: BeliefSeries
    /// Whitened innovations, `[T, m]`.
    var whitened: Tensor
    var smoothed: Tensor
    var smoothedDeviations: Tensor
    var logLikelihoods: Tensor

    init(
        _ cycle: Cycle<SystemKalman, GuardedAnalysis<KalmanAnalysis>>, _ start: Gaussian,
        _ observations: Observations<SystemOperator>
    ) {
        let trajectory = cycle(from: start, observations)
        let smooth = RauchTungStriebel().smooth(trajectory, cycle.forecast).beliefs
        (smoothed, smoothedDeviations) = (smooth.mean, vmap { (x: Gaussian) in x.variance.sqrt() }(smooth))
        let records = cycle.run(from: start, observations, beside: Nothing()) { background, analyzed, observation, _ in
            let mask = observation.mask
            let rows = mask.expanded(axis: -1) * observation.operator.matrix(at: background.mean)
            let innovation = mask * (observation.values - observation.operator(background.mean))
            let covariance = rows.congruence(background.covariance) + observation.maskedErrorCovariance
            let white = covariance.cholesky().triangularSolve(innovation.expanded(axis: -1)).flattened()
            return Pair(BeliefSeries(background, analyzed, observation, used: mask), white)
        }.records
        (beliefs, whitened) = (records.first, records.second)
        logLikelihoods = trajectory.logLikelihoods
    }

    mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&beliefs, "beliefs")
        visitor.visit(&whitened, "whitened")
        visitor.visit(&smoothed, "smoothed")
        visitor.visit(&smoothedDeviations, "smoothedDeviations")
        visitor.visit(&logLikelihoods, "logLikelihoods")
    }
}
