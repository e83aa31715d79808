import Tensors

extension Cycle {
    /// Runs through the observations, as one `scan`, and keeps of each step what `record` makes of it: a likelihood,
    /// a score.
    ///
    /// Derivatives hold the belief before each step, and nothing else.
    ///
    /// - Parameters:
    ///   - background: the belief at the time of the first observation, before it is used.
    ///   - sequence: further arguments of `record`, stacked in time: the truth, random keys.
    ///   - firstStep: the number of the first step, for models that depend on time; an integer scalar.
    /// - Returns: the belief one step after the last observation, and the records stacked in time.
    public func run<H: StateMap, X: Tree, Y: Tree>(
        from background: F.State, _ observations: Observations<H>, beside sequence: X,
        firstStep: Tensor = Tensor(integer: 0),
        _ record: (_ background: F.State, _ analyzed: Analyzed<F.State>, _ observation: Observation<H>, _ beside: X) ->
            Y
    ) -> (next: F.State, records: Y) {
        let steps = Tensor.range(observations.count) + firstStep
        let masks: [Tensor] = observations.isKnownComplete ? [] : [observations.mask]
        let errors: [Tensor] = observations.hasVaryingError ? [observations.errorCovariance] : []
        let (next, records) = scan(
            over: Pair([steps, observations.values] + masks + errors, sequence), from: background
        ) { background, element in
            let now = element.first
            let observation = Observation(
                time: now[0].cast(to: .float64), values: now[1], mask: masks.isEmpty ? nil : now[2],
                errorCovariance: errors.isEmpty ? observations.errorCovariance : now[now.count - 1],
                operator: observations.operator)
            let analyzed = analysis(background, observation)
            return (
                forecast(analyzed.belief, step: now[0]), record(background, analyzed, observation, element.second)
            )
        }
        return (next, records)
    }
}
