import Foundation
import Tensors

/// How often the truth fell into each of equally likely bins of the forecast; flat if the forecast is calibrated.
public struct RankHistogram: Sendable, Equatable {
    /// The number of times in each bin, from the lowest.
    public let counts: [Int]

    /// A histogram of given counts.
    public init(counts: [Int]) {
        precondition(counts.count >= 2, "a histogram needs two bins or more, not \(counts.count)")
        self.counts = counts
    }

    /// The number of times.
    public var total: Int { counts.reduce(0, +) }

    /// Pearson's χ² = Σ (counts − n/k)² / (n/k) about flatness; 0 of no times.
    public var chiSquare: Double {
        guard total > 0 else { return 0 }
        let expected = Double(total) / Double(counts.count)
        return counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
    }

    /// The number of degrees of freedom of ``chiSquare``: bins − 1.
    public var degreesOfFreedom: Int { counts.count - 1 }

    /// The probability of a χ² at least so large if the forecast is calibrated and the times are independent.
    ///
    /// Forecasts at neighbouring times are not independent, so a small value is a hint, not a proof.
    public var flatnessProbability: Double {
        chiSquareExceedance(chiSquare, degreesOfFreedom: degreesOfFreedom)
    }
}

/// Where the truth lies in the forecasts, as its probability u under each of them, which is uniform on [0, 1] if they
/// are calibrated; slope and curvature of the rank histogram are their means.
///
/// As series over time their bootstrap honours that forecasts from neighbouring times share their errors, which the
/// χ² of a histogram does not. Gneiting et al. 2007, *J. R. Stat. Soc. B* 69, 243.
public struct TruthProbabilities: Sendable, Equatable {
    /// The mean of u: ½ if calibrated; more where the truth lies high in the forecasts, which then are too low.
    public let mean: ScoreSeries
    /// The mean of 12 (u − ½)²: 1 if calibrated; more for a U, forecasts too narrow; less for a dome,
    /// forecasts too wide.
    public let dispersion: ScoreSeries

    /// - Parameter probabilities: u at each time, anything where the mask does not hold.
    init(_ probabilities: [Double], mask: [Bool]) {
        mean = ScoreSeries(.mean, terms: probabilities, mask: mask)
        dispersion = ScoreSeries(.mean, terms: probabilities.map { 12 * ($0 - 0.5) * ($0 - 0.5) }, mask: mask)
    }
}

extension EnsembleForecasts {
    /// The probabilities (r + u) / (N + 1) of the truth's rank r, u uniform from `seed`, as in
    /// ``rankHistogram(bins:seed:)``.
    public func truthProbabilities(seed: UInt64) -> TruthProbabilities {
        let random = SplitMix(seed: seed)
        return TruthProbabilities(truth.indices.map { mask[$0] ? probability(at: $0, random).value : 0.5 }, mask: mask)
    }

    private func probability(at time: Int, _ random: SplitMix) -> (value: Double, rank: Int) {
        let (below, tied) = rank(at: time)
        let rank = below + random.integer(UInt64(2 * time), below: tied + 1)
        return ((Double(rank) + random.uniform(UInt64(2 * time + 1))) / Double(memberCount + 1), rank)
    }

    /// The rank histogram of the truth among the members, ties broken at random from `seed`.
    ///
    /// Without `bins` there is one bin for each of the N + 1 ranks. With `bins` the rank r becomes the randomised
    /// probability (r + u) / (N + 1), u uniform, which is exactly uniform for a calibrated ensemble whatever N is.
    /// Hamill 2001, *Mon. Weather Rev.* 129, 550; Czado et al. 2009, *Biometrics* 65, 1254.
    public func rankHistogram(bins: Int? = nil, seed: UInt64) -> RankHistogram {
        let binCount = bins ?? memberCount + 1
        precondition(binCount >= 2, "a histogram needs two bins or more, not \(binCount)")
        let random = SplitMix(seed: seed)
        var counts = [Int](repeating: 0, count: binCount)
        for time in truth.indices where mask[time] {
            let (probability, rank) = probability(at: time, random)
            counts[bins == nil ? rank : min(binCount - 1, Int(probability * Double(binCount)))] += 1
        }
        return RankHistogram(counts: counts)
    }

    /// The number of members below the truth, and of those equal to it.
    private func rank(at time: Int) -> (below: Int, tied: Int) {
        let members = sortedMembers[time * memberCount..<(time + 1) * memberCount]
        let below = members.prefix { $0 < truth[time] }.count
        return (below, members.dropFirst(below).prefix { $0 == truth[time] }.count)
    }
}

/// P(χ² ≥ x) by the finite sums for whole and half-whole shape: Q(a + 1, t) = Q(a, t) + tᵃ e⁻ᵗ / Γ(a + 1), t = x / 2
/// (Abramowitz and Stegun 1964, 26.4.4 and 26.4.5).
func chiSquareExceedance(_ x: Double, degreesOfFreedom: Int) -> Double {
    guard x > 0 else { return 1 }
    let t = x / 2
    var shape = degreesOfFreedom % 2 == 0 ? 1.0 : 0.5
    var probability = degreesOfFreedom % 2 == 0 ? exp(-t) : erfc(t.squareRoot())
    // log of tᵃ e⁻ᵗ / Γ(a + 1), since each factor alone overflows for large x.
    var logTerm = shape == 1 ? log(t) - t : log(t) / 2 - t - log(Double.pi.squareRoot() / 2)
    while shape < Double(degreesOfFreedom) / 2 {
        probability += exp(logTerm)
        shape += 1
        logTerm += log(t / shape)
    }
    return min(1, probability)
}
