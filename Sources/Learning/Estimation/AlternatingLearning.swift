import Kernels
import Tensors

/// Data assimilation and learning in turn: a filter estimates the states with the model that is there, the model is
/// learned from these estimates, and again.
///
/// It asks for no more than a model by parameters and an ensemble analysis. The error of the model is estimated too:
/// its standard deviation, the same for all variables, is halved, doubled and less between rounds, where that makes the
/// innovations of the first times more probable.
///
/// References: Brajard, Carrassi, Bocquet & Bertino, *Combining data assimilation and machine learning to emulate a
/// dynamical model from sparse and noisy observations*, J. Comput. Sci. 44 (2020), 101171; Bocquet, Brajard, Carrassi &
/// Bertino, *Bayesian inference of chaotic dynamics by merging data assimilation, machine learning and
/// expectation-maximization*, Found. Data Sci. 2 (2020), 55–80.
public struct AlternatingLearning<Parameters: Tree, A: Analysis, H: StateMap>: Sendable
where A.State == Ensemble {
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

    /// The state after some rounds.
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
        /// The loss on held-back times.
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

    /// Learning under way: saved and restored, it goes on to the same bits.
    public struct Session: Tree {
        public var learned: Learned
        /// Of each round that is over: model error, log-likelihood, validation,
        /// and whether its mathematics held; `[rounds, 4]`.
        var record: Tensor
        var completed: Tensor

        public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
            visitor.visit(&learned, "learned")
            visitor.visit(&record, "record")
            visitor.visit(&completed, "completed")
        }

        public var rounds: [Round] {
            (0..<completed.integer).map { round in
                let row = record[round].values
                return Round(
                    modelError: row[0], logLikelihood: row[1], validation: row[2],
                    outcome: row[3] < 0 ? .completed : .diverged(step: Int(row[3])))
            }
        }
    }

    /// - Parameter start: parameters and model error of the first filter.
    public func start(_ start: Learned) -> Session {
        Session(
            learned: start, record: Tensor.zeros([rounds, 4]), completed: Tensor(integer: 0))
    }

    /// Whether all rounds are over, or no model error made the innovations finite.
    public func isFinished(_ session: Session) -> Bool {
        session.completed.integer == rounds || session.rounds.last.map { !$0.logLikelihood.isFinite } ?? false
    }

    /// The rounds with some observations.
    ///
    /// - Parameter background: the belief before the first observation.
    public func rounds(
        background: Ensemble, _ observations: Observations<H>, key: Key
    ) -> AlternatingRounds<Parameters, A, H> {
        AlternatingRounds(settings: self, background: background, observations: observations, key: key)
    }

    /// Learns from observations in `rounds` rounds.
    public func callAsFunction(
        from start: Learned, background: Ensemble, _ observations: Observations<H>, key: Key,
        progress: (LearningProgress) -> Void = { _ in }
    ) -> (learned: Learned, rounds: [Round]) {
        let work = rounds(background: background, observations, key: key)
        var session = self.start(start)
        while !isFinished(session) {
            work.advance(&session)
            if let last = session.rounds.last {
                progress(
                    LearningProgress(
                        step: session.rounds.count, of: rounds, loss: last.validation,
                        score: last.logLikelihood.isFinite ? -last.logLikelihood : nil))
            }
        }
        return (session.learned, session.rounds)
    }
}

/// The rounds of an alternation on some observations, one at a time.
public struct AlternatingRounds<Parameters: Tree, A: Analysis, H: StateMap>: Sendable
where A.State == Ensemble {
    public typealias Settings = AlternatingLearning<Parameters, A, H>

    let settings: Settings
    let background: Ensemble
    let observations: Observations<H>
    let key: Key

    /// Assimilates with the model that is there, learns from the estimates, and decides on the model error.
    public func advance(_ session: inout Settings.Session) {
        let round = session.completed.integer
        let learned = session.learned
        let now = Pair(learned, background)
        let early = observations.first(min(settings.likelihoodTimes, observations.count))
        let estimates = compile(like: now) { settings.assimilate($0.first, from: $0.second, observations).first }(now)
        let state = settings.learner(
            learned.parameters, estimates[settings.spinUp..<observations.count], key: key.folding(round),
            model: settings.model)
        session.learned.parameters = state.best
        let likelihood = compile(like: now) { settings.assimilate($0.first, from: $0.second, early).second }
        let scores = [0.5, 0.7, 1, 1.4, 2].map { factor -> (error: Double, score: Double) in
            var changed = session.learned
            changed.modelError = Tensor(factor * learned.modelError.scalar)
            return (changed.modelError.scalar, likelihood(Pair(changed, background)).scalar)
        }
        let best = scores.filter(\.score.isFinite).max { $0.score < $1.score }
        session.learned.modelError = Tensor(best?.error ?? learned.modelError.scalar)
        let end: Double =
            switch best == nil ? .diverged(step: 0) : state.outcome {
            case .completed: -1
            case .diverged(let step), .collapsed(let step): Double(step)
            }
        let row = [
            session.learned.modelError.scalar, best?.score ?? .nan, state.history.validation.min() ?? .nan, end,
        ]
        let record = session.record.values
        session.record = Tensor(
            Array(record[..<(4 * round)]) + row + Array(record[(4 * round + 4)...]), shape: session.record.shape)
        session.completed = Tensor(integer: round + 1)
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
