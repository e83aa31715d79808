import Studies
import Verification

/// The method with the best score at one lead, and whether it differs from the others beyond noise.
struct LeaderRecord: Codable, Sendable, Equatable {
    /// The scenario of withheld observations.
    var gaps: Gaps
    /// The variable's name.
    var variable: String
    /// The lead in steps of the run's lead unit.
    var lead: Int
    /// Which score.
    var score: Score
    /// The method with the lowest score.
    var method: String
    /// The method with the second lowest score; nil where there is no other.
    var rival: String?
    /// The lowest score less the second lowest.
    var difference: Double?
    /// The lower end of its confidence interval.
    var low: Double?
    /// The upper end of its confidence interval.
    var high: Double?
    /// Whether the intervals of the differences from all other methods exclude zero and their probabilities, corrected
    /// by Holm for the number of other methods, are below one less the confidence.
    var isClear: Bool
}

/// The scores of one method at one lead, ready to be compared.
struct ScoredMethod: Sendable {
    let name: String
    let series: ScoreSeries
}

extension LeaderRecord {
    /// The leader among methods; nil where none has a score. Methods that are the same to all digits do not compete.
    init?(
        _ methods: [ScoredMethod], gaps: Gaps, variable: String, lead: Int, score: Score,
        _ bootstrap: BlockBootstrap
    ) {
        let known = methods.compactMap { method in method.series.value.map { (method: method, value: $0) } }
        guard let best = known.min(by: { score.isBetter($0.value, than: $1.value) }) else { return nil }
        let others = known.filter { $0.method.name != best.method.name && !isSame($0.value, best.value) }
        let differences = others.map { bootstrap.difference(best.method.series, $0.method.series) }
        let adjusted = holmAdjusted(differences.map { $0.studentProbability ?? 1 })
        let second = others.indices.min { score.isBetter(others[$0].value, than: others[$1].value) }
        let nearest = second.map { differences[$0].estimate }
        self.init(
            gaps: gaps, variable: variable, lead: lead, score: score, method: best.method.name,
            rival: second.map { others[$0].method.name }, difference: nearest?.value?.finite, low: nearest?.low?.finite,
            high: nearest?.high?.finite,
            isClear: !others.isEmpty && differences.allSatisfy(\.isSignificant)
                && adjusted.allSatisfy { $0 < 1 - bootstrap.level })
    }
}

extension ComparisonRecord {
    /// The difference of a score of two methods.
    init(
        _ first: String, _ second: String, variable: String, lead: Int, score: Score, gaps: Gaps,
        _ difference: ScoreDifference
    ) {
        self.init(
            first: first, second: second, variable: variable, lead: lead, score: score, gaps: gaps,
            difference: difference.estimate.value?.finite, low: difference.estimate.low?.finite,
            high: difference.estimate.high?.finite, probability: difference.studentProbability?.finite,
            significant: difference.isSignificant)
    }

    /// Comparisons with their probabilities corrected by Holm, over all methods and leads of a score, a variable and a
    /// scenario; those stay significant whose corrected probability is below 1 − `confidence`.
    static func corrected(_ comparisons: [ComparisonRecord], confidence: Double) -> [ComparisonRecord] {
        struct Family: Hashable { let gaps: Gaps, variable: String, score: Score }
        var corrected = comparisons
        let families = Dictionary(grouping: comparisons.indices) {
            Family(gaps: comparisons[$0].gaps, variable: comparisons[$0].variable, score: comparisons[$0].score)
        }
        for indices in families.values {
            let known = indices.filter { comparisons[$0].probability != nil }
            for (index, adjusted) in zip(known, holmAdjusted(known.map { comparisons[$0].probability ?? 1 })) {
                corrected[index].probability = adjusted
                corrected[index].significant = comparisons[index].significant && adjusted < 1 - confidence
            }
        }
        return corrected
    }
}
