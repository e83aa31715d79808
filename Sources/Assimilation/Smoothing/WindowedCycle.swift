import Tensors

/// Analyses of windows that slide over the observations: a filter and a smoother of fixed lag at once.
///
/// The first window takes the observations of times 0 to `lag`; each later one begins `shift` steps after the one
/// before and takes the `shift` newest observations, up to its end `lag` steps after its beginning, so that each is
/// used once. With `Variational` this is 4D-Var, with `IterativeEnKS` the iterative ensemble Kalman smoother.
/// `lag` 0 and `shift` 1 is `Cycle`.
///
/// Reference: Bocquet & Sakov, *An iterative ensemble Kalman smoother* (QJRMS 2014), single assimilation of data.
public struct WindowedCycle<F: Forecast, A: Analysis, Model: ForecastModel>: Tree where F.State == A.State {
    public var forecast: F
    /// Of the belief at the beginning of a window.
    public var analysis: A
    /// Which carries a state from the beginning of a window to the observations.
    public var model: Model
    public let lag: Int
    public let shift: Int

    public init(_ forecast: F, _ analysis: A, model: Model, lag: Int, shift: Int = 1) {
        precondition(shift > 0 && lag >= shift - 1, "windows with a lag of \(lag) and a shift of \(shift)")
        (self.forecast, self.analysis, self.model) = (forecast, analysis, model)
        (self.lag, self.shift) = (lag, shift)
    }
    @_disfavoredOverload
    public init<M: Map>(_ forecast: F, _ analysis: A, model: M, lag: Int, shift: Int = 1)
    where Model == Autonomous<M> {
        self.init(forecast, analysis, model: Autonomous(model), lag: lag, shift: shift)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&forecast, "forecast")
        visitor.visit(&analysis, "analysis")
        visitor.visit(&model, "model")
    }

    /// Runs through the observations, whose number less `lag + 1` must be a multiple of `shift`.
    ///
    /// - Parameter background: the belief at the time of the first observation, before it is used.
    public func callAsFunction<H: StateMap>(
        from background: F.State, _ observations: Observations<H>
    ) -> WindowTrajectory<F.State> {
        let (windows, rest) = (observations.count - lag - 1).quotientAndRemainder(dividingBy: shift)
        precondition(
            windows >= 0 && rest == 0,
            "\(observations.count) times for windows with a lag of \(lag) and a shift of \(shift)")
        let first = window(
            background, start: Tensor(integer: 0), delay: 0, count: lag + 1,
            observations.block(0, lag + 1), observations.operator)
        let blocks = observations.blocks(from: lag + 1, size: shift)
        let starts = (Tensor.range(windows) + 1) * Tensor(integer: shift)
        let later = scan(over: [starts] + blocks, from: first.next) { belief, now in
            let mask = observations.isKnownComplete ? Tensor.ones(now[1].shape) : now[2]
            let errors = observations.hasVaryingError ? now[now.count - 1] : observations.errorCovariance
            let found = window(
                belief, start: now[0], delay: lag - shift + 1, count: shift, [now[1], mask, errors],
                observations.operator)
            return (found.next, Pair(found.path, [found.logLikelihood, found.lastChange]))
        }.outputs
        return assembled(first.path, [first.logLikelihood, first.lastChange], later.first, later.second)
    }

    /// The analysis of one window: the beliefs at all its times, and that at the beginning of the next.
    private func window<H: StateMap>(
        _ belief: F.State, start: Tensor, delay: Int, count: Int, _ block: [Tensor], _ operator: H
    ) -> (path: F.State, next: F.State, logLikelihood: Tensor, lastChange: Tensor) {
        let (values, mask, errors) = (block[0], block[1], block[2])
        let blocks = errors.rank == 2 ? errors.expanded(axis: 0).broadcast(to: [count] + errors.shape) : errors
        let observation = Observation(
            time: start.cast(to: .float64), values: values.flattened(), mask: mask.flattened(),
            errorCovariance: blocks.blockDiagonal(),
            operator: WindowOperator(model, `operator`, start: start, delay: delay, count: count))
        let (analyzed, lastChange) = analysis.converging(belief, observation)
        let now = analyzed.belief
        let ahead = forecast.ahead(now, step: start, count: Swift.max(lag, shift))
        let path = now.combiningLeaves(ahead) {
            Tensor.concatenated([$0.expanded(axis: 0), $1[0..<lag]])
        }
        return (path, ahead.at(shift - 1), analyzed.logLikelihood, lastChange)
    }

    private func assembled(
        _ first: F.State, _ record: [Tensor], _ paths: F.State, _ records: [Tensor]
    ) -> WindowTrajectory<F.State> {
        func joined(_ early: F.State, _ late: F.State) -> F.State {
            early.combiningLeaves(late) { Tensor.concatenated([$0, $1]) }
        }
        func parts(from start: Int, to end: Int) -> F.State {
            paths.mappingLeaves {
                let part = $0.slice(axis: 1, from: start, to: end)
                return part.reshaped([part.shape[0] * part.shape[1]] + part.shape.dropFirst(2))
            }
        }
        let all = lag + 1
        let windows = records[0].count
        let last = windows == 0 ? first : paths.at(windows - 1)
        let beginning = joined(first.mappingLeaves { $0[0..<shift] }, parts(from: 0, to: shift))
        return WindowTrajectory(
            analyses: joined(first, parts(from: all - shift, to: all)),
            smoothed: joined(beginning, last.mappingLeaves { $0[shift..<all] }),
            logLikelihoods: Tensor.concatenated([record[0].expanded(axis: 0), records[0]]),
            lastChanges: Tensor.concatenated([record[1].expanded(axis: 0), records[1]]))
    }
}

/// The results of a sliding window, stacked in time.
public struct WindowTrajectory<State: Belief>: Tree {
    /// The belief at each time when its observation was the newest (one of the `shift` newest), `[T, …]`.
    public var analyses: State
    /// The belief at each time from the last window that holds it, `[T, …]`.
    public var smoothed: State
    /// One for each window.
    public var logLikelihoods: Tensor
    /// The change of the last iteration of each window; zero where the analysis does not iterate to a tolerance.
    public var lastChanges: Tensor

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&analyses, "analyses")
        visitor.visit(&smoothed, "smoothed")
        visitor.visit(&logLikelihoods, "logLikelihoods")
        visitor.visit(&lastChanges, "lastChanges")
    }

    public var logLikelihood: Tensor { logLikelihoods.sum() }
}

extension Observations {
    /// Values, masks and errors of some times.
    fileprivate func block(_ start: Int, _ count: Int) -> [Tensor] {
        let range = start..<(start + count)
        return [values[range], mask[range], hasVaryingError ? errorCovariance[range] : errorCovariance]
    }

    /// Values and, where they vary, masks and errors of blocks of times, `[blocks, size, …]`.
    fileprivate func blocks(from start: Int, size: Int) -> [Tensor] {
        let all = [values] + (isKnownComplete ? [] : [mask]) + (hasVaryingError ? [errorCovariance] : [])
        return all.map { $0[start..<count].reshaped([-1, size] + $0.shape.dropFirst()) }
    }
}
