import Assimilation
import Kernels
import Networks
import Tensors

/// A transport map as analysis where posteriors have two modes, against ensemble Kalman filters and the ensemble score
/// filter, all judged by their distance to a particle filter of very many particles.
///
/// The map is learned with the energy score, in rounds: from backgrounds of a small particle filter that misses
/// observations at random, and from those of its own filter, which in the first round is a free run. Then it goes
/// through cycles on other truths. Scores are the mean over the times of the energy distance
/// `2 E|X − Y| − E|X − X'| − E|Y − Y'|` of features of the states.
///
/// Reference for the doubling map: Bach, Baptista, Sanz-Alonso & Stuart, arXiv:2410.10523, chapter 8:
/// the Kalman gain is near zero.
public struct LearnedTransport: Sendable {
    public var members = 100
    public var referenceParticles = 100_000
    /// How many of them stand for all in distances.
    public var compared = 1000
    /// Truths to learn from in each round, each from a beginning of its own:
    /// few particles forget one of two modes in the long run.
    public var trajectories = 100
    public var trainingTimes = 40
    public var trainingParticles = 1000
    public var testTimes = 200
    public var spinUp = 20
    public var rounds = 4
    /// Of each round.
    public var epochs = 8
    public var batchSize = 32
    /// Members of the ensembles that training sees.
    public var trainingMembers = 40
    public var rate = 2e-3
    /// The inflation of the ensemble Kalman filter.
    public var inflation = 1.02
    /// Of the score filter's diffusion.
    public var steps = 500

    public init() {}

    /// The analysis of the ensemble.
    public enum Method: String, Sendable, Codable, CaseIterable {
        case transport, stochasticEnKF, etkf, scoreFilter
    }

    public struct Score: Sendable, Codable, Equatable {
        public let method: Method
        /// The mean energy distance to the reference.
        public let distance: Double
    }

    public struct Result: Sendable, Codable, Equatable {
        public let seed: Int
        public let system: BimodalSystem
        public let scores: [Score]
        public let samples: Int
        public let history: TrainingHistory
        public let outcome: Outcome

        public func distance(_ method: Method) -> Double? { scores.first { $0.method == method }?.distance }
        /// The distance of the map over that of the stochastic filter.
        public var ratio: Double? {
            guard let map = distance(.transport), let filter = distance(.stochasticEnKF) else { return nil }
            return map / filter
        }
    }

    public func callAsFunction(
        seed: Int, system: BimodalSystem, methods: [Method] = [.transport, .stochasticEnKF, .etkf],
        progress: (LearningProgress) -> Void = { _ in }
    ) -> Result {
        let keys = Key(seed).split(2)
        let state = train(system, keys[0], progress)
        let scores = scores(system, state.best, methods, keys[1])
        return Result(
            seed: seed, system: system, scores: scores,
            samples: 2 * trajectories * trainingTimes * epochs * rounds, history: state.history,
            outcome: scores.allSatisfy(\.distance.isFinite) ? state.outcome : .diverged(step: testTimes))
    }

    /// The scores of methods that are not trained.
    public func scores(seed: Int, system: BimodalSystem, untrained methods: [Method]) -> [Score] {
        let keys = Key(seed).split(2)
        precondition(!methods.contains(.transport), "a transport map is trained before it is tested")
        return scores(system, start(system, keys[0]), methods, keys[1])
    }

    private func scores(
        _ system: BimodalSystem, _ analysis: TransportAnalysis, _ methods: [Method], _ key: Key
    ) -> [Score] {
        let arguments = Pair(analysis, key)
        let distances = compile(like: arguments) { test(system, $0.first, methods, $0.second) }(arguments).values
        return zip(methods, distances).map { Score(method: $0, distance: $1) }
    }
}

// MARK: - Training

extension LearnedTransport {
    /// Backgrounds, observations and truths to learn from, stacked in time.
    private struct Samples: Tree {
        var members, seen, values, truth: Tensor
        var keys: Key
        mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
            visitor.visit(&members, "members")
            visitor.visit(&seen, "seen")
            visitor.visit(&values, "values")
            visitor.visit(&truth, "truth")
            visitor.visit(&keys, "keys")
        }
    }

    func start(_ system: BimodalSystem, _ key: Key) -> TransportAnalysis {
        TransportAnalysis(
            variables: system.variables, featureCount: system.features(Tensor.zeros([1, system.variables])).shape[1],
            observed: 1, observationScale: system.observationScale,
            stateScale: system.stateScale, key: key
        ) { system.features($0) }
    }

    private func train(
        _ system: BimodalSystem, _ key: Key, _ progress: (LearningProgress) -> Void
    ) -> TrainingState<TransportAnalysis> {
        let keys = key.split(3)
        let start = start(system, keys[0])
        let draw = compile(like: Pair(start, keys[1])) { samples(system, $0.first, $0.second) }
        let data = draw(Pair(start, keys[1]))
        var training = training(system, data, like: start)
        var state = training.start(start, key: keys[2])
        for round in 0..<rounds {
            if round > 0 {
                let parameters = state.best
                let data = draw(Pair(parameters, keys[1].folding(round)))
                (training.objective.samples, training.objective.held) = split(data)
                state = training.start(parameters, key: keys[2].folding(round))
            }
            state = training(from: state) {
                progress(LearningProgress(step: round * epochs + $0.step, of: rounds * epochs, loss: $0.loss))
            }
            if state.outcome != .completed { break }
        }
        return state
    }

    private func training(
        _ system: BimodalSystem, _ data: Samples, like start: TransportAnalysis
    ) -> Training<BatchLoss<TransportAnalysis, Samples>, Clipped<Adam>> {
        let (learn, held) = split(data)
        let objective = BatchLoss(learn, validation: held, batchSize: batchSize) {
            (analysis: TransportAnalysis, samples: Samples) in
            let moved = vmap { (now: Samples) in
                analysis.moved(now.members, seen: now.seen, now.values, key: now.keys)
            }(samples)
            return Loss.energyScore(system.features(moved), system.features(samples.truth))
        }
        let rates = Schedule(rate, decay: .cosine(steps: epochs * objective.stepsPerEpoch, final: 0.01))
        return Training(objective, Adam(rate: rates).clipped(to: .norm(1)), epochs: epochs, like: start)
    }

    /// The data of learning, and the last tenth of the truths.
    private func split(_ data: Samples) -> (learn: Samples, held: Samples) {
        let all = 2 * trajectories * trainingTimes
        let cut = 2 * (trajectories * 9 / 10) * trainingTimes
        return (data.mappingLeaves { $0[0..<cut] }, data.mappingLeaves { $0[cut..<all] })
    }

    /// The backgrounds of a particle filter and of an analysis' filter for each truth.
    private func samples(_ system: BimodalSystem, _ analysis: TransportAnalysis, _ key: Key) -> Samples {
        let all = vmap { (number: Tensor) in
            let keys = key.folding(number).split(5)
            let twin = system.twin(keys[0], trainingTimes)
            let backgrounds = [
                particleBackgrounds(system, twin, keys[1]),
                run(system, analysis, twin, system.ensemble(trainingMembers, around: twin.truth[0], keys[2])).first,
            ]
            let members = Tensor.concatenated(backgrounds)
            let twice = { (x: Tensor) in Tensor.concatenated([x, x]) }
            return Samples(
                members: members, seen: vmap { (x: Tensor) in vmap { (x: Tensor) in system.observing(x) }(x) }(members),
                values: twice(twin.observations.values), truth: twice(twin.truth),
                keys: vmap { (time: Tensor) in keys[3].folding(time) }(Tensor.range(2 * trainingTimes)))
        }(Tensor.range(trajectories))
        return all.mappingLeaves { $0.reshaped([2 * trajectories * trainingTimes] + $0.shape.dropFirst(2)) }
    }

    /// Some particles before each analysis of a filter that misses a part of the observations, of some truths none and
    /// of some nearly all: they are of every width.
    private func particleBackgrounds(
        _ system: BimodalSystem, _ twin: Twin<Function<Tensor, Tensor>>, _ key: Key
    ) -> Tensor {
        let keys = key.split(3)
        let isThere = (keys[0].uniform([trainingTimes, 1]) .> keys[1].uniform()).cast(to: .float64)
        var observations = twin.observations
        (observations.values, observations.mask) = (isThere * observations.values, isThere)
        let start = system.ensemble(trainingParticles, around: twin.truth[0], keys[2])
        // Particles were drawn anew in order: those that follow each other are alike, those far apart are not.
        let spaced = trainingParticles / trainingMembers
        return system.particleFilter(from: start, observations) { background, _ in
            background.states.slice(axis: 0, from: 0, to: spaced * trainingMembers, by: spaced)
        }
    }
}

// MARK: - Test

extension LearnedTransport {
    /// Mean energy distances to the particle filter, by method.
    private func test(
        _ system: BimodalSystem, _ analysis: TransportAnalysis, _ methods: [Method], _ key: Key
    ) -> Tensor {
        let keys = key.split(3)
        let twin = system.twin(keys[0], testTimes)
        let particles = system.ensemble(referenceParticles, around: twin.truth[0], keys[1])
        let spaced = referenceParticles / compared
        let reference = system.particleFilter(from: particles, twin.observations) { _, analysis in
            analysis.states.slice(axis: 0, from: 0, to: spaced * compared, by: spaced)
        }
        let start = system.ensemble(members, around: twin.truth[0], keys[2])
        return Tensor.stacked(
            methods.map { method in
                let states =
                    switch method {
                    case .transport: run(system, analysis, twin, start)
                    case .stochasticEnKF: run(system, Inflated(StochasticEnKF(), by: Tensor(inflation)), twin, start)
                    case .etkf: run(system, Inflated(Rotated(ETKF()), by: Tensor(inflation)), twin, start)
                    case .scoreFilter:
                        run(
                            system, EnsembleScoreFilter(system.schedule, background: .mixture, steps: steps), twin,
                            start)
                    }
                return scan(over: Pair(states.second, reference), from: Nothing()) { nothing, now in
                    (nothing, energyDistance(system.features(now.first), system.features(now.second)))
                }.outputs[spinUp..<testTimes].mean()
            })
    }

    /// Members before and after each analysis, stacked in time.
    private func run<A: Analysis>(
        _ system: BimodalSystem, _ analysis: A, _ twin: Twin<Function<Tensor, Tensor>>, _ start: Ensemble
    ) -> Pair<Tensor, Tensor> where A.State == Ensemble {
        let forecast = EachMember(system.model, modelError: system.modelError)
        return Cycle(forecast, analysis).run(from: start, twin.observations, beside: Nothing()) {
            background, analyzed, _, _ in
            Pair(background.members, analyzed.belief.members)
        }.records
    }
}
