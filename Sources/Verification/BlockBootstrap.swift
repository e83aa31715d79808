/// A score with its confidence interval; nil where it is not defined.
public struct ScoreEstimate: Sendable, Equatable {
    /// The score over all times that count.
    public var value: Double?
    /// The lower end of the confidence interval.
    public var low: Double?
    /// The upper end of the confidence interval.
    public var high: Double?
    /// The number of times that count.
    public var count: Int
}

/// The difference of two methods' scores over the same times, with its confidence interval.
public struct ScoreDifference: Sendable, Equatable {
    /// The first method's score less the second's, with its interval.
    public var estimate: ScoreEstimate
    /// The two-sided bootstrap probability of a difference of the other sign, in (0, 1]; nil where not defined.
    public var probability: Double?
    /// Whether the interval excludes zero.
    public var isSignificant: Bool {
        guard let low = estimate.low, let high = estimate.high else { return false }
        return low > 0 || high < 0
    }
}

/// Confidence intervals of scores from forecasts whose errors depend on each other over time.
///
/// Blocks of neighbouring times are drawn with replacement until the series has its length again, the score is
/// computed from the drawn times, and the interval lies between percentiles of many such scores. Contributions are
/// summed once, so a resample of n times in blocks of L costs n / L, whatever the ensembles' size was. The numbers
/// depend on the seed, the resample and the block alone. Künsch 1989, *Ann. Stat.* 17, 1217 (moving blocks); Politis
/// and Romano 1992 (circular blocks); Lahiri 2003, *Resampling Methods for Dependent Data*.
public struct BlockBootstrap: Sendable, Equatable {
    /// Where a block may begin.
    public enum Blocks: Sendable, Equatable {
        /// So that it ends within the series: times near the ends are drawn less often.
        case moving
        /// Anywhere, the end being followed by the beginning: all times are drawn equally often.
        case circular
    }

    /// How long a block is.
    public enum BlockLength: Sendable, Equatable {
        /// ⌈n^(1/3)⌉, the order of the best length for a weakly dependent series.
        case cubeRoot
        /// So many times (at most n).
        case fixed(Int)
        /// From the autocorrelation of the score's contributions (Politis and White 2004, *Econom. Rev.* 23, 53, as
        /// corrected by Patton et al. 2009), and at least ⌈n^(1/3)⌉.
        case automatic
    }

    /// The number of resamples.
    public var resamples: Int
    /// The confidence of the interval, such as 0.95.
    public var level: Double
    /// How long a block is.
    public var blockLength: BlockLength
    /// Where a block may begin.
    public var blocks: Blocks
    /// The seed of all draws.
    public var seed: UInt64

    /// A block bootstrap of `resamples` resamples and confidence `level`.
    public init(
        resamples: Int = 1000, level: Double = 0.95, blockLength: BlockLength = .automatic,
        blocks: Blocks = .circular, seed: UInt64
    ) {
        precondition(resamples >= 10, "a bootstrap needs ten resamples or more, not \(resamples)")
        precondition(level > 0 && level < 1, "a confidence lies in (0, 1), not \(level)")
        if case .fixed(let length) = blockLength {
            precondition(length > 0, "a block has a positive length, not \(length)")
        }
        self.resamples = resamples
        self.level = level
        self.blockLength = blockLength
        self.blocks = blocks
        self.seed = seed
    }

    /// A score with its confidence interval.
    public func estimate(_ series: ScoreSeries) -> ScoreEstimate {
        interval(series.value, count: series.count, of: replicates([series], length: length(for: series)))
    }

    /// The first score less the second over the times at which both have a value, resampled together.
    public func difference(_ first: ScoreSeries, _ second: ScoreSeries) -> ScoreDifference {
        let first = first.restricted(to: second.mask)
        let second = second.restricted(to: first.mask)
        let differences = replicates([first, second], length: max(length(for: first), length(for: second)))
        var value: Double?
        if let one = first.value, let other = second.value { value = one - other }
        return ScoreDifference(
            estimate: interval(value, count: first.count, of: differences),
            probability: differences.isEmpty ? nil : signProbability(differences))
    }

    /// The block length for a series, in times.
    public func length(for series: ScoreSeries) -> Int {
        let cubeRoot = series.length.cubeRootRoundedUp
        let length =
            switch blockLength {
            case .cubeRoot: cubeRoot
            case .fixed(let length): length
            case .automatic: max(cubeRoot, automaticBlockLength(series.influence))
            }
        return max(1, min(length, series.length))
    }

    private func interval(_ value: Double?, count: Int, of replicates: [Double]) -> ScoreEstimate {
        // A few undefined resamples of a short, gappy series are no harm; if most are, so is the interval.
        guard value != nil, 2 * replicates.count > resamples else { return ScoreEstimate(value: value, count: count) }
        let sorted = replicates.sorted()
        return ScoreEstimate(
            value: value, low: sortedQuantile(sorted, (1 - level) / 2), high: sortedQuantile(sorted, (1 + level) / 2),
            count: count)
    }

    private func signProbability(_ differences: [Double]) -> Double {
        let below = differences.reduce(0) { $0 + ($1 <= 0 ? 1 : 0) }
        let above = differences.reduce(0) { $0 + ($1 >= 0 ? 1 : 0) }
        return min(1, 2 * Double(min(below, above) + 1) / Double(differences.count + 1))
    }
}

extension BlockBootstrap {
    /// The score of each resample (of two series: the first less the second), without those where it is undefined.
    func replicates(_ series: [ScoreSeries], length: Int) -> [Double] {
        let count = series[0].length
        guard count > 0 else { return [] }
        let sums = series.map(CumulativeSums.init)
        let random = SplitMix(seed: seed)
        let blockCount = (count + length - 1) / length
        let starts = blocks == .circular ? count : count - length + 1
        var buffers = series.map { [Double](repeating: 0, count: $0.combination.termCount + 1) }
        var scores: [Double] = []
        scores.reserveCapacity(resamples)
        for resample in 0..<resamples {
            for index in buffers.indices { buffers[index].resetToZero() }
            for block in 0..<blockCount {
                let start = random.integer(UInt64(resample * blockCount + block), below: starts)
                let size = min(length, count - block * length)
                for index in sums.indices { sums[index].add(from: start, size: size, to: &buffers[index]) }
            }
            let values = series.indices.map { sums[$0].score(buffers[$0]) }
            if values.count == 1, let value = values[0] {
                scores.append(value)
            } else if values.count == 2, let first = values[0], let second = values[1] {
                scores.append(first - second)
            }
        }
        return scores
    }
}

/// The sums of a series' terms, and of the times that count, up to each time.
private struct CumulativeSums {
    let combination: ScoreSeries.Combination
    let length: Int
    let width: Int
    /// (times + 1) × (terms + 1), the last column being the number of times that count.
    let sums: [Double]

    init(_ series: ScoreSeries) {
        combination = series.combination
        length = series.length
        let terms = series.combination.termCount
        width = terms + 1
        var sums = [Double](repeating: 0, count: (series.length + 1) * width)
        for time in 0..<series.length {
            for term in 0..<terms {
                sums[(time + 1) * width + term] = sums[time * width + term] + series.terms[time * terms + term]
            }
            sums[(time + 1) * width + terms] = sums[time * width + terms] + (series.mask[time] ? 1 : 0)
        }
        self.sums = sums
    }

    /// Adds the sums over `size` times from `start`, the end being followed by the beginning.
    @inline(__always)
    func add(from start: Int, size: Int, to buffer: inout [Double]) {
        let end = start + size
        for term in 0..<width {
            if end <= length {
                buffer[term] += sums[end * width + term] - sums[start * width + term]
            } else {
                buffer[term] +=
                    sums[length * width + term] - sums[start * width + term] + sums[(end - length) * width + term]
            }
        }
    }

    func score(_ buffer: [Double]) -> Double? {
        buffer.withUnsafeBufferPointer { combination.score(sums: $0, count: $0[width - 1].rounded()) }
    }
}

extension [Double] {
    fileprivate mutating func resetToZero() {
        for index in indices { self[index] = 0 }
    }
}

extension Int {
    /// The least whole number whose cube is at least this.
    var cubeRootRoundedUp: Int {
        var root = 1
        while root * root * root < self { root += 1 }
        return root
    }
}
