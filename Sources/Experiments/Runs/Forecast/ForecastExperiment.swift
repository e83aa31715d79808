import Learning
import Verification

/// Learns forecast models from a table of observations, runs them in ensemble filters, and scores their forecasts of
/// years that no fit and no choice has seen.
public struct ForecastExperiment: Experiment {
    let header: ExperimentHeader
    let configuration: ForecastConfiguration

    public init(_ keys: inout ConfigurationMapping, common: ExperimentHeader) throws(InputError) {
        header = common
        configuration = try ForecastConfiguration(&keys)
    }

    public var inputFiles: [String] { [configuration.data.file] }

    public func run(in folder: RunFolder, options: RunOptions) throws(InputError) -> any ReportedResults {
        let data = try ForecastData(configuration)
        let key = Key(header.seed)
        let selection = Selection(configuration: configuration, data: data, key: key.folding(1), options: options)
        let chosen = try folder.stage("choice") { () throws(InputError) in
            let chosen = selection.choose()
            guard chosen.validation.contains(where: { $0.score != nil }) else {
                throw InputError(
                    .data, at: .init(configuration.data.file),
                    "no learned method could forecast the validation period: all diverged",
                    expected: "observations from which a stable model can be learned")
            }
            return chosen
        }
        let scenarios = GapScenario.all(data, configuration, key: key.folding(2))
        let run = ForecastRun(
            header: header, configuration: configuration, data: data, chosen: chosen, methods: selection.methods,
            key: key.folding(3), options: options)
        var parts: [ScenarioResults] = []
        var complete: LearnedModels?
        for scenario in scenarios {
            // Models that no open stage needs are not learned again.
            parts.append(
                try folder.stage("forecasts", scenario.gaps.rawValue) { () throws(InputError) in
                    let models = scenario.changesTraining ? run.learn(scenario) : complete ?? run.learn(scenario)
                    if !scenario.changesTraining { complete = models }
                    // Before the stage is complete: a run that is resumed after it does not come here again.
                    if scenario.gaps == .none { try run.save(models, in: folder) }
                    return run.results(scenario, models)
                })
        }
        return run.assemble(parts)
    }
}
