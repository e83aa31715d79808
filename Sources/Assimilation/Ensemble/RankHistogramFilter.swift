import Tensors

/// The rank histogram filter: each observed value has a prior that puts equal probability between neighbouring members,
/// and is updated by Bayes' rule without a Gaussian assumption; all variables follow by linear regression.
///
/// For one whitened value with sorted members `x₁ … x_N` the prior has the probability `1 / (N + 1)` in each interval
/// between neighbours, and in two tails that are Gaussian with the standard deviation of the members. The likelihood is
/// the mean of that at both ends within an interval, and Gaussian in the tails. Member `k` moves to the quantile
/// `k / (N + 1)` of the posterior; the density within an interval is constant. Values are used one after the other;
/// the log-likelihood is that of the priors. Cost O(m N (log N + n + m)).
///
/// Without tails nothing is beyond the outer members: the posterior is the weights of the members themselves, with a
/// distribution function that is linear between them, and member `k` moves to its quantile `(k − ½) / N`. This is the
/// form of DAPPER; members bunch at the ends, and part of an observation outside the ensemble is lost.
/// Reference: Anderson, *A non-Gaussian ensemble filter update for data assimilation* (MWR 2010).
public struct RankHistogramFilter: Analysis {
    public let hasTails: Bool
    public init(hasTails: Bool = true) { self.hasTails = hasTails }

    public func callAsFunction<H: StateMap>(
        _ background: Ensemble, _ observation: Observation<H>
    ) -> Analyzed<Ensemble> {
        let seen = ObservedEnsemble(background, observation)
        let (s, d) = seen.whitened
        let (n, m) = (background.members.shape[1], d.count)
        // Departures of the members from the observed values stand behind the variables and are updated with them.
        let start = Tensor.concatenated([background.members, s - d], axis: 1)
        let (final, logLikelihoods) = scan(over: Tensor.range(m), from: start) { members, index in
            let place = (index + Tensor(integer: n)).reshaped([1])
            let seenMembers = members.taking(place, axis: 1).flattened()
            let isThere = observation.mask.taking(index.reshaped([1]))
            let update = hasTails ? RankHistogramUpdate(seenMembers) : RankHistogramUpdate(withoutTails: seenMembers)
            let h = seenMembers - seenMembers.mean()
            let total = h.squared().sum()
            let slopes = h.expanded(axis: 0).matrixProduct(members - members.mean(axes: [0])).flattened()
            let regression = slopes / select(total .> 0, total, 1)
            let increments = isThere * update.increments
            return (members + increments.outerProduct(regression), isThere.sum() * update.logLikelihood)
        }
        let logTwoPi = 1.8378770664093453
        let whitener = seen.error.cholesky()
        return Analyzed(
            belief: Ensemble(members: final.slice(axis: 1, from: 0, to: n), key: background.key),
            logLikelihood: logLikelihoods.sum() - 0.5 * logTwoPi * observation.mask.sum()
                - whitener.diagonal().log().sum())
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {}
}
