import Tensors
import Verification

/// Estimates of withheld values by a method, over all folds: means and standard deviations, errors of the observations
/// included.
public struct WithheldEstimates: Sendable {
    public let method: String
    /// Whether the method has used observations after the time of a value.
    public let isSmoothed: Bool
    /// `[T × m]`; NaN where nothing is withheld or where there is no estimate.
    public var means: [Double]
    public var deviations: [Double]

    public init(_ method: String, isSmoothed: Bool, count: Int) {
        (self.method, self.isSmoothed) = (method, isSmoothed)
        means = [Double](repeating: .nan, count: count)
        deviations = means
    }
}

/// The scores of a method for the withheld values of a channel, or of all.
public struct WithheldScore: Sendable, Codable, Equatable {
    public var method: String
    public var isSmoothed: Bool
    /// nil: all channels, each in units of the standard deviation of its values.
    public var channel: String?
    public var count: Int
    /// nil where an estimate is not finite: the method has diverged.
    public var error: Double?
    public var crps: Double?
    /// The ends of the 95 % interval of the ranked score, by blocks of time.
    public var low: Double?
    public var high: Double?
    /// The share of values within the central 90 %.
    public var coverage: Double?
}

/// The difference of the ranked scores of two methods over blocks of time.
public struct WithheldComparison: Sendable, Codable, Equatable {
    public var first: String
    public var second: String
    public var difference: Double
    public var low: Double?
    public var high: Double?
    /// Corrected by Holm for the number of pairs.
    public var probability: Double?
    public var blocks: Int
}

/// The judgement of methods by values that were withheld from them.
public struct WithheldJudgement: Sendable {
    public let grouping: WithheldFolds.Grouping
    public let folds: Int
    public let blocks: Int
    public let scores: [WithheldScore]
    /// Of all pairs of methods that know as much: observations so far.
    public let comparisons: [WithheldComparison]
    public let estimates: [WithheldEstimates]

    /// - Parameter names: of the channels.
    public init(
        _ folds: WithheldFolds, _ observations: SystemObservations, names: [String], _ estimates: [WithheldEstimates]
    ) {
        (grouping, self.folds, self.estimates) = (folds.grouping, folds.count, estimates)
        let (values, mask, m) = (observations.values.values, observations.mask.values, names.count)
        let places = folds.folds.indices.filter { folds.folds[$0] >= 0 && mask[$0] > 0 }
        let byChannel = Dictionary(grouping: places) { $0 % m }
        let sizes = (0..<m).map { channel -> Double in
            let own = (byChannel[channel] ?? []).map { values[$0] }
            guard own.count > 1 else { return 1 }
            let mean = own.reduce(0, +) / Double(own.count)
            let square = own.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(own.count)
            return square > 0 ? square.squareRoot() : 1
        }
        let used = Set(places.map { folds.blocks[$0 / m] }).sorted()
        blocks = used.count
        func scores(_ estimate: WithheldEstimates) -> [WithheldScore] {
            func score(_ places: [Int], _ channel: Int?) -> WithheldScore {
                var score = WithheldScore(
                    method: estimate.method, isSmoothed: estimate.isSmoothed, channel: channel.map { names[$0] },
                    count: places.count)
                guard !places.isEmpty,
                    places.allSatisfy({ estimate.means[$0].isFinite && estimate.deviations[$0].isFinite })
                else { return score }
                let units = places.map { channel == nil ? sizes[$0 % m] : 1 }
                let errors = zip(places, units).map { ((values[$0] - estimate.means[$0]) / $1) }
                score.error = (errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count)).squareRoot()
                let scores = zip(places, units).map { Self.crps(estimate, values[$0], $0) / $1 }
                let interval = PositiveMeanInterval(Self.means(scores, places.map { folds.blocks[$0 / m] }, used))
                score.crps = scores.reduce(0, +) / Double(scores.count)
                (score.low, score.high) = (interval.low, interval.high)
                let inside = places.count {
                    abs(values[$0] - estimate.means[$0]) <= 1.6448536269514722 * estimate.deviations[$0]
                }
                score.coverage = Double(inside) / Double(places.count)
                return score
            }
            return [score(places, nil)]
                + (m > 1 ? (0..<m).compactMap { channel in byChannel[channel].map { score($0, channel) } } : [])
        }
        let all = estimates.map(scores)
        self.scores = all.flatMap(\.self)
        // Only methods without the future are compared: smoothers know more.
        let fair = zip(estimates, all).filter { !$0.0.isSmoothed && $0.1[0].crps != nil }.map(\.0)
        func blockMeans(_ estimate: WithheldEstimates) -> [Double] {
            Self.means(
                places.map { Self.crps(estimate, values[$0], $0) / sizes[$0 % m] },
                places.map { folds.blocks[$0 / m] }, used)
        }
        let means = fair.map(blockMeans)
        var comparisons = fair.indices.flatMap { i in
            fair.indices.dropFirst(i + 1).map { j in
                let found = PairedDifference(means[i], means[j])
                return WithheldComparison(
                    first: fair[i].method, second: fair[j].method, difference: found.mean, low: found.low,
                    high: found.high, probability: found.probability, blocks: used.count)
            }
        }
        let known = comparisons.indices.filter { comparisons[$0].probability != nil }
        for (place, probability) in zip(known, holmAdjusted(known.map { comparisons[$0].probability ?? 1 })) {
            comparisons[place].probability = probability
        }
        self.comparisons = comparisons
    }

    private static func crps(_ estimate: WithheldEstimates, _ value: Double, _ place: Int) -> Double {
        ProperScore.crps(
            mean: estimate.means[place], standardDeviation: estimate.deviations[place], truth: value)
    }

    /// The mean of the numbers of each block that has some.
    private static func means(_ numbers: [Double], _ blocks: [Int], _ used: [Int]) -> [Double] {
        var (sums, counts) = ([Int: Double](), [Int: Int]())
        for (number, block) in zip(numbers, blocks) {
            sums[block, default: 0] += number
            counts[block, default: 0] += 1
        }
        return used.compactMap { block in counts[block].map { (sums[block] ?? 0) / Double($0) } }
    }
}

extension WithheldJudgement {
    /// The scores over all channels.
    public var overall: [WithheldScore] { scores.filter { $0.channel == nil } }

    /// The method with the smallest ranked score of those that have used observations so far alone.
    public var best: WithheldScore? {
        overall.filter { !$0.isSmoothed && $0.crps != nil }
            .min { ($0.crps ?? .infinity) < ($1.crps ?? .infinity) }
    }

    /// The names of methods that cannot be told from the best one.
    public var withinNoise: [String] {
        guard let best else { return [] }
        return overall.filter { !$0.isSmoothed && $0.crps != nil && $0.method != best.method }.map(\.method)
            .filter { name in
                guard let pair = comparisons.first(where: { Set([$0.first, $0.second]) == [best.method, name] }),
                    let probability = pair.probability
                else { return true }
                return probability >= 0.05
            }
    }
}
