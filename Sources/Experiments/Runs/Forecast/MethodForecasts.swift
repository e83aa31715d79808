import Learning
import Verification

/// The forecasts of one method and one gap scenario, with their scores, the content of a stage of the run.
struct MethodForecasts: Codable, Sendable {
    let method: String
    let gaps: Gaps
    let outcome: Outcome
    /// `[variable][position of the lead]`
    let leads: [[LeadForecasts]]
}

/// Forecasts of one variable at one lead, one entry a target time.
struct LeadForecasts: Codable, Sendable {
    /// In steps.
    let lead: Int
    /// The steps that were forecast.
    let targets: [Int]
    let mean: [Double]
    /// 5, 25, 50, 75 and 95 %.
    let quantiles: [[Double]]
    let isScored: [Bool]
    let rankedProbability: [Double]
    let squaredErrors: [Double]
    let scores: [ScoreRecord]
    let ranks: [Int]
    let flatness: Double
    /// The moments of the truth's probability under the forecasts,
    /// of which slopes and curvatures of the histogram follow.
    let truthProbability: IntervalRecord
    let truthDispersion: IntervalRecord

    static let probabilities = [0.05, 0.25, 0.5, 0.75, 0.95]

    var squares: ScoreSeries { ScoreSeries(.rootMean, terms: squaredErrors, mask: isScored) }
    var crps: ScoreSeries { ScoreSeries(.mean, terms: rankedProbability, mask: isScored) }
}

/// Scores ensembles over a stretch of targets.
struct ForecastScorer: Sendable {
    let data: ForecastData
    let targets: Range<Int>
    let split: String
    /// Increasing.
    let leads: [Int]
    /// Steps from one start to the next; the last step before the targets is one.
    let interval: Int
    let bootstrap: BlockBootstrap

    /// The times from which forecasts are needed: those that reach a target at any lead.
    var starts: [Int] {
        let (shortest, longest) = (leads[0], leads[leads.count - 1])
        return ((targets.lowerBound - longest)..<(targets.upperBound - shortest)).filter { start in
            isStart(start) && leads.contains { targets.contains(start + $0) }
        }
    }

    private func isStart(_ time: Int) -> Bool { (time - targets.lowerBound + 1) % interval == 0 }

    /// The targets that a start reaches at a lead.
    private func targets(_ lead: Int) -> [Int] { targets.filter { isStart($0 - lead) } }

    /// - Parameter members: an ensemble in units of the truth, by variable, position of the lead, position of
    ///   the start, and target.
    func score(
        _ method: String, _ gaps: Gaps, _ outcome: Outcome, members: (Int, Int, Int, Int) -> [Double]
    ) -> MethodForecasts {
        let positions = Dictionary(uniqueKeysWithValues: starts.enumerated().map { ($1, $0) })
        let leads = data.variables.indices.map { v in
            self.leads.enumerated().map { i, lead in
                let targets = targets(lead)
                let ensembles = targets.map { members(v, i, positions[$0 - lead] ?? 0, $0) }
                return score(method, gaps, variable: v, lead: lead, targets, ensembles)
            }
        }
        return MethodForecasts(method: method, gaps: gaps, outcome: outcome, leads: leads)
    }

    private func score(
        _ method: String, _ gaps: Gaps, variable: Int, lead: Int, _ targets: [Int], _ members: [[Double]]
    ) -> LeadForecasts {
        let truth = targets.map { data.truth[$0, variable] }
        let isFinite = members.map { $0.allSatisfy(\.isFinite) }
        let mask = zip(truth, isFinite).map { $0.isFinite && $1 }
        let forecasts = EnsembleForecasts(
            members: members, truth: truth.map { $0.isFinite ? $0 : 0 }, mask: mask)
        let scored = ScoredForecasts(
            forecasts, points: forecasts.mean, normals: targets.map { data.normalTruth(at: $0, variable) })
        let series = Score.all.map { $0.series(scored) }
        let histogram = forecasts.rankHistogram(bins: 10, seed: bootstrap.seed)
        let probabilities = forecasts.truthProbabilities(seed: bootstrap.seed)
        let estimates = bootstrap.estimates(series + [probabilities.mean, probabilities.dispersion])
        return LeadForecasts(
            lead: lead, targets: targets,
            mean: zip(forecasts.mean.forecast, isFinite).map { $1 ? $0 : .nan },
            quantiles: LeadForecasts.probabilities.map { p in
                zip(forecasts.quantile(p), mask).map { $1 ? $0 : .nan }
            },
            isScored: mask, rankedProbability: forecasts.crps.terms,
            squaredErrors: forecasts.mean.rootMeanSquareError.terms,
            scores: zip(Score.all, estimates).map { score, estimate in
                ScoreRecord(
                    method: method, variable: data.variables[variable].name, lead: lead, split: split, gaps: gaps,
                    score: score, value: estimate.value, low: estimate.low, high: estimate.high,
                    count: estimate.count)
            },
            ranks: histogram.counts, flatness: histogram.flatnessProbability,
            truthProbability: IntervalRecord(estimates[series.count]),
            truthDispersion: IntervalRecord(estimates[series.count + 1]))
    }

    /// The forecasts of a learned method.
    func learned(
        _ method: String, _ gaps: Gaps, _ forecaster: EnsembleForecaster, _ run: FilterRun,
        threads: Int
    ) -> MethodForecasts {
        let starts = self.starts
        let season = data.series.season
        let inputs = data.model.future(
            starts, longestLead: leads[leads.count - 1], forecaster.climatology, season)
        let futures = forecaster.forecasts(
            run, starts: starts, leads: leads, threads: threads, inputs: inputs
        )
        .map { $0.transposed(to: [2, 0, 1]).values }  // [variable, lead, member]
        let n = forecaster.members
        return score(method, gaps, run.outcome) { v, lead, start, target in
            let offset = (v * leads.count + lead) * n
            let future = futures[start]
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
        return score(baseline.rawValue, scenario.gaps, .completed) { v, lead, start, target in
            futures[v][lead][start].map(anomaly(v, target, climatology))
        }
    }

    /// From a standardised anomaly to the form of the truth.
    private func anomaly(_ variable: Int, _ target: Int, _ climatology: Climatology) -> (Double) -> Double {
        let normal = climatology.normal(data.series.season, at: target)[variable]
        let scale = climatology.scales[variable]
        let reference = data.referenceValues(at: target)[variable]
        guard let transform = data.model.transforms[variable] else { return { normal + scale * $0 - reference } }
        return { transform.inverse(normal + scale * $0) - reference }
    }
}
