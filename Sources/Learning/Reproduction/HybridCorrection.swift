import Assimilation
import Dynamics
import Kernels
import Networks
import Tensors

/// A network that corrects a physical model, learned from the analyses of a filter with the wrong model.
///
/// Setting: the truth is Lorenz's model of 1996 with a cubic advection, friction 1.01 and forcing 8.5; the model that is there is
/// the plain one with forcing 8. Time step 0.05; at each step every second of 40 variables is observed, the others at the next, with
/// an error of 0.2. An ETKF of 40 members with model error of variance 0.3 times the step gives the analyses: 5000 to learn from,
/// then, after 1000 that are left out, 2000 to test on.
///
/// Reference: M. Bocquet & J. Brajard, course of ECMWF on machine learning in weather and climate (2022): error of the analyses 0.199;
/// of forecasts over 2 units of time 2.5 by the physical and 2.1 by the hybrid model.
public struct HybridCorrection: Sendable {
    public var variables = 40
    public var members = 40
    public var observationError = 0.2
    public var modelErrorRate = 0.3
    public var inflation = 1.02
    public var spinUp = 200
    public var trainingTimes = 5000
    public var gap = 1000
    public var testTimes = 2000
    public var channels = [1, 21, 21, 21, 1]
    public var learner = TransitionLearner()
    /// The leads at which forecasts are scored, in steps.
    public var leads = 40
    /// Forecasts start every so many steps of the test.
    public var spacing = 5
    public let step = 0.05

    public init() { learner.epochs = 40 }

    /// What is corrected.
    public enum Target: String, Sendable, Codable, CaseIterable {
        case resolvent, tendency
    }

    public struct Result: Sendable, Codable, Equatable {
        public let seed: Int
        public let target: Target
        /// Mean over the test of the root-mean-square error of the analyses with the physical model.
        public let analysisError: Double
        /// The same with the hybrid model.
        public let hybridAnalysisError: Double
        /// Mean errors of forecasts from the truth at leads 1, 2, … steps.
        public let physicalForecast: [Double]
        public let hybridForecast: [Double]
        public let parameters: Int
        public let history: TrainingHistory
        public let outcome: Outcome

        /// Error of the hybrid forecasts over that of the physical ones, at the last lead.
        public var ratio: Double {
            hybridForecast[hybridForecast.count - 1] / physicalForecast[physicalForecast.count - 1]
        }
    }

    typealias Network = FieldNetwork<PeriodicNetwork>

    public func callAsFunction(
        seed: Int, target: Target = .resolvent, progress: (LearningProgress) -> Void = { _ in }
    ) -> Result {
        let keys = Key(seed).split(4)
        let data = compile(like: keys[0]) { twin($0) }(keys[0])
        let start = network(keys[1], target)
        let filter = compile(like: Pair(start, data)) { now in
            analyses(data: now.second, key: keys[2]) { model(now.first, target, $0) }
        }
        let physical = filter(Pair(network(keys[1], target), data))
        let state = learner(
            start, physical[spinUp..<(spinUp + trainingTimes)], key: keys[3], progress: progress
        ) { model($0, target, $1) }
        let hybrid = filter(Pair(state.best, data))
        let forecasts = compile(like: Pair(start, data.truth)) { now in
            forecastErrors(now.second) { model(now.first, target, $0) }
        }
        let test = (spinUp + trainingTimes + gap)..<times
        let errors = [physical, hybrid].map { data.errors(of: $0.states)[test].mean().scalar }
        return Result(
            seed: seed, target: target, analysisError: errors[0], hybridAnalysisError: errors[1],
            physicalForecast: forecasts(Pair(start, data.truth)).values,
            hybridForecast: forecasts(Pair(state.best, data.truth)).values,
            parameters: start.leaves.map(\.count).reduce(0, +), history: state.history,
            outcome: errors.allSatisfy(\.isFinite) ? state.outcome : .diverged(step: times))
    }

    var times: Int { spinUp + trainingTimes + gap + testTimes }

    /// A correction that starts as nothing.
    func network(_ key: Key, _ target: Target) -> Network {
        FieldNetwork(
            PeriodicNetwork(channels: channels, width: 5, key: key, startingAtZero: true, type: learner.type),
            centre: 2.5, scale: 3.6, outputScale: target == .resolvent ? 0.1 : 2)
    }

    func model(_ network: Network, _ target: Target, _ x: Tensor) -> Tensor {
        switch target {
        case .resolvent: Corrected(RungeKutta4(Lorenz96(), step: step), by: network)(x)
        case .tendency: RungeKutta4(Corrected(Lorenz96(), by: network), step: step)(x)
        }
    }

    func twin(_ key: Key) -> Twin<LinearOperator> {
        let truth = RungeKutta4(CubicLorenz96(), step: step)
        let keys = key.split(2)
        let numbers = Tensor.range(times).expanded(axis: -1) + Tensor.range(variables)
        let mask = ((numbers % Tensor(integers: [2], shape: [])) .== Tensor(integers: [0], shape: [])).cast(
            to: .float64)
        return simulate(
            truth, from: truth.repeated(1000)(8 + keys[0].normal([variables])),
            observing: LinearOperator(Tensor.identity(variables)),
            errorCovariance: observationError * observationError * Tensor.identity(variables), mask: mask, steps: times,
            key: keys[1])
    }

    func analyses(
        data: Twin<LinearOperator>, key: Key, model: @escaping @Sendable (Tensor) -> Tensor
    ) -> StateEstimates {
        let keys = key.split(2)
        let background = Ensemble(members: data.truth[0] + keys[0].normal([members, variables]), key: keys[1])
        let deviation = (modelErrorRate * step).squareRoot()
        let forecast = EachMember(
            Function(model), modelError: ModelError(factors: deviation * Tensor.identity(variables)))
        let run = Cycle(forecast, Inflated(ETKF(), by: Tensor(inflation)))(from: background, data.observations)
        return StateEstimates(run.analyses.mean, variances: run.analyses.variance)
    }

    /// Mean errors of forecasts from times of the test, `[leads]`.
    func forecastErrors(_ truth: Tensor, _ model: @escaping (Tensor) -> Tensor) -> Tensor {
        let first = spinUp + trainingTimes + gap
        let starts = Tensor(integers: Array(stride(from: first, to: times - leads, by: spacing)))
        return scan(over: Tensor.range(leads), from: truth.taking(starts)) { state, lead in
            let next = model(state)
            let verifying = truth.taking(starts + lead + Tensor(integers: [1], shape: []))
            return (next, (next - verifying).squared().mean(axes: [-1]).sqrt().mean())
        }.outputs
    }
}
