import Assimilation
import Tensors

/// What a filter's run is scored by, time by time.
struct FilterSeries: Tree {
    /// The error of the analyses' means, `[T]`.
    var errors: Tensor
    /// The standard deviation of the analyses, root mean square over the variables, `[T]`.
    var spreads: Tensor
    /// The continuous ranked probability score, mean over the variables, `[T]`; NaN where it is not known.
    var rankedScores: Tensor
    /// The analyses' means, `[T, n]`.
    var means: Tensor

    mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&errors, "errors")
        visitor.visit(&spreads, "spreads")
        visitor.visit(&rankedScores, "rankedScores")
        visitor.visit(&means, "means")
    }

    /// Of one belief, before times are stacked.
    init(_ belief: some ScoredBelief, truth: Tensor) {
        errors = (belief.mean - truth).squared().mean().sqrt()
        spreads = belief.variance.mean().sqrt()
        rankedScores = belief.rankedScore(of: truth)
        means = belief.mean
    }

    init(errors: Tensor, spreads: Tensor, rankedScores: Tensor, means: Tensor) {
        (self.errors, self.spreads, self.rankedScores, self.means) = (errors, spreads, rankedScores, means)
    }
}

/// A belief that can be scored against the truth as a probability.
protocol ScoredBelief: Belief {
    /// The continuous ranked probability score of every variable, on average.
    func rankedScore(of truth: Tensor) -> Tensor
}

extension PointEstimate: ScoredBelief {
    func rankedScore(of truth: Tensor) -> Tensor { (mean - truth).absolute().mean() }
}

extension Gaussian: ScoredBelief {
    /// Of normal marginals, in closed form (Gneiting et al. 2005, MWR 133, eq. 5).
    func rankedScore(of truth: Tensor) -> Tensor {
        let deviation = variance.sqrt()
        let z = (truth - mean) / deviation
        let density = (-0.5 * z.squared()).exp() * Tensor(0.3989422804014327)
        let central = (z * Tensor(0.7071067811865476)).erf()
        return (deviation * (z * central + 2 * density - Tensor(0.5641895835477563))).mean()
    }
}

extension Ensemble: ScoredBelief {
    /// The fair score, by order statistics: `mean |x − t| − Σ (2i − N − 1) x₍ᵢ₎ / (N (N − 1))`.
    func rankedScore(of truth: Tensor) -> Tensor {
        let size = Double(count)
        let order = 2 * Tensor.range(count).cast(to: .float64) + (1 - size)
        let apart = (order.expanded(axis: -1) * members.sorted(axis: 0)).sum(axes: [0]) / Tensor(size * (size - 1))
        return ((members - truth).absolute().mean(axes: [0]) - apart).mean()
    }
}

extension Particles: ScoredBelief {
    /// Not computed: it would cost the square of their number.
    func rankedScore(of truth: Tensor) -> Tensor { Tensor(Double.nan) }
}

extension Cycle where F.State: ScoredBelief {
    /// Runs through the observations of a twin and keeps the scores alone.
    func series<H: Map>(from background: F.State, _ twin: Twin<H>) -> FilterSeries
    where H.Input == Tensor, H.Output == Tensor {
        run(from: background, twin.observations, beside: twin.truth) { _, analyzed, _, truth in
            FilterSeries(analyzed.belief, truth: truth)
        }.records
    }
}

extension FilterSeries {
    /// Of beliefs that are stacked in time.
    init<State: ScoredBelief>(stacked beliefs: State, truth: Tensor) {
        let scored = vmap { (x: Pair<State, Tensor>) in FilterSeries(x.first, truth: x.second) }
        self = scored(Pair(beliefs, truth))
    }
}
