import Assimilation
import Kernels
import Tensors

extension EnsembleForecaster {
    /// The newest values of the beliefs of all steps from `first` on, by filter and by smoother, `[T, N, d]` each.
    ///
    /// The filter keeps the belief before each segment; from the last segment to the first it runs again and is
    /// smoothed. Memory holds the whole states of one segment, and of the others the newest values alone.
    ///
    /// - Parameter eachSegment: called after every segment of the filter, and after every one of the smoother.
    public func estimated(
        _ series: SeasonalSeries, from first: Int, eachSegment: () -> Void = {}
    ) -> (filter: Ensemble, smoother: Ensemble) {
        // Backgrounds, analyses and smoothed states of a segment, and copies of them on the way.
        estimated(series, from: first, longestSegment: max(64, longestSegment / 2), eachSegment: eachSegment)
    }

    func estimated(
        _ series: SeasonalSeries, from first: Int, longestSegment: Int, eachSegment: () -> Void = {}
    ) -> (filter: Ensemble, smoother: Ensemble) {
        let observations = observations(of: series)
        let begin = max(0, first - FilterRun.spinUp)
        // The segments from the one that holds the first step on; a last segment is filled up, and what the filter is
        // after it is not the belief of the next step.
        var segments: [(steps: Range<Int>, start: Ensemble)] = []
        cycle.eachSegment(of: longestSegment, from: start, observations, steps: begin..<series.count) {
            steps, start, _, _ in
            if steps.upperBound > first { segments.append((steps, start)) }
            eachSegment()
        }
        let extra = first - (segments.first?.steps.lowerBound ?? first)
        var (filtered, smoothed): ([Ensemble], [Ensemble]) = ([], [])
        var later: EnsembleSmoother.Later?
        for segment in segments.reversed() {
            let (backgrounds, analyses) = states(observations, segment.steps, from: segment.start)
            let estimates = EnsembleSmoother().smooth(analyses, after: backgrounds, before: later)
            later = (smoothed: estimates.at(0), background: backgrounds.at(0))
            filtered.append(newest(analyses))
            smoothed.append(newest(estimates))
            eachSegment()
        }
        func joined(_ parts: [Ensemble]) -> Ensemble {
            Array(parts.reversed()).concatenated.mappingLeaves { $0[extra..<$0.shape[0]] }
        }
        return (joined(filtered), joined(smoothed))
    }

    /// All beliefs of a segment before and after its observations.
    private func states(
        _ observations: Observations<FirstVariables<IdentityOperator>>, _ steps: Range<Int>, from start: Ensemble
    ) -> (backgrounds: Ensemble, analyses: Ensemble) {
        let input = Pair(
            Pair(cycle, Pair(start, Tensor(integer: steps.lowerBound))),
            observations.mappingTimes { $0[steps] })
        let program = compile(like: input) { input in
            let start = input.first.second
            return input.first.first.run(
                from: start.first, input.second, beside: Nothing(), firstStep: start.second
            ) { background, analyzed, _, _ in Pair(background, analyzed.belief) }.records
        }
        let found = program(input)
        var backgrounds = found.first
        if !isEnough {
            // What the analysis took as it is, drawn for each member: the smoother compares with forecasts that have
            // it.
            let noise = noise.factors[0]
            let drawn = key.folding(1).folding(steps.lowerBound).normal([steps.count, members, noise.shape[1]])
            let errors = drawn.matrixProduct(noise.transposed)
            backgrounds.members =
                backgrounds.members
                + errors.padded(axis: 2, before: 0, after: model.layout.count - model.layout.variables)
        }
        return (backgrounds, found.second)
    }

    private func newest(_ beliefs: Ensemble) -> Ensemble {
        var newest = beliefs
        newest.members = beliefs.members.slice(axis: 2, from: 0, to: model.layout.variables)
        return newest
    }
}
