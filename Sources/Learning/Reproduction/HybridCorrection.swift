import Assimilation
import Dynamics
import Kernels
import Networks
import Tensors

/// A network that corrects a physical model, learned from the analyses of a filter with the wrong model.
///
/// Setting: the truth is Lorenz's model of 1996 with a cubic term, friction 1.01 and forcing 8.5; the model that is
/// there is the plain one with forcing 8. Time step 0.05; at each step every second of 40 variables is observed, the
/// others at the next, with an error of 0.2. A finite-size filter of 40 members, which finds its inflation itself, with
/// model error of variance 0.3 times the step gives the analyses: 5000 to learn from, then, after 1000 that are left
/// out, 2000 to test on. Forecasts are scored from the truth.
///
/// Reference: M. Bocquet & J. Brajard, course of ECMWF on machine learning in weather and climate (2022): error of the
/// analyses 0.199, 2.66 by interpolation; of forecasts over 2 units of time 2.5 by the physical
/// and 2.1 by the hybrid model.
public struct HybridCorrection: Sendable {
    public var variables = 40
    public var members = 40
    public var observationError = 0.2
    public var modelErrorRate = 0.3
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

    public init() {
        (learner.epochs, learner.leads, learner.rate) = (40, 4, 3e-3)
    }

    /// The physical model that is corrected.
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
        let physical = compile(like: data) { analyses($0, key: keys[2]) { physicalModel($0) } }(data)
        let start = network(keys[1], target)
        let state = learner(
            start, physical[spinUp..<(spinUp + trainingTimes)], key: keys[3], progress: progress
        ) { model($0, target, $1) }
        let tried = test(state.best, target, data.times(testStart..<times), key: keys[2])
        let errors = [
            data.errors(of: physical.states)[(testStart + spinUp)..<times].mean().scalar, tried.analysisError.scalar,
        ]
        return Result(
            seed: seed, target: target, analysisError: errors[0], hybridAnalysisError: errors[1],
            physicalForecast: tried.physicalForecast.values, hybridForecast: tried.hybridForecast.values,
            parameters: start.leaves.map(\.count).reduce(0, +), history: state.history,
            outcome: errors.allSatisfy(\.isFinite) ? state.outcome : .diverged(step: times))
    }

    var times: Int { testStart + spinUp + testTimes }
    /// The first time that the filter with the hybrid model sees.
    private var testStart: Int { spinUp + trainingTimes + gap }

    private struct Tried: Tree {
        var analysisError, physicalForecast, hybridForecast: Tensor
        mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
            visitor.visit(&analysisError, "analysisError")
            visitor.visit(&physicalForecast, "physicalForecast")
            visitor.visit(&hybridForecast, "hybridForecast")
        }
    }

    /// Analyses with the hybrid model, and forecasts by both.
    private func test(_ network: Network, _ target: Target, _ data: Twin<LinearOperator>, key: Key) -> Tried {
        let arguments = Pair(network, data)
        return compile(like: arguments) { now in
            let (network, data) = (now.first, now.second)
            let states = analyses(data, key: key) { model(network, target, $0) }.states
            let count = data.truth.shape[0]
            let truth = data.truth[spinUp..<count]
            return Tried(
                analysisError: data.errors(of: states)[spinUp..<count].mean(),
                physicalForecast: forecastErrors(truth) { physicalModel($0) },
                hybridForecast: forecastErrors(truth) { model(network, target, $0) })
        }(arguments)
    }

    /// A correction that starts as nothing.
    func network(_ key: Key, _ target: Target) -> Network {
        FieldNetwork(
            PeriodicNetwork(channels: channels, width: 5, key: key, startingAtZero: true, type: learner.type),
            center: 2.2, scale: 3.6, outputScale: target == .resolvent ? 0.1 : 2)
    }

    private func physicalModel(_ x: Tensor) -> Tensor { RungeKutta4(Lorenz96(), step: step)(x) }

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
        let mask = ((numbers % Tensor(integer: 2)) .== Tensor(integer: 0)).cast(
            to: .float64)
        return simulate(
            truth, from: truth.repeated(1000)(3 + keys[0].normal([variables])),
            observing: LinearOperator(Tensor.identity(variables)),
            errorCovariance: observationError * observationError * Tensor.identity(variables), mask: mask, steps: times,
            key: keys[1])
    }

    func analyses(
        _ data: Twin<LinearOperator>, key: Key, model: @escaping @Sendable (Tensor) -> Tensor
    ) -> StateEstimates {
        let keys = key.split(2)
        let noise = Tensor(observationError) * keys[0].normal([members, variables])
        let deviation = (modelErrorRate * step).squareRoot()
        let forecast = SquareRootForecast(
            Function(model), modelError: ModelError(factors: deviation * Tensor.identity(variables)))
        let run = Cycle(forecast, EnKFN())(
            from: Ensemble(members: data.truth[0] + noise, key: keys[1]), data.observations)
        return StateEstimates(run.analyses.mean, variances: run.analyses.variance)
    }

    /// Mean errors of forecasts from some of the times of a truth, `[leads]`.
    func forecastErrors(_ truth: Tensor, _ model: @escaping (Tensor) -> Tensor) -> Tensor {
        let starts = Tensor(integers: Array(stride(from: 0, to: truth.shape[0] - leads, by: spacing)))
        return scan(over: Tensor.range(leads), from: truth.taking(starts)) { state, lead in
            let next = model(state)
            let verifying = truth.taking(starts + lead + Tensor(integer: 1))
            return (next, (next - verifying).squared().mean(axes: [-1]).sqrt().mean())
        }.outputs
    }
}

extension Twin {
    /// A part of the times.
    fileprivate func times(_ part: Range<Int>) -> Twin {
        var result = self
        result.truth = truth[part]
        (result.observations.values, result.observations.mask) = (observations.values[part], observations.mask[part])
        return result
    }
}
