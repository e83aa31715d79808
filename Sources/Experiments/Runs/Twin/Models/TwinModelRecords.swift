import Studies

extension TwinExperiment {
    /// What the forecast models are worth by themselves, that of the truth first, and how what is learned from
    /// observations depends on them; nothing where no model is learned.
    func models(
        _ models: [String: ForecastChoice], _ methods: [String: TrainedMethod], in folder: RunFolder,
        options: RunOptions
    ) throws(InputError) -> (records: [TwinModelRecord], sensitivity: [SensitivityRecord]) {
        var shown = configuration.models.compactMap { plan in
            models[plan.name].map {
                Shown(name: plan.name, kind: plan.plan.kind, text: plan.plan.text(file: plan.file), model: $0)
            }
        }
        for method in configuration.methods {
            guard let model = methods[method.name]?.method.forecastModel else { continue }
            shown.append(
                Shown(
                    name: method.name, kind: method.type.name, text: method.type.summary,
                    model: ForecastChoice(model, modelError: nil, record: methods[method.name]?.record)))
        }
        guard !shown.isEmpty else { return ([], []) }
        let diagnostics = TwinModelDiagnostics(
            configuration.setting, seeds: configuration.testSeeds.map { header.seed + $0 },
            steps: configuration.longRun)
        // What a model is worth is the mean over these: other seeds are other stages.
        let seeds = "\(configuration.testSeeds.count) seeds"
        let reference = try folder.stage("models", seeds, PlannedModel.truthName) { diagnostics.reference() }
        let progress = ProgressMeter("\(shown.count) forecast models", total: shown.count, isQuiet: options.isQuiet)
        var records = [reference.record]
        for one in shown {
            records.append(
                try folder.stage("models", seeds, one.name) {
                    diagnostics.record(one.name, one.kind, one.text, one.model, reference)
                })
            progress.advance()
        }
        progress.finish()
        return (records, try sensitivity(diagnostics, reference, in: folder, options: options))
    }

    private struct Shown {
        var name: String
        var kind: String
        var text: String
        var model: ForecastChoice
    }

    /// Models that are learned from observations, learned from others.
    private func sensitivity(
        _ diagnostics: TwinModelDiagnostics, _ reference: TwinModelDiagnostics.Reference,
        in folder: RunFolder, options: RunOptions
    ) throws(InputError) -> [SensitivityRecord] {
        guard let plan = configuration.sensitivity else { return [] }
        let seeds = "\(configuration.testSeeds.count) seeds"
        var records: [SensitivityRecord] = []
        for model in configuration.models where model.learnsFromObservations {
            for condition in [nil] + plan.conditions.map(Optional.some) {
                let trained = try model.trained(
                    on: configuration.setting, seed: header.seed, under: condition, in: folder, options: options)
                records.append(
                    try folder.stage(["sensitivity", seeds] + model.place(condition)) {
                        diagnostics.sensitivity(model.name, condition, trained, reference)
                    })
            }
        }
        return records
    }
}
