import Assimilation
import Dynamics
import Kernels
import Networks
import Tensors

/// A surrogate of an unknown model, learned from noisy and partial observations by data
/// assimilation and learning in turn.
///
/// Setting: Lorenz's model of 1996, 40 variables, of which 20 at random are observed at every step of 0.05, with an
/// error of 1. The surrogate is the Runge–Kutta step of a tendency by convolutions, some multiplied by others; it
/// starts as persistence. The filter has 30 members, localisation, without which persistence leads it nowhere, and the
/// model error that its innovations make most probable.
///
/// Reference: Brajard, Carrassi, Bocquet & Bertino, J. Comput. Sci. 44 (2020), 101171: error of the analyses about 0.80
/// with the surrogate, 0.34 with the true model, 2.3 by interpolation; forecasts with skill up to 2 Lyapunov times.
public struct SurrogateFromObservations: Sendable {
    public var variables = 40
    public var observed = 20
    public var members = 30
    public var observationError = 1.0
    /// Of the localisation, in `GaspariCohn`.
    public var radius = 4.0
    public var times = 5000
    public var testTimes = 2000
    public var spinUp = 100
    public var rounds = 6
    public var startingModelError = 0.5
    /// Inflation of the ETKF with the true model, which has no model error.
    public var inflation = 1.04
    public var channels = 16
    public var learner = TransitionLearner()
    /// The leads at which forecasts are scored, in steps: 2.4 units of time, 4 times the Lyapunov time of 0.6.
    public var leads = 48
    public let step = 0.05

    public init() {
        learner.epochs = 12
        learner.batchSize = 128
        learner.rate = 3e-3
    }

    public struct Result: Sendable, Codable, Equatable {
        public let seed: Int
        /// Mean over the test of the root-mean-square error of the analyses.
        public let surrogateError: Double
        public let trueModelError: Double
        /// Of the filter before anything was learned: persistence.
        public let startingError: Double
        /// Mean errors of forecasts from the truth at leads 1, 2, … steps, over the standard deviation of the climate.
        public let forecast: [Double]
        /// The first lead, in Lyapunov times, at which a forecast is no better than the mean of the climate; nil: none.
        public let skillfulLyapunovTimes: Double
        public let parameters: Int
        public let rounds: [Alternation.Round]
        public let outcome: Outcome
    }

    public typealias Network = FieldNetwork<Composition<BilinearConvolution, PeriodicNetwork>>
    public typealias Alternation = AlternatingLearning<
        Network, LocalizedStochasticEnKF<GaspariCohn>, LinearOperator
    >

    public func callAsFunction(seed: Int, progress: (LearningProgress) -> Void = { _ in }) -> Result {
        let keys = Key(seed).split(6)
        let data = compile(like: keys[0]) { twin($0, times) }
        let test = compile(like: keys[1]) { twin($0, testTimes) }(keys[1])
        let alternation = alternation()
        let start = Alternation.Learned(network(keys[2]), modelError: startingModelError)
        let training = data(keys[0])
        let (learned, record) = alternation(
            from: start, background: background(keys[3]), training.observations, key: keys[4], progress: progress)
        let filter = compile(like: Pair(start, background(keys[5]))) { now in
            let estimates = alternation.assimilate(now.first, from: now.second, test.observations).first
            return test.errors(of: estimates.states)[spinUp..<testTimes].mean()
        }
        let errors = [start, learned].map { filter(Pair($0, background(keys[5]))).scalar }
        let forecast = compile(like: learned.parameters) { errorsOfForecasts($0, test.truth) }(learned.parameters)
            .values
        let lost = forecast.firstIndex { !($0 < 1) } ?? leads
        return Result(
            seed: seed, surrogateError: errors[1], trueModelError: trueModelError(test, background(keys[5])),
            startingError: errors[0], forecast: forecast, skillfulLyapunovTimes: Double(lost) * step * 1.68,
            parameters: start.parameters.leaves.map(\.count).reduce(0, +), rounds: record,
            outcome: errors[1].isFinite ? record.last?.outcome ?? .completed : .diverged(step: testTimes))
    }

    func network(_ key: Key) -> Network {
        let keys = key.split(2)
        let half = channels / 2
        let first = BilinearConvolution(1, linear: half, products: half, width: 5, key: keys[0], type: learner.type)
        let rest = PeriodicNetwork(
            channels: [channels, 1], width: 1, key: keys[1], startingAtZero: true, type: learner.type)
        return FieldNetwork(first.then(rest), center: 2.5, scale: 3.6, outputScale: 10)
    }

    func alternation() -> Alternation {
        let step = step
        let localization = Localization(GaspariCohn(radius: Tensor(radius)), .circle(variables))
        var alternation = Alternation(LocalizedStochasticEnKF(localization), learner: learner) { network, x in
            RungeKutta4(network, step: step)(x)
        }
        (alternation.rounds, alternation.spinUp) = (rounds, spinUp)
        alternation.likelihoodTimes = min(400, times)
        return alternation
    }

    func background(_ key: Key) -> Ensemble {
        let keys = key.split(2)
        return Ensemble(members: 2.5 + 3.6 * keys[0].normal([members, variables]), key: keys[1])
    }

    func twin(_ key: Key, _ times: Int) -> Twin<LinearOperator> {
        let truth = RungeKutta4(Lorenz96(), step: step)
        let keys = key.split(3)
        // The ranks of random numbers: as many of them as shall be observed are below their number.
        let ranks = keys[2].uniform([times, variables]).argsort(axis: -1).argsort(axis: -1)
        let mask = (ranks .< Tensor(integer: observed)).cast(to: .float64)
        return simulate(
            truth, from: truth.repeated(1000)(8 + keys[0].normal([variables])),
            observing: LinearOperator(Tensor.identity(variables)),
            errorCovariance: observationError * observationError * Tensor.identity(variables), mask: mask, steps: times,
            key: keys[1])
    }

    func trueModelError(_ test: Twin<LinearOperator>, _ background: Ensemble) -> Double {
        compile(like: background) { background in
            let filter = Cycle(
                EachMember(RungeKutta4(Lorenz96(), step: step)), Inflated(ETKF(), by: Tensor(inflation)))
            let analyses = filter(from: background, test.observations).analyses.mean
            return test.errors(of: analyses)[spinUp..<testTimes].mean()
        }(background).scalar
    }

    /// Mean errors of forecasts from times of the test, over the standard deviation of the truth, `[leads]`.
    func errorsOfForecasts(_ network: Network, _ truth: Tensor) -> Tensor {
        let starts = Tensor(integers: Array(stride(from: 0, to: truth.shape[0] - leads, by: 10)))
        let deviation = truth.variance().sqrt()
        return scan(over: Tensor.range(leads), from: truth.taking(starts)) { state, lead in
            let next = RungeKutta4(network, step: step)(state)
            let verifying = truth.taking(starts + lead + Tensor(integer: 1))
            return (next, (next - verifying).squared().mean(axes: [-1]).sqrt().mean() / deviation)
        }.outputs
    }
}
