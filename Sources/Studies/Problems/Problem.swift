import Assimilation
import Kernels
import Tensors

/// The problem that a method is given: a forecast model and its error, observations, a background, and the coordinates
/// of variables and observations.
///
/// A twin setting draws problems together with their truth, which no method can reach: it only scores. Real
/// observations have none; a run then keeps the beliefs (``BeliefSeries``).
public struct Problem<Model: ForecastMap, Operator: StateMap>: Sendable {
    public let model: Model
    /// Of the model over one interval; nil for a model that is taken to be perfect.
    public let modelError: ModelError?
    public let observations: Observations<Operator>
    public let background: Background
    public let geometry: Geometry
    let truth: Tensor?
    /// In standard deviations of the innovation: values beyond are not used; nil: all are.
    public let rejection: Double?
    /// Where a filter goes on from, and where its checkpoints go; nil: it begins, and keeps none.
    public var keeping: BeliefKeeping?

    init(
        _ model: Model, modelError: ModelError?, _ twin: Twin<Operator>, background: Background, geometry: Geometry
    ) {
        (self.model, self.modelError, observations) = (model, modelError, twin.observations)
        (self.background, self.geometry, truth, rejection) = (background, geometry, twin.truth, nil)
    }

    /// Of real observations: of one's own, without a truth.
    ///
    /// - Parameter rejection: values that are so many standard deviations of the innovation away from their forecasts
    ///   are not used.
    public init(
        _ model: Model, modelError: ModelError?, observations: Observations<Operator>, background: Background,
        geometry: Geometry, rejection: Double? = nil
    ) {
        (self.model, self.modelError, self.observations) = (model, modelError, observations)
        (self.background, self.geometry, self.rejection, truth) = (background, geometry, rejection, nil)
    }

    /// The number of variables of the state, without the memory of the model.
    public var variables: Int { geometry.variables }
    /// The number of values that the model has behind the variables.
    public var memory: Int { model.memory(of: variables) }

    /// Members about the background, with an empty memory.
    public func ensemble(_ count: Int) -> Ensemble {
        var start = background.ensemble(count)
        if memory > 0 { start.members = start.members.padded(axis: 1, before: 0, after: memory) }
        return start
    }

    /// Localisation by Gaspari and Cohn's function; a memory has the coordinates of the variables that drive it.
    public func localization(radius: Double) -> Localization<GaspariCohn> {
        let numbers = Array(0..<variables)
        let each = memory / variables
        let places = numbers + numbers.flatMap { [Int](repeating: $0, count: each) }
        return Localization(
            GaspariCohn(radius: Tensor(radius)), variables: geometry.coordinates.taking(places),
            observed: geometry.coordinates.taking(geometry.observed))
    }
}

/// The knowledge of the state without the observations.
public struct Background: Sendable {
    /// The state at the time of the first observation, `[n]`.
    public let mean: Tensor
    /// The standard deviations of its errors, `[n]`.
    public let deviations: Tensor
    /// States of a free run, nearly independent, `[k, n]`.
    public let climate: Tensor
    /// Of random numbers of the method.
    public let key: Key

    /// Mean and covariance of the climate.
    public var climatology: Gaussian { ClimatologicalForecast(of: climate).climate }

    /// The mean with independent errors.
    public var gaussian: Gaussian { Gaussian(mean: mean, covariance: deviations.squared().diagonalMatrix()) }

    public func ensemble(_ count: Int) -> Ensemble {
        let keys = key.split(2)
        let noise = keys[0].normal([count, mean.shape[0]])
        return Ensemble(members: mean + deviations * noise, key: keys[1])
    }
}

/// Where variables and observations are.
public struct Geometry: Sendable {
    /// Of the variables; on a line where the model has none.
    public let coordinates: Coordinates
    /// The numbers of the observed variables.
    public let observed: [Int]
    /// Whether the observations are variables themselves.
    public let isLinear: Bool

    public var variables: Int { coordinates.count }
}

/// A method's run on a problem: scores against the truth of a twin, or the beliefs about real observations.
public struct MethodRun: Sendable {
    private let scores: FilterSeries?
    /// nil on a problem with a truth.
    public let beliefs: BeliefSeries?
    /// The seconds that the compiled program took.
    public let seconds: Double

    init(scores: FilterSeries? = nil, beliefs: BeliefSeries? = nil, seconds: Double) {
        (self.scores, self.beliefs, self.seconds) = (scores, beliefs, seconds)
    }

    /// The scores of a run on a problem with a truth.
    public var series: FilterSeries {
        guard let scores else { preconditionFailure("MethodRun: a problem without a truth has no scores") }
        return scores
    }
}

// MARK: - Running filters

extension Problem {
    /// Runs a filter, and scores its analyses or keeps its beliefs.
    public func run<F: Forecast, A: Analysis>(_ cycle: Cycle<F, A>, from start: F.State) -> MethodRun
    where F.State == A.State { segments(cycle, from: start, observations) { $0 } }

    /// The same for a filter of ensembles, whose memory is not observed and not scored.
    public func run<F: Forecast, A: Analysis>(_ cycle: Cycle<F, A>, from start: Ensemble) -> MethodRun
    where F.State == Ensemble, A.State == Ensemble {
        if memory == 0 { return segments(cycle, from: start, observations) { $0 } }
        let count = variables
        return segments(cycle, from: start, observations.ofFirst(count)) {
            Ensemble(members: $0.members.slice(axis: -1, from: 0, to: count), key: $0.key)
        }
    }

    /// The same for a filter of particles.
    public func run<F: Forecast, A: Analysis>(_ cycle: Cycle<F, A>, from start: Particles) -> MethodRun
    where F.State == Particles, A.State == Particles {
        if memory == 0 { return segments(cycle, from: start, observations) { $0 } }
        let count = variables
        return segments(cycle, from: start, observations.ofFirst(count)) {
            Particles(states: $0.states.slice(axis: -1, from: 0, to: count), logWeights: $0.logWeights, key: $0.key)
        }
    }

    /// Runs a method of sliding windows, and scores its analyses or keeps its beliefs.
    public func run<F: Forecast, A: Analysis, M: ForecastModel>(
        _ cycle: WindowedCycle<F, A, M>, from start: F.State
    ) -> MethodRun where F.State == A.State {
        let lag = cycle.lag
        guard let truth else {
            let guarded = WindowedCycle(
                cycle.forecast, GuardedAnalysis(cycle.analysis), model: cycle.model, lag: lag, shift: cycle.shift)
            let (beliefs, seconds) = timed(Pair(Pair(guarded, start), observations)) {
                BeliefSeries(windows: $0.first.first(from: $0.first.second, $0.second), lag: lag, $0.second)
            }
            return MethodRun(beliefs: beliefs, seconds: seconds)
        }
        let (scores, seconds) = timed(Pair(Pair(cycle, start), Twin(truth: truth, observations: observations))) {
            let trajectory = $0.first.first(from: $0.first.second, $0.second.observations)
            var series = FilterSeries(stacked: trajectory.analyses, truth: $0.second.truth)
            // The first window ends at the time of its lag.
            series.lastChanges = trajectory.lastChanges.padded(axis: 0, before: lag, after: 0)
            return series
        }
        return MethodRun(scores: scores, seconds: seconds)
    }

    /// Scores one belief at all times, or keeps it.
    public func score(_ belief: Gaussian) -> MethodRun {
        guard let truth else {
            return MethodRun(beliefs: BeliefSeries(constant: belief, observations), seconds: 0)
        }
        return MethodRun(
            scores: vmap { (truth: Tensor) in FilterSeries(belief, truth: truth) }(truth), seconds: 0)
    }

    /// The filter and its start are arguments of the program, so that all parameters and seeds share its code, and it
    /// runs in segments, so that all lengths do. The last one is filled up with times at which nothing is observed.
    private func segments<F: Forecast, A: Analysis, H: StateMap>(
        _ cycle: Cycle<F, A>, from start: F.State, _ observations: Observations<H>,
        keeping part: @escaping (F.State) -> F.State
    ) -> MethodRun where F.State == A.State {
        guard let truth else {
            let guarded = Cycle(cycle.forecast, GuardedAnalysis(cycle.analysis, threshold: rejection))
            let (parts, seconds) = parts(
                guarded, from: start, observations, length: ProblemSegment.ofObservations, keeping: keeping
            ) { cycle, start, observations, step in
                cycle.beliefs(from: start, observations, firstStep: step, of: part)
            }
            return MethodRun(beliefs: BeliefSeries(joining: parts, count: observations.count), seconds: seconds)
        }
        let twin = Twin(truth: truth, observations: observations)
        let length = ProblemSegment.length(of: observations.count)
        let (parts, seconds) = parts(cycle, from: start, twin, length: length) { cycle, start, twin, step in
            cycle.series(from: start, twin, firstStep: step, of: part)
        }
        return MethodRun(scores: FilterSeries(joining: parts, count: observations.count), seconds: seconds)
    }

    private func parts<F: Forecast, A: Analysis, Data: TimedTree, Records: Tree>(
        _ cycle: Cycle<F, A>, from start: F.State, _ data: Data, length: Int, keeping: BeliefKeeping? = nil,
        _ run: @escaping (Cycle<F, A>, F.State, Data, Tensor) -> (next: F.State, records: Records)
    ) -> (parts: [Records], seconds: Double) where F.State == A.State {
        let count = observations.count
        func input(_ belief: F.State, _ first: Int) -> Pair<Pair<Cycle<F, A>, Pair<F.State, Tensor>>, Data> {
            let end = min(first + length, count)
            func times(_ x: Tensor) -> Tensor {
                x[first..<end].padded(axis: 0, before: 0, after: first + length - end)
            }
            return Pair(Pair(cycle, Pair(belief, Tensor(integer: first))), data.mappingTimes(times))
        }
        let program = compile(like: input(start, 0), calls: .few) {
            let now = $0.first.second
            let found = run($0.first.first, now.first, $0.second, now.second)
            return Pair(found.next, found.records)
        }
        let clock = ContinuousClock.now
        var (belief, parts, begin) = (start, [Records](), 0)
        if let saved = keeping?.start, saved.time % length == 0, saved.time < count {
            let form = program(input(start, 0))
            if saved.fits(belief: start.leaves, records: form.second.leaves) {
                (belief, begin) = (start.replacingLeaves(saved.belief), saved.time)
                if begin > 0 { parts.append(form.second.replacingLeaves(saved.records)) }
            }
        }
        var lastKept = ContinuousClock.now
        for first in stride(from: begin, to: count, by: length) {
            if let keeping, first < keeping.observedCount {
                let isLast = first + length >= keeping.observedCount
                if isLast || ContinuousClock.now - lastKept > .seconds(5) {
                    keeping.keep(Self.checkpoint(belief, parts, first))
                    lastKept = .now
                }
            }
            let found = program(input(belief, first))
            belief = found.first
            parts.append(found.second)
        }
        return (parts, (ContinuousClock.now - clock) / .seconds(1))
    }

    private static func checkpoint<State: Tree, Records: Tree>(
        _ belief: State, _ parts: [Records], _ time: Int
    ) -> BeliefCheckpoint {
        let leaves = parts.map(\.leaves)
        let records = leaves.first.map { first in
            first.indices.map { leaf in Tensor.concatenated(leaves.map { $0[leaf] }) }
        }
        return BeliefCheckpoint(time: time, belief: belief.leaves, records: records ?? [])
    }

    private func timed<Input: Tree, Records: Tree>(
        _ input: Input, _ run: (Input) -> Records
    ) -> (records: Records, seconds: Double) {
        let program = compile(like: input, calls: .few, run)
        let start = ContinuousClock.now
        let records = program(input)
        return (records, (ContinuousClock.now - start) / .seconds(1))
    }
}

/// A tree that is stacked in time, in whole or in parts.
private protocol TimedTree: Tree {
    /// The same with other times.
    func mappingTimes(_ times: (Tensor) -> Tensor) -> Self
}

extension Twin: TimedTree {
    fileprivate func mappingTimes(_ times: (Tensor) -> Tensor) -> Twin {
        Twin(truth: times(truth), observations: observations.mappingTimes(times))
    }
}

extension Observations: TimedTree {}

/// The segments in which filters run.
package enum ProblemSegment {
    /// Of real observations: one length, so that a run which goes on has the segments of a whole one.
    static let ofObservations = 64

    /// How many times a segment of so many has: one length for all long series, and few for short ones.
    package static func length(of count: Int) -> Int {
        var length = 16
        while length < min(count, 256) { length *= 2 }
        return length
    }
}
