import Dynamics
import Kernels
import Networks
import Tensors

/// Inflation and localisation of a stochastic ensemble Kalman filter, learned by gradients through the cycles.
///
/// Setting: Lorenz's model of 1996, 40 variables, 30 members, observations with error variance 1; the baseline has no
/// inflation and a radius of 4 in Gaspari & Cohn's function. Learned are inflation and radius, or inflation and a taper
/// of free weights. Scores are the mean over the times of the root-mean-square error of the analyses,
/// on data that nothing was learned from.
///
/// The observed variables and the unit of the radius are not published: with every second variable, every 0.05,
/// and the radius as the half-width of the function, scores and radius after learning agree;
/// the baseline is better than the published one.
///
/// Reference: Bach, Baptista, Sanz-Alonso & Stuart, arXiv:2410.10523, section 9.2.3: 0.484 before, 0.341 after,
/// radius 8.
public struct LearnedLocalization: Sendable {
    public var variables = 40
    public var members = 30
    /// Model time between observations, in steps of 0.05.
    public var stepsPerObservation = 1
    /// Every how many variables one is observed.
    public var spacing = 2
    public var modelErrorVariance = 0.0
    public var startingRadius = 4.0
    /// A radius of 1 in units of that of `GaspariCohn`, whose half-width is 1.82.
    public var unit = 1 / 1.82
    /// Trajectories to learn from, side by side, so that none that is lost for a while decides alone.
    public var trajectories = 8
    public var trainingTimes = 600
    public var testTimes = 1250
    /// Times until a filter that starts from the climate has found the truth, which do not count.
    public var spinUp = 250
    /// Times through which gradients go back.
    public var segment = 20
    public var epochs = 30
    public var rate = 0.01

    public init() {}

    public enum Method: String, Sendable, Codable, CaseIterable {
        case baseline
        case radius
        case freeTaper
    }

    public struct Result: Sendable, Codable, Equatable {
        public let seed: Int
        public let method: Method
        /// Of the analyses, on the test.
        public let error: Double
        public let inflation: Double
        /// The learned radius; nil for free weights.
        public let radius: Double?
        /// The factors at distances 0, 1, 2 …
        public let taper: [Double]
        public let objective: [Double]
        public let outcome: Outcome
    }

    public func callAsFunction(
        seed: Int, method: Method, progress: (LearningProgress) -> Void = { _ in }
    ) -> Result {
        let logRadius = Tensor(startingRadius * unit).log()
        switch method {
        case .baseline, .radius:
            let start = TunedLocalization(logInflation: 0, taper: LogRadius(logRadius))
            return run(start, seed, method, progress)
        case .freeTaper:
            let taper = FreeTaper(like: GaspariCohn(radius: logRadius.exp()), count: variables / 2 + 1)
            return run(TunedLocalization(logInflation: 0, taper: taper), seed, method, progress)
        }
    }

    private func run<Weights: Taper>(
        _ start: TunedLocalization<Weights>, _ seed: Int, _ method: Method, _ progress: (LearningProgress) -> Void
    ) -> Result {
        let keys = Key(seed).split(3)
        let twins = twins(keys[0])
        var (tuning, history, outcome) = (start, [Double](), Outcome.completed)
        if method != .baseline {
            let objective = objective(twins.training, segment: segment) as Objective<Weights>
            let steps = epochs * objective.stepsPerEpoch
            let rule = Adam(rate: Schedule(rate, decay: .cosine(steps: steps, final: 0.02))).clipped(to: .norm(1))
            let training = Training(objective, rule, epochs: epochs, like: start)
            let state = training(start, key: keys[1], progress: progress)
            (tuning, outcome) = (state.outcome == .completed ? state.parameters : state.best, state.outcome)
            history = state.history.training
        }
        let score = compile(like: Pair(tuning, keys[2])) { now in
            let filter = filter(now.first)
            let truth = twins.test.truth
            let (_, errors) = filter.run(
                from: background(now.second), twins.test.observations, beside: truth
            ) { _, analyzed, _, truth in (analyzed.belief.mean - truth).squared().mean().sqrt() }
            return errors[spinUp..<testTimes].mean()
        }(Pair(tuning, keys[2]))
        let distances = Tensor.range(variables / 2 + 1).cast(to: .float64)
        return Result(
            seed: seed, method: method, error: score.scalar, inflation: tuning.logInflation.exp().scalar,
            radius: (tuning.taper as? LogRadius).map { $0.logRadius.exp().scalar / unit },
            taper: tuning.taper(distances).values, objective: history, outcome: outcome)
    }
}

// MARK: - Training

extension LearnedLocalization {
    typealias Filter<Weights: Taper> = Cycle<
        EachMember<Autonomous<Model>>, Inflated<LocalizedStochasticEnKF<Weights>>
    >

    func filter<Weights: Taper>(_ tuning: TunedLocalization<Weights>) -> Filter<Weights> {
        Cycle(EachMember(model, modelError: modelError), tuning.analysis(.circle(variables), observing: observed))
    }

    typealias Model = Repeated<RungeKutta4<Lorenz96>>
    var model: Model { RungeKutta4(Lorenz96(), step: 0.05).repeated(stepsPerObservation) }
    var observed: [Int] { Array(stride(from: 0, to: variables, by: spacing)) }
    var modelError: ModelError? {
        modelErrorVariance > 0
            ? ModelError(factors: modelErrorVariance.squareRoot() * Tensor.identity(variables)) : nil
    }

    func background(_ key: Key) -> Ensemble {
        let keys = key.split(2)
        return Ensemble(members: 2.5 + 3.6 * keys[0].normal([members, variables]), key: keys[1])
    }

    /// Data to learn from, and others.
    func twins(_ key: Key) -> (training: [Twin<LinearOperator>], test: Twin<LinearOperator>) {
        let sites = LinearOperator(Tensor.identity(variables).taking(Tensor(integers: observed)))
        func twin(_ key: Key, _ times: Int) -> Twin<LinearOperator> {
            compile(like: key) { key in
                let keys = key.split(2)
                let start = RungeKutta4(Lorenz96(), step: 0.05).repeated(1000)(8 + keys[0].normal([variables]))
                return simulate(
                    model, modelError: modelError, from: start, observing: sites,
                    errorCovariance: Tensor.identity(observed.count), steps: times, key: keys[1])
            }(key)
        }
        let keys = key.split(2)
        return (keys[0].split(trajectories).map { twin($0, trainingTimes) }, twin(keys[1], testTimes))
    }

    typealias Objective<Weights: Taper> = FilterObjective<
        TunedLocalization<Weights>, EachMember<Autonomous<Model>>, Inflated<LocalizedStochasticEnKF<Weights>>,
        LinearOperator
    >

    func objective<Weights: Taper>(_ twins: [Twin<LinearOperator>], segment: Int) -> Objective<Weights> {
        FilterObjective(
            twins.map(\.observations), truths: twins.map(\.truth), loss: .squaredError, segment: segment,
            spinUp: spinUp, start: { background($0) }, filter: { filter($0) })
    }
}
