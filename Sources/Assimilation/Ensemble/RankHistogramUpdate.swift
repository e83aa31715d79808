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
        // The region of each quantile is the number of members below it: its rank among both, less its own number.
        let numbers = Tensor.range(count)
        let targets = share * (numbers.cast(to: .float64) + 1)
        let ranks = Tensor.concatenated([below, targets]).argsort().argsort()[count..<(2 * count)]
        let regionsOfTargets = ranks - numbers
        let (zero, one) = (Tensor(integer: 0), Tensor(integer: 1))
        let last = Tensor(integer: count - 1)
        let lower = (regionsOfTargets - one).maximum(zero).minimum(last - one)
        let mass = masses.gathered(lower + one, axis: 0)
        let way = (targets - below.gathered(lower, axis: 0)) / select(mass .> 0, mass, 1)
        let (x0, x1) = (x.gathered(lower, axis: 0), x.gathered(lower + one, axis: 0))
        let within = x0 + way.maximum(0).minimum(1) * (x1 - x0)
        let moved = select(
            regionsOfTargets .== zero, lowest.quantile(targets, of: masses[0]),
            select(regionsOfTargets .> last, highest.quantile(1 - targets, of: masses[count]), within))
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
        let below = (size - 1) / size * (logs - total).exp().maximum(1e-10).cumulativeSum(axis: 0)
        let numbers = Tensor.range(count)
        let targets = ((numbers.cast(to: .float64) + 0.5) / size).maximum(below[0]).minimum(below[count - 1])
        let ranks = Tensor.concatenated([below, targets]).argsort().argsort()[count..<(2 * count)]
        let one = Tensor(integer: 1)
        let lower = (ranks - numbers - one).maximum(Tensor(integer: 0))
            .minimum(Tensor(integer: count - 2))
        let (b0, b1) = (below.gathered(lower, axis: 0), below.gathered(lower + one, axis: 0))
        let (x0, x1) = (x.gathered(lower, axis: 0), x.gathered(lower + one, axis: 0))
        let moved = x0 + ((targets - b0) / (b1 - b0)).maximum(0).minimum(1) * (x1 - x0)
        increments = (moved - x).gathered(order.argsort(), axis: 0)
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
