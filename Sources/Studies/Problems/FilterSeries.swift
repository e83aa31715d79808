import Assimilation
import Tensors

/// The scores of a filter, time by time, and the means of its analyses.
public struct FilterSeries: Tree {
    /// The error of the analyses' means, `[T]`.
    public var errors: Tensor
    /// The standard deviation of the analyses, root mean square over the variables, `[T]`.
    public var spreads: Tensor
    /// The continuous ranked probability score, mean over the variables, `[T]`.
    public var rankedScores: Tensor
    /// The analyses' means, `[T, n]`.
    public var means: Tensor
    /// The change of the last iteration of the analysis, `[T]`; zero where it does not iterate to a tolerance.
    public var lastChanges: Tensor

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&errors, "errors")
        visitor.visit(&spreads, "spreads")
        visitor.visit(&rankedScores, "rankedScores")
        visitor.visit(&means, "means")
        visitor.visit(&lastChanges, "lastChanges")
    }

    /// Of one belief, before times are stacked.
    init(_ belief: some Belief, truth: Tensor) {
        errors = (belief.mean - truth).squared().mean().sqrt()
        spreads = belief.variance.mean().sqrt()
        rankedScores = belief.crps(of: truth)
        means = belief.mean
        lastChanges = 0
    }

    init(errors: Tensor, spreads: Tensor, rankedScores: Tensor, means: Tensor) {
        (self.errors, self.spreads, self.rankedScores, self.means) = (errors, spreads, rankedScores, means)
        lastChanges = Tensor.zeros(errors.shape)
    }
}

extension Cycle {
    /// Runs through the observations of a twin and keeps the scores alone, of all that is believed or of a part.
    func series<H: StateMap>(
        from background: F.State, _ twin: Twin<H>, firstStep: Tensor, of part: (F.State) -> F.State
    ) -> (next: F.State, records: FilterSeries) {
        run(from: background, twin.observations, beside: twin.truth, firstStep: firstStep) { _, analyzed, _, truth in
            FilterSeries(part(analyzed.belief), truth: truth)
        }
    }
}

extension FilterSeries {
    /// Of parts that follow each other, the first `count` times.
    init(joining parts: [FilterSeries], count: Int) {
        let leaves = parts.map(\.leaves)
        self = parts[0].replacingLeaves(
            leaves[0].indices.map { i in Tensor.concatenated(leaves.map { $0[i] })[0..<count] })
    }

    /// Of beliefs that are stacked in time.
    init<State: Belief>(stacked beliefs: State, truth: Tensor) {
        let scored = vmap { (x: Pair<State, Tensor>) in FilterSeries(x.first, truth: x.second) }
        self = scored(Pair(beliefs, truth))
    }
}
