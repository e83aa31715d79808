import Assimilation
import Dynamics
import Kernels
import Networks
import Tensors

/// An analysis by a network, with one deterministic forecast and no ensemble, against an ensemble filter.
///
/// Setting: Sakov & Oke's of 2008, Lorenz's model of 1996 with 40 variables, all observed at every step of 0.05 with an
/// error of 1. The network is trained through cycles in which no observation comes twice, and tested on others. Scores
/// are the mean over the times of the root-mean-square error of the analyses.
///
/// Reference: Bocquet et al., Chaos 34 (2024), 091104: 0.19 to 0.20, as a tuned ensemble filter; 0.18 by an ETKF of 24
/// members in Sakov & Oke, *A deterministic formulation of the ensemble Kalman filter*, Tellus A 60 (2008),
/// 361–371; 0.40 by 3D-Var.
public struct ResidualNetworkAnalysis: Sendable {
    public var variables = 40
    public var training = AnalysisTraining()
    /// Channels of the hidden layers, and how many layers there are.
    public var width = 32
    public var depth = 10
    public var members = 24
    public var inflation = 1.013
    public var testTimes = 3000
    public var spinUp = 200

    public init() { (training.batch, training.steps, training.rate) = (32, 45_000, 2.5e-3) }

    public struct Result: Sendable, Codable, Equatable {
        public let seed: Int
        public let networkError: Double
        /// Of the ETKF on the same observations.
        public let ensembleError: Double
        public let parameters: Int
        /// How many analyses were differentiated.
        public let samples: Int
        public let outcome: Outcome
    }

    /// Trains and tests with one seed.
    public func callAsFunction(seed: Int, progress: (LearningProgress) -> Void = { _ in }) -> Result {
        let keys = Key(seed).split(4)
        let state = train(keys[0], progress)
        let analysis = state.parameters
        let errors = test(analysis, keys[1])
        return Result(
            seed: seed, networkError: errors.network, ensembleError: errors.ensemble,
            parameters: analysis.leaves.map(\.count).reduce(0, +),
            samples: training.batch * training.cycles * state.epochs, outcome: state.outcome)
    }

    var model: RungeKutta4<Lorenz96> { RungeKutta4(Lorenz96(), step: 0.05) }

    /// The analysis that training starts from: no change.
    public func start(_ key: Key) -> ResidualAnalysis {
        ResidualAnalysis(
            GainNetwork(channels: 2, width: width, depth: depth, key: key, type: .float32), center: 2.4, scale: 3.6)
    }

    public func train(_ key: Key, _ progress: (LearningProgress) -> Void = { _ in }) -> TrainingState<ResidualAnalysis>
    {
        let keys = key.split(3)
        let truth = compile(like: keys[0]) { key in
            model.repeated(400)(8 + key.normal([training.batch, variables])).cast(to: .float32)
        }(keys[0])
        let step = model
        return training(start(keys[1]), from: truth, key: keys[2], progress: progress) { step($0) }
    }

    /// Errors of the analyses of a trained network, and of the ETKF on the same observations.
    public func test(_ analysis: ResidualAnalysis, _ key: Key) -> (network: Double, ensemble: Double) {
        let keys = key.split(4)
        let errors = compile(like: Pair(analysis, keys)) { now in
            let keys = now.second
            let identity = Tensor.identity(variables)
            let twin = simulate(
                model, from: model.repeated(1000)(8 + keys[0].normal([variables])), observing: LinearOperator(identity),
                errorCovariance: training.observationError * training.observationError * identity, steps: testTimes,
                key: keys[1])
            let point = PointEstimate(twin.truth[0] + keys[2].normal([variables]))
            let ensemble = Ensemble(members: twin.truth[0] + keys[2].normal([members, variables]), key: keys[3])
            let byNetwork = Cycle(PointForecast(model), now.first)(from: point, twin.observations).analyses.mean
            let filter = Cycle(EachMember(model), Inflated(Rotated(ETKF()), by: Tensor(inflation)))
            let byEnsemble = filter(from: ensemble, twin.observations).analyses.mean
            return Pair(score(twin, byNetwork), score(twin, byEnsemble))
        }(Pair(analysis, keys))
        return (errors.first.scalar, errors.second.scalar)
    }

    private func score(_ twin: Twin<LinearOperator>, _ states: Tensor) -> Tensor {
        twin.errors(of: states)[spinUp..<testTimes].mean()
    }
}
