import Verification

/// The difference of the errors of two methods over the test seeds that both completed.
public struct TwinComparisonRecord: Codable, Sendable, Equatable {
    public var first: String
    public var second: String
    /// The mean over the seeds of the first method's error less the second's.
    public var difference: Double
    /// The ends of its 95 % interval by Student's distribution; nil with fewer than three seeds.
    public var low: Double?
    public var high: Double?
    /// The probability of a difference at least so large if there is none,
    /// corrected by Holm for the number of pairs of methods.
    public var probability: Double?
    /// Whether the interval excludes zero, the corrected probability is below 5 %,
    /// and the better one failed on no seed.
    public var significant: Bool
    public var seeds: Int
}

extension [TwinMethodRecord] {
    /// Methods that are the same to all digits on every seed, in groups of two or more.
    public var duplicates: [[String]] {
        func areSame(_ a: TwinMethodRecord, _ b: TwinMethodRecord) -> Bool {
            func same(_ a: Double?, _ b: Double?) -> Bool {
                switch (a, b) {
                case (nil, nil): true
                case (let a?, let b?): isSame(a, b)
                default: false
                }
            }
            return a.runs.count == b.runs.count && a.error != nil
                && zip(a.runs, b.runs).allSatisfy { one, other in
                    one.outcome == other.outcome && same(one.error, other.error) && same(one.spread, other.spread)
                        && same(one.rankedScore, other.rankedScore)
                }
        }
        var groups: [[TwinMethodRecord]] = []
        for method in self {
            if let group = groups.firstIndex(where: { areSame($0[0], method) }) {
                groups[group].append(method)
            } else {
                groups.append([method])
            }
        }
        return groups.filter { $0.count > 1 }.map { $0.map(\.name) }
    }

    /// Paired differences of all methods that are not the same, with Holm's correction for their number.
    public func compared() -> [TwinComparisonRecord] {
        let same = duplicates
        let shown = filter { method in !same.contains { $0.dropFirst().contains(method.name) } }
        var records = shown.indices.flatMap { i in
            shown[(i + 1)...].compactMap { other in Self.compare(shown[i], other) }
        }
        let known = records.indices.filter { records[$0].probability != nil }
        for (index, adjusted) in zip(known, holmAdjusted(known.map { records[$0].probability ?? 1 })) {
            records[index].probability = adjusted
            records[index].significant = records[index].significant && adjusted < 0.05
        }
        return records
    }

    private static func compare(_ a: TwinMethodRecord, _ b: TwinMethodRecord) -> TwinComparisonRecord? {
        let pairs = a.runs.compactMap { run in
            b.runs.first { $0.seed == run.seed }.flatMap { other in
                run.error.flatMap { first in other.error.map { (first, $0) } }
            }
        }
        guard !pairs.isEmpty else { return nil }
        let found = PairedDifference(pairs.map(\.0), pairs.map(\.1))
        var isSignificant = false
        if let low = found.low, let high = found.high {
            // A method is not better that is compared on the seeds alone on which it did not fail.
            isSignificant = (high < 0 && a.failed == 0) || (low > 0 && b.failed == 0)
        }
        return TwinComparisonRecord(
            first: a.name, second: b.name, difference: found.mean, low: found.low, high: found.high,
            probability: found.probability, significant: isSignificant, seeds: pairs.count)
    }
}

extension ScoredMethods {
    /// The method of the smallest mean error among those that failed on the fewest seeds, by the unrounded numbers.
    public var best: TwinMethodRecord? {
        let known = methods.filter { $0.error != nil }
        let fewest = known.map(\.failed).min()
        return known.filter { $0.failed == fewest }.min { ($0.error ?? .infinity) < ($1.error ?? .infinity) }
    }

    /// The methods whose error cannot be told from that of the best one.
    public var withinNoise: [TwinMethodRecord] {
        guard let best else { return [] }
        let same = methods.duplicates.first { $0.contains(best.name) } ?? [best.name]
        return methods.filter { method in
            guard !same.contains(method.name), method.error != nil else { return false }
            guard let found = comparison(same, method.name) else { return true }
            let difference = same.contains(found.first) ? found.difference : -found.difference
            return !(found.significant && difference < 0)
        }
    }

    /// Whether the best one has a lower error than every other method beyond noise.
    public var hasClearBest: Bool { best != nil && withinNoise.isEmpty && comparisons.contains { $0.low != nil } }

    private func comparison(_ same: [String], _ other: String) -> TwinComparisonRecord? {
        let others = methods.duplicates.first { $0.contains(other) } ?? [other]
        return comparisons.first {
            (same.contains($0.first) && others.contains($0.second))
                || (others.contains($0.first) && same.contains($0.second))
        }
    }

    /// A method under the name of its row, joined with those that are the same to all digits.
    public func title(of method: String) -> String {
        methods.duplicates.first { $0.contains(method) }?.joined(separator: " = ") ?? method
    }

    /// Whether a method has a row of its own: those that are the same share that of the first.
    public func isShown(_ method: String) -> Bool {
        !methods.duplicates.contains { $0.dropFirst().contains(method) }
    }
}
