import Kernels
import Tensors

/// Data assimilation and learning in turn: a filter estimates the states with the model that is there, the model is learned from
/// these estimates, and again.
///
/// It asks for no more than a model by parameters and an ensemble analysis. The error of the model is estimated too: its standard
/// deviation, the same for all variables, is halved, doubled and less between rounds, where that makes the innovations of the first
/// times more probable.
///
/// References: Brajard, Carrassi, Bocquet & Bertino, *Combining data assimilation and machine learning to emulate a dynamical model
/// from sparse and noisy observations*, J. Comput. Sci. 44 (2020), 101171; Bocquet, Brajard, Carrassi & Bertino, *Bayesian inference
/// of chaotic dynamics by merging data assimilation, machine learning and expectation-maximization*, Found. Data Sci. 2 (2020), 55–80.
public struct AlternatingLearning<Parameters: Tree, A: Analysis, H: Map>: Sendable
where A.State == Ensemble, H.Input == Tensor, H.Output == Tensor {
    public var learner: TransitionLearner
    public var analysis: A
    public var rounds = 6
    /// How many times at the start are not learned from.
    public var spinUp = 100
    /// How many times the likelihood is of that decides on the model error.
    public var likelihoodTimes = 400
    /// The next state `[n]` or states `[..., n]`, by parameters.
    public let model: @Sendable (Parameters, Tensor) -> Tensor

    public init(
        _ analysis: A, learner: TransitionLearner, model: @escaping @Sendable (Parameters, Tensor) -> Tensor
    ) {
        (self.analysis, self.learner, self.model) = (analysis, learner, model)
    }

    /// What is there after some rounds.
    public struct Learned: Tree {
        public var parameters: Parameters
        /// The standard deviation of the model error of a step.
        public var modelError: Tensor

        public init(_ parameters: Parameters, modelError: Double) {
            self.parameters = parameters
            self.modelError = Tensor(modelError)
        }
        public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
            visitor.visit(&parameters, "parameters")
            visitor.visit(&modelError, "modelError")
        }
    }

    /// How a round went.
    public struct Round: Sendable, Codable, Equatable {
        public let modelError: Double
        /// Of the innovations of the times that decide, by the learned model.
        public let logLikelihood: Double
        /// The loss on what was held back.
        public let validation: Double
        public let outcome: Outcome
    }

    /// The filter with the model of given parameters, for states of `count` variables.
    public func filter(
        _ learned: Learned, variables count: Int
    ) -> Cycle<EachMember<Autonomous<ParametricModel<Parameters>>>, A> {
        let error = ModelError(factors: learned.modelError * Tensor.identity(count))
        return Cycle(EachMember(ParametricModel(learned.parameters, model), modelError: error), analysis)
    }

    /// Estimates of the states by the filter with a model, and the mean log-likelihood of an innovation.
    public func assimilate(
        _ learned: Learned, from background: Ensemble, _ observations: Observations<H>
    ) -> Pair<StateEstimates, Tensor> {
        let run = filter(learned, variables: background.mean.count)(from: background, observations)
        let estimates = StateEstimates(run.analyses.mean, variances: run.analyses.variance)
        return Pair(estimates, run.logLikelihoods.mean())
    }

    /// Learns from observations in `rounds` rounds.
    ///
    /// - Parameters:
    ///   - start: parameters and model error of the first filter.
    ///   - background: the belief before the first observation.
    public func callAsFunction(
        from start: Learned, background: Ensemble, _ observations: Observations<H>, key: Key,
        progress: (LearningProgress) -> Void = { _ in }
    ) -> (learned: Learned, rounds: [Round]) {
        let early = observations.first(min(likelihoodTimes, observations.count))
        let now = Pair(start, background)
        let estimate = compile(like: now) { assimilate($0.first, from: $0.second, observations).first }
        let likelihood = compile(like: now) { assimilate($0.first, from: $0.second, early).second }
        var (learned, record) = (start, [Round]())
        for round in 0..<rounds {
            let estimates = estimate(Pair(learned, background))
            let state = learner(
                learned.parameters, estimates[spinUp..<observations.count], key: key.folding(round), model: model)
            learned.parameters = state.best
            let scores = [0.5, 0.7, 1, 1.4, 2].map { factor -> (error: Double, score: Double) in
                var changed = learned
                changed.modelError = Tensor(factor * learned.modelError.scalar)
                return (changed.modelError.scalar, likelihood(Pair(changed, background)).scalar)
            }
            let best = scores.filter(\.score.isFinite).max { $0.score < $1.score }
            learned.modelError = Tensor(best?.error ?? learned.modelError.scalar)
            let validation = state.history.validation.min() ?? .nan
            record.append(
                Round(
                    modelError: learned.modelError.scalar, logLikelihood: best?.score ?? .nan, validation: validation,
                    outcome: best == nil ? .diverged(step: 0) : state.outcome))
            progress(LearningProgress(step: round + 1, of: rounds, loss: validation, score: best.map { -$0.score }))
            if best == nil { break }
        }
        return (learned, record)
    }
}

extension Observations {
    /// Those of the first `count` times.
    func first(_ count: Int) -> Observations {
        var part = self
        (part.values, part.mask) = (values[0..<count], mask[0..<count])
        if errorCovariance.rank == 3 { part.errorCovariance = errorCovariance[0..<count] }
        return part
    }
}
