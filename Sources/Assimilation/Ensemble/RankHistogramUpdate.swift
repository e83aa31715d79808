import Tensors

/// The update of one observed value by its rank histogram; the observation is zero, its error has variance one.
struct RankHistogramUpdate {
    /// Of each member, in the order of the members, `[N]`.
    let increments: Tensor
    /// `log ∫ p(x) exp(−x² / 2) dx`, a scalar.
    let logLikelihood: Tensor

    init(_ members: Tensor) {
        let count = members.count
        let order = members.argsort()
        let x = members.gathered(order, axis: 0)
        let variance = members.variance(axes: [0], correction: 1)
        let share = 1 / Double(count + 1)
        let tail = NormalTail(variance: select(variance .> 0, variance, 1), share: share)
        let (lowest, highest) = (tail.updated(x[0], sign: 1), tail.updated(x[count - 1], sign: -1))
        // Probabilities of the N + 1 regions of the posterior, by logarithms: an observation may be far from all.
        let logs = -0.5 * x.squared()
        let (left, right) = (logs[0..<(count - 1)], logs[1..<count])
        let larger = left.maximum(right)
        let inner = larger + (0.5 * ((left - larger).exp() + (right - larger).exp())).log() + Tensor(share).log()
        let regions = Tensor.concatenated([lowest.logMass.reshaped([1]), inner, highest.logMass.reshaped([1])])
        logLikelihood = regions.logSumExp(axes: [0])
        let masses = (regions - logLikelihood).exp()
        let below = masses[0..<count].cumulativeSum(axis: 0)  // up to each member
        let targets = share * (Tensor.range(count).cast(to: .float64) + 1)
        let quantiles = Quantiles(targets, of: x, below: below, steps: masses[1..<count])
        let moved = select(
            quantiles.regions .== Tensor(integer: 0), lowest.quantile(targets, of: masses[0]),
            select(
                quantiles.regions .> Tensor(integer: count - 1), highest.quantile(1 - targets, of: masses[count]),
                quantiles.within))
        increments = (moved - x).gathered(order.argsort(), axis: 0)
    }
}

extension RankHistogramUpdate {
    init(withoutTails members: Tensor) {
        let count = members.count
        let size = Tensor(Double(count))
        let order = members.argsort()
        let x = members.gathered(order, axis: 0)
        let logs = -0.5 * x.squared()
        let total = logs.logSumExp(axes: [0])
        logLikelihood = total - size.log()
        // The distribution function at each member, up to (N − 1) / N.
        let weights = (size - 1) / size * (logs - total).exp().maximum(1e-10)
        let below = weights.cumulativeSum(axis: 0)
        let targets = ((Tensor.range(count).cast(to: .float64) + 0.5) / size)
            .maximum(below[0]).minimum(below[count - 1])
        let moved = Quantiles(targets, of: x, below: below, steps: weights[1..<count]).within
        increments = (moved - x).gathered(order.argsort(), axis: 0)
    }
}

/// The places of quantiles among sorted places, by a distribution function that is linear between them.
private struct Quantiles {
    /// Of each quantile, the number of places below it.
    let regions: Tensor
    /// The quantiles; those outside of all places are the outer ones.
    let within: Tensor

    /// - Parameters:
    ///   - targets: the probabilities, ascending.
    ///   - below: the distribution function at each place.
    ///   - steps: the probability between each place and the next.
    init(_ targets: Tensor, of places: Tensor, below: Tensor, steps: Tensor) {
        let count = places.count
        // The rank of a target among both, less its own number.
        let ranks = Tensor.concatenated([below, targets]).argsort().argsort()[count..<(2 * count)]
        regions = ranks - Tensor.range(count)
        let one = Tensor(integer: 1)
        let lower = (regions - one).maximum(Tensor(integer: 0)).minimum(Tensor(integer: count - 2))
        let step = steps.gathered(lower, axis: 0)
        let way = (targets - below.gathered(lower, axis: 0)) / select(step .> 0, step, 1)
        let (first, next) = (places.gathered(lower, axis: 0), places.gathered(lower + one, axis: 0))
        within = first + way.maximum(0).minimum(1) * (next - first)
    }
}

/// The Gaussian beyond the lowest or the highest member, with the probability of one region.
private struct NormalTail {
    let variance: Tensor
    let share: Double

    /// Its product with the likelihood: a Gaussian again.
    struct Updated {
        /// Of the tail, before normalisation.
        let logMass: Tensor
        let mean: Tensor
        let deviation: Tensor
        /// The probability of the whole Gaussian beyond the member.
        let beyond: Tensor
        let sign: Double

        /// The place with the probability `outside` beyond it, where the tail has `mass` in all.
        func quantile(_ outside: Tensor, of mass: Tensor) -> Tensor {
            let part = (outside / select(mass .> 0, mass, 1)).minimum(1) * beyond
            return mean + Tensor(sign) * deviation * part.maximum(1e-300).minimum(1 - 1e-16).normalQuantile()
        }
    }

    /// - Parameter sign: 1 below the lowest member, −1 above the highest.
    func updated(_ member: Tensor, sign: Double) -> Updated {
        let center = member - Tensor(sign) * variance.sqrt() * Tensor(share).normalQuantile()
        let total = variance + 1
        let (mean, deviation) = (center / total, (variance / total).sqrt())
        let z = Tensor(sign) * (member - mean) / deviation
        let beyond = (0.5 * (1 + (z * 0.5.squareRoot()).erf())).maximum(1e-300)
        return Updated(
            logMass: -0.5 * (center.squared() / total + total.log()) + beyond.log(), mean: mean,
            deviation: deviation, beyond: beyond, sign: sign)
    }
}
