import Assimilation
import Kernels
import Tensors

/// The output of a filter run: likelihoods of all steps, and beliefs after the selected ones.
public struct FilterRun: Sendable {
    /// A filter forgets its start: so many steps before the first belief that is asked for it begins.
    public static let spinUp = 4096

    /// The step at which the filter began.
    public let first: Int
    /// The log-likelihoods of the observations of each step from `first` on.
    public private(set) var logLikelihoods: [Double] = []
    private let starts: [Int]
    private var parts: [Ensemble] = []
    /// Where the belief after a step is.
    private var places: [Int: (part: Int, index: Int)] = [:]

    init(first: Int, starts: [Int]) {
        self.first = first
        self.starts = Set(starts).sorted()
    }

    /// Whether the mathematics held to the end.
    public var outcome: Outcome {
        logLikelihoods.firstIndex { !$0.isFinite }.map { .diverged(step: first + $0) } ?? .completed
    }

    /// The log-likelihood of the observations of some steps.
    public func logLikelihood(of steps: Range<Int>) -> Double {
        Tensor(logLikelihoods)[(steps.lowerBound - first)..<(steps.upperBound - first)].sum().scalar
    }

    mutating func append(_ steps: Range<Int>, _ analyses: Ensemble, _ likelihoods: [Double]) {
        logLikelihoods += likelihoods
        let chosen = starts.filter { steps.contains($0) }
        guard !chosen.isEmpty else { return }
        let times = Tensor(integers: chosen.map { $0 - steps.lowerBound })
        for (index, step) in chosen.enumerated() { places[step] = (parts.count, index) }
        parts.append(analyses.mappingLeaves { $0.taking(times) })
    }

    /// The beliefs after some of the steps, stacked.
    func analyses(at steps: [Int]) -> Ensemble {
        let chosen = steps.compactMap { step in places[step].map { parts[$0.part].at($0.index) } }
        precondition(chosen.count == steps.count, "beliefs after steps that were not kept")
        return chosen[0].replacingLeaves(
            chosen[0].leaves.indices.map { i in Tensor.stacked(chosen.map { $0.leaves[i] }) })
    }
}

extension [Ensemble] {
    var concatenated: Ensemble {
        if count == 1 { return self[0] }
        let leaves = map(\.leaves)
        return self[0].replacingLeaves(leaves[0].indices.map { i in Tensor.concatenated(leaves.map { $0[i] }) })
    }
}

extension Cycle where F.State == Ensemble {
    /// Runs through some steps of the observations in segments of one length, about `longest` at most, so that memory
    /// does not grow with their number.
    ///
    /// - Parameters:
    ///   - unit: several segments have a multiple of it as their length, so that runs of about the same number of steps
    ///     share one program.
    ///   - body: takes the steps of a segment, the belief before them, those after each, stacked, and their
    ///     log-likelihoods.
    /// - Returns: the belief before the step after the last.
    @discardableResult
    func eachSegment<H: Map>(
        of longest: Int, inUnitsOf unit: Int = 1, from start: Ensemble, _ observations: Observations<H>,
        steps: Range<Int>,
        _ body: (Range<Int>, Ensemble, Ensemble, [Double]) -> Void
    ) -> Ensemble where H.Input == Tensor, H.Output == Tensor {
        guard !steps.isEmpty else { return start }
        let segments = (steps.count + longest - 1) / longest
        let equal = (steps.count + segments - 1) / segments
        let length = segments == 1 ? equal : (equal + unit - 1) / unit * unit
        func input(_ belief: Ensemble, _ first: Int) -> Pair<Pair<Self, Pair<Ensemble, Tensor>>, Observations<H>> {
            let end = min(first + length, steps.upperBound)
            // The last segment is filled up with steps at which nothing is observed.
            let part = observations.mappingTimes {
                $0[first..<end].padded(axis: 0, before: 0, after: first + length - end)
            }
            return Pair(Pair(self, Pair(belief, Tensor(integer: first))), part)
        }
        let program = compile(like: input(start, steps.lowerBound)) { input in
            let start = input.first.second
            let run = input.first.first.run(
                from: start.first, input.second, beside: Nothing(), firstStep: start.second
            ) { _, analyzed, _, _ in analyzed }
            return Pair(run.next, run.records)
        }
        var belief = start
        for first in stride(from: steps.lowerBound, to: steps.upperBound, by: length) {
            let found = program(input(belief, first))
            let inside = first..<min(first + length, steps.upperBound)
            body(inside, belief, found.second.belief, Array(found.second.logLikelihood.values[..<inside.count]))
            belief = found.first
        }
        return belief
    }
}

extension Observations {
    /// The same with another choice of times.
    package func mappingTimes(_ choose: (Tensor) -> Tensor) -> Observations {
        Observations(
            values: choose(values), mask: choose(mask),
            errorCovariance: errorCovariance.rank == 3 ? choose(errorCovariance) : errorCovariance,
            operator: `operator`)
    }
}
