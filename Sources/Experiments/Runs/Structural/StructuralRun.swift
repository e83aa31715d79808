import Foundation
import Learning
import Studies
import Verification

/// From fitted models to results: the choice on the validation period, scores of the test period, estimates.
struct StructuralRun: Sendable {
    let header: ExperimentHeader
    let configuration: StructuralConfiguration
    let data: StructuralData
    /// Fitted to the training period.
    let trained: [StructuralFit]
    /// Fitted to everything before the test, in the same order.
    let final: [StructuralFit]

    private var bootstrap: BlockBootstrap {
        BlockBootstrap(resamples: configuration.resamples, seed: UInt64(header.seed))
    }

    func results(threads: Int) throws(InputError) -> RunResults {
        let validation = forecasts(data.validation, trained)
        let test = forecasts(data.test, final)
        let compared = trained.map { candidate($0, validation) }
        guard let found = ParsimoniousChoice(compared, bootstrap) else {
            throw InputError(
                .data, at: .init(configuration.data.file),
                "no structural model could forecast the validation period: all diverged",
                expected: "a series that a trend, a season and a remainder can follow")
        }
        let candidates = CandidateRecord.all(trained.map(\.setting.name), compared, found)
        let chosen = final[found.chosen]
        var results = RunResults(
            name: header.name, title: header.title, summary: header.summary, version: ApusVersion.text,
            seed: UInt64(header.seed), variables: [variable],
            primaryVariable: variable.name, splits: splits, leads: configuration.leads,
            leadUnit: configuration.step.leadUnit,
            gapScenarios: gapScenarios, methods: methods, choice: choice(chosen, candidates))
        results.scores =
            scores(validation, "validation", threads: threads) + scores(test, "test", threads: threads)
        results.comparisons = ComparisonRecord.corrected(
            comparisons(test, chosen: chosen.setting.name), confidence: results.confidence)
        results.leaders = leaders(test)
        results.rankHistograms = test.filter { $0.method == chosen.setting.name }.map(histogram)
        results.errorModels = final.map(errorModel)
        results.forecasts = [record(test.filter { $0.method == chosen.setting.name })]
        let estimates = StructuralEstimates(data: data, fit: chosen, normals: forecaster(data.test).normals)
        results.series = estimates.series
        results.gapFilling = estimates.filling(bootstrap)
        results.dataCredits = header.credits
        results.crps = "continuous ranked probability score"
        results.clock = data.clock?.description
        results.conclude()
        results.verdict += [estimates.gapSentence(units: variable.units)].compactMap { $0 } + data.warnings
        return results
    }

    /// The model of that name, fitted to everything before the test, with the shape of its errors before the test.
    func checkpoint(of name: String) -> Checkpoint<StructuralDescription> {
        let fit = final.first { $0.setting.name == name } ?? final[0]
        let shapes = forecaster(data.test).learned(fit).map { ($0.lead, $0.distribution.quantiles) }
        let quantiles = shapes.reduce(into: [Int: [Double]]()) { if let known = $1.1 { $0[$1.0] = known } }
        return fit.model.checkpoint(variable: variable.name, step: "\(configuration.step)", errorQuantiles: quantiles)
    }

    // MARK: - Forecasts

    private func forecaster(_ targets: Range<Int>) -> StructuralForecaster {
        StructuralForecaster(data, configuration, targets: targets)
    }

    private func forecasts(_ targets: Range<Int>, _ fits: [StructuralFit]) -> [ScoredDistributions] {
        let forecaster = forecaster(targets)
        return ScoredDistributions.together(
            baselines.flatMap(forecaster.baseline) + fits.flatMap(forecaster.learned))
    }

    /// A model with the CRPS of its forecasts; one with fewer estimated numbers is simpler.
    private func candidate(
        _ fit: StructuralFit, _ forecasts: [ScoredDistributions]
    ) -> ParsimoniousChoice.Candidate {
        let own = forecasts.filter { $0.method == fit.setting.name }
        return ParsimoniousChoice.Candidate(
            complexity: fit.setting.varianceCount + fit.setting.remainderOrder,
            scores: own.map { one in
                LeadScores(starts: one.forecasts.targets.map { $0 - one.lead }, one.crps)
            })
    }

    private func scores(_ forecasts: [ScoredDistributions], _ split: String, threads: Int) -> [ScoreRecord] {
        let (name, bootstrap) = (variable.name, bootstrap)
        return concurrentMap(forecasts.count, threads: threads) {
            forecasts[$0].scores(name, split: split, bootstrap)
        }.flatMap { $0 }
    }

    /// The chosen method against the baselines and the other variants.
    private func comparisons(_ forecasts: [ScoredDistributions], chosen: String) -> [ComparisonRecord] {
        let own = forecasts.filter { $0.method == chosen }
        return forecasts.filter { $0.method != chosen }.flatMap { other -> [ComparisonRecord] in
            guard let first = own.first(where: { $0.lead == other.lead }) else { return [] }
            let both = [
                (Score.rmse, bootstrap.difference(first.squares, other.squares)),
                (.crps, bootstrap.difference(first.crps, other.crps)),
            ]
            return both.map { score, difference in
                ComparisonRecord(
                    chosen, other.method, variable: variable.name, lead: other.lead, score: score, gaps: .none,
                    difference)
            }
        }
    }

    /// The method with the lowest score at each lead.
    private func leaders(_ forecasts: [ScoredDistributions]) -> [LeaderRecord] {
        configuration.leads.flatMap { lead in
            let own = forecasts.filter { $0.lead == lead }
            let scores = [
                (Score.rmse, own.map { ScoredMethod(name: $0.method, series: $0.squares) }),
                (.crps, own.map { ScoredMethod(name: $0.method, series: $0.crps) }),
            ]
            return scores.compactMap { score, methods in
                LeaderRecord(methods, gaps: .none, variable: variable.name, lead: lead, score: score, bootstrap)
            }
        }
    }

    private func histogram(_ forecasts: ScoredDistributions) -> RankHistogramRecord {
        let histogram = forecasts.rankHistogram(seed: bootstrap.seed)
        let probabilities = forecasts.truthProbabilities(seed: bootstrap.seed)
        return RankHistogramRecord(
            method: forecasts.method, variable: variable.name, lead: forecasts.lead, gaps: .none,
            counts: histogram.counts, probability: histogram.flatnessProbability.finite,
            meanProbability: IntervalRecord(bootstrap.estimate(probabilities.mean)),
            dispersion: IntervalRecord(bootstrap.estimate(probabilities.dispersion)))
    }

    /// From forecasts by target to forecasts by start; a target outside the test has no entry.
    private func record(_ scored: [ScoredDistributions]) -> ForecastRecord {
        let forecasts = scored.map(\.forecasts)
        let longest = configuration.leads.last ?? 1
        let starts = (data.test.lowerBound - longest)..<data.test.upperBound - (configuration.leads.first ?? 1)
        let leads = forecasts.map { forecast -> ForecastsAtLead in
            func byStart(_ value: (Int) -> Double) -> [Double?] {
                starts.map { start in
                    let target = start + forecast.lead
                    return data.test.contains(target) ? value(target - data.test.lowerBound).finite : nil
                }
            }
            func quantile(_ probability: Double) -> [Double?] {
                let values = forecast.quantile(probability)
                return byStart { values[$0] }
            }
            return ForecastsAtLead(
                lead: forecast.lead, mean: byStart { forecast.means[$0] }, quantile5: quantile(0.05),
                quantile25: quantile(0.25), quantile50: quantile(0.5), quantile75: quantile(0.75),
                quantile95: quantile(0.95),
                truth: byStart { forecast.truth[$0] })
        }
        return ForecastRecord(
            method: forecasts.first?.method ?? "", gaps: .none, variable: variable.name,
            starts: starts.map { data.texts[$0] }, leads: leads)
    }

    // MARK: - Description

    private var baselines: [StructuralBaseline] { StructuralBaseline.all(data.baseCycle) }

    private var variable: VariableRecord { data.variable.record }

    private var gapScenarios: [GapRecord] {
        guard let first = data.withheld.first, let last = data.withheld.last else { return [.none] }
        let ends = [first, last].map { TimeAxis.display(data.texts[$0], among: data.texts) }
        return [.none, .period(.outage, variable, from: ends[0], to: ends[1])]
    }

    private var splits: [SplitRecord] {
        [("train", data.training), ("validation", data.validation), ("test", data.test)].map {
            SplitRecord(name: $0.0, start: data.texts[$0.1.lowerBound], end: data.texts[$0.1.upperBound - 1])
        }
    }

    private func choice(_ chosen: StructuralFit, _ candidates: [CandidateRecord]) -> ChoiceRecord {
        let leads = configuration.leads.map(String.init).joined(separator: ", ")
        return ChoiceRecord(
            method: chosen.setting.name,
            criterion:
                "the CRPS of the validation period on average over leads \(leads), each candidate fitted to the training "
                + "period alone: the one with the fewest estimated numbers of those within one standard error of the "
                + "lowest score; then fitted anew to everything before the test",
            reason: CandidateRecord.reason(for: chosen.setting.name, among: candidates), candidates: candidates)
    }

    private var methods: [MethodRecord] {
        baselines.map {
            MethodRecord(name: $0.rawValue, kind: .baseline, description: $0.text(data.baseCycle?.name))
        }
            + final.map { fit in
                MethodRecord(
                    name: fit.setting.name, kind: .linear, description: fit.setting.text, parameters: parameters(fit))
            }
    }

    /// The learned parameters, as standard deviations of a step in the unit of the series.
    private func parameters(_ fit: StructuralFit) -> [MethodParameter] {
        let deviations = fit.model.variances.sqrt().values.map { String(format: "%.2g", $0) }
        let names = fit.setting.parts.map(fit.setting.name(of:))
        let coefficients = fit.model.coefficients.values.map { NumberText.fixed($0, decimals: 2) }
        return zip(names, deviations).map { MethodParameter(name: "σ \($0)", value: $1) }
            + (coefficients.isEmpty ? [] : [MethodParameter(name: "φ", value: coefficients.joined(separator: ", "))])
            + [
                MethodParameter(name: "log-likelihood", value: NumberText.fixed(fit.logLikelihood, decimals: 1)),
                MethodParameter(name: "search", value: "\(fit.outcome.rawValue) after \(fit.steps) steps"),
            ]
    }

    private func errorModel(_ fit: StructuralFit) -> ErrorModelRecord {
        let model = fit.model
        let row = model.observationOperator.matrix
        let noise = row.matrixProduct(model.forecast.modelError.covariance(step: 0)).matrixProduct(row.transposed)
        return ErrorModelRecord(
            method: fit.setting.name, variable: variable.name,
            observationError: model.irregularVariance.scalar.squareRoot(),
            modelError: noise.scalar.squareRoot())
    }
}
