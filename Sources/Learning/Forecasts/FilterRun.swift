import Assimilation
import Kernels
import Tensors

/// What a run of a filter leaves: likelihoods of all steps, and beliefs after those that were asked for.
public struct FilterRun: Sendable {
    /// A filter forgets its start: so many steps before the first belief that is asked for it begins.
    public static let spinUp = 4096

    /// The step at which the filter began.
    public let first: Int
    /// Of the observations of each step from `first` on.
    public private(set) var logLikelihoods: [Double] = []
    private let places: [Int: Int]
    private let starts: [Int]
    private var parts: [Ensemble] = []

    init(first: Int, starts: [Int]) {
        self.first = first
        self.starts = Set(starts).sorted()
        places = Dictionary(uniqueKeysWithValues: self.starts.enumerated().map { ($1, $0) })
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
        parts.append(analyses.mappingLeaves { $0.taking(times) })
        if parts.count > 1, chosen.last == starts.last { parts = [parts.concatenated] }
    }

    /// The beliefs after some of the steps, stacked.
    func analyses(at steps: [Int]) -> Ensemble {
        let chosen = Tensor(integers: steps.map { places[$0] ?? -1 })
        return parts[0].mappingLeaves { $0.taking(chosen) }
    }
}

extension [Ensemble] {
    fileprivate var concatenated: Ensemble {
        let leaves = map(\.leaves)
        return self[0].replacingLeaves(leaves[0].indices.map { i in Tensor.concatenated(leaves.map { $0[i] }) })
    }
}

extension Cycle where F.State == Ensemble {
    /// Runs through some steps of the observations in segments of one length, at most `longest`, so that memory does
    /// not grow with their number.
    ///
    /// - Parameter body: takes the steps of a segment, the beliefs after them, stacked, and their log-likelihoods.
    /// - Returns: the belief before the step after the last.
    @discardableResult
    func eachSegment(
        of longest: Int, from start: Ensemble, _ observations: Observations<LinearOperator>, steps: Range<Int>,
        _ body: (Range<Int>, Ensemble, [Double]) -> Void
    ) -> Ensemble {
        guard !steps.isEmpty else { return start }
        let segments = (steps.count + longest - 1) / longest
        let length = (steps.count + segments - 1) / segments
        func input(_ belief: Ensemble, _ first: Int) -> Pair<
            Pair<Self, Pair<Ensemble, Tensor>>, Observations<LinearOperator>
        > {
            let end = min(first + length, steps.upperBound)
            // The last segment is filled up with steps at which nothing is observed.
            let part = observations.mappingTimes {
                $0[first..<end].padded(axis: 0, before: 0, after: first + length - end)
            }
            return Pair(Pair(self, Pair(belief, Tensor(integers: [first], shape: []))), part)
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
            belief = found.first
            let inside = first..<min(first + length, steps.upperBound)
            body(inside, found.second.belief, Array(found.second.logLikelihood.values[..<inside.count]))
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
