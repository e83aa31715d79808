import Assimilation
import Dynamics
import Kernels
import Networks
import Tensors

/// A transport map as analysis where posteriors have two modes, against a stochastic ensemble Kalman filter, both judged by their
/// distance to a particle filter of very many particles.
///
/// Settings: the doubling map `v ← 2 v + ξ` on the circle of length one, observed through `cos 2πv`; Lorenz's model of 1963, whose
/// first variable is observed through its square, every 0.1 units of time. The map is learned from backgrounds of a small particle
/// filter. Scores are the mean over the times of the energy distance `2 E|X − Y| − E|X − X'| − E|Y − Y'|` of features of the states.
///
/// Reference for the first setting: Bach, Baptista, Sanz-Alonso & Stuart, arXiv:2410.10523, chapter 8: the Kalman gain is near zero.
public struct LearnedTransport: Sendable {
    public enum System: String, Sendable, Codable, CaseIterable {
        case doublingMap, lorenz63
    }

    public var members = 100
    public var referenceParticles = 100_000
    /// How many of them, drawn at random, stand for all in distances.
    public var compared = 1000
    public var trainingTimes = 4000
    public var trainingParticles = 1000
    public var testTimes = 200
    public var spinUp = 20
    public var epochs = 20
    public var batchSize = 32
    /// Members of the ensembles that training sees.
    public var trainingMembers = 40
    public var rate = 2e-3
    /// The inflation of the ensemble Kalman filter.
    public var inflation = 1.02

    public init() {}

    public struct Result: Sendable, Codable, Equatable {
        public let seed: Int
        public let system: System
        /// Mean energy distances to the reference.
        public let transport: Double
        public let ensembleKalman: Double
        public let samples: Int
        public let history: TrainingHistory
        public let outcome: Outcome
        public var ratio: Double { transport / ensembleKalman }
    }

    public func callAsFunction(
        seed: Int, system: System, progress: (LearningProgress) -> Void = { _ in }
    ) -> Result {
        let keys = Key(seed).split(4)
        let setting = Setting(system)
        let start = setting.transport(keys[0])
        let data = compile(like: keys[1]) { samples(setting, $0) }(keys[1])
        let cut = trainingTimes * 9 / 10
        let objective = BatchLoss(
            data.mappingLeaves { $0[0..<cut] }, validation: data.mappingLeaves { $0[cut..<trainingTimes] },
            batchSize: batchSize
        ) { (analysis: TransportAnalysis, samples: Samples) in
            let moved = vmap { (members: Tensor, values: Tensor, key: Key) in
                analysis.moved(members, values, key: key)
            }(samples.members, samples.values, samples.keys)
            return Loss.energyScore(setting.features(moved), setting.features(samples.truth))
        }
        let steps = epochs * (cut / batchSize)
        let rates = Schedule(rate, decay: .cosine(steps: steps, final: 0.01))
        let state = Training(objective, Adam(rate: rates).clipped(to: .norm(1)), epochs: epochs, like: start)(
            start, key: keys[2], progress: progress)
        let scores = compile(like: Pair(state.best, keys[3])) { distances(setting, $0.first, $0.second) }(
            Pair(state.best, keys[3])
        ).values
        return Result(
            seed: seed, system: system, transport: scores[0], ensembleKalman: scores[1],
            samples: cut * state.epochs, history: state.history,
            outcome: scores.allSatisfy(\.isFinite) ? state.outcome : .diverged(step: testTimes))
    }

    /// Backgrounds, observations and truths to learn from, stacked in time.
    struct Samples: Tree {
        var members: Tensor
        var values: Tensor
        var truth: Tensor
        var keys: Key
        mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
            visitor.visit(&members, "members")
            visitor.visit(&values, "values")
            visitor.visit(&truth, "truth")
            visitor.visit(&keys, "keys")
        }
    }

    private func samples(_ setting: Setting, _ key: Key) -> Samples {
        let keys = key.split(3)
        let twin = setting.twin(keys[0], trainingTimes)
        let chosen = keys[1].permutation(trainingParticles)[0..<trainingMembers]
        let particles = setting.particles(trainingParticles, around: twin.truth[0], keys[2])
        let members = setting.particleFilter(from: particles, twin) { background, _ in
            background.states.taking(chosen)
        }
        let drawn = vmap { (time: Tensor) in keys[1].folding(time) }(Tensor.range(trainingTimes))
        return Samples(members: members, values: twin.observations.values, truth: twin.truth, keys: drawn)
    }

    /// Mean energy distances of transport and ensemble Kalman filter to the particle filter.
    private func distances(_ setting: Setting, _ analysis: TransportAnalysis, _ key: Key) -> Tensor {
        let keys = key.split(4)
        let twin = setting.twin(keys[0], testTimes)
        let chosen = keys[1].permutation(referenceParticles)[0..<compared]
        let particles = setting.particles(referenceParticles, around: twin.truth[0], keys[2])
        let reference = setting.particleFilter(from: particles, twin) { _, analysis in analysis.states.taking(chosen) }
        let start = Ensemble(
            members: setting.particles(members, around: twin.truth[0], keys[3]).states, key: keys[3].folding(1))
        let forecast = EachMember(setting.model, modelError: setting.modelError)
        let runs = [
            Cycle(forecast, analysis)(from: start, twin.observations).analyses.members,
            Cycle(forecast, Inflated(StochasticEnKF(), by: Tensor(inflation)))(from: start, twin.observations)
                .analyses.members,
        ]
        let scores = runs.map { members in
            scan(over: Pair(members, reference), from: Nothing()) { nothing, now in
                (nothing, energyDistance(setting.features(now.first), setting.features(now.second)))
            }.outputs[spinUp..<testTimes].mean()
        }
        return Tensor.stacked(scores)
    }
}

/// `2 E|X − Y| − E|X − X'| − E|Y − Y'|` of samples `[N, e]` and `[M, e]`, in the form whose expectation does not depend on N and M.
func energyDistance(_ x: Tensor, _ y: Tensor) -> Tensor {
    func mean(_ a: Tensor, _ b: Tensor) -> Tensor {
        (a.expanded(axis: 1) - b.expanded(axis: 0)).squared().sum(axes: [-1]).sqrt().mean()
    }
    func within(_ a: Tensor) -> Tensor {
        mean(a, a) * Tensor(floatLiteral: Double(a.shape[0]) / Double(a.shape[0] - 1))
    }
    return 2 * mean(x, y) - within(x) - within(y)
}

/// What differs between the systems.
private struct Setting: Sendable {
    let system: LearnedTransport.System
    init(_ system: LearnedTransport.System) { self.system = system }

    var variables: Int { system == .doublingMap ? 1 : 3 }
    var observationError: Double { system == .doublingMap ? 0.2 : 10 }
    var modelError: ModelError {
        ModelError(factors: (system == .doublingMap ? 0.05 : 0.1) * Tensor.identity(variables))
    }
    var model: Function<Tensor, Tensor> {
        switch system {
        case .doublingMap: Function { v in 2 * v - (2 * v).floor() }
        case .lorenz63:
            Function { x in
                let step = RungeKutta4(Lorenz63(), step: 0.02)
                return (0..<5).reduce(x) { x, _ in step(x) }
            }
        }
    }
    var observing: Function<Tensor, Tensor> {
        switch system {
        case .doublingMap: Function { v in (2 * Double.pi * v).cos() }
        case .lorenz63: Function { x in x.slice(axis: -1, from: 0, to: 1).squared() }
        }
    }
    func features(_ x: Tensor) -> Tensor {
        switch system {
        case .doublingMap:
            let angle = x * Tensor(floatLiteral: 2 * Double.pi)
            return Tensor.concatenated([angle.cos(), angle.sin()], axis: -1)
        case .lorenz63:
            let (centre, scale) = (Tensor([0, 0, 23.5]).cast(to: x.type), Tensor([7.9, 9, 8.6]).cast(to: x.type))
            return (x - centre) / scale
        }
    }
    func transport(_ key: Key) -> TransportAnalysis {
        let setting = self
        return TransportAnalysis(
            variables: variables, featureCount: system == .doublingMap ? 2 : 3, observed: 1,
            observationScale: system == .doublingMap ? 1 : 60, key: key
        ) { setting.features($0) }
    }

    func twin(_ key: Key, _ times: Int) -> Twin<Function<Tensor, Tensor>> {
        let keys = key.split(2)
        let first =
            system == .doublingMap
            ? keys[0].uniform([1]) : model.repeated(100)(Tensor([1, 1, 20]) + keys[0].normal([3]))
        return simulate(
            model, modelError: modelError, from: first, observing: observing,
            errorCovariance: observationError * observationError * Tensor.identity(1), steps: times, key: keys[1])
    }

    func particles(_ count: Int, around state: Tensor, _ key: Key) -> Particles {
        let keys = key.split(3)
        let noise = keys[0].normal([count, variables])
        let states =
            system == .doublingMap
            ? keys[0].uniform([count, 1])
            : keys[1].rademacher([count, 1]) * Tensor([1, 1, 0]) * state + noise
                + Tensor([0, 0, 1]) * state
        return Particles(Ensemble(members: states, key: keys[2]))
    }

    /// What is taken from backgrounds and analyses of the bootstrap filter that draws anew at every time, stacked in time.
    func particleFilter(
        from particles: Particles, _ twin: Twin<Function<Tensor, Tensor>>, taking: (Particles, Particles) -> Tensor
    ) -> Tensor {
        let analysis = Resampled(BootstrapAnalysis(), threshold: 1)
        let forecast = EachParticle(model, modelError: modelError)
        let observations = twin.observations
        let values = Pair(Tensor.range(observations.count), observations.values)
        return scan(over: values, from: particles) { background, now in
            let observation = Observation(
                values: now.second, errorCovariance: observations.errorCovariance, operator: observations.operator)
            let analyzed = analysis(background, observation).belief
            return (forecast(analyzed, step: now.first), taking(background, analyzed))
        }.outputs
    }
}
