import Kernels
import Tensors

/// A learned model in an ensemble filter: from observations with gaps to ensembles of the future.
public struct EnsembleForecaster: Sendable {
    public let model: MemoryModel
    public let climatology: Climatology
    /// Covariance of the model error of standardised anomalies, `[d, d]`.
    public let modelError: Tensor
    /// Standard deviation of the observation error, in units of the anomalies' standard deviation.
    public let observationError: Double
    /// Multiplies the standard deviation of the model error.
    public let inflation: Double
    public let filter: EnsembleFilter
    public let members: Int
    public let key: Key

    public init(
        _ model: MemoryModel, climatology: Climatology, modelError: Tensor, observationError: Double,
        inflation: Double, filter: EnsembleFilter, members: Int, key: Key
    ) {
        self.model = model
        self.climatology = climatology
        self.modelError = modelError
        self.observationError = observationError
        self.inflation = inflation
        self.filter = filter
        self.members = members
        self.key = key
    }

    /// The same forecaster on a time axis whose step 0 has another place in the seasons.
    public func moved(to season: Season) -> EnsembleForecaster {
        EnsembleForecaster(
            model.moved(to: season), climatology: climatology, modelError: modelError,
            observationError: observationError, inflation: inflation, filter: filter, members: members, key: key)
    }

    private var layout: MemoryLayout { model.layout }
    private var variables: Int { layout.variables }

    /// Whether the spread of the smoother means anything: with no more members than values of the state it fits each
    /// member to the future, and their spread vanishes.
    public var smootherHasSpread: Bool { members > layout.count }

    /// Whether there are members enough to draw noise without sampling error.
    var isEnough: Bool { members > layout.count + variables + 1 }
    /// The errors of the newest values, `[d, q]`.
    var noise: ModelError { ModelError(factors: (modelError * Tensor(inflation * inflation)).cholesky()) }

    /// The forecast step of the whole state.
    private var forecast: EachMember<MemoryModel> {
        EachMember(model, modelError: noise, sampling: isEnough ? .exact : .centered)
    }
    /// Forecasts and analyses in turn. With few members the analysis takes the noise as it is, and not as it was drawn.
    var cycle: Cycle<EachMember<MemoryModel>, ForecasterAnalysis> {
        isEnough
            ? Cycle(forecast, ForecasterAnalysis(filter))
            : Cycle(EachMember(model), ForecasterAnalysis(filter, conditioning: noise))
    }
    /// The belief before the first observation.
    var start: Ensemble { layout.climatology(Tensor.identity(variables)).ensemble(of: members, key: key) }
    func observations(of series: SeasonalSeries) -> Observations<FirstVariables<IdentityOperator>> {
        climatology.observations(
            of: series, operator: layout.newest, errorVariance: Tensor(observationError * observationError))
    }

    /// Runs the filter through the series, and keeps beliefs after the steps `starts`;
    /// a value that is missing is not used.
    ///
    /// - Parameters:
    ///   - judged: steps whose likelihood is asked for too.
    ///   - eachSegment: called after every stretch of steps that is kept in memory at once.
    public func filter(
        _ series: SeasonalSeries, keeping starts: [Int], judging judged: Range<Int>? = nil,
        eachSegment: () -> Void = {}
    ) -> FilterRun {
        filter(series, keeping: starts, judging: judged, longestSegment: longestSegment, eachSegment: eachSegment)
    }

    /// So many steps of beliefs hold 64 MB.
    var longestSegment: Int { max(64, (1 << 23) / (members * layout.count)) }

    func filter(
        _ series: SeasonalSeries, keeping starts: [Int], judging judged: Range<Int>? = nil, longestSegment: Int,
        eachSegment: () -> Void = {}
    ) -> FilterRun {
        let asked = min(starts.min() ?? series.count - 1, judged?.lowerBound ?? series.count - 1)
        let first = max(0, asked - FilterRun.spinUp)
        var run = FilterRun(first: first, starts: starts)
        cycle.eachSegment(
            of: longestSegment, inUnitsOf: 16, from: start, observations(of: series), steps: first..<series.count
        ) {
            run.append($0, $2, $3)
            eachSegment()
        }
        return run
    }

    /// Ensembles of standardised anomalies some steps (`leads`, increasing) after each of the times `starts`,
    /// `[leads, N, d]` each.
    ///
    /// - Parameter inputs: the last variables after each start, `[starts, longest lead, inputs]`, in place of their
    ///   forecasts; NaN where the forecasts stay.
    ///
    /// Starts are taken in blocks of fixed size, so that the result does not depend on the number of threads.
    public func forecasts(
        _ run: FilterRun, starts: [Int], leads: [Int], threads: Int, inputs: Tensor? = nil
    ) -> [Tensor] {
        if let inputs { return forecasts(run, starts: starts, leads: leads, threads: threads, given: inputs) }
        let size = 12
        let variables = self.variables
        let blocks = stride(from: 0, to: starts.count, by: size).map { first in
            // The last block is filled up: all have one shape, and one program.
            (0..<size).map { starts[min(first + $0, starts.count - 1)] }
        }
        @Sendable func input(_ block: [Int]) -> Pair<EachMember<MemoryModel>, Pair<Ensemble, Tensor>> {
            let times = Tensor(integers: block)
            return Pair(forecast, Pair(run.analyses(at: block), times))
        }
        guard let first = blocks.first, let longest = leads.last else { return [] }
        let program = compile(like: input(first)) { input in
            let forecast = input.first
            return vmap { (belief: Ensemble, step: Tensor) in
                let all = scan(over: Tensor.range(longest), from: belief) { belief, lead in
                    let next = forecast(belief, step: step + lead)
                    return (next, next.members.slice(axis: 1, from: 0, to: variables))
                }.outputs
                return leads.count == longest ? all : all.taking(Tensor(integers: leads.map { $0 - 1 }))
            }(input.second.first, input.second.second)
        }
        let futures = concurrentMap(blocks.count, threads: threads) { program(input(blocks[$0])) }
        return starts.indices.map { futures[$0 / size][$0 % size] }
    }

    /// The same with inputs in place of their forecasts.
    private func forecasts(
        _ run: FilterRun, starts: [Int], leads: [Int], threads: Int, given inputs: Tensor
    ) -> [Tensor] {
        let size = 12
        let variables = self.variables
        let blocks = stride(from: 0, to: starts.count, by: size).map { first in
            (0..<size).map { min(first + $0, starts.count - 1) }
        }
        @Sendable func input(_ block: [Int]) -> Pair<EachMember<MemoryModel>, Pair<Pair<Ensemble, Tensor>, Tensor>> {
            let times = block.map { starts[$0] }
            let beliefs = run.analyses(at: times)
            return Pair(forecast, Pair(Pair(beliefs, inputs.taking(Tensor(integers: block))), Tensor(integers: times)))
        }
        guard let first = blocks.first, let longest = leads.last else { return [] }
        let program = compile(like: input(first)) { input in
            let forecast = input.first
            return vmap { (start: Pair<Ensemble, Tensor>, step: Tensor) in
                let all = scan(over: Tensor.range(longest), from: start.first) { belief, lead in
                    var next = forecast(belief, step: step + lead)
                    next.members = next.members.replacing(start.second.cyclic(lead), before: variables)
                    return (next, next.members.slice(axis: 1, from: 0, to: variables))
                }.outputs
                return leads.count == longest ? all : all.taking(Tensor(integers: leads.map { $0 - 1 }))
            }(input.second.first, input.second.second)
        }
        let futures = concurrentMap(blocks.count, threads: threads) { program(input(blocks[$0])) }
        return starts.indices.map { futures[$0 / size][$0 % size] }
    }

    /// Mean and standard deviation of the newest values in the units of the series, `[time][variable]`.
    public func estimates(_ beliefs: Ensemble, from first: Int = 0) -> (mean: [[Double]], spread: [[Double]]) {
        let newest = beliefs.members.slice(axis: 2, from: 0, to: variables)
        let means = newest.mean(axes: [1])
        let spreads = newest.variance(axes: [1], correction: 1).sqrt()
        let (m, s) = (means.values, spreads.values)
        let times = 0..<means.shape[0]
        return (
            times.map { t in
                let normal = climatology.normal(layout.season, at: first + t)
                return (0..<variables).map { normal[$0] + climatology.scales[$0] * m[t * variables + $0] }
            },
            times.map { t in (0..<variables).map { s[t * variables + $0] * climatology.scales[$0] } }
        )
    }
}

extension Tensor {
    /// Rows `[N, n]` whose columns before column `end` are known numbers, where those are not NaN.
    fileprivate func replacing(_ known: Tensor, before end: Int) -> Tensor {
        let (rows, columns, count) = (shape[0], shape[1], known.shape[0])
        let values = known.expanded(axis: 0).broadcast(to: [rows, count])
        let isKnown = values .== values
        let replaced = select(
            isKnown, select(isKnown, values, Tensor.zeros([rows, count])), slice(axis: 1, from: end - count, to: end)
        )
        let parts = [slice(axis: 1, from: 0, to: end - count), replaced]
        return Tensor.concatenated(
            end < columns ? parts + [slice(axis: 1, from: end, to: columns)] : parts, axis: 1)
    }
}
