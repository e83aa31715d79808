import Dynamics
import Kernels
import Networks
import Tensors
import Verification

/// Models with memory against one without, where variables are never observed: learned from what is seen alone, and
/// scored on later times by the error of their forecasts.
///
/// Cases: the first variable of Lorenz's model of 1963, and the large variables of the two-scale model of 1996 (8 of
/// them, 32 small ones each, forcing 20), both without noise. Models, all convolutions of what they are given of every
/// variable: the last value alone; the last values (delays) as standardised differences; the last value, its last
/// change, and what a recurrent network has read of the changes before. Differences of the root-mean-square error stand
/// with their 95 % block-bootstrap intervals.
public struct MemoryAgainstMarkov: Sendable {
    public enum System: String, Sendable, Codable, CaseIterable {
        case lorenz63, twoScaleLorenz96
    }
    public enum Memory: String, Sendable, Codable, CaseIterable {
        case none, delays, recurrent
    }

    public var trainingTimes = 20_000
    public var testTimes = 2000
    public var times = 6
    public var width = 32
    /// So that the model without memory has more weights than those with it.
    public var widthWithoutMemory = 48
    /// The lead that decides, in steps.
    public var lead = 4
    public var epochs = 30
    public var batchSize = 128
    public var rate = 3e-3

    public init() {}

    public struct Result: Sendable, Codable, Equatable {
        public let seed: Int
        public let system: System
        public let memory: Memory
        /// Errors at leads 1, 2, …, in units of the standard deviation of the variables.
        public let errors: [Double]
        /// The mean squared error on held-back times.
        public let validation: Double
        /// The error at the last lead less that of the model without memory, with its interval;
        /// nil for that model itself.
        public let difference: Double?
        public let low: Double?
        public let high: Double?
        public let outcome: Outcome
    }

    public func callAsFunction(
        seed: Int, system: System, memories: [Memory] = Memory.allCases,
        progress: (LearningProgress) -> Void = { _ in }
    ) -> [Result] {
        let keys = Key(seed).split(3)
        let series = series(system, keys[0])
        var markov: ScoreSeries?
        return memories.map { memory in
            let (errors, validation, outcome) = run(series, system, memory, keys[1], progress)  // [test times, leads]
            let squares = errors.element(lead - 1, axis: 1).values
            // A model that has run away loses its times.
            let scores = ScoreSeries(
                .rootMean, terms: squares.map { $0.isFinite ? $0 : 0 }, mask: squares.map(\.isFinite))
            if memory == .none { markov = scores }
            let isCompared = memory != .none
            let difference = markov.flatMap {
                isCompared ? BlockBootstrap(seed: 1).difference(scores, $0).estimate : nil
            }
            return Result(
                seed: seed, system: system, memory: memory, errors: errors.mean(axes: [0]).sqrt().values,
                validation: validation,
                difference: difference?.value, low: difference?.low, high: difference?.high,
                outcome: squares.allSatisfy(\.isFinite) ? outcome : .diverged(step: lead))
        }
    }

    /// The observed values, `[T, d]`, with mean zero and variance one over all.
    func series(_ system: System, _ key: Key) -> Tensor {
        let count = trainingTimes + testTimes + times + lead
        let seen = compile(like: key) { key in
            switch system {
            case .lorenz63:
                let model = RungeKutta4(Lorenz63(), step: 0.01).repeated(10)
                let start = model.repeated(100)(Tensor([1, 1, 20]) + key.normal([3]))
                return model.trajectory(from: start, steps: count).slice(axis: 1, from: 0, to: 1)
            case .twoScaleLorenz96:
                let scales = TwoScaleLorenz96()
                let model = RungeKutta4(scales, step: 0.005).repeated(10)
                let start = model.repeated(200)(Tensor.concatenated([8 + key.normal([8]), 0.1 * key.normal([256])]))
                return scales.largeVariables(of: model.trajectory(from: start, steps: count))
            }
        }(key)
        return (seen - seen.mean()) / seen.variance().sqrt()
    }

    private func run(
        _ series: Tensor, _ system: System, _ memory: Memory, _ key: Key, _ progress: (LearningProgress) -> Void
    ) -> (errors: Tensor, validation: Double, outcome: Outcome) {
        let keys = key.split(2)
        let samples = windows(series.cast(to: .float32), memory == .none ? 1 : times)
        let differences = StandardizedDifferences(of: samples.first[0..<trainingTimes])
        let width = memory == .none ? widthWithoutMemory : width
        func network(_ channels: Int) -> PeriodicNetwork {
            PeriodicNetwork(
                channels: [channels, width, width, 1], width: system == .lorenz63 ? 1 : 5, key: keys[0],
                startingAtZero: true, type: .float32)
        }
        switch memory {
        case .none: return learn(network(1), samples, keys[1], progress)
        case .delays: return learn(differences.then(network(times)), samples, keys[1], progress)
        case .recurrent:
            let reader = RecurrentReader(units: width, outputs: 4, key: keys[1], type: .float32)
            let field = RememberingField(differences: differences, reader: reader, field: network(2 + 4))
            return learn(field, samples, keys[1], progress)
        }
    }

    /// Squared errors of forecasts in the test, `[times, leads]`.
    private func learn<Network: StateMap>(
        _ network: Network, _ samples: Pair<Tensor, Tensor>, _ key: Key, _ progress: (LearningProgress) -> Void
    ) -> (Tensor, Double, Outcome) {
        let start = DelayModel(network)
        let (learning, held) = (trainingTimes * 9 / 10, trainingTimes)
        let parts = [0..<learning, learning..<held].map { range in samples.mappingLeaves { $0[range] } }
        let objective = BatchLoss(parts[0], validation: parts[1], batchSize: batchSize) {
            (model: DelayModel<Network>, samples: Pair<Tensor, Tensor>) in
            var (window, losses) = (samples.first, [Tensor]())
            for step in 0..<2 {  // two steps, so that the model learns to go on from its own forecasts
                window = model(window)
                let error = window.element(0, axis: 1) - samples.second.element(step, axis: 1)
                losses.append(error.squared().mean())
            }
            return 0.5 * (losses[0] + losses[1])
        }
        let steps = epochs * (learning / batchSize)
        let rates = Schedule(rate, decay: .cosine(steps: steps, final: 0.01))
        let state = Training(objective, Adam(rate: rates).clipped(to: .norm(1)), epochs: epochs, like: start)(
            start, key: key, progress: progress)
        let test = samples.mappingLeaves { $0[trainingTimes..<(trainingTimes + testTimes)] }
        let errors = compile(like: Pair(state.best, test)) { now in
            let truth = now.second.second.movingAxis(1, to: 0)
            return scan(over: truth, from: now.second.first) { window, truth in
                let next = now.first(window)
                return (next, (next.element(0, axis: 1) - truth).squared().mean(axes: [-1]))
            }.outputs.transposed
        }(Pair(state.best, test))
        return (errors.cast(to: .float64), state.history.validation.min() ?? .nan, state.outcome)
    }

    /// Windows `[samples, times, d]`, newest first, and the values that follow, `[samples, lead, d]`.
    private func windows(_ series: Tensor, _ times: Int) -> Pair<Tensor, Tensor> {
        let (count, last) = (trainingTimes + testTimes, self.times - 1)
        let past = Tensor.stacked((0..<times).map { series[(last - $0)..<(last - $0 + count)] }, axis: 1)
        let future = Tensor.stacked((1...lead).map { series[(last + $0)..<(last + $0 + count)] }, axis: 1)
        return Pair(past, future)
    }
}

/// What a network makes, of all variables, of the last value, its last change, and of what is read in the changes so
/// far: `[..., τ, d] → [..., 1, d]`.
struct RememberingField: Map {
    var differences: StandardizedDifferences
    var reader: RecurrentReader
    /// With as many channels as outputs of the reader and two.
    var field: PeriodicNetwork

    func callAsFunction(_ window: Tensor) -> Tensor {
        let times = window.shape[window.rank - 2]
        let now = differences(window).slice(axis: -2, from: 0, to: 2)
        let changes = window.slice(axis: -2, from: 0, to: times - 1) - window.slice(axis: -2, from: 1, to: times)
        let unit = differences.matrix[1][0]
        return field(Tensor.concatenated([now, reader(unit * changes)], axis: -2))
    }
    mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&differences, "differences")
        visitor.visit(&reader, "reader")
        visitor.visit(&field, "field")
    }
}
