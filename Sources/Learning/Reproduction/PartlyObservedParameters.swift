import Dynamics
import Kernels
import Networks
import Tensors

/// Parameters of Lorenz's model of 1963 and the noises, learned from noisy observations of its first variable alone: by
/// gradients through a Kalman filter, and by expectation–maximisation.
///
/// Setting: model error of standard deviation 0.04 in every variable and interval of 0.02, observations of `x` with
/// error of standard deviation 1; `σ`, `ρ` and both deviations are unknown, `β` is known.
///
/// The reference has about 80 observations. By the Cramér–Rao bound the standard deviation of an estimate of `σ`
/// without bias is then at least about 0.7 (`smallestDeviations`), so that agreement to 1 % would be luck: here there
/// are as many as it takes to tell.
///
/// Reference: Bach, Baptista, Sanz-Alonso & Stuart, arXiv:2410.10523, sections 8.2 and 8.3: `σ` 10.001, `ρ` 27.799 by
/// an auto-differentiated Kalman filter; 9.907, 28.047 by Monte-Carlo expectation–maximisation.
public struct PartlyObservedParameters: Sendable {
    public var observations = 4000
    /// Model time between observations, in steps of 0.01.
    public var stepsPerObservation = 2
    public var modelDeviation = 0.04
    public var observationDeviation = 1.0
    public var members = 50
    /// Gradient steps.
    public var iterations = 100
    /// Steps of expectation–maximisation.
    public var maximizations = 400
    /// How many times as far as the maximum a step of expectation–maximisation goes, but for the last ones: 1 is the
    /// plain algorithm, whose steps are short where the model error is small.
    public var relaxation = 2.0
    public var rate = 0.1
    /// Where learning starts.
    public var start = Estimate(sigma: 8, rho: 25, modelDeviation: 0.2, observationDeviation: 2)

    /// Steps of expectation–maximisation at the end that go no farther than the maximum.
    private let plainMaximizations = 20

    public init() {}

    public enum Method: String, Sendable, Codable, CaseIterable {
        /// Gradients through the extended Kalman filter.
        case kalman
        /// Gradients through an ensemble transform Kalman filter.
        case ensemble
        /// Expectation–maximisation with an ensemble smoother.
        case expectationMaximization
    }

    public struct Estimate: Sendable, Codable, Equatable {
        public var sigma: Double
        public var rho: Double
        public var modelDeviation: Double
        public var observationDeviation: Double

        public init(sigma: Double, rho: Double, modelDeviation: Double, observationDeviation: Double) {
            (self.sigma, self.rho) = (sigma, rho)
            (self.modelDeviation, self.observationDeviation) = (modelDeviation, observationDeviation)
        }
    }

    public struct Result: Sendable, Codable, Equatable {
        public let seed: Int
        public let method: Method
        public let estimate: Estimate
        /// −log p of the observations after each iteration.
        public let objective: [Double]
        public let outcome: Outcome
    }

    public func callAsFunction(
        seed: Int, method: Method, progress: (LearningProgress) -> Void = { _ in }
    ) -> Result {
        let keys = Key(seed).split(3)
        let (twin, background) = experiment(keys[0])
        switch method {
        case .kalman:
            let likelihood = FilterObjective(
                [twin.observations], start: { _ in background }, errorCovariance: { $0.errorCovariance },
                filter: { self.kalman($0) })
            return descend(likelihood, seed, method, keys[1], progress)
        case .ensemble:
            let likelihood = FilterObjective(
                [twin.observations], start: { background.ensemble(of: members, key: $0) },
                errorCovariance: { $0.errorCovariance }, filter: { self.ensemble($0) })
            return descend(likelihood, seed, method, keys[1], progress)
        case .expectationMaximization:
            return maximize(twin.observations, background, seed, keys[1], progress)
        }
    }
}

// MARK: - Training

extension PartlyObservedParameters {
    /// The model with the parameters that are unknown, over one interval.
    struct Convection: Map {
        var sigma: Tensor
        var rho: Tensor
        let steps: Int

        func callAsFunction(_ x: Tensor) -> Tensor {
            RungeKutta4(Lorenz63(sigma: sigma, rho: rho), step: 0.01).repeated(steps)(x)
        }
        mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
            visitor.visit(&sigma, "sigma")
            visitor.visit(&rho, "rho")
        }
    }

    struct Parameters: Tree {
        var model: Convection
        var logModelDeviation: Tensor
        var logObservationDeviation: Tensor

        var modelError: ModelError { ModelError(factors: logModelDeviation.exp() * Tensor.identity(3)) }
        var errorCovariance: Tensor { (2 * logObservationDeviation).exp() * Tensor.identity(1) }
        var estimate: Estimate {
            Estimate(
                sigma: model.sigma.scalar, rho: model.rho.scalar, modelDeviation: logModelDeviation.exp().scalar,
                observationDeviation: logObservationDeviation.exp().scalar)
        }

        mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
            visitor.visit(&model, "model")
            visitor.visit(&logModelDeviation, "logModelDeviation")
            visitor.visit(&logObservationDeviation, "logObservationDeviation")
        }
    }

    var startingParameters: Parameters {
        Parameters(
            model: Convection(sigma: Tensor(start.sigma), rho: Tensor(start.rho), steps: stepsPerObservation),
            logModelDeviation: Tensor(start.modelDeviation).log(),
            logObservationDeviation: Tensor(start.observationDeviation).log())
    }

    /// Observations of a state on the attractor, and what is known of it before the first: it, with variance 1.
    func experiment(_ key: Key) -> (twin: Twin<LinearOperator>, background: Gaussian) {
        let keys = key.split(3)
        let model = Convection(sigma: 10, rho: 28, steps: stepsPerObservation)
        let drawn = model.repeated(200)(Tensor([1, 1, 25]) + keys[0].normal([3]))
        let twin = simulate(
            model, modelError: ModelError(factors: modelDeviation * Tensor.identity(3)), from: drawn,
            observing: LinearOperator.first(1, of: 3),
            errorCovariance: observationDeviation * observationDeviation * Tensor.identity(1), steps: observations,
            key: keys[1])
        return (twin, Gaussian(mean: drawn + keys[2].normal([3]), covariance: Tensor.identity(3)))
    }
}

// MARK: - Bounds of the errors

extension PartlyObservedParameters {
    /// The standard deviations of `σ` and `ρ` that no estimate without bias falls below: the Cramér–Rao bound, about
    /// one truth and with the noises known.
    ///
    /// They are those of an extended Kalman filter about the truth,
    /// in which both parameters are parts of the state `[x, σ, ρ]`.
    public func smallestDeviations(seed: Int) -> (sigma: Double, rho: Double) {
        let found = compile(like: Key(seed)) { key in
            let known = experiment(key.split(3)[0]).twin.truth
            let error = modelDeviation * Tensor([1, 1, 1, 0, 0])
            let prior = Tensor([1, 1, 1, 2 * 2, 3 * 3]).diagonalMatrix()
            let covariance = scan(over: known, from: prior) { covariance, state in
                let column = covariance[0]
                let total = column[0] + Tensor(observationDeviation * observationDeviation)
                let analyzed = covariance - column.outerProduct(column) / total
                let tangent = jacobian(of: augmentedStep)(Tensor.concatenated([state, Tensor([10, 28])]))
                let next = tangent.congruence(analyzed)
                return (0.5 * (next + next.transposed) + error.squared().diagonalMatrix(), Tensor(0))
            }.final
            return covariance.diagonal().sqrt()
        }(Key(seed)).values
        return (found[3], found[4])
    }

    /// The next state, from a state and parameters, which stay.
    private func augmentedStep(_ augmented: Tensor) -> Tensor {
        let model = Convection(sigma: augmented[3], rho: augmented[4], steps: stepsPerObservation)
        return Tensor.concatenated([model(augmented[0..<3]), augmented[3..<5]])
    }
}

// MARK: - Methods

extension PartlyObservedParameters {
    private func kalman(
        _ parameters: Parameters
    ) -> Cycle<ExtendedForecast<Autonomous<Convection>>, KalmanAnalysis> {
        Cycle(
            ExtendedForecast(Autonomous(parameters.model), modelError: parameters.modelError), KalmanAnalysis())
    }
    private func ensemble(_ parameters: Parameters) -> Cycle<EachMember<Autonomous<Convection>>, ETKF> {
        Cycle(EachMember(parameters.model, modelError: parameters.modelError), ETKF())
    }

    private func descend<O: Objective>(
        _ likelihood: O, _ seed: Int, _ method: Method, _ key: Key, _ progress: (LearningProgress) -> Void
    ) -> Result where O.Parameters == Parameters {
        let rule = Adam(rate: Schedule(rate, decay: .cosine(steps: iterations, final: 0.01)))
        let training = Training(likelihood, rule.clipped(to: .norm(100)), epochs: iterations, like: startingParameters)
        let state = training(startingParameters, key: key, progress: progress)
        let learned = state.outcome == .completed ? state.parameters : state.best
        return Result(
            seed: seed, method: method, estimate: learned.estimate, objective: state.history.training,
            outcome: state.outcome)
    }

    private func maximize(
        _ observations: Observations<LinearOperator>, _ background: Gaussian, _ seed: Int, _ key: Key,
        _ progress: (LearningProgress) -> Void
    ) -> Result {
        let em = EnsembleExpectationMaximization(ETKF(), modelErrorShape: .scalar)
        let first = startingParameters
        let start = SystemEstimate(
            Autonomous(first.model), modelError: first.modelError.covariance(step: Tensor(integer: 0)),
            observationError: first.errorCovariance)
        let step = compile(like: Pair(start, key)) { now in
            let keys = now.second.split(2)
            let found = em.step(
                now.first, from: background.ensemble(of: members, key: keys[0]), observations)
            return Pair(found.estimate, found.logLikelihood)
        }
        var (estimate, objective, outcome) = (start, [Double](), Outcome.completed)
        for iteration in 1...maximizations {
            let found = step(Pair(estimate, key.folding(iteration)))
            objective.append(-found.second.scalar)
            guard found.first.leaves.allSatisfy({ $0.values.allSatisfy(\.isFinite) }) else {
                outcome = .diverged(step: iteration)
                break
            }
            let isLast = iteration > maximizations - plainMaximizations
            estimate = isLast ? found.first : estimate.extrapolated(through: found.first, by: relaxation)
            progress(LearningProgress(step: iteration, of: maximizations, loss: -found.second.scalar))
        }
        let result = Estimate(
            sigma: estimate.model.map.sigma.scalar, rho: estimate.model.map.rho.scalar,
            modelDeviation: estimate.modelError.diagonal().mean().scalar.squareRoot(),
            observationDeviation: estimate.observationError.diagonal().mean().scalar.squareRoot())
        return Result(
            seed: seed, method: .expectationMaximization, estimate: result, objective: objective, outcome: outcome)
    }
}

extension SystemEstimate {
    /// `factor` times as far as to `next`, but variances no less than half of those there.
    fileprivate func extrapolated(through next: SystemEstimate, by factor: Double) -> SystemEstimate {
        func beyond(_ from: Tensor, _ to: Tensor) -> Tensor { to + Tensor(factor - 1) * (to - from) }
        return SystemEstimate(
            next.model.unflattened(beyond(model.flattened, next.model.flattened)),
            modelError: beyond(modelError, next.modelError).maximum(0.5 * next.modelError),
            observationError: beyond(observationError, next.observationError).maximum(0.5 * next.observationError))
    }
}
