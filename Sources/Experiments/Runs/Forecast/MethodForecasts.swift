import Learning
import Verification

/// The forecasts of one method and one gap scenario, with their scores: what a stage of the run keeps.
struct MethodForecasts: Codable, Sendable {
    let method: String
    let gaps: Gaps
    let outcome: Outcome
    /// `[variable][lead − 1]`
    let leads: [[LeadForecasts]]

    func scores(_ variable: Int, lead: Int) -> [ScoreRecord] { leads[variable][lead - 1].scores }
}

/// Forecasts of one variable at one lead, one entry a target time.
struct LeadForecasts: Codable, Sendable {
    let mean: [Double]
    /// 5, 25, 50, 75 and 95 %.
    let quantiles: [[Double]]
    let isScored: [Bool]
    let rankedProbability: [Double]
    let squaredErrors: [Double]
    let scores: [ScoreRecord]
    let ranks: [Int]
    let flatness: Double

    static let probabilities = [0.05, 0.25, 0.5, 0.75, 0.95]

    var squares: ScoreSeries { ScoreSeries(.rootMean, terms: squaredErrors, mask: isScored) }
    var rankedProbabilities: ScoreSeries { ScoreSeries(.mean, terms: rankedProbability, mask: isScored) }
}

/// Scores ensembles over a stretch of targets.
struct ForecastScorer: Sendable {
    let data: ForecastData
    let targets: Range<Int>
    let split: String
    let leads: Int
    let bootstrap: BlockBootstrap

    /// The times from which forecasts are needed: every target is forecast at every lead.
    var starts: [Int] { Array((targets.lowerBound - leads)..<(targets.upperBound - 1)) }

    /// - Parameter members: the anomalies of an ensemble in units of the series, `(variable, lead, target) -> members`.
    func score(
        _ method: String, _ gaps: Gaps, _ outcome: Outcome, members: (Int, Int, Int) -> [Double]
    ) -> MethodForecasts {
        let leads = data.variables.indices.map { v in
            (1...self.leads).map { lead in
                score(method, gaps, variable: v, lead: lead, targets.map { members(v, lead, $0) })
            }
        }
        return MethodForecasts(method: method, gaps: gaps, outcome: outcome, leads: leads)
    }

    private func score(
        _ method: String, _ gaps: Gaps, variable: Int, lead: Int, _ members: [[Double]]
    ) -> LeadForecasts {
        let truth = targets.map { data.truth[$0][variable] }
        let isFinite = members.map { $0.allSatisfy(\.isFinite) }
        let mask = zip(truth, isFinite).map { $0.isFinite && $1 }
        let forecasts = EnsembleForecasts(
            members: members, truth: truth.map { $0.isFinite ? $0 : 0 }, mask: mask)
        let crps = forecasts.continuousRankedProbabilityScore(.fair)
        let squares = forecasts.mean.rootMeanSquareError
        func record(_ name: ScoreName, _ series: ScoreSeries) -> ScoreRecord {
            let estimate = bootstrap.estimate(series)
            return ScoreRecord(
                method: method, variable: data.variables[variable].name, lead: lead, split: split, gaps: gaps,
                score: name, value: estimate.value, low: estimate.low, high: estimate.high, count: estimate.count)
        }
        let histogram = forecasts.rankHistogram(bins: 10, seed: bootstrap.seed)
        return LeadForecasts(
            mean: zip(forecasts.mean.forecast, isFinite).map { $1 ? $0 : .nan },
            quantiles: LeadForecasts.probabilities.map { p in
                zip(forecasts.quantile(p), mask).map { $1 ? $0 : .nan }
            },
            isScored: mask, rankedProbability: crps.terms, squaredErrors: squares.terms,
            scores: [
                record(.rmse, squares), record(.crps, crps), record(.coverage50, forecasts.coverage(of: 0.5)),
                record(.coverage90, forecasts.coverage(of: 0.9)), record(.correlation, forecasts.mean.correlation),
                record(.spreadErrorRatio, forecasts.spreadErrorRatio),
            ],
            ranks: histogram.counts, flatness: histogram.flatnessProbability)
    }

    /// The forecasts of a learned method.
    func learned(
        _ method: String, _ gaps: Gaps, _ forecaster: EnsembleForecaster, _ trajectory: Trajectory<Ensemble>,
        threads: Int
    ) -> MethodForecasts {
        let starts = self.starts
        let futures = forecaster.forecasts(trajectory, starts: starts, leads: leads, threads: threads)
            .map { $0.transposed(to: [2, 0, 1]).values }  // [variable, lead, member]
        let n = forecaster.members
        return score(method, gaps, trajectory.outcome) { v, lead, target in
            let offset = (v * leads + lead - 1) * n
            let future = futures[target - lead - starts[0]]
            let anomaly = anomaly(v, target, forecaster.climatology)
            return (0..<n).map { anomaly(future[offset + $0]) }
        }
    }

    /// The forecasts of a baseline.
    func baseline(_ baseline: Baseline, _ scenario: GapScenario, _ climatology: Climatology, before end: Int)
        -> MethodForecasts
    {
        let starts = self.starts
        let futures = baseline.forecasts(
            climatology.anomalies(of: scenario.series), before: end, starts: starts, leads: leads)
        return score(baseline.rawValue, scenario.gaps, .completed) { v, lead, target in
            futures[v][lead - 1][target - lead - starts[0]].map(anomaly(v, target, climatology))
        }
    }

    /// From our own standardised anomaly to the anomaly that the truth is given as.
    private func anomaly(_ variable: Int, _ target: Int, _ climatology: Climatology) -> (Double) -> Double {
        let normal = climatology.normal(data.series.season, at: target)[variable]
        let scale = climatology.scales[variable]
        let reference = data.referenceValues(at: target)[variable]
        return { normal + scale * $0 - reference }
    }
}
