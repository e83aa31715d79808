import Tensors

/// An analysis of real observations: where nothing is observed the belief stays as it is, and values that are too far
/// from their forecasts are not used.
///
/// A value `y` with the forecast `m ± s` of it, its own error included, is rejected where `|y − m| > threshold · s`. A
/// modifier of the analysis, as inflation, has no effect at times without a value.
public struct GuardedAnalysis<Base: Analysis>: Analysis {
    public var base: Base
    /// In standard deviations of the innovation; nil: no value is rejected.
    public let threshold: Double?

    public init(_ base: Base, threshold: Double? = nil) { (self.base, self.threshold) = (base, threshold) }

    public func callAsFunction<H: StateMap>(
        _ background: Base.State, _ observation: Observation<H>
    ) -> Analyzed<Base.State> {
        converging(background, observation).analyzed
    }

    public func converging<H: StateMap>(
        _ background: Base.State, _ observation: Observation<H>
    ) -> (analyzed: Analyzed<Base.State>, lastChange: Tensor) {
        var used = observation
        used.mask = accepted(background, observation)
        let (analyzed, lastChange) = base.converging(background, used)
        let isObserved = used.mask.sum() .> 0
        let belief = analyzed.belief.combiningLeaves(background) { select(isObserved, $0, $1) }
        let likelihood = select(isObserved, analyzed.logLikelihood, 0)
        return (Analyzed(belief: belief, logLikelihood: likelihood), select(isObserved, lastChange, 0))
    }

    /// The mask of the values that are used, `[m]`.
    public func accepted<H: StateMap>(_ background: Base.State, _ observation: Observation<H>) -> Tensor {
        guard let threshold else { return observation.mask }
        let forecast = observation.forecast(from: background)
        let distance = (observation.values - forecast.mean).absolute()
        // A comparison with NaN is false: such a value is kept, and the filter tells that it diverged.
        return select(distance .> Tensor(threshold) * forecast.variance.sqrt(), 0, observation.mask)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&base, "base") }
}

extension Observation {
    /// Mean and variance of the values that a belief forecasts, `[m]` each, the errors of the observations included.
    public func forecast<State: Belief>(from belief: State) -> (mean: Tensor, variance: Tensor) {
        let (mean, variance) = belief.moments(of: `operator`)
        return (mean, variance + errorCovariance.diagonal())
    }
}
