import Assimilation
import Tensors

/// The beliefs of a method about real observations, time by time: before and after each, with its forecast of the
/// values.
public struct BeliefSeries: Tree {
    /// Means and standard deviations before the observations, `[T, n]`.
    public var backgroundMeans: Tensor
    public var backgroundDeviations: Tensor
    /// Means and standard deviations after the observations, `[T, n]`.
    public var means: Tensor
    public var deviations: Tensor
    /// Means and standard deviations of the forecasts of the values, errors of observations included, `[T, m]`; NaN of
    /// a method without forecasts from one time to the next.
    public var forecasts: Tensor
    public var forecastDeviations: Tensor
    /// The same after the observations of the time, of which a value that is withheld is none.
    public var estimates: Tensor
    public var estimateDeviations: Tensor
    /// 1 where a value was used, `[T, m]`.
    public var used: Tensor
    /// The logarithms of the probability of the values at each time, `[T]`.
    public var logLikelihoods: Tensor
    /// The change of the last iteration of the analysis, `[T]`; zero where it does not iterate to a tolerance.
    public var lastChanges: Tensor

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&backgroundMeans, "backgroundMeans")
        visitor.visit(&backgroundDeviations, "backgroundDeviations")
        visitor.visit(&means, "means")
        visitor.visit(&deviations, "deviations")
        visitor.visit(&forecasts, "forecasts")
        visitor.visit(&forecastDeviations, "forecastDeviations")
        visitor.visit(&estimates, "estimates")
        visitor.visit(&estimateDeviations, "estimateDeviations")
        visitor.visit(&used, "used")
        visitor.visit(&logLikelihoods, "logLikelihoods")
        visitor.visit(&lastChanges, "lastChanges")
    }

    /// Of one time, before times are stacked.
    init<State: Belief, H: StateMap>(
        _ background: State, _ analyzed: Analyzed<State>, _ observation: Observation<H>, used: Tensor
    ) {
        (backgroundMeans, backgroundDeviations) = (background.mean, background.variance.sqrt())
        (means, deviations) = (analyzed.belief.mean, analyzed.belief.variance.sqrt())
        let forecast = observation.forecast(from: background)
        (forecasts, forecastDeviations) = (forecast.mean, forecast.variance.sqrt())
        let estimate = observation.forecast(from: analyzed.belief)
        (estimates, estimateDeviations) = (estimate.mean, estimate.variance.sqrt())
        (self.used, logLikelihoods, lastChanges) = (used, analyzed.logLikelihood, 0)
    }

    /// Of sliding windows: analyses when their observations were the newest.
    init<State: Belief, H: StateMap>(
        windows trajectory: WindowTrajectory<State>, lag: Int, _ observations: Observations<H>
    ) {
        let moments = vmap { (x: State) in Pair(x.mean, x.variance.sqrt()) }(trajectory.analyses)
        (means, deviations) = (moments.first, moments.second)
        (backgroundMeans, backgroundDeviations) = (means * .nan, means * .nan)
        (forecasts, forecastDeviations) = (observations.values * .nan, observations.values * .nan)
        let found = observations.moments(of: trajectory.analyses)
        (estimates, estimateDeviations) = (found.means, found.deviations)
        used = observations.mask
        logLikelihoods = trajectory.logLikelihoods.padded(axis: 0, before: lag, after: 0)
        lastChanges = trajectory.lastChanges.padded(axis: 0, before: lag, after: 0)
    }

    /// Of one belief at all times, which no observation changes.
    init<H: StateMap>(constant belief: Gaussian, _ observations: Observations<H>) {
        let count = observations.count
        func everywhere(_ x: Tensor) -> Tensor { x.expanded(axis: 0).broadcast(to: [count] + x.shape) }
        let first = BeliefSeries(
            belief, Analyzed(belief: belief, logLikelihood: 0), observations[0], used: observations[0].mask * 0)
        self = first.mappingLeaves(everywhere)
    }
}

extension Cycle {
    /// Runs through observations and keeps the beliefs, whole or in part, of a guarded analysis.
    func beliefs<H: StateMap, Base: Analysis>(
        from background: F.State, _ observations: Observations<H>, firstStep: Tensor, of part: (F.State) -> F.State
    ) -> (next: F.State, records: BeliefSeries) where A == GuardedAnalysis<Base> {
        run(from: background, observations, beside: Nothing(), firstStep: firstStep) {
            background, analyzed, observation, _ in
            var series = BeliefSeries(
                background, analyzed, observation, used: analysis.accepted(background, observation))
            let (before, after) = (part(background), part(analyzed.belief))
            (series.backgroundMeans, series.backgroundDeviations) = (before.mean, before.variance.sqrt())
            (series.means, series.deviations) = (after.mean, after.variance.sqrt())
            return series
        }
    }
}

extension BeliefSeries {
    /// Of parts that follow each other, the first `count` times.
    init(joining parts: [BeliefSeries], count: Int) {
        let leaves = parts.map(\.leaves)
        self = parts[0].replacingLeaves(
            leaves[0].indices.map { i in Tensor.concatenated(leaves.map { $0[i] })[0..<count] })
    }
}

extension Observations {
    /// Means and standard deviations of the values that beliefs at all times give, `[T, m]` each, the errors of the
    /// observations included.
    func moments<State: Belief>(of beliefs: State) -> StateMoments {
        let found = vmap { (x: State) in
            let moments = x.moments(of: `operator`)
            return Pair(moments.mean, moments.variance)
        }(beliefs)
        let errors =
            errorCovariance.rank == 3
            ? vmap { (x: Tensor) in x.diagonal() }(errorCovariance) : errorCovariance.diagonal()
        return StateMoments(means: found.first, deviations: (found.second + errors).sqrt())
    }
}
