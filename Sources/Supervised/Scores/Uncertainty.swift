import Tensors
import Verification

/// A score with an interval from samples drawn with replacement.
public struct ScoreInterval: Sendable, Codable, Equatable {
    public let value: Double?
    public let low: Double?
    public let high: Double?
}

/// Intervals of scores and differences of models, from resamples of the samples that were judged.
///
/// The resamples depend on seed and number of samples alone, so that models on the same samples are compared on the
/// same draws.
public struct ScoreBootstrap: Sendable {
    public let resamples: Int
    public let level: Double
    private let draws: [[Int]]

    public init(samples: Int, resamples: Int = 1000, level: Double = 0.95, seed: Int) {
        precondition(samples > 0 && resamples >= 10 && level > 0 && level < 1, "\(resamples) resamples of \(samples)")
        (self.resamples, self.level) = (resamples, level)
        let keys = Key(seed)
        draws = (0..<resamples).map { resample in
            let places = (keys.folding(resample).uniform([samples]) * Tensor(Double(samples))).values
            return places.map { min(Int($0), samples - 1) }
        }
    }

    /// The score and its percentile interval.
    public func interval(_ score: SupervisedScore, _ predictions: Predictions, _ targets: Targets) -> ScoreInterval {
        let value = score.value(predictions, targets)
        return interval(value, replicates(score, predictions, targets))
    }

    private func replicates(_ score: SupervisedScore, _ predictions: Predictions, _ targets: Targets) -> [Double?] {
        if let parts = score.contributions(predictions, targets) {
            return draws.map { draw in draw.reduce(0) { $0 + parts[$1] } / Double(draw.count) }
        }
        return draws.map { score.value(predictions.taking($0), targets.taking($0)) }
    }

    private func interval(_ value: Double?, _ replicates: [Double?]) -> ScoreInterval {
        let known = replicates.compactMap(\.self).sorted()
        guard let value, 2 * known.count > resamples else { return ScoreInterval(value: value, low: nil, high: nil) }
        return ScoreInterval(
            value: value, low: sortedQuantile(known, (1 - level) / 2), high: sortedQuantile(known, (1 + level) / 2))
    }

    /// The first model's score less the second's on the same resamples, and the two-sided probability of a difference
    /// of the other sign.
    public func difference(
        _ score: SupervisedScore, _ first: Predictions, _ second: Predictions, _ targets: Targets
    ) -> (difference: ScoreInterval, probability: Double?) {
        func subtract(_ a: Double?, _ b: Double?) -> Double? { if let a, let b { a - b } else { nil } }
        let value = subtract(score.value(first, targets), score.value(second, targets))
        let pairs = zip(replicates(score, first, targets), replicates(score, second, targets))
        let differences = pairs.map { subtract($0, $1) }
        let known = differences.compactMap(\.self)
        guard value != nil, 2 * known.count > resamples else { return (interval(value, differences), nil) }
        let tail = min(known.count { $0 <= 0 }, known.count { $0 >= 0 })
        return (interval(value, differences), min(1, 2 * Double(tail + 1) / Double(known.count + 1)))
    }
}

/// Intervals that hold a new value with a promised probability, whatever the model, from errors on samples that it was
/// not fitted to.
///
/// Of `n` absolute errors the half width is the one of rank `⌈c (n + 1)⌉`, infinite where that exceeds `n`: too few
/// errors allow no statement. Reference: Vovk, Gammerman & Shafer, *Algorithmic learning in a random world* (2005);
/// Lei et al. 2018, J. Amer. Stat. Assoc. 113, 1094–1111, section 2.2.
public struct ConformalInterval: Sendable, Codable, Equatable {
    public let coverage: Double
    /// Half the width of the interval; infinite where there are too few errors.
    public let halfWidth: Double

    public init(_ errors: [Double], coverage: Double) {
        precondition(coverage > 0 && coverage < 1, "a coverage of \(coverage)")
        self.coverage = coverage
        let rank = Self.rank(errors.count, coverage)
        let sorted = errors.map(abs).sorted()
        halfWidth = rank <= sorted.count ? sorted[rank - 1] : .infinity
    }

    /// `⌈c (n + 1)⌉`, guarded against the rounding of the product.
    static func rank(_ count: Int, _ coverage: Double) -> Int {
        let product = (coverage * Double(count + 1) * 1e9).rounded() / 1e9
        return max(1, Int(product.rounded(.up)))
    }

    /// The fewest errors that allow a statement.
    public static func fewestErrors(_ coverage: Double) -> Int {
        var count = 1
        while rank(count, coverage) > count { count += 1 }
        return count
    }
}

/// Scores of forecasts of a distribution.
public enum DistributionScore {
    /// The mean loss `max(q (y − f), (q − 1) (y − f))` of forecasts of a quantile `q`.
    public static func quantileLoss(_ forecasts: [Double], _ truth: [Double], quantile: Double) -> Double {
        zip(forecasts, truth).map { max(quantile * ($1 - $0), (quantile - 1) * ($1 - $0)) }.mean
    }

    /// The mean continuous ranked probability score of samples that stand for the distribution of each forecast: the
    /// errors of other samples added to it.
    public static func rankedProbability(_ forecasts: [Double], errors: [Double], _ truth: [Double]) -> Double {
        let sorted = errors.sorted()
        let count = Double(sorted.count)
        // Σ |xᵢ − xⱼ| / 2n² of sorted numbers.
        let spread = sorted.enumerated().reduce(0) { $0 + (2 * Double($1.offset) - count + 1) * $1.element }
        return zip(forecasts, truth).map { forecast, truth in
            sorted.reduce(0) { $0 + abs(forecast + $1 - truth) } / count - spread / (count * count)
        }.mean
    }
}
