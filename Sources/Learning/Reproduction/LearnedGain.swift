import Dynamics
import Kernels
import Networks
import Tensors

/// The gain of 3D-Var, learned from observations of Lorenz's model of 1996 with model error: gradient descent of the
/// variational objective, against better descents and against the error of predictions.
///
/// Setting: `n` variables, time step 0.05, everything observed at every step with error variance 1, model error `0.1 I`
/// a step; the gain starts from `0.4 I`. The rate of gradient descent is for the objective as a sum over the times.
/// Scores are means of the squared error of the analyses over variables and times,
/// on the data learned from and on others.
///
/// Reference: Bach, Baptista, Sanz-Alonso & Stuart, *Machine Learning for Inverse Problems and Data Assimilation*,
/// arXiv:2410.10523, section 9.2.1: 0.281 in training, 0.307 in the test.
public struct LearnedGain: Sendable {
    public var variables = 40
    public var steps = 1000
    public var iterations = 100
    public var samples = 10
    public var rate = 1e-5
    public var startingGain = 0.4
    public var modelErrorVariance = 0.1

    public init() {}

    /// How the gain is found.
    public enum Method: String, Sendable, Codable, CaseIterable {
        /// The gain that learning starts from.
        case start
        case gradientDescent
        case adam
        case lineSearch
        /// Adam on the error of predictions.
        case predictionError
    }

    public struct Score: Sendable, Codable, Equatable {
        public let method: Method
        /// Mean squared errors of the analyses.
        public let training: Double
        public let test: Double
        /// The objective after each iteration.
        public let objective: [Double]
        public let outcome: Outcome
    }

    public struct Result: Sendable, Codable, Equatable {
        public let seed: Int
        public let scores: [Score]
        public func score(_ method: Method) -> Score? { scores.first { $0.method == method } }
    }

    /// Data and scores of one seed.
    public func callAsFunction(
        seed: Int, methods: [Method] = Method.allCases, progress: (LearningProgress) -> Void = { _ in }
    ) -> Result {
        let keys = Key(seed).split(4)
        let (data, held) = (experiment(keys[0]), experiment(keys[1]))
        let error = compile(like: Pair(start, data)) { self.error($0.first, $0.second) }
        let scores = methods.map { method in
            let trained = learn(method, data, key: keys[2], progress)
            return Score(
                method: method, training: error(Pair(trained.model, data)).scalar,
                test: error(Pair(trained.model, held)).scalar, objective: trained.history.training,
                outcome: trained.history.outcome)
        }
        return Result(seed: seed, scores: scores)
    }

    private func learn(
        _ method: Method, _ data: Data, key: Key, _ progress: (LearningProgress) -> Void
    ) -> Trained<Tensor> {
        switch method {
        case .start:
            return Trained(model: start, history: TrainingHistory(training: [], validation: [], kept: 0))
        case .gradientDescent:
            return train(data, GradientDescent(rate: Schedule(rate * Double(steps))), key, progress, variational)
        case .adam:
            let rate = Schedule(0.01, decay: .cosine(steps: iterations, final: 0.01))
            return train(data, Adam(rate: rate), key, progress, variational)
        case .predictionError:
            let rate = Schedule(0.01, decay: .cosine(steps: iterations, final: 0.01))
            return train(data, Adam(rate: rate), key, progress) { gain, data, _ in predictionError(gain, data) }
        case .lineSearch:
            let slope = compile(like: Pair(start, data)) { now in
                let found = valueAndGradient(of: { variational($0, now.second, key) })(now.first)
                return Pair(found.value, found.gradient)
            }
            let search = LineSearchDescent(evaluations: iterations, firstRate: rate * Double(steps))
            return search(start, progress: progress) { gain in
                let found = slope(Pair(gain, data))
                return (found.first, found.second)
            }
        }
    }

    /// The last parameters, as the reference has it, not the best ones of a noisy objective.
    private func train(
        _ data: Data, _ rule: some Optimizer, _ key: Key, _ progress: (LearningProgress) -> Void,
        _ loss: @escaping @Sendable (Tensor, Data, Key) -> Tensor
    ) -> Trained<Tensor> {
        let training = Training(WholeLoss(data, loss: loss), rule, epochs: iterations, like: start)
        let state = training(start, key: key, progress: progress)
        return Trained(
            model: state.outcome == .completed ? state.parameters : state.best, history: state.history)
    }
}

// MARK: - The experiment

extension LearnedGain {
    /// A twin experiment and its background.
    struct Data: Tree {
        var background: Gaussian
        var values: Tensor
        var truth: Tensor
        mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
            visitor.visit(&background, "background")
            visitor.visit(&values, "values")
            visitor.visit(&truth, "truth")
        }
    }

    var start: Tensor { startingGain * Tensor.identity(variables) }
    private var model: RungeKutta4<Lorenz96> { RungeKutta4(Lorenz96(), step: 0.05) }
    private var identity: Tensor { Tensor.identity(variables) }
    private var modelError: ModelError { ModelError(factors: modelErrorVariance.squareRoot() * identity) }

    /// A truth on the attractor, and its observations.
    func experiment(_ key: Key) -> Data {
        let keys = key.split(3)
        let drawn = compile(like: keys[0].normal([variables])) { [self] x in
            model.repeated(1000)(8 + x)
        }(keys[0].normal([variables]))
        let twin = compile(like: Pair(drawn, keys[1])) { [self] now in
            simulate(
                model, modelError: modelError, from: now.first, observing: LinearOperator(identity),
                errorCovariance: identity, steps: steps, key: now.second)
        }(Pair(drawn, keys[1]))
        return Data(
            background: Gaussian(mean: drawn + keys[2].normal([variables]), covariance: identity),
            values: twin.observations.values, truth: twin.truth)
    }

    private func cycle(_ gain: Tensor) -> Cycle<
        ExtendedForecast<Autonomous<RungeKutta4<Lorenz96>>>, FixedGain<Gaussian>
    > {
        Cycle(ExtendedForecast(Autonomous(model), modelError: modelError), FixedGain(gain))
    }
    private func observations(_ data: Data) -> Observations<LinearOperator> {
        Observations(values: data.values, errorCovariance: identity, operator: LinearOperator(identity))
    }

    func variational(_ gain: Tensor, _ data: Data, _ key: Key) -> Tensor {
        variationalObjective(
            cycle(gain), from: data.background, observations(data),
            expectation: samples == 0 ? .exact : .samples(samples), key: key)
    }
    func predictionError(_ gain: Tensor, _ data: Data) -> Tensor {
        predictionErrorObjective(point(gain), from: PointEstimate(data.background.mean), observations(data))
    }
    private func point(_ gain: Tensor) -> Cycle<
        PointForecast<Autonomous<RungeKutta4<Lorenz96>>>, FixedGain<PointEstimate>
    > {
        Cycle(PointForecast(Autonomous(model)), FixedGain(gain))
    }

    /// The mean squared error of the analyses.
    func error(_ gain: Tensor, _ data: Data) -> Tensor {
        point(gain).run(
            from: PointEstimate(data.background.mean), observations(data), beside: data.truth
        ) { _, analyzed, _, truth in (analyzed.belief.mean - truth).squared().mean() }.records.mean()
    }
}
