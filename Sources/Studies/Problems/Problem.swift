import Assimilation
import Kernels
import Tensors

/// The problem that a method is given: a forecast model and its error, observations, a background, and the coordinates
/// of variables and observations.
///
/// A twin setting draws problems together with their truth, which no method can reach: it only scores.
public struct Problem<Model: ForecastMap, Operator: StateMap>: Sendable {
    public let model: Model
    /// Of the model over one interval; nil for a model that is taken to be perfect.
    public let modelError: ModelError?
    public let observations: Observations<Operator>
    public let background: Background
    public let geometry: Geometry
    let truth: Tensor

    init(
        _ model: Model, modelError: ModelError?, _ twin: Twin<Operator>, background: Background, geometry: Geometry
    ) {
        (self.model, self.modelError, observations) = (model, modelError, twin.observations)
        (self.background, self.geometry, truth) = (background, geometry, twin.truth)
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

/// A method's run on a problem.
public struct ScoredRun: Sendable {
    public let series: FilterSeries
    /// The seconds that the compiled program took.
    public let seconds: Double
}

// MARK: - Running filters

extension Problem {
    /// Runs a filter, and scores its analyses.
    public func run<F: Forecast, A: Analysis>(_ cycle: Cycle<F, A>, from start: F.State) -> ScoredRun
    where F.State == A.State { segments(cycle, from: start, twin) { $0 } }

    /// The same for a filter of ensembles, whose memory is not observed and not scored.
    public func run<F: Forecast, A: Analysis>(_ cycle: Cycle<F, A>, from start: Ensemble) -> ScoredRun
    where F.State == Ensemble, A.State == Ensemble {
        if memory == 0 { return segments(cycle, from: start, twin) { $0 } }
        let count = variables
        return segments(cycle, from: start, seenTwin) {
            Ensemble(members: $0.members.slice(axis: -1, from: 0, to: count), key: $0.key)
        }
    }

    /// The same for a filter of particles.
    public func run<F: Forecast, A: Analysis>(_ cycle: Cycle<F, A>, from start: Particles) -> ScoredRun
    where F.State == Particles, A.State == Particles {
        if memory == 0 { return segments(cycle, from: start, twin) { $0 } }
        let count = variables
        return segments(cycle, from: start, seenTwin) {
            Particles(states: $0.states.slice(axis: -1, from: 0, to: count), logWeights: $0.logWeights, key: $0.key)
        }
    }

    /// Runs a method of sliding windows, and scores its analyses.
    public func run<F: Forecast, A: Analysis, M: ForecastModel>(
        _ cycle: WindowedCycle<F, A, M>, from start: F.State
    ) -> ScoredRun where F.State == A.State {
        let lag = cycle.lag
        return timed(Pair(Pair(cycle, start), twin)) {
            let trajectory = $0.first.first(from: $0.first.second, $0.second.observations)
            var series = FilterSeries(stacked: trajectory.analyses, truth: $0.second.truth)
            // The first window ends at the time of its lag.
            series.lastChanges = trajectory.lastChanges.padded(axis: 0, before: lag, after: 0)
            return series
        }
    }

    /// Scores one belief at all times.
    public func score(_ belief: Gaussian) -> ScoredRun {
        ScoredRun(series: vmap { (truth: Tensor) in FilterSeries(belief, truth: truth) }(truth), seconds: 0)
    }

    private var twin: Twin<Operator> { Twin(truth: truth, observations: observations) }
    /// Of a model with a memory, which the operator does not see.
    private var seenTwin: Twin<FirstVariables<Operator>> {
        Twin(truth: truth, observations: observations.ofFirst(variables))
    }

    /// The filter and its start are arguments of the program, so that all parameters and seeds share its code, and it
    /// runs in segments, so that all lengths do. The last one is filled up with times at which nothing is observed.
    private func segments<F: Forecast, A: Analysis, H: StateMap>(
        _ cycle: Cycle<F, A>, from start: F.State, _ twin: Twin<H>, scoring part: @escaping (F.State) -> F.State
    ) -> ScoredRun where F.State == A.State {
        let count = twin.observations.count
        let length = ProblemSegment.length(of: count)
        func input(_ belief: F.State, _ first: Int) -> Pair<Pair<Cycle<F, A>, Pair<F.State, Tensor>>, Twin<H>> {
            let end = min(first + length, count)
            func times(_ x: Tensor) -> Tensor {
                x[first..<end].padded(axis: 0, before: 0, after: first + length - end)
            }
            let now = Twin(truth: times(twin.truth), observations: twin.observations.mappingTimes(times))
            return Pair(Pair(cycle, Pair(belief, Tensor(integer: first))), now)
        }
        let program = compile(like: input(start, 0), calls: .few) {
            let now = $0.first.second
            let run = $0.first.first.series(from: now.first, $0.second, firstStep: now.second, of: part)
            return Pair(run.next, run.records)
        }
        let clock = ContinuousClock.now
        var (belief, parts) = (start, [FilterSeries]())
        for first in stride(from: 0, to: count, by: length) {
            let found = program(input(belief, first))
            belief = found.first
            parts.append(found.second)
        }
        let series = FilterSeries(joining: parts, count: count)
        return ScoredRun(series: series, seconds: (ContinuousClock.now - clock) / .seconds(1))
    }

    private func timed<Input: Tree>(_ input: Input, _ run: (Input) -> FilterSeries) -> ScoredRun {
        let program = compile(like: input, calls: .few, run)
        let start = ContinuousClock.now
        let series = program(input)
        return ScoredRun(series: series, seconds: (ContinuousClock.now - start) / .seconds(1))
    }
}

/// The segments in which filters run.
package enum ProblemSegment {
    /// How many times a segment of so many has: one length for all long series, and few for short ones.
    package static func length(of count: Int) -> Int {
        var length = 16
        while length < min(count, 256) { length *= 2 }
        return length
    }
}
