import Tensors

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
    /// The two-sided probability of a difference at least so large if there is none: Student's distribution of the
    /// difference over its standard deviation among the resamples, with a degree of freedom less than there are blocks;
    /// nil where not defined. Unlike ``probability`` it is not bounded by the number of resamples,
    /// as corrections for many comparisons need.
    public var studentProbability: Double?
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
    public func estimate(_ series: ScoreSeries) -> ScoreEstimate { estimates([series])[0] }

    /// Several scores over the same times, each with its confidence interval: what ``estimate(_:)`` gives of each, but
    /// those whose blocks are of one length share their draws.
    public func estimates(_ series: [ScoreSeries]) -> [ScoreEstimate] {
        let lengths = series.map { length(for: $0) }
        var estimates = series.map { ScoreEstimate(value: $0.value, count: $0.count) }
        for length in Set(lengths) {
            let chosen = series.indices.filter { lengths[$0] == length }
            for (index, scores) in zip(chosen, scores(of: chosen.map { series[$0] }, length: length)) {
                estimates[index] = interval(estimates[index], of: scores.filter { !$0.isNaN })
            }
        }
        return estimates
    }

    /// The first score less the second over the times at which both have a value, resampled together.
    public func difference(_ first: ScoreSeries, _ second: ScoreSeries) -> ScoreDifference {
        let first = first.restricted(to: second.mask)
        let second = second.restricted(to: first.mask)
        let length = max(length(for: first), length(for: second))
        let differences = replicates([first, second], length: length)
        var value: Double?
        if let one = first.value, let other = second.value { value = one - other }
        return ScoreDifference(
            estimate: interval(ScoreEstimate(value: value, count: first.count), of: differences),
            probability: differences.isEmpty ? nil : signProbability(differences),
            studentProbability: studentProbability(of: value, differences, blocks: first.count / length))
    }

    private func studentProbability(of value: Double?, _ replicates: [Double], blocks: Int) -> Double? {
        guard let value, replicates.count > 1 else { return nil }
        if value == 0 { return 1 }
        let mean = replicates.reduce(0, +) / Double(replicates.count)
        let squares = replicates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let deviation = (squares / Double(replicates.count - 1)).squareRoot()
        guard blocks > 1 else { return 1 }
        return twoSidedProbability(abs(value) / deviation, degrees: blocks - 1)
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

    /// The estimate with its interval.
    private func interval(_ estimate: ScoreEstimate, of replicates: [Double]) -> ScoreEstimate {
        // A few undefined resamples of a short, gappy series are no harm; if most are, so is the interval.
        guard estimate.value != nil, 2 * replicates.count > resamples else { return estimate }
        var (estimate, replicates) = (estimate, replicates)
        estimate.low = quantile(ofUnsorted: &replicates, (1 - level) / 2)
        estimate.high = quantile(ofUnsorted: &replicates, (1 + level) / 2)
        return estimate
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
        let scores = scores(of: series, length: length)
        let differences = scores.count == 2 ? zip(scores[0], scores[1]).map { $0 - $1 } : scores[0]
        return differences.filter { !$0.isNaN }
    }

    /// The score of each series in each resample, `[series][resample]`, NaN where it is undefined.
    private func scores(of series: [ScoreSeries], length: Int) -> [[Double]] {
        let count = series[0].length
        guard count > 0 else { return series.map { _ in [] } }
        let sums = CumulativeSums(series, blockLength: length)
        let random = SplitMix(seed: seed)
        let blockCount = (count + length - 1) / length
        let lastSize = count - (blockCount - 1) * length
        let starts = blocks == .circular ? count : count - length + 1
        var scores = series.map { _ in [Double](repeating: .nan, count: resamples) }
        withUnsafeTemporaryAllocation(of: Double.self, capacity: sums.width) { total in
            for resample in 0..<resamples {
                total.initialize(repeating: 0)
                for block in 0..<blockCount {
                    let start = random.integer(UInt64(resample * blockCount + block), below: starts)
                    sums.add(from: start, size: block + 1 < blockCount ? length : lastSize, to: total)
                }
                for index in series.indices {
                    if let score = sums.score(index, UnsafeBufferPointer(total)) { scores[index][resample] = score }
                }
            }
        }
        return scores
    }
}

/// The sums of the terms of some series, and of the times that count, up to each time.
private struct CumulativeSums {
    let combinations: [ScoreSeries.Combination]
    /// The first column of each series.
    let columns: [Int]
    /// The number of terms of all series, and one more each: how many times count.
    let width: Int
    /// Times × width, from zero up; the end is followed by the beginning for as long as a block may reach.
    let rows: [Double]

    init(_ series: [ScoreSeries], blockLength: Int) {
        combinations = series.map(\.combination)
        var width = 0
        var columns: [Int] = []
        for combination in combinations {
            columns.append(width)
            width += combination.termCount + 1
        }
        (self.width, self.columns) = (width, columns)
        let length = series[0].length
        var rows = [Double](repeating: 0, count: (length + blockLength + 1) * width)
        for (one, column) in zip(series, columns) {
            let terms = one.combination.termCount
            for row in 1...length + blockLength {
                let time = (row - 1) % length
                for term in 0...terms {
                    let value = term < terms ? one.terms[time * terms + term] : one.mask[time] ? 1 : 0
                    rows[row * width + column + term] = rows[(row - 1) * width + column + term] + value
                }
            }
        }
        self.rows = rows
    }

    /// Adds the sums over `size` times from `start`.
    @inline(__always)
    func add(from start: Int, size: Int, to total: UnsafeMutableBufferPointer<Double>) {
        rows.withUnsafeBufferPointer { rows in
            let (first, end) = (start * width, (start + size) * width)
            for column in 0..<width { total[column] += rows[end + column] - rows[first + column] }
        }
    }

    /// The score of one series.
    func score(_ index: Int, _ total: UnsafeBufferPointer<Double>) -> Double? {
        let (combination, first) = (combinations[index], columns[index])
        let end = first + combination.termCount
        return combination.score(sums: UnsafeBufferPointer(rebasing: total[first..<end]), count: total[end].rounded())
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
