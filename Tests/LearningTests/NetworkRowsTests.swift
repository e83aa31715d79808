import Assimilation
import Checks
import Dynamics
import Kernels
import Networks
import Tensors
import Testing

@testable import Learning

/// Networks as models, as corrections and as analyses: their laws, and their experiments in a small form.
@Suite struct NetworkRowsTests {
    @Test func correctedModelsAreLawful() {
        let network = FieldNetwork(
            PeriodicNetwork(channels: [1, 3, 1], width: 3, key: Key(1)), center: 2, scale: 3, outputScale: 0.5)
        let state = 8 + Key(2).normal([7])
        #expect(checkMap(network, at: state) == [])
        #expect(checkModel(Corrected(RungeKutta4(Lorenz96(), step: 0.05), by: network), at: state) == [])
        #expect(checkModel(RungeKutta4(Corrected(Lorenz96(), by: network), step: 0.05), at: state) == [])
        let window = Key(3).normal([3, 4])
        let delays = PeriodicNetwork(channels: [3, 4, 1], width: 3, key: Key(4))
        #expect(checkModel(DelayModel(delays, scale: 0.5), at: window) == [])
        let reader = RecurrentReader(units: 3, key: Key(5))
        #expect(checkModel(DelayModel(reader), at: window) == [])
        let differences = StandardizedDifferences(of: Key(6).normal([5, 3, 4]))
        let field = PeriodicNetwork(channels: [4, 3, 1], width: 3, key: Key(7))
        let remembering = RememberingField(
            differences: differences, reader: RecurrentReader(units: 3, outputs: 2, key: Key(5)), field: field)
        #expect(checkModel(DelayModel(remembering), at: window) == [])
        #expect(checkModel(DelayModel(differences.then(delays)), at: window) == [])
    }

    /// Without a correction there is only the physical model; delays move on by one.
    @Test func networkThatStartsAtZeroChangesNothing() {
        let state = 8 + Key(2).normal([2, 9])
        let nothing = FieldNetwork(
            PeriodicNetwork(channels: [1, 3, 1], width: 3, key: Key(1), startingAtZero: true, type: .float32))
        let physical = RungeKutta4(Lorenz96(), step: 0.05)
        #expect(Corrected(physical, by: nothing)(state).values == physical(state).values)
        let window = Key(3).normal([3, 4])
        let next = DelayModel(RecurrentReader(units: 3, key: Key(5), startingAtZero: true))(window)
        #expect(next[0].values == window[0].values && next[1..<3].values == window[0..<2].values)
    }

    /// Of a quadratic in time the second difference is constant and the third nothing.
    @Test func differencesAreOfSizeOne() {
        let windows = Key(1).normal([400, 4, 2]) + Tensor([3, 2, 1, 0], shape: [4, 1])
        let differences = StandardizedDifferences(of: windows)
        let sizes = differences(windows).squared().mean(axes: [0, 2]).values
        #expect(sizes.allSatisfy { abs($0 - 1) < 1e-12 })
        let parabola = Tensor([16, 9, 4, 1], shape: [4, 1])
        let found = (differences(parabola).reshaped([4]) / differences.matrix.element(0, axis: 1)).values
        #expect(zip(found, [16, 7, 2, 0]).allSatisfy { abs($0 - $1) < 1e-12 }, "\(found)")
    }

    @Test func largerWeightsHaveMoreInfluence() {
        var learner = TransitionLearner()
        (learner.leads, learner.batchSize, learner.type) = (2, 1, .float64)
        let estimates = StateEstimates(
            Tensor([1, 2, 3, 5], shape: [4, 1]), variances: Tensor([0, 0, 2, 2], shape: [4, 1]))
        let samples = learner.samples(estimates)
        #expect(samples.states.values == [1, 2])
        #expect(samples.targets.values == [2, 3, 3, 5])
        // 1 / (v + 1) is 1 and 1/3, with mean 2/3.
        let expected = [1.5, 0.5, 0.5, 0.5]
        #expect(zip(samples.weights.values, expected).allSatisfy { abs($0 - $1) < 1e-9 })
        let loss = samples.loss { $0 + 1 }
        // Errors of the persistent model plus one: 0, 0 at 3; 0 and −1.
        #expect(abs(loss.scalar - 0.5 * (0 + 0.5 * 0.5)) < 1e-9)
    }

    /// A small analysis of 13 variables whose gain is not zero.
    private func analysis(_ key: Key) -> ResidualAnalysis {
        var network = GainNetwork(channels: 2, width: 4, depth: 2, key: key)
        network.last.weight = 0.1 * Key(2).normal(network.last.weight.shape)
        network.last.bias = Tensor([0.03], shape: [1])
        network.linear.bias = Key(9).normal([4])
        return ResidualAnalysis(network, center: 2.4, scale: 3.6)
    }

    /// The weights of the gain give what features, gated by the innovation, give; and they are its derivative.
    @Test func aGainIsTheDerivativeOfTheIncrement() {
        let network = analysis(Key(1)).network
        let (channels, innovation) = (Key(3).normal([2, 13]), Key(4).normal([13]))
        let gain = network(channels)
        let gated = network.last(network.features(channels) * network.linear(innovation.expanded(axis: 0)))
        #expect((gain.increment(innovation) - gated[0]).absolute().maximum().scalar < 1e-12)
        let matrix = jacobian(of: { gain.increment($0) })(innovation)
        let coverage = (Key(5).uniform([13]) .< 0.5).cast(to: .float64)
        let variance = (matrix.squared() * coverage).sum(axes: [1])
        #expect((gain.errorVariance(coverage) - variance).absolute().maximum().scalar < 1e-12)
    }

    /// The cycle of the library goes where the training's cycles go.
    @Test func trainingAndCyclingAgree() {
        let analysis = analysis(Key(1))
        #expect(checkTree(analysis) == [])
        let model = RungeKutta4(Lorenz96(), step: 0.05)
        let identity = Tensor.identity(13)
        let start = model.repeated(100)(8 + Key(3).normal([13]))
        let twin = simulate(
            model, from: start, observing: LinearOperator(identity), errorCovariance: identity, steps: 3, key: Key(4))
        let run = Cycle(PointForecast(model), analysis)(from: PointEstimate(start + 1), twin.observations)
        let stretch = Stretch(
            truth: twin.truth.expanded(axis: 0), values: twin.observations.values.expanded(axis: 0),
            coverage: Tensor.ones([1, 3, 13]))
        let objective = CyclesObjective(
            forecast: (start + 1).expanded(axis: 0), stretch: stretch, observationError: 1, model: { model($0) })
        let end = objective.loss(analysis, objective.epoch(Key(0)).carry, Nothing(), key: Key(0)).carry
        #expect((end[0] - run.next.mean).absolute().maximum().scalar < 1e-10)
        #expect(run.outcome == .completed)
    }

    /// The loss of one cycle is the error's expectation over the errors of the observations,
    /// here a mean over 20 000 of them.
    @Test func theLossIsAnExpectation() {
        let (analysis, error) = (analysis(Key(1)), 0.7)
        let (truth, forecast) = (8 + 3 * Key(3).normal([13]), 8 + 3 * Key(4).normal([13]))
        let coverage = (Key(5).uniform([13]) .< 0.6).cast(to: .float64)
        let gain = analysis.gain(forecast, coverage)
        let errors = error * Key(6).normal([20_000, 13])
        let squares = vmap { (e: Tensor) in
            (forecast + gain.increment(coverage * (truth + e - forecast)) - truth).squared().mean()
        }(errors)
        let stretch = Stretch(
            truth: truth.reshaped([1, 1, 13]), values: truth.reshaped([1, 1, 13]),
            coverage: coverage.reshaped([1, 1, 13]))
        let objective = CyclesObjective(
            forecast: forecast.expanded(axis: 0), stretch: stretch, observationError: error, model: { $0 })
        let loss = objective.loss(analysis, objective.epoch(Key(0)).carry, Nothing(), key: Key(0)).value.scalar
        let deviation = (squares.variance().scalar / 20_000).squareRoot()
        #expect(abs(loss * loss - squares.mean().scalar) < 5 * deviation, "\(loss * loss) ± \(deviation)")
        #expect(deviation < 0.01 * loss * loss)
    }

    /// Trajectories have the model's error and are observed where and as often as is said; they go on where they were.
    @Test func stretchesAreOfTheSetting() {
        var settings = AnalysisTraining()
        (settings.batch, settings.cycles, settings.observationError) = (2000, 2, 0.5)
        (settings.places, settings.observed, settings.modelError) = ([1, 2], 0.75, 0.04)
        let start = Key(1).normal([2000, 4])
        let drawn = settings.stretch(from: start, Key(2)) { 2 * $0 }
        let (stretch, end) = (drawn.first, drawn.second)
        #expect(stretch.truth.element(0, axis: 1).values == start.values)
        let noise = end - 2 * stretch.truth.element(1, axis: 1)
        #expect(abs(noise.variance().scalar - 0.04) < 0.004)
        #expect(abs((stretch.values - stretch.truth).variance().scalar - 0.25) < 0.02)
        let covered = stretch.coverage.mean(axes: [0, 1]).values
        #expect(covered[0] == 0 && covered[3] == 0 && abs(covered[1] - 0.75) < 0.03 && abs(covered[2] - 0.75) < 0.03)
    }

    /// A trajectory that is lost starts again from an observation, others go on.
    @Test func aLostTrajectoryStartsAgain() {
        var analysis = analysis(Key(1))
        analysis.network.last.weight = 0 * analysis.network.last.weight
        let truth = 2.4 + Key(3).normal([2, 1, 13])
        let forecast = Tensor.stacked([truth[0][0] + 1, truth[1][0] + 50])
        let stretch = Stretch(truth: truth, values: truth + 0.5, coverage: Tensor.ones([2, 1, 13]))
        let objective = CyclesObjective(forecast: forecast, stretch: stretch, observationError: 1, model: { $0 })
        let end = objective.loss(analysis, forecast, Nothing(), key: Key(0)).carry
        #expect((end[0] - forecast[0]).absolute().maximum().scalar < 0.1)
        #expect((end[1] - truth[1][0] - 0.5).absolute().maximum().scalar < 1e-9)
    }

    @Test func aNetworkAnalysesWithoutAnEnsemble() {
        var row = ResidualNetworkAnalysis()
        (row.width, row.depth, row.testTimes, row.spinUp) = (8, 2, 400, 100)
        (row.training.batch, row.training.cycles, row.training.steps, row.training.rate) = (32, 2, 600, 1e-2)
        let result = row(seed: 1)
        #expect(result.outcome == .completed)
        // Observations alone have 1, 3D-Var 0.4; a filter that diverges has more than 3.
        #expect(result.networkError < 0.4 && result.ensembleError < 0.21, "\(result)")
    }

    @Test func aNetworkCorrectsAModel() {
        var row = HybridCorrection()
        (row.trainingTimes, row.gap, row.testTimes, row.spinUp, row.leads) = (1500, 20, 300, 100, 20)
        row.channels = [1, 12, 12, 1]
        row.learner.epochs = 15
        let result = row(seed: 1)
        #expect(result.outcome == .completed)
        #expect(result.analysisError < 0.25 && result.hybridAnalysisError < result.analysisError, "\(result)")
        #expect(result.ratio < 0.95, "\(result)")
    }

    @Test func aSurrogateIsLearnedFromObservations() {
        var row = SurrogateFromObservations()
        (row.times, row.testTimes, row.rounds, row.leads) = (800, 300, 3, 12)
        let result = row(seed: 1)
        #expect(result.outcome == .completed && result.rounds.count == 3)
        #expect(result.surrogateError < 0.7 * result.startingError, "\(result)")
    }

    @Test func memoryBeatsNone() {
        var row = MemoryAgainstMarkov()
        (row.trainingTimes, row.testTimes, row.times, row.epochs) = (1500, 500, 4, 30)
        let results = row(seed: 1, system: .lorenz63, memories: [.none, .delays])
        #expect(results.allSatisfy { $0.outcome == .completed })
        #expect((results[1].high ?? 1) < 0 && results[0].difference == nil, "\(results)")
    }
}
