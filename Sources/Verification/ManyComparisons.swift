/// Probabilities of several comparisons, corrected so that the probability of calling any of them significant by chance
/// stays below the level: Holm's step-down method, which holds whatever the dependence among them.
///
///     p̃(k) = max over j ≤ k of min(1, (m − j + 1) p(j)),   p(1) ≤ … ≤ p(m)
///
/// Reference: Holm 1979, *Scand. J. Stat.* 6, 65.
public func holmAdjusted(_ probabilities: [Double]) -> [Double] {
    let order = probabilities.indices.sorted { probabilities[$0] < probabilities[$1] }
    var adjusted = probabilities
    var largest = 0.0
    for (rank, index) in order.enumerated() {
        largest = max(largest, min(1, Double(order.count - rank) * probabilities[index]))
        adjusted[index] = largest
    }
    return adjusted
}

/// The difference of two sets of values that belong together in pairs,
/// such as the errors of two methods on the same seeds.
///
///     d̄ ± t s / √n
///
/// with d the differences of the pairs, s² their sample variance, and t Student's quantile with n − 1 degrees of
/// freedom.
/// Two pairs allow no statement: with one degree of freedom the interval holds for exactly normal differences alone.
public struct PairedDifference: Sendable, Equatable {
    /// The least number of pairs that has an interval.
    public static let leastPairs = 3

    /// The mean of the first less the second.
    public let mean: Double
    /// The ends of the confidence interval; nil with fewer than ``leastPairs`` pairs.
    public let low: Double?
    public let high: Double?
    /// The two-sided probability of a mean at least so far from zero if the true one is zero; nil as the interval.
    public let probability: Double?

    /// - Parameters:
    ///   - first, second: of one length, at least 1.
    ///   - level: the confidence, such as 0.95.
    public init(_ first: [Double], _ second: [Double], level: Double = 0.95) {
        precondition(
            first.count == second.count && !first.isEmpty, "\(first.count) and \(second.count) values are no pairs")
        let differences = zip(first, second).map(-)
        let interval = MeanInterval(differences, level: level)
        mean = interval.mean
        guard differences.count >= Self.leastPairs else {
            (low, high, probability) = (nil, nil, nil)
            return
        }
        (low, high) = (interval.low, interval.high)
        let error = MeanInterval.standardError(differences)
        probability = mean == 0 ? 1 : twoSidedProbability(abs(mean) / error, degrees: differences.count - 1)
    }
}
