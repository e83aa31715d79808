import Dynamics
import Kernels
import Networks
import Tensors

/// The coefficients of Lorenz's model of 1996 in a dictionary of 18 monomials, learned from noisy observations by
/// gradients through a localised ensemble Kalman filter, from zero.
///
/// Setting: 40 variables, all observed every 0.05 (five steps of 0.01) with error variance 1, no model error; four
/// trajectories of 150 observations; 50 members that start from `N(0, 25 I)`; localisation of half-width 5; a diagonal
/// model error is learned too, from variance 2; back-propagation through 20 cycles; Adam, whose rate falls to nothing.
/// After the first epochs, terms with small coefficients are taken out of the dictionary,
/// and the others are learned on without them.
///
/// Reference: Chen, Sanz-Alonso & Willett, *Autodifferentiable ensemble Kalman filters*, SIAM J. Math. Data Sci. 4
/// (2022), 801–833, section 5.2.1.
public struct LearnedDictionary: Sendable {
    public var variables = 40
    public var members = 50
    public var trajectories = 4
    public var observations = 150
    public var segment = 20
    public var epochs = 60
    public var rate = 0.2
    /// Terms whose coefficients are smaller after `epochs` are taken out, and the rest learned for `sparseEpochs`.
    public var threshold = 0.3
    public var sparseEpochs = 60
    public var sparseRate = 0.05
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
        let likelihood = likelihood(keys[0])
        let stages = [(start, epochs, rate), (nil, sparseEpochs, sparseRate)]
        var (learned, objective, outcome, done) = (start, [Double](), Outcome.completed, 0)
        for (number, (first, epochs, rate)) in stages.enumerated() where epochs > 0 && outcome == .completed {
            let steps = epochs * likelihood.stepsPerEpoch
            let rule = Adam(rate: Schedule(rate, decay: .cosine(steps: steps, final: 0.003)))
            let from = first ?? learned.sparse(threshold: threshold)
            let training = Training(likelihood, rule, epochs: epochs, like: from)
            let state = training(from, key: keys[1].folding(number)) { now in
                progress(LearningProgress(step: done + now.step, of: self.epochs + sparseEpochs, loss: now.loss))
            }
            (learned, outcome) = (state.outcome == .completed ? state.parameters : state.best, state.outcome)
            objective += state.history.training.map { $0 * Double(likelihood.stepsPerEpoch) }
            done += epochs
        }
        let found = Swift.Dictionary(
            uniqueKeysWithValues: zip(learned.dictionary.monomials, learned.dictionary.coefficients.values))
        let terms = start.dictionary.monomials.map { monomial in
            Term(
                monomial: monomial, name: MonomialDictionary.name(monomial),
                truth: Self.truth[monomial] ?? 0, learned: found[monomial] ?? 0)
        }
        return Result(
            seed: seed, terms: terms, modelDeviation: learned.logDeviations.exp().mean().scalar,
            objective: objective, outcome: outcome)
    }

    /// The coefficients of Lorenz's model.
    static let truth: [[Int]: Double] = [[]: 8, [0]: -1, [-2, -1]: -1, [-1, 1]: 1]
}

// MARK: - Dictionary and data

extension LearnedDictionary {
    /// The tendency, and the standard deviations of the model error of an interval between observations.
    public struct Parameters: Tree {
        public var dictionary: MonomialDictionary
        public var logDeviations: Tensor

        /// Without the terms whose coefficients are smaller than `threshold`, unless all are.
        func sparse(threshold: Double) -> Parameters {
            let kept = zip(dictionary.monomials, dictionary.coefficients.values).filter { abs($1) >= threshold }
            guard !kept.isEmpty else { return self }
            var sparse = self
            sparse.dictionary = MonomialDictionary(kept.map(\.0), coefficients: Tensor(kept.map(\.1)))
            return sparse
        }

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
