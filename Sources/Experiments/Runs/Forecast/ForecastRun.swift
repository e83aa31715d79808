import Learning
import Studies
import Verification

/// All results of one gap scenario: what a stage of the run keeps.
struct ScenarioResults: Codable, Sendable {
    let record: GapRecord
    let forecasts: [MethodForecasts]
    let series: [SeriesRecord]
    let filling: [GapFillingRecord]
    let curves: [LearningCurveRecord]
    let errors: [ErrorModelRecord]
}

/// The test of chosen settings: learning on everything before the test, forecasts of the test.
struct ForecastRun: Sendable {
    let header: ExperimentHeader
    let setting: ForecastSetting
    let data: ForecastData
    let chosen: ChosenSettings
    let methods: [LearnedMethod]
    let key: Key
    let options: RunOptions

    var bootstrap: BlockBootstrap { BlockBootstrap(resamples: setting.resamples, seed: UInt64(header.seed)) }
    var scorer: ForecastScorer {
        ForecastScorer(
            data: data, targets: data.test, split: "test", leads: setting.leads, interval: setting.startInterval,
            bootstrap: bootstrap)
    }

    func learn(_ scenario: GapScenario) -> LearnedModels {
        let progress = ProgressMeter(
            "Learning for the test", total: setting.rounds + 30, isQuiet: options.isQuiet)
        defer { progress.finish() }
        return LearnedModels(
            scenario.series, before: data.end, chosen, setting, key: key.folding(1), threads: options.threads
        ) { progress.advance() }
    }

    func results(_ scenario: GapScenario, _ models: LearnedModels) -> ScenarioResults {
        let baselines = Baseline.allCases
        let total = baselines.count + methods.count
        let progress = ProgressMeter(
            "Forecasting the test, \(scenario.record.title)", total: total + 1, isQuiet: options.isQuiet)
        let forecasts = concurrentMap(total, threads: options.threads) { i -> MethodForecasts in
            defer { progress.advance() }
            if i < methods.count { return forecast(methods[methods.count - 1 - i], scenario, models) }
            return scorer.baseline(baselines[i - methods.count], scenario, models.linear.climatology, before: data.end)
        }
        let (series, filling) = estimates(scenario, models)
        progress.finish()
        let inOrder = Array(forecasts[methods.count...]) + forecasts[..<methods.count].reversed()
        return ScenarioResults(
            record: scenario.record, forecasts: inOrder, series: series, filling: filling, curves: curves(models),
            errors: scenario.gaps == .none ? errorRecords(models) : [])
    }

    func forecaster(_ method: LearnedMethod, _ models: LearnedModels) -> EnsembleForecaster {
        models.forecaster(method, inflation: chosen.inflations[method.name] ?? 1, setting, key: key.folding(2))
    }

    private func forecast(
        _ method: LearnedMethod, _ scenario: GapScenario, _ models: LearnedModels
    ) -> MethodForecasts {
        let forecaster = forecaster(method, models)
        let run = forecaster.filter(scenario.series.prefix(data.test.upperBound), keeping: scorer.starts)
        return scorer.learned(method.name, scenario.gaps, forecaster, run, threads: 1)
    }

    private func curves(_ models: LearnedModels) -> [LearningCurveRecord] {
        func records(_ kind: ModelKind, _ folds: [NetworkLearner.Fold]) -> [LearningCurveRecord] {
            folds.enumerated().map { i, fold in
                LearningCurveRecord(
                    method: kind.rawValue, fold: i + 1, training: fold.history.training.map(\.finite),
                    validation: fold.history.validation.dropFirst().map(\.finite), epochKept: fold.history.kept)
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
