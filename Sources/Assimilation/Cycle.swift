import Tensors

/// Forecast and analysis in turn: a filter.
public struct Cycle<F: Forecast, A: Analysis>: Tree where F.State == A.State {
    public var forecast: F
    public var analysis: A

    public init(_ forecast: F, _ analysis: A) {
        self.forecast = forecast
        self.analysis = analysis
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&forecast, "forecast")
        visitor.visit(&analysis, "analysis")
    }

    /// Runs through the observations, as one `scan`.
    ///
    /// - Parameters:
    ///   - background: the belief at the time of the first observation, before it is used.
    ///   - firstStep: the number of the first step, for models that depend on time.
    public func callAsFunction<H: StateMap>(
        from background: F.State, _ observations: Observations<H>, firstStep: Int = 0
    ) -> Trajectory<F.State> {
        let (next, record) = run(
            from: background, observations, beside: Nothing(), firstStep: Tensor(integer: firstStep)
        ) { background, analyzed, _, _ in Pair(background, analyzed) }
        return Trajectory(
            backgrounds: record.first, analyses: record.second.belief, logLikelihoods: record.second.logLikelihood,
            next: next, firstStep: firstStep)
    }
}

/// The results of a filter; all but `next` are stacked in time.
public struct Trajectory<State: Belief>: Tree {
    /// Beliefs before each observation.
    public var backgrounds: State
    /// Beliefs after each observation.
    public var analyses: State
    /// `[T]`
    public var logLikelihoods: Tensor
    /// The belief one step after the last observation.
    public var next: State
    public let firstStep: Int

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&backgrounds, "backgrounds")
        visitor.visit(&analyses, "analyses")
        visitor.visit(&logLikelihoods, "logLikelihoods")
        visitor.visit(&next, "next")
    }

    /// The log-likelihood of all observations, by their innovations.
    public var logLikelihood: Tensor { logLikelihoods.sum() }

    public var count: Int { logLikelihoods.count }

    /// Whether the mathematics held to the end: likelihoods and expected states are finite, and no other number is NaN.
    public var outcome: Outcome {
        let last = next.mappingLeaves { $0.expanded(axis: 0) }.firstTimeWithoutNumbers.map { $0 + count }
        let failures = [
            logLikelihoods.values.firstIndex { !$0.isFinite }, backgrounds.firstTimeWithoutNumbers,
            analyses.firstTimeWithoutNumbers, last,
        ]
        return failures.compactMap(\.self).min().map { .diverged(step: firstStep + $0) } ?? .completed
    }
}

extension Belief {
    /// Of beliefs that are stacked in time, the first whose expected state is not finite or that holds a NaN.
    var firstTimeWithoutNumbers: Int? {
        func first(_ tensor: Tensor, _ isWrong: (Double) -> Bool) -> Int? {
            let size = max(tensor.count / max(tensor.shape[0], 1), 1)
            return tensor.values.firstIndex(where: isWrong).map { $0 / size }
        }
        let inLeaves = leaves.filter(\.type.isReal).map { first($0, \.isNaN) }
        return (inLeaves + [first(mean, { !$0.isFinite })]).compactMap(\.self).min()
    }
}

extension Tree {
    /// One time of a tree that is stacked in time.
    public func at(_ time: Int) -> Self { mappingLeaves { $0[time] } }
}

/// Numerical outcome of a run.
public enum Outcome: Sendable, Equatable, Codable {
    case completed
    /// Numbers ceased to be finite at this step.
    case diverged(step: Int)
    /// No particle explained the observation of this step to rounding.
    case collapsed(step: Int)
}
