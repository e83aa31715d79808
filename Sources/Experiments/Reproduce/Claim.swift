import Studies
import Verification

/// A published number that an experiment is to find again, and what counts as finding it.
struct Claim: Sendable {
    /// When a number agrees with what was published.
    enum Criterion: Sendable {
        /// The mean over the seeds lies within so much of a number.
        case near(Double, within: Double)
        /// The mean over the seeds is no larger.
        case atMost(Double)
        /// The mean over the seeds is no smaller.
        case atLeast(Double)
        /// The whole confidence interval lies below.
        case surelyBelow(Double)
    }

    /// What the number is, with its unit if it has one.
    let what: String
    /// As published; nil where the paper gives none.
    let published: Double?
    let criterion: Criterion

    /// What the seeds found of it.
    func finding(row: Int, values: [Double?]) -> Finding {
        let finite = values.compactMap { $0?.finite }
        let interval = finite.isEmpty ? nil : MeanInterval(finite)
        let failed = values.count - finite.count
        var finding = Finding(
            row: row, what: what, published: published, ours: interval?.mean, criterion: criterion.text,
            agrees: failed == 0 && (interval.map(criterion.holds) ?? false), seeds: values.count, failed: failed,
            values: values.map { $0?.finite })
        if finite.count < PairedDifference.leastPairs {
            // Fewer seeds have no interval, and what is claimed of one is neither met nor missed.
            if failed == 0, criterion.isOfInterval { finding.agrees = nil }
        } else if finite.allSatisfy({ $0 > 0 }) {
            // The interval of errors holds positive numbers alone.
            let positive = PositiveMeanInterval(finite)
            (finding.low, finding.high) = (positive.low, positive.high)
        } else {
            (finding.low, finding.high) = (interval?.low.finite, interval?.high.finite)
        }
        return finding
    }
}

extension Claim.Criterion {
    func holds(_ interval: MeanInterval) -> Bool {
        switch self {
        case .near(let value, let tolerance): abs(interval.mean - value) <= tolerance
        case .atMost(let limit): interval.mean <= limit
        case .atLeast(let limit): interval.mean >= limit
        case .surelyBelow(let limit): interval.high < limit
        }
    }

    /// Whether it is about the confidence interval, not about the mean.
    var isOfInterval: Bool {
        switch self {
        case .near, .atMost, .atLeast: false
        case .surelyBelow: true
        }
    }

    var text: String {
        switch self {
        case .near(let value, let tolerance): "\(NumberText.short(value)) ± \(NumberText.short(tolerance))"
        case .atMost(let limit): "≤ \(NumberText.short(limit))"
        case .atLeast(let limit): "≥ \(NumberText.short(limit))"
        case .surelyBelow(let limit): "< \(NumberText.short(limit)), interval and all"
        }
    }
}

/// What a reproduction found of one claim: an entry of the file that `apus reproduce` writes.
public struct Finding: Codable, Sendable, Equatable {
    /// The row of the table of published numbers.
    public var row: Int
    public var what: String
    public var published: Double?
    /// The mean over the seeds that did not fail.
    public var ours: Double?
    /// The 95 % interval of that mean, by Student's distribution; nil with fewer than three seeds.
    public var low: Double?
    public var high: Double?
    public var criterion: String
    /// Whether the criterion holds, and no seed failed; nil where there are too few seeds to tell.
    public var agrees: Bool?
    public var seeds: Int
    /// Seeds whose mathematics failed.
    public var failed: Int
    /// By seed.
    public var values: [Double?]
}
