import Dynamics
import Kernels
import Networks
import Tensors

/// The coefficients of Lorenz's model of 1996 in a dictionary of 18 monomials, learned from noisy observations by gradients
/// through a localised ensemble Kalman filter, from zero.
///
/// Setting: 40 variables, all observed every 0.05 (five steps of 0.01) with error variance 1, no model error; four trajectories
/// of 150 observations; 50 members that start from `N(0, 25 I)`; localisation of half-width 5; a diagonal model error is learned
/// too, from variance 2; back-propagation through 20 cycles; Adam of rate 0.1, which falls as `1 / √(epoch − 9)` from the tenth epoch.
///
/// Reference: Chen, Sanz-Alonso & Willett, *Autodifferentiable ensemble Kalman filters*, SIAM J. Math. Data Sci. 4 (2022),
/// 801–833, section 5.2.1.
public struct LearnedDictionary: Sendable {
    public var variables = 40
    public var members = 50
    public var trajectories = 4
    public var observations = 150
    public var segment = 20
    public var epochs = 150
    public var rate = 0.1
    /// The half-width of the localisation, in places.
    public var halfWidth = 5.0
    public var startingVariance = 2.0

    public init() {}

    public struct Term: Sendable, Codable, Equatable {
        public let monomial: [Int]
        public let name: String
        public let truth: Double
        public let learned: Double
    }

    public struct Result: Sendable, Codable, Equatable {
        public let seed: Int
        public let terms: [Term]
        /// The mean of the standard deviations of the model error that was learned.
        public let modelDeviation: Double
        /// −log p of the observations in each epoch, the mean over the trajectories.
        public let objective: [Double]
        public let outcome: Outcome

        /// The largest error among the terms that are there, and the largest coefficient among those that are not.
        public var largestError: Double { terms.filter { $0.truth != 0 }.map { abs($0.learned - $0.truth) }.max() ?? 0 }
        public var largestOther: Double { terms.filter { $0.truth == 0 }.map { abs($0.learned) }.max() ?? 0 }
    }

    public func callAsFunction(seed: Int, progress: (LearningProgress) -> Void = { _ in }) -> Result {
        let keys = Key(seed).split(2)
        let training = Training(likelihood(keys[0]), rule, epochs: epochs, like: start)
        let state = training(start, key: keys[1], progress: progress)
        let learned = state.outcome == .completed ? state.parameters : state.best
        let coefficients = learned.dictionary.coefficients.values
        let terms = learned.dictionary.monomials.enumerated().map { index, monomial in
            Term(
                monomial: monomial, name: MonomialDictionary.name(monomial),
                truth: Self.truth[monomial] ?? 0, learned: coefficients[index])
        }
        return Result(
            seed: seed, terms: terms, modelDeviation: learned.logDeviations.exp().mean().scalar,
            objective: state.history.training.map { $0 * Double(training.objective.stepsPerEpoch) },
            outcome: state.outcome)
    }

    /// The coefficients of Lorenz's model.
    static let truth: [[Int]: Double] = [[]: 8, [0]: -1, [-2, -1]: -1, [-1, 1]: 1]
}

// MARK: - What is learned, and from what

extension LearnedDictionary {
    /// The tendency, and the standard deviations of the model error of an interval between observations.
    public struct Parameters: Tree {
        public var dictionary: MonomialDictionary
        public var logDeviations: Tensor

        public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
            visitor.visit(&dictionary, "dictionary")
            visitor.visit(&logDeviations, "logDeviations")
        }
    }

    public typealias Model = Autonomous<Repeated<RungeKutta4<MonomialDictionary>>>
    public typealias Filter = Cycle<EachMember<Model>, LocalizedStochasticEnKF<GaspariCohn>>

    var start: Parameters {
        Parameters(
            dictionary: MonomialDictionary(MonomialDictionary.all(degree: 2, reach: 2, spread: 2)),
            logDeviations: 0.5 * (startingVariance * Tensor.ones([variables])).log())
    }

    /// The rate of Adam falls with the epochs, of which each has `stepsPerEpoch` steps.
    private var rule: Adam {
        let steps = (observations + segment - 1) / segment
        return Adam(rate: Schedule(rate, warmup: 0, decay: .inverseRoot(start: 9 * steps, steps: steps)))
    }

    public func filter(_ parameters: Parameters) -> Filter {
        let localization = Localization(GaspariCohn(radius: Tensor(halfWidth / 1.82)), .circle(variables))
        return Cycle(
            EachMember(
                RungeKutta4(parameters.dictionary, step: 0.01).repeated(5),
                modelError: ModelError(factors: parameters.logDeviations.exp().diagonalMatrix())),
            LocalizedStochasticEnKF(localization))
    }

    /// The objective of one seed.
    public func likelihood(
        _ key: Key
    ) -> FilterObjective<Parameters, EachMember<Model>, LocalizedStochasticEnKF<GaspariCohn>, LinearOperator> {
        let (n, members) = (variables, members)
        let identity = Tensor.identity(n)
        let model = RungeKutta4(Lorenz96(), step: 0.01)
        let draw = compile(like: key) { key in
            let keys = key.split(2)
            let start = RungeKutta4(Lorenz96(), step: 0.05).repeated(2400)(5 * keys[0].normal([n]))
            let twin = simulate(
                model.repeated(5), from: start, observing: LinearOperator(identity), errorCovariance: identity,
                steps: observations + 1, key: keys[1])
            return twin.observations.values
        }
        let data = (0..<trajectories).map { number in
            // The filter starts one interval before the first observation.
            let values = draw(key.folding(number))
            return Observations(
                values: values[1..<(observations + 1)], errorCovariance: identity, operator: LinearOperator(identity))
        }
        return FilterObjective(
            data, segment: segment,
            start: { key in
                let keys = key.split(2)
                return Ensemble(members: 5 * keys[0].normal([members, n]), key: keys[1])
            }, filter: { self.filter($0) })
    }
}
