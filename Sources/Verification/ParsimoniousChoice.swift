import Foundation

/// The contributions to a score of forecasts at one lead, in the order of their starts.
public struct LeadScores: Sendable {
    /// The steps at which the forecasts start, increasing.
    public let starts: [Int]
    /// One contribution a start, combined by their mean.
    public let series: ScoreSeries

    /// - Precondition: a contribution a start, combined by their mean.
    public init(starts: [Int], _ series: ScoreSeries) {
        precondition(
            series.combination == .mean && starts.count == series.length,
            "\(series.length) contributions of \(starts.count) starts")
        (self.starts, self.series) = (starts, series)
    }
}

/// The difference of two mean scores and its standard error.
public struct MeanDifference: Sendable, Equatable {
    /// The first mean less the second.
    public let value: Double
    /// The standard deviation of that difference among resamples of blocks of starts; nil if there are fewer than two
    /// blocks.
    public let standardError: Double?
}

extension BlockBootstrap {
    /// The mean over leads of a score, the first method's less the second's, over forecasts that both made.
    ///
    ///     D = (1/L) Σ D(l),   D(l) the mean over starts of d(s, l);   c(s) = D + (T/L) Σ (d(s, l) − D(l)) / n(l)
    ///
    /// The T contributions c(s) of the starts have the mean D; resampled in blocks, they give its standard error with
    /// the dependence among starts and among the leads of a start. nil where a lead has no common forecast.
    public func meanDifference(_ first: [LeadScores], _ second: [LeadScores]) -> MeanDifference? {
        precondition(first.map(\.starts) == second.map(\.starts), "scores of different starts cannot be paired")
        let starts = Set(first.flatMap(\.starts)).sorted()
        let places = Dictionary(uniqueKeysWithValues: starts.enumerated().map { ($1, $0) })
        var contributions = [Double](repeating: 0, count: starts.count)
        var mask = [Bool](repeating: false, count: starts.count)
        var total = 0.0
        for (one, other) in zip(first, second) {
            let both = one.series.mask.indices.filter { one.series.mask[$0] && other.series.mask[$0] }
            guard !both.isEmpty else { return nil }
            let differences = both.map { one.series.terms[$0] - other.series.terms[$0] }
            let mean = differences.reduce(0, +) / Double(both.count)
            total += mean / Double(first.count)
            for (index, difference) in zip(both, differences) {
                guard let place = places[one.starts[index]] else { continue }
                contributions[place] += (difference - mean) / Double(first.count * both.count)
                mask[place] = true
            }
        }
        let count = Double(mask.count { $0 })
        let series = ScoreSeries(.mean, terms: contributions.map { total + count * $0 }, mask: mask)
        return MeanDifference(value: total, standardError: standardError(of: series))
    }

    /// The standard deviation of a score among the resamples; nil if there are fewer than two blocks.
    private func standardError(of series: ScoreSeries) -> Double? {
        let length = length(for: series)
        guard series.count / length > 1 else { return nil }
        let replicates = replicates([series], length: length)
        guard replicates.count > 1 else { return nil }
        let mean = replicates.reduce(0, +) / Double(replicates.count)
        let squares = replicates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (squares / Double(replicates.count - 1)).squareRoot()
    }
}

/// The simplest of the methods that a score cannot distinguish from the best: those whose score, lower being better,
/// exceeds the lowest by no more than one standard error of the paired difference.
///
/// Among equally simple ones the lower score decides. A difference whose standard error is not known decides nothing.
/// Reference: the one-standard-error rule of Breiman, Friedman, Olshen and Stone 1984, *Classification and Regression
/// Trees*, section 3.4.3.
public struct ParsimoniousChoice: Sendable, Equatable {
    /// A method that can be chosen.
    public struct Candidate: Sendable {
        /// Smaller is simpler.
        public let complexity: Int
        /// The scores that decide, on average over the leads.
        public let scores: [LeadScores]

        public init(complexity: Int, scores: [LeadScores]) {
            (self.complexity, self.scores) = (complexity, scores)
        }

        /// The mean over the leads; nil where a lead has no score.
        public var score: Double? {
            let values = scores.compactMap(\.series.value)
            return values.isEmpty || values.count < scores.count ? nil : values.reduce(0, +) / Double(values.count)
        }
    }

    /// The index of the candidate with the lowest score.
    public let lowest: Int
    /// The index of the candidate that is chosen.
    public let chosen: Int
    /// By how much each candidate's score exceeds the lowest; nil where it has none.
    public let differences: [MeanDifference?]

    /// - Returns: nil if no candidate has a score.
    public init?(_ candidates: [Candidate], _ bootstrap: BlockBootstrap) {
        let scores = candidates.map(\.score)
        let known = candidates.indices.filter { scores[$0] != nil }
        func score(_ index: Int) -> Double { scores[index] ?? .infinity }
        guard let lowest = known.min(by: { score($0) < score($1) }) else { return nil }
        let differences = candidates.indices.map { index in
            scores[index] == nil
                ? nil : bootstrap.meanDifference(candidates[index].scores, candidates[lowest].scores)
        }
        let equal = known.filter { index in
            guard let difference = differences[index] else { return false }
            return difference.standardError.map { difference.value <= $0 } ?? true
        }
        self.lowest = lowest
        self.differences = differences
        chosen =
            equal.min { (candidates[$0].complexity, score($0)) < (candidates[$1].complexity, score($1)) } ?? lowest
    }
}
