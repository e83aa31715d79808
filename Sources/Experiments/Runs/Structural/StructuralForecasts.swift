import Learning
import Verification

/// Forecasts of a stretch of targets by one method at one lead, with the distribution of their errors.
struct LeadDistributions: Sendable {
    let method: String
    let lead: Int
    let targets: Range<Int>
    let means: [Double]
    let deviations: [Double]
    /// Of errors over their standard deviations.
    let distribution: ErrorDistribution
    let truth: [Double]
    /// The mean course of the cycles about a straight line, which anomalies are relative to.
    let normals: [Double]

    /// The targets that can be scored.
    var isKnown: [Bool] {
        truth.indices.map { truth[$0].isFinite && means[$0].isFinite && deviations[$0] > 0 && deviations[$0].isFinite }
    }
    /// The mean over a quantile of the error's distribution.
    func quantile(_ probability: Double) -> [Double] {
        let z = distribution.quantile(probability)
        return zip(means, deviations).map { $0 + z * $1 }
    }
}

/// Forecasts that are scored on the same targets as those of other methods.
struct ScoredDistributions: Sendable {
    let forecasts: LeadDistributions
    let mask: [Bool]
    private let scored: ScoredForecasts

    init(_ forecasts: LeadDistributions, mask: [Bool]) {
        (self.forecasts, self.mask) = (forecasts, mask)
        let (means, deviations, truth) = (forecasts.means, forecasts.deviations, forecasts.truth)
        let distribution: any DistributionForecasts =
            switch forecasts.distribution {
            case .gaussian: GaussianForecasts(mean: means, standardDeviation: deviations, truth: truth, mask: mask)
            case .quantiles(let quantiles):
                QuantileForecasts(
                    quantiles: zip(means, deviations).map { mean, deviation in quantiles.map { mean + deviation * $0 }
                    },
                    truth: truth, mask: mask)
            }
        scored = ScoredForecasts(
            distribution, points: PointForecasts(forecast: means, truth: truth, mask: mask), normals: forecasts.normals)
    }

    var method: String { forecasts.method }
    var lead: Int { forecasts.lead }

    var squares: ScoreSeries { Score.rmse.series(scored) }
    var crps: ScoreSeries { Score.crps.series(scored) }
    func truthProbabilities(seed: UInt64) -> TruthProbabilities { scored.distribution.truthProbabilities(seed: seed) }
    func rankHistogram(seed: UInt64) -> RankHistogram { scored.distribution.rankHistogram(bins: 10, seed: seed) }

    func scores(_ variable: String, split: String, _ bootstrap: BlockBootstrap) -> [ScoreRecord] {
        Score.all.map { score in
            let estimate = bootstrap.estimate(score.series(scored))
            return ScoreRecord(
                method: method, variable: variable, lead: lead, split: split, gaps: .none, score: score,
                value: estimate.value, low: estimate.low, high: estimate.high, count: estimate.count)
        }
    }

    /// All forecasts of a lead on the targets that each of them can be scored on; a method that forecasts fewer than
    /// half of the known values takes no target from the others, and has no score.
    static func together(_ all: [LeadDistributions]) -> [ScoredDistributions] {
        var common: [Int: [Bool]] = [:]
        func isOften(_ forecasts: LeadDistributions) -> Bool {
            2 * forecasts.isKnown.count(where: \.self) >= forecasts.truth.count(where: \.isFinite)
        }
        for forecasts in all where isOften(forecasts) {
            let known = forecasts.isKnown
            common[forecasts.lead] = common[forecasts.lead].map { zip($0, known).map { $0 && $1 } } ?? known
        }
        return all.map { forecasts in
            let mask = isOften(forecasts) ? common[forecasts.lead] : nil
            return ScoredDistributions(forecasts, mask: mask ?? forecasts.truth.map { _ in false })
        }
    }
}

/// Makes the forecasts of a stretch of targets; what lies in the stretch or after it is looked at only as truth and as
/// observations up to each start.
struct StructuralForecaster: Sendable {
    let data: StructuralData
    let leads: [Int]
    let targets: Range<Int>
    private let shape: InnovationShape
    private let means: BaselineMeans
    /// The mean course of the cycles about a straight line before the targets, at every time.
    let normals: [Double]

    init(_ data: StructuralData, _ configuration: StructuralConfiguration, targets: Range<Int>) {
        (self.data, self.targets, leads, shape) = (data, targets, configuration.leads, configuration.innovations)
        let course = MeanCourse(data.given, cycles: data.cycles)
        means = BaselineMeans(data.given, course: course, base: data.baseCycle)
        let fitted = course.fitted(over: 0..<targets.lowerBound)
        normals = data.times.indices.map { fitted?.value(at: $0) ?? 0 }
    }

    /// - Parameter earlier: standardised errors of the same lead before the targets.
    private func forecasts(
        _ method: String, lead: Int, _ means: [Double], _ deviations: [Double], earlier: [Double]
    ) -> LeadDistributions {
        LeadDistributions(
            method: method, lead: lead, targets: targets, means: means, deviations: deviations,
            distribution: ErrorDistribution(shape, errors: earlier), truth: targets.map { data.values[$0] },
            normals: Array(normals[targets]))
    }

    /// The forecasts of a fitted model after the Kalman filter, a lead each.
    func learned(_ fit: StructuralFit) -> [LeadDistributions] {
        let model = fit.model
        let errors = data.errors.map { Array($0[..<targets.upperBound]) }
        let analyses = model.filter(Array(data.given[..<targets.upperBound]), errors: errors).analyses
        // Forecasts need at least as many values before them as the filter has unknowns.
        let begin = data.begin(after: 2 * fit.setting.diffuseCount)
        return leads.map { lead in
            let ahead = model.measurements(analyses, ahead: lead)
            let earlier = (min(begin + lead, targets.lowerBound)..<targets.lowerBound).map {
                (data.given[$0] - ahead.means[$0 - lead]) / ahead.standardDeviations[$0 - lead]
            }
            return forecasts(
                fit.setting.name, lead: lead, targets.map { ahead.means[$0 - lead] },
                targets.map { ahead.standardDeviations[$0 - lead] }, earlier: earlier)
        }
    }

    /// The forecasts of a baseline, a lead each, with the size of its errors before the stretch as their spread.
    func baseline(_ baseline: StructuralBaseline) -> [LeadDistributions] {
        leads.map { lead in
            let errors = (0..<targets.lowerBound).map { data.given[$0] - means.mean(baseline, target: $0, lead: lead) }
                .filter(\.isFinite)
            let deviation =
                errors.isEmpty ? Double.nan : (errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count)).squareRoot()
            return forecasts(
                baseline.rawValue, lead: lead, targets.map { means.mean(baseline, target: $0, lead: lead) },
                targets.map { _ in deviation }, earlier: errors.map { $0 / deviation })
        }
    }
}
