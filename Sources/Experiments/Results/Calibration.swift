import Foundation
import Studies
import Verification

/// A number with its confidence interval.
struct IntervalRecord: Codable, Sendable, Equatable {
    var value: Double?
    var low: Double?
    var high: Double?

    /// Numbers that are not finite become nil.
    init(value: Double?, low: Double?, high: Double?) {
        (self.value, self.low, self.high) = (value?.finite, low?.finite, high?.finite)
    }

    init(_ estimate: ScoreEstimate) { self.init(value: estimate.value, low: estimate.low, high: estimate.high) }
}

/// Whether intervals hold the truth as often as they promise.
enum CalibrationFinding: String, Codable, Sendable, CaseIterable {
    case consistent
    case tooNarrow = "too narrow"
    case tooWide = "too wide"
    /// No interval, or no forecast.
    case unknown
}

/// How often the central intervals of one probability held the truth at one lead.
struct CalibrationRecord: Codable, Sendable, Equatable {
    var method: String
    var variable: String
    var lead: Int
    var gaps: Gaps
    /// The intervals' probability, 0.5 or 0.9.
    var level: Double
    /// The share of the forecasts whose interval held the truth.
    var coverage: IntervalRecord
    /// The probability of a share at least so far from the level if it is right,
    /// corrected by Holm for the number of leads.
    var probability: Double?
    var finding: CalibrationFinding
}

/// How a rank histogram departs from flatness.
enum RankShape: String, Codable, Sendable, CaseIterable {
    case flat
    case forecastsTooLow = "slope: forecasts too low"
    case forecastsTooHigh = "slope: forecasts too high"
    case tooNarrow = "U: forecasts too narrow"
    case tooWide = "dome: forecasts too wide"
}

/// The probability of an estimate so far from its theoretical value: normal, with the larger of the standard errors
/// that its interval and independent times have.
private func probability(_ estimate: IntervalRecord, from theory: Double, independentError: Double) -> Double? {
    guard let value = estimate.value, let low = estimate.low, let high = estimate.high else { return nil }
    let error = max((high - low) / 3.92, independentError)
    return error > 0 ? erfc(abs(value - theory) / error / 2.0.squareRoot()) : nil
}

extension RunResults {
    /// Adds the conclusions from the scores: calibration, the shapes of rank histograms, and the verdict.
    mutating func conclude() {
        calibration = [(Score.coverage50, 0.5), (.coverage90, 0.9)].flatMap(calibration)
        nameShapes()
        verdict = derivedVerdict()
    }

    /// The coverage of the chosen method's intervals of the primary variable, by lead.
    private func calibration(of score: Score, level: Double) -> [CalibrationRecord] {
        let context = IndexedResults(self)
        var records = leads.compactMap { lead -> CalibrationRecord? in
            guard let found = context.score(score, chosen, lead: lead), found.count > 0 else { return nil }
            let coverage = IntervalRecord(value: found.value, low: found.low, high: found.high)
            let independent = (level * (1 - level) / Double(found.count)).squareRoot() * dependence(context, lead)
            return CalibrationRecord(
                method: chosen, variable: primaryVariable, lead: lead, gaps: .none, level: level, coverage: coverage,
                probability: probability(coverage, from: level, independentError: independent), finding: .unknown)
        }
        let known = records.indices.filter { records[$0].probability != nil }
        for (index, adjusted) in zip(known, holmAdjusted(known.map { records[$0].probability ?? 1 })) {
            records[index].probability = adjusted
            let isOff = adjusted < 1 - confidence
            let isLow = (records[index].coverage.value ?? level) < level
            records[index].finding = isOff ? (isLow ? .tooNarrow : .tooWide) : .consistent
        }
        return records
    }

    /// By how much the standard errors of coverages exceed those of independent times: the most among those of both
    /// levels, since an interval that held the truth always has none.
    private func dependence(_ context: IndexedResults, _ lead: Int) -> Double {
        let ratios = [Score.coverage50, .coverage90].compactMap { score -> Double? in
            guard let found = context.score(score, chosen, lead: lead), let value = found.value, let low = found.low,
                let high = found.high, value > 0, value < 1
            else { return nil }
            return (high - low) / 3.92 / (value * (1 - value) / Double(found.count)).squareRoot()
        }
        return max(1, ratios.max() ?? 1)
    }

    /// Names how histograms depart from flatness, corrected by Holm for the number of histograms.
    private mutating func nameShapes() {
        let counts = rankHistograms.map { Double(max(1, $0.counts.reduce(0, +))) }
        func adjusted(
            _ estimate: (RankHistogramRecord) -> IntervalRecord?, _ theory: Double, variance: Double
        ) -> [Int: Double] {
            let found = rankHistograms.indices.compactMap { index in
                estimate(rankHistograms[index]).flatMap {
                    probability($0, from: theory, independentError: (variance / counts[index]).squareRoot())
                }.map { (index, $0) }
            }
            return Dictionary(uniqueKeysWithValues: zip(found.map(\.0), holmAdjusted(found.map(\.1))))
        }
        // Of a uniform u: the variance of u is 1/12, and of 12 (u − ½)² it is 4/5.
        let means = adjusted(\.meanProbability, 0.5, variance: 1 / 12)
        let dispersions = adjusted(\.dispersion, 1, variance: 0.8)
        for index in rankHistograms.indices {
            guard let mean = means[index], let dispersion = dispersions[index] else { continue }
            var shapes: [RankShape] = []
            if mean < 1 - confidence {
                let isHigh = (rankHistograms[index].meanProbability?.value ?? 0.5) > 0.5
                shapes.append(isHigh ? .forecastsTooLow : .forecastsTooHigh)
            }
            if dispersion < 1 - confidence {
                shapes.append((rankHistograms[index].dispersion?.value ?? 1) > 1 ? .tooNarrow : .tooWide)
            }
            rankHistograms[index].shapes = shapes.isEmpty ? [.flat] : shapes
        }
    }
}
