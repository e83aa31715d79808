import Assimilation
import Checks
import Dynamics
import Kernels
import Networks
import Tensors
import Testing

@testable import Learning

/// The laws of learning online: on linear problems it is Bayes' rule, and gradients are right.
@Suite struct OnlineLearningLawTests {
    /// `x ← A x + θ₁ (1, 0) + θ₂ (0, 1)`, seen in part.
    static let matrix = Tensor(rows: [[0.9, 0.3], [-0.2, 0.8]])
    static let sites = LinearOperator(Tensor(rows: [[1, 0.5]]))
    static let background = Tensor(rows: [[1, 0.2], [0.2, 0.8]])
    static let modelError = Tensor(rows: [[0.1, 0.02], [0.02, 0.05]])
    static func model(_ offset: Tensor, _ x: Tensor) -> Tensor { matrix.vectorProduct(x) + offset }

    static func observations(_ count: Int, modelError: Tensor?) -> Observations<LinearOperator> {
        simulate(
            LinearModel(matrix, offsets: Tensor([0.3, -0.2])),
            modelError: modelError.map { ModelError(covariance: $0) },
            from: Tensor([0.5, 1]), observing: sites, errorCovariance: Tensor([0.2], shape: [1, 1]),
            mask: Tensor((0..<count).map { $0 == 2 ? 0 : 1 }).expanded(axis: 1), steps: count, key: Key(1)
        ).observations
    }
    static func online(_ modelError: Tensor?, window: Int, spread: Tensor = 0.7) -> (
        JointVariational<Tensor>, JointEstimate
    ) {
        let online = JointVariational(
            covariance: background, modelError: modelError, window: window, iterations: 1, like: Tensor.zeros([2])
        ) { model($0, $1) }
        return (online, online.start(Tensor([0.2, -0.1]), parameters: Tensor([0.1, 0]), spread: spread))
    }

    /// Of a linear model one window is the smoother of the augmented state, with and without model error.
    @Test(arguments: [false, true]) func oneWindowIsTheKalmanSmootherOfTheAugmentedState(isWeak: Bool) {
        let error = isWeak ? Self.modelError : nil
        let observations = Self.observations(5, modelError: error)
        let (online, start) = Self.online(error, window: 5)
        let found = online(from: start, observations)
        let augmented = LinearModel(
            Tensor.concatenated([
                Tensor.concatenated([Self.matrix, Tensor.identity(2)], axis: 1),
                Tensor.concatenated([Tensor.zeros([2, 2]), Tensor.identity(2)], axis: 1),
            ]))
        func padded(_ block: Tensor, before: Int, after: Int) -> Tensor {
            block.padded(axis: 0, before: before, after: after).padded(axis: 1, before: before, after: after)
        }
        let forecast = LinearForecast(
            augmented,
            modelError: isWeak ? ModelError(covariance: padded(Self.modelError, before: 0, after: 2)) : .none(4))
        let belief = Gaussian(
            mean: Tensor.concatenated([start.state, start.parameters]),
            covariance: padded(Self.background, before: 0, after: 2)
                + padded(0.49 * Tensor.identity(2), before: 2, after: 0))
        let filtered = Cycle(forecast, KalmanAnalysis())(from: belief, observations.ofFirst(2))
        let smoothed = RauchTungStriebel().smooth(filtered, forecast).beliefs
        #expect((found.states - smoothed.mean.slice(axis: 1, from: 0, to: 2)).absolute().maximum().scalar < 1e-9)
        #expect((found.parameters[0] - smoothed.mean[4][2..<4]).absolute().maximum().scalar < 1e-9)
        let known = smoothed.covariance[0][2..<4].slice(axis: 1, from: 2, to: 4)
        #expect((found.next.parameterCovariance - known).absolute().maximum().scalar < 1e-9)
    }

    /// What a window says of the parameters is added to what was known:
    /// precisions of a linear model grow by the same every time.
    @Test func thePriorIsCarriedFromWindowToWindow() {
        var observations = Self.observations(9, modelError: nil)
        observations.mask = Tensor.ones([9, 1])
        let (online, start) = Self.online(nil, window: 3)
        var (estimate, precisions) = (start, [start.parameterCovariance.symmetricInverse()])
        for window in 0..<3 {
            var part = observations
            (part.values, part.mask) = (
                observations.values[(3 * window)..<(3 * window + 3)], observations.mask[0..<3]
            )
            estimate = online(from: estimate, part).next
            precisions.append(estimate.parameterCovariance.symmetricInverse())
        }
        let growth = (1...3).map { precisions[$0] - precisions[$0 - 1] }
        #expect(growth[0].diagonal().minimum().scalar > 0.1)
        #expect((growth[1] - growth[0]).absolute().maximum().scalar < 1e-7)
        #expect((growth[2] - growth[0]).absolute().maximum().scalar < 1e-7)
        let whole = online(from: start, observations)
        #expect((whole.next.parameters - estimate.parameters).absolute().maximum().scalar < 1e-9)
        #expect((whole.next.parameterCovariance - estimate.parameterCovariance).absolute().maximum().scalar < 1e-9)
        // A random walk adds its variance, and of a diagonal shape only the diagonal is carried.
        let other = JointVariational(
            covariance: Self.background, drift: 0.5, window: 9, iterations: 1, carried: .diagonal,
            like: Tensor.zeros([2])
        ) { Self.model($0, $1) }
        var same = Self.online(nil, window: 9).0
        let known = same(from: start, observations).next.parameterCovariance.diagonal()
        let carried = other(from: start, observations).next.parameterCovariance
        #expect((carried - (known + 0.25).diagonalMatrix()).absolute().maximum().scalar < 1e-9)
        same.drift = 0.5
        #expect(checkTree(same) == [])
    }

    /// With known parameters there is only 4D-Var, of a nonlinear model too.
    @Test func withKnownParametersItIsFourDimensionalVariational() {
        let model = RungeKutta4(Lorenz96(), step: 0.05)
        let twin = simulate(
            model, from: model.repeated(200)(8 + Key(2).normal([8])), observing: LinearOperator.first(5, of: 8),
            errorCovariance: 0.3 * Tensor.identity(5), steps: 12, key: Key(3))
        let covariance = 0.2 * Tensor.identity(8) + 0.05
        let online = JointVariational(
            covariance: covariance, window: 4, iterations: 2, like: Tensor.zeros([])
        ) { forcing, x in RungeKutta4(Lorenz96(forcing: forcing), step: 0.05)(x) }
        let state = twin.truth[0] + 0.4 * Key(4).normal([8])
        let found = online(from: online.start(state, parameters: 8, spread: 0), twin.observations)
        let strong = WindowedCycle(
            PointForecast(model), Variational(covariance: covariance, iterations: 2), model: model, lag: 3, shift: 4)(
                from: PointEstimate(state), twin.observations)
        #expect((found.states - strong.smoothed.mean).absolute().maximum().scalar < 1e-9)
        #expect((found.parameters - 8).absolute().maximum().scalar < 1e-12)
    }

    /// The joint cost, of a network's weights too, and the model of the augmented state.
    @Test func theJointCostAndTheAugmentedModelAreLawful() {
        typealias Network = FieldNetwork<PeriodicNetwork>
        let network = Network(
            PeriodicNetwork(channels: [1, 2, 1], width: 3, key: Key(5)), center: 2, scale: 4, outputScale: 0.5)
        let model = { @Sendable (network: Network, x: Tensor) in
            RungeKutta4(Corrected(Lorenz96(), by: network), step: 0.05)(x)
        }
        let state = Lorenz96()(8 + Key(6).normal([6]))
        for isWeak in [false, true] {
            let online = JointVariational(
                covariance: 0.5 * Tensor.identity(6), modelError: isWeak ? 0.1 * Tensor.identity(6) : nil, window: 3,
                like: network, model: model)
            let seen = online.observation(
                Key(7).normal([3, 2]), mask: Tensor.ones([3, 2]), errorCovariance: 0.5 * Tensor.identity(2),
                operator: LinearOperator.first(2, of: 6))
            let (mean, analysis) = online.prior(online.start(state, parameters: network, spread: 0.3))
            let control = 0.3 * Key(8).normal(mean.mean.shape)
            let cost = { (control: Tensor) in analysis.cost(control, mean, seen) }
            #expect(checkTaylorRemainder("cost", at: control, cost) == [])
            #expect(checkOperation("cost", at: control, laws: [.tangent, .adjoint], cost) == [])
            #expect(checkMap(seen.operator, at: mean.mean + control) == [])
        }
        let augmented = AugmentedModel(variables: 6, like: network, model: model)
        #expect(checkModel(augmented, at: Tensor.concatenated([state, network.flattened])) == [])
    }
}

/// The same unknowns learned offline and online on Lorenz's model of 1996.
@Suite struct OnlineLearningTests {
    static let (variables, step) = (12, 0.05)
    static func lorenz96(_ forcing: Tensor) -> RungeKutta4<Lorenz96> {
        RungeKutta4(Lorenz96(forcing: forcing), step: step)
    }
    static func twin<M: StateMap>(
        _ model: M, error: Double, every: Int, times: Int, seed: Int
    ) -> Twin<LinearOperator> {
        compile(like: Key(seed)) { key in
            let keys = key.split(2)
            return simulate(
                model, from: model.repeated(400)(3 + keys[0].normal([variables])),
                observing: LinearOperator(Tensor.identity(variables).slice(axis: 0, by: every)),
                errorCovariance: error * error * Tensor.identity(variables / every), steps: times, key: keys[1])
        }(Key(seed))
    }
    static func members(_ count: Int, about truth: Tensor, seed: Int) -> Ensemble {
        Ensemble(members: truth + Key(seed).normal([count, variables]), key: Key(seed).folding(1))
    }

    /// The forcing is 8; what is known beforehand is 6.5, give or take 1.5.
    @Test func theForcingIsFoundOfflineAndOnline() {
        let twin = Self.twin(Self.lorenz96(8), error: 0.5, every: 2, times: 400, seed: 1)
        let (n, guess) = (Self.variables, Tensor(6.5))
        // Online, by an augmented state.
        let learning = AugmentedLearning(
            AugmentedModel(variables: n, like: guess) { Self.lorenz96($0)($1) }, drift: 0.01, stateInflation: 1.02)
        let start = learning.start(
            Self.members(24, about: twin.truth[0], seed: 2), parameters: guess, spread: 1.5)
        let augmented = compile(like: start) {
            learning.filter(ETKF(), parameters: guess)(from: $0, twin.observations.ofFirst(n)).analyses.mean
        }(start)
        // Online, by windows of 4D-Var.
        let online = JointVariational(covariance: 0.1 * Tensor.identity(n), drift: 0.02, window: 5, like: guess) {
            Self.lorenz96($0)($1)
        }
        let first = online.start(twin.truth[0] + 0.5 * Key(3).normal([n]), parameters: guess, spread: 1.5)
        let windows = compile(like: first) { online(from: $0, twin.observations) }(first)
        // Offline, by the likelihood of a filter on all observations, again and again.
        let objective = FilterObjective(
            [twin.observations], segment: 20, start: { Self.members(24, about: twin.truth[0], seed: 2).keyed($0) },
            filter: { (forcing: Tensor) in Cycle(EachMember(Self.lorenz96(forcing)), Inflated(ETKF(), by: 1.05)) })
        let rates = Schedule(0.1, decay: .cosine(steps: 400, final: 0.05))
        let offline = Training(objective, Adam(rate: rates).clipped(to: .norm(10)), epochs: 20, like: guess)(
            guess, key: Key(4))
        let late = 300..<400
        let found = [
            augmented.slice(axis: 1, from: n)[late].mean().scalar, windows.parameters[60..<80].mean().scalar,
            offline.parameters.scalar,
        ]
        func error(_ states: Tensor) -> Double { twin.errors(of: states)[late].mean().scalar }
        let wrong = compile(like: start) { start in
            let members = Ensemble(members: start.members.slice(axis: 1, from: 0, to: n), key: start.key)
            return Cycle(EachMember(Self.lorenz96(guess)), Inflated(ETKF(), by: 1.05))(
                from: members, twin.observations
            ).analyses.mean
        }(start)
        let errors = [error(augmented.slice(axis: 1, from: 0, to: n)), error(windows.states), error(wrong)]
        #expect(found.allSatisfy { abs($0 - 8) < 0.2 }, "\(found)")
        #expect(errors[0] < 0.7 * errors[2] && errors[1] < errors[2], "\(errors)")
    }

    typealias Network = FieldNetwork<PeriodicNetwork>
    static func hybrid(_ network: Network, _ x: Tensor) -> Tensor {
        RungeKutta4(Corrected(Lorenz96(), by: network), step: step)(x)
    }

    /// The truth has another forcing, friction and a cubic term; a network of 37 weights corrects the tendency.
    @Test func aNetworkIsLearnedOfflineAndOnline() {
        let truth = RungeKutta4(CubicLorenz96(), step: Self.step)
        let twin = Self.twin(truth, error: 0.2, every: 1, times: 1200, seed: 5)
        let n = Self.variables
        let network = Network(
            PeriodicNetwork(channels: [1, 4, 1], width: 5, key: Key(6), startingAtZero: true, type: .float64),
            center: 2.2,
            scale: 3.6, outputScale: 2)
        // Online, by windows of 4D-Var with the network inside.
        let online = JointVariational(
            covariance: 0.02 * Tensor.identity(n), drift: 0.002, window: 4, iterations: 1, like: network
        ) { Self.hybrid($0, $1) }
        let first = online.start(twin.truth[0] + 0.2 * Key(7).normal([n]), parameters: network, spread: 0.3)
        let windows = compile(like: first) { online(from: $0, twin.observations) }(first)
        let learnedOnline = online.parameters(windows.next.parameters)
        // Offline, from the analyses of a filter with the physical model.
        let members = Self.members(24, about: twin.truth[0], seed: 8)
        let estimates = compile(like: members) { members in
            let noise = ModelError(factors: 0.12 * Tensor.identity(n))
            let run = Cycle(EachMember(Self.lorenz96(8), modelError: noise), Inflated(ETKF(), by: 1.02))(
                from: members, twin.observations)
            return StateEstimates(run.analyses.mean, variances: run.analyses.variance)
        }(members)
        var learner = TransitionLearner()
        (learner.leads, learner.epochs, learner.batchSize, learner.rate) = (4, 40, 64, 1e-2)
        learner.type = .float64
        let learnedOffline = learner(network, estimates[50..<1200], key: Key(9)) { Self.hybrid($0, $1) }.best

        let states = Self.twin(truth, error: 0.2, every: 1, times: 1000, seed: 10).truth
        func error<M: StateMap>(_ model: M) -> Double {
            let starts = Tensor(integers: Array(stride(from: 0, to: 950, by: 10)))
            let ends = states.taking(starts + Tensor(integer: 20))
            return compile(like: states) { (model.repeated(20)($0.taking(starts)) - ends).squared().mean().sqrt() }(
                states
            )
            .scalar
        }
        let errors = [
            error(Self.lorenz96(8)), error(Function { Self.hybrid(learnedOffline, $0) }),
            error(Function { Self.hybrid(learnedOnline, $0) }),
        ]
        let first100 = twin.errors(of: windows.backgrounds)[20..<220].mean().scalar
        let last100 = twin.errors(of: windows.backgrounds)[1000..<1200].mean().scalar
        #expect(errors[1] < 0.8 * errors[0] && errors[2] < 0.8 * errors[0], "\(errors)")
        #expect(last100 < 0.9 * first100, "\(first100), \(last100)")
    }
}

extension Ensemble {
    fileprivate func keyed(_ key: Key) -> Ensemble { Ensemble(members: members, key: key) }
}
