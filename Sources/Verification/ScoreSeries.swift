import Foundation
import Tensors

/// The contributions of verification times to a score, and the function of their means that makes the score.
///
/// A score such as the RMSE or a correlation is a function of means over time; a bootstrap over time therefore only
/// needs the contributions, never the forecasts again. Missing times keep their place, so that blocks in time stay
/// blocks, and have no weight.
public struct ScoreSeries: Sendable, Equatable {
    /// How a score follows from the means of its terms.
    public enum Combination: Sendable, Equatable {
        /// m₀: bias, CRPS, coverage, log score, energy score.
        case mean
        /// √m₀: RMSE of squared errors, spread of variances.
        case rootMean
        /// √(m₀ / m₁): spread over error.
        case rootRatio
        /// Pearson's correlation from the means of x, y, x², y², xy.
        case centeredCorrelation
        /// Σxy / √(Σx² Σy²) of anomalies, from the means of x², y², xy.
        case uncenteredCorrelation

        var termCount: Int {
            switch self {
            case .mean, .rootMean: 1
            case .rootRatio: 2
            case .uncenteredCorrelation: 3
            case .centeredCorrelation: 5
            }
        }
    }

    /// How the means of the terms make the score.
    public let combination: Combination
    /// The contributions, times × terms in row-major order; zero where a time is missing.
    public let terms: [Double]
    /// Which times count.
    public let mask: [Bool]

    /// Contributions `terms` (times × terms of `combination`, row-major) at the times where `mask` holds.
    public init(_ combination: Combination, terms: [Double], mask: [Bool]) {
        let width = combination.termCount
        precondition(
            terms.count == mask.count * width,
            "a score series of \(mask.count) times needs \(mask.count * width) terms, not \(terms.count)")
        var terms = terms
        for time in mask.indices {
            for index in time * width..<(time + 1) * width {
                if !mask[time] { terms[index] = 0 }
                precondition(terms[index].isFinite, "contribution \(terms[index]) at time \(time) is not finite")
            }
        }
        self.combination = combination
        self.terms = terms
        self.mask = mask
    }

    /// The number of times, missing ones included.
    public var length: Int { mask.count }

    /// The number of times that count.
    public var count: Int { mask.reduce(0) { $0 + ($1 ? 1 : 0) } }

    /// The score over all times that count; nil where it is not defined (no time, or no variance).
    public var value: Double? {
        let width = combination.termCount
        var sums = [Double](repeating: 0, count: width)
        for time in mask.indices where mask[time] {
            for term in 0..<width { sums[term] += terms[time * width + term] }
        }
        return combination.score(sums: sums, count: Double(count))
    }

    /// The same contributions where `other` has a value too.
    func restricted(to other: [Bool]) -> ScoreSeries {
        precondition(other.count == length, "series of \(length) and \(other.count) times cannot be paired")
        return ScoreSeries(combination, terms: terms, mask: zip(mask, other).map { $0 && $1 })
    }
}

extension ScoreSeries.Combination {
    /// The score from the sums of the terms over `count` times; nil where it is not defined.
    func score(sums: [Double], count: Double) -> Double? {
        sums.withUnsafeBufferPointer { score(sums: $0, count: count) }
    }

    func score(sums: UnsafeBufferPointer<Double>, count: Double) -> Double? {
        guard count > 0 else { return nil }
        switch self {
        case .mean:
            return sums[0] / count
        case .rootMean:
            return (max(0, sums[0]) / count).squareRoot()
        case .rootRatio:
            return sums[1] > 0 ? (max(0, sums[0]) / sums[1]).squareRoot() : nil
        case .centeredCorrelation:
            let x = sums[0] / count
            let y = sums[1] / count
            return correlation(
                sums[2] / count - x * x, sums[3] / count - y * y, sums[4] / count - x * y,
                scale: (sums[2] / count, sums[3] / count))
        case .uncenteredCorrelation:
            return correlation(sums[0], sums[1], sums[2], scale: (sums[0], sums[1]))
        }
    }

    /// `xy / √(xx yy)`, nil where a variance is lost in rounding.
    private func correlation(_ xx: Double, _ yy: Double, _ xy: Double, scale: (Double, Double)) -> Double? {
        guard xx > 1e-13 * scale.0, yy > 1e-13 * scale.1 else { return nil }
        return min(1, max(-1, xy / (xx * yy).squareRoot()))
    }
}
