import Learning
import Verification

/// Normal forecasts of a stretch of targets by one method at one lead, ready to be scored.
struct NormalForecasts: Sendable {
    let method: String
    let lead: Int
    let targets: Range<Int>
    let means: [Double]
    let deviations: [Double]
    let truth: [Double]
    /// The course of the year about a straight line, which anomalies are relative to.
    let normals: [Double]
    let scored: GaussianForecasts

    init(
        _ method: String, lead: Int, targets: Range<Int>, means: [Double], deviations: [Double], truth: [Double],
        normals: [Double]
    ) {
        (self.method, self.lead, self.targets) = (method, lead, targets)
        (self.means, self.deviations, self.truth, self.normals) = (means, deviations, truth, normals)
        let mask = truth.indices.map { truth[$0].isFinite && means[$0].isFinite && deviations[$0] > 0 }
        scored = GaussianForecasts(mean: means, standardDeviation: deviations, truth: truth, mask: mask)
    }

    var crps: ScoreSeries { scored.continuousRankedProbabilityScore }
    var squares: ScoreSeries { scored.mean.rootMeanSquareError }

    /// The correlation of anomalies.
    private var correlation: ScoreSeries {
        func anomalies(_ values: [Double]) -> [Double] { zip(values, normals).map(-) }
        return PointForecasts(forecast: anomalies(means), truth: anomalies(truth), mask: scored.mean.mask).correlation
    }

    func scores(_ variable: String, split: String, _ bootstrap: BlockBootstrap) -> [ScoreRecord] {
        let all: [(ScoreName, ScoreSeries)] = [
            (.rmse, squares), (.crps, crps), (.coverage50, scored.coverage(of: 0.5)),
            (.coverage90, scored.coverage(of: 0.9)), (.correlation, correlation),
            (.spreadErrorRatio, scored.spreadErrorRatio),
        ]
        return all.map { name, series in
            let estimate = bootstrap.estimate(series)
            return ScoreRecord(
                method: method, variable: variable, lead: lead, split: split, gaps: .none, score: name,
                value: estimate.value, low: estimate.low, high: estimate.high, count: estimate.count)
        }
    }
}

/// Makes the forecasts of a stretch of targets; what lies in the stretch or after it is looked at only as truth and as
/// observations up to each start.
struct StructuralForecaster: Sendable {
    let data: StructuralData
    let leads: [Int]
    let targets: Range<Int>
    private let trend: SeasonalTrend
    /// The course of the year about a straight line before the targets, at every time.
    let normals: [Double]

    init(_ data: StructuralData, _ setting: StructuralConfiguration, targets: Range<Int>) {
        (self.data, self.targets, leads) = (data, targets, setting.leads)
        let trend = SeasonalTrend(
            data.given, period: setting.step.stepsPerYear, harmonics: setting.variants.map(\.harmonics).max() ?? 0)
        self.trend = trend
        let coefficients = trend.coefficients(over: 0..<targets.lowerBound) ?? []
        normals = data.times.indices.map { trend.value(coefficients, at: $0) }
    }

    private func forecasts(_ method: String, lead: Int, _ means: [Double], _ deviations: [Double]) -> NormalForecasts {
        NormalForecasts(
            method, lead: lead, targets: targets, means: means, deviations: deviations,
            truth: targets.map { data.values[$0] }, normals: Array(normals[targets]))
    }

    /// The forecasts of a fitted model after the Kalman filter, a lead each.
    func learned(_ fit: StructuralFit) -> [NormalForecasts] {
        let model = fit.model
        let analyses = model.filter(Array(data.given[..<targets.upperBound])).analyses
        return leads.map { lead in
            let ahead = model.measurements(analyses, ahead: lead)
            return forecasts(
                fit.setting.name, lead: lead, targets.map { ahead.means[$0 - lead] },
                targets.map { ahead.standardDeviations[$0 - lead] })
        }
    }

    /// The forecasts of a baseline, a lead each, with the size of its errors before the stretch as their spread.
    func baseline(_ baseline: StructuralBaseline) -> [NormalForecasts] {
        let means = BaselineMeans(data.given, trend: trend)
        return leads.map { lead in
            let errors = (0..<targets.lowerBound).map { means.mean(baseline, target: $0, lead: lead) - data.given[$0] }
                .filter(\.isFinite)
            let square = errors.map { $0 * $0 }.reduce(0, +) / Double(max(errors.count, 1))
            let deviation = square.squareRoot()
            return forecasts(
                baseline.rawValue, lead: lead, targets.map { means.mean(baseline, target: $0, lead: lead) },
                targets.map { _ in deviation })
        }
    }
}
