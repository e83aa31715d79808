import Studies
import Verification

/// A published number that an experiment is to find again, and the criterion of agreement.
struct Claim: Sendable {
    /// When a number agrees with the published one.
    enum Criterion: Sendable {
        /// The mean over the seeds lies within so much of a number.
        case near(Double, within: Double)
        /// The median over the seeds does, and the truth is lost on one seed in five at most.
        case medianNear(Double, within: Double)
        /// The mean over the seeds is no larger.
        case atMost(Double)
        /// The mean over the seeds is no smaller.
        case atLeast(Double)
        /// The whole confidence interval lies below.
        case significantlyBelow(Double)
    }

    /// The number, with its unit if it has one.
    let what: String
    /// The method that it is a score of; nil of other numbers.
    var method: PublishedMethod? = nil
    /// As published; nil where the paper gives none.
    let published: Double?
    let criterion: Criterion

    /// The outcome over the seeds.
    ///
    /// - Parameter lost: seeds on which the method lost the truth, with finite numbers.
    func finding(row: Int, values: [Double?], lost: Int = 0) -> Finding {
        let finite = values.compactMap { $0?.finite }
        let interval = finite.isEmpty ? nil : MeanInterval(finite)
        let failed = values.count - finite.count
        var finding = Finding(
            row: row, setting: method?.setting, method: method?.method, parameters: method?.parameters, what: what,
            published: published, ours: interval?.mean, median: median(finite), criterion: criterion.text,
            agrees: failed == 0 && 5 * lost <= values.count && criterion.holds(interval, median: median(finite)),
            seeds: values.count, failed: failed, lost: lost, values: values.map { $0?.finite })
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

extension Claim {
    private func median(_ values: [Double]) -> Double? {
        if values.isEmpty { return nil }
        let sorted = values.sorted()
        return 0.5 * (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2])
    }
}

extension Claim.Criterion {
    func holds(_ interval: MeanInterval?, median: Double?) -> Bool {
        guard let interval, let median else { return false }
        switch self {
        case .medianNear(let value, let tolerance): return abs(median - value) <= tolerance
        case .near(let value, let tolerance): return abs(interval.mean - value) <= tolerance
        case .atMost(let limit): return interval.mean <= limit
        case .atLeast(let limit): return interval.mean >= limit
        case .significantlyBelow(let limit): return interval.high < limit
        }
    }

    /// Whether it is about the confidence interval, not about the mean.
    var isOfInterval: Bool {
        switch self {
        case .near, .medianNear, .atMost, .atLeast: false
        case .significantlyBelow: true
        }
    }

    var text: String {
        switch self {
        case .near(let value, let tolerance): "\(NumberText.short(value)) ± \(NumberText.short(tolerance))"
        case .medianNear(let value, let tolerance):
            "median \(NumberText.short(value)) ± \(NumberText.short(tolerance))"
        case .atMost(let limit): "≤ \(NumberText.short(limit))"
        case .atLeast(let limit): "≥ \(NumberText.short(limit))"
        case .significantlyBelow(let limit): "< \(NumberText.short(limit)), upper confidence limit"
        }
    }
}

/// A method of a setting, with its parameters.
public struct PublishedMethod: Codable, Sendable, Equatable {
    public var setting: String
    public var method: String
    public var parameters: String
}

/// The outcome of one claim: an entry of the file that `apus reproduce` writes.
public struct Finding: Codable, Sendable, Equatable {
    /// The row of the table of published numbers.
    public var row: Int
    /// Of scores: the setting, the method and its parameters.
    public var setting: String?
    public var method: String?
    public var parameters: String?
    public var what: String
    public var published: Double?
    /// The mean over the seeds that did not fail.
    public var ours: Double?
    public var median: Double?
    /// The 95 % interval of that mean, by Student's distribution; nil with fewer than three seeds.
    public var low: Double?
    public var high: Double?
    public var criterion: String
    /// Whether the criterion holds, and no seed failed; nil where there are too few seeds to tell.
    public var agrees: Bool?
    public var seeds: Int
    /// Seeds whose mathematics failed.
    public var failed: Int
    /// Seeds on which the method lost the truth with finite numbers.
    public var lost: Int
    /// By seed.
    public var values: [Double?]
    /// The time of all seeds together; nil of collections whose file is the same in every run.
    public var seconds: Double?
}
