import Learning
import Studies
import Verification

/// All results of one gap scenario, the content of a stage of the run.
struct ScenarioResults: Codable, Sendable {
    let record: GapRecord
    let forecasts: [MethodForecasts]
    let series: [SeriesRecord]
    let filling: [GapFillingRecord]
    let curves: [LearningCurveRecord]
    let errors: [ErrorModelRecord]
}

/// The results of filter and smoother in a gap scenario.
typealias ScenarioEstimates = (series: [SeriesRecord], filling: [GapFillingRecord])

/// A part of a gap scenario's results that can be found beside the others.
private enum ScenarioPart: Sendable {
    case forecasts(MethodForecasts)
    case estimates(ScenarioEstimates)
}

/// The test of chosen options: learning on everything before the test, forecasts of the test.
struct ForecastRun: Sendable {
    let header: ExperimentHeader
    let configuration: ForecastConfiguration
    let data: ForecastData
    let chosen: ChosenOptions
    let methods: [LearnedMethod]
    let key: Key
    let options: RunOptions

    var bootstrap: BlockBootstrap { BlockBootstrap(resamples: configuration.resamples, seed: UInt64(header.seed)) }
    var scorer: ForecastScorer {
        ForecastScorer(
            data: data, targets: data.test, split: "test", leads: configuration.leads,
            interval: configuration.startInterval,
            bootstrap: bootstrap)
    }

    func learn(_ scenario: GapScenario) -> LearnedModels {
        let progress = ProgressMeter(
            "Learning for the test", total: configuration.rounds + LearnedModels.mostEvaluations,
            isQuiet: options.isQuiet)
        defer { progress.finish() }
        return LearnedModels(
            scenario.series, before: data.end, chosen, configuration, key: key.folding(1), threads: options.threads
        ) { progress.advance() }
    }

    func results(_ scenario: GapScenario, _ models: LearnedModels) -> ScenarioResults {
        let baselines = Baseline.allCases
        let count = baselines.count + methods.count
        // Of a learned method its filter, by segments, and its scores; the estimates are two filters and a smoother.
        let (large, small) = (8, 2)
        let progress = ProgressMeter(
            "Forecasting the test, \(scenario.record.title)",
            total: (methods.count + 1) * large + baselines.count * small, isQuiet: options.isQuiet)
        let parts = concurrentMap(count + 1, threads: options.threads) { i -> ScenarioPart in
            // The longest first: estimates, methods from the last on, baselines.
            let share = ProgressShare(of: progress, steps: i > methods.count ? small : large)
            defer { share.finish() }
            if i == 0 { return .estimates(estimates(scenario, models) { share.advance() }) }
            if i > methods.count {
                let baseline = baselines[i - methods.count - 1]
                return .forecasts(scorer.baseline(baseline, scenario, models.linear.climatology, before: data.end))
            }
            return .forecasts(forecast(methods[methods.count - i], scenario, models) { share.advance() })
        }
        progress.finish()
        var (forecasts, estimated): ([MethodForecasts], ScenarioEstimates) = ([], ([], []))
        for part in parts {
            switch part {
            case .forecasts(let found): forecasts.append(found)
            case .estimates(let found): estimated = found
            }
        }
        let inOrder = Array(forecasts[methods.count...]) + forecasts[..<methods.count].reversed()
        return ScenarioResults(
            record: scenario.record, forecasts: inOrder, series: estimated.series, filling: estimated.filling,
            curves: curves(models), errors: scenario.gaps == .none ? errorRecords(models) : [])
    }

    func forecaster(_ method: LearnedMethod, _ models: LearnedModels) -> EnsembleForecaster {
        models.forecaster(method, inflation: chosen.inflations[method.name] ?? 1, configuration, key: key.folding(2))
    }

    private func forecast(
        _ method: LearnedMethod, _ scenario: GapScenario, _ models: LearnedModels, eachSegment: () -> Void
    ) -> MethodForecasts {
        let forecaster = forecaster(method, models)
        let run = forecaster.filter(
            scenario.series.prefix(data.test.upperBound), keeping: scorer.starts, eachSegment: eachSegment)
        return scorer.learned(method.name, scenario.gaps, forecaster, run, threads: 1)
    }

    private func curves(_ models: LearnedModels) -> [LearningCurveRecord] {
        func records(_ kind: ModelKind, _ folds: [NetworkLearner.Fold]) -> [LearningCurveRecord] {
            folds.enumerated().map { i, fold in
                LearningCurveRecord(
                    method: kind.rawValue, fold: i + 1, training: fold.history.training.map(\.finite),
                    validation: fold.history.validation.dropFirst().map(\.finite), epochKept: fold.history.kept,
                    effect: fold.effect.finite)
            }
        }
        return records(.network, models.networks) + records(.corrected, models.corrections)
    }

    private func errorRecords(_ models: LearnedModels) -> [ErrorModelRecord] {
        methods.flatMap { method -> [ErrorModelRecord] in
            let variances = models.model(method.kind).1.diagonal().values
            return data.variables.indices.map { v in
                let scale = models.linear.climatology.scales[v] * data.slope(of: v, models.linear.climatology)
                return ErrorModelRecord(
                    method: method.name, variable: data.variables[v].name,
                    observationError: models.errors.observationError * scale,
                    modelError: variances[v].squareRoot() * scale, inflation: chosen.inflations[method.name])
            }
        }
    }
}
