import Learning

/// A forecast from the last observation with a model that an earlier run has saved.
///
/// Observations are read as in the run: with their errors, transforms and inputs.
public struct SavedForecast: Sendable {
    private let rows: [String]

    public init(model: String, configuration: String, leads: Int) throws(InputError) {
        let (saved, description) = try ModelFile.read(model)
        let (source, inputs) = try SavedForecast.source(configuration)
        let step = try SavedForecast.step(source, inputs, description, configuration)
        let data = try ModelSeries(try source.read().observations, source, inputs)
        guard let first = data.table.times.first else {
            throw InputError(.data, at: .init(source.file), "the file holds no times")
        }
        guard let season = SeasonPlan.season(like: saved.model.layout.season, step, from: first) else {
            let period = saved.model.layout.season.period
            throw InputError(
                .configuration, at: .init(configuration, path: "data"), "the step is '\(step)'",
                expected: period > 1 ? "a step of which a year has \(period)" : "the step of the model")
        }
        let start = data.lastObservation
        let series = data.series(season).prefix(start + 1)
        let forecaster = saved.moved(to: season)
        let run = forecaster.filter(series, keeping: [start])
        let future = forecaster.forecasts(
            run, starts: [start], leads: Array(1...leads), threads: 1,
            inputs: data.future([start], longestLead: leads, forecaster.climatology, season))[0]
        func diverged() -> InputError {
            InputError(
                .data, at: .init(model), "the model diverged on the observations of \(source.file)",
                expected: "observations like those that it was learned from")
        }
        guard run.outcome == .completed, future.values.allSatisfy(\.isFinite) else { throw diverged() }
        var rows: [String] = []
        for lead in 1...leads {
            let members = future[lead - 1].transposed.values
            let time = step.text(step.advance(data.table.times[start], by: lead), clock: data.table.clock)
            for v in 0..<data.outputs {
                let values = members[(v * forecaster.members)..<((v + 1) * forecaster.members)].map {
                    data.original(forecaster.climatology.value($0, season, at: start + lead, variable: v), v)
                }
                let sorted = values.sorted()
                let numbers =
                    [sorted.reduce(0, +) / Double(sorted.count)]
                    + LeadForecasts.probabilities.map { sortedQuantile(sorted, $0) }
                // The inverse of a transform may leave the range of numbers.
                guard values.allSatisfy(\.isFinite), numbers[0].isFinite else { throw diverged() }
                let name = CSVText.field(data.table.variables[v].name)
                rows.append(([time, "\(lead)", name] + numbers.map { "\($0)" }).joined(separator: ","))
            }
        }
        self.rows = rows
    }

    /// The data and the inputs of a configuration; its other keys are those of a run.
    private static func source(_ configuration: String) throws(InputError) -> (DataSource, [InputConfiguration]) {
        let root = try ConfigurationNode(file: configuration)
        var source = try DataSource(try root.part("data"))
        let node = try root.named().first { $0.name == "inputs" }?.node
        let inputs = try InputConfiguration.all(node, source, target: "")
        source.putLast(inputs.map(\.name))
        return (source, inputs)
    }

    /// The step of the observations, if they are those of the model: variables, step, transforms and inputs.
    private static func step(
        _ source: DataSource, _ inputs: [InputConfiguration], _ model: ForecasterDescription, _ configuration: String
    ) throws(InputError) -> TimeStep {
        func fault(_ problem: String, _ expectation: String) -> InputError {
            InputError(.configuration, at: .init(configuration, path: "data"), problem, expected: expectation)
        }
        let found = source.variables.map(\.variable.name)
        guard found == model.variables else {
            throw fault(
                "the variables are \(found.joined(separator: ", "))",
                "those of the model in their order: \(model.variables.joined(separator: ", "))")
        }
        guard let step = source.step else { throw fault("the step is not given", "the step of the model") }
        let transforms = source.variables.map { $0.transform.map { "\($0)" } ?? "" }
        let futures = inputs.map(\.future)
        let known =
            model.learnedFrom
            ?? SeriesDescription(step: "\(step)", start: "", transforms: transforms.map { _ in "" }, inputs: [])
        guard "\(step)" == known.step else {
            throw fault("the step is '\(step)'", "'\(known.step)', that of the model")
        }
        guard transforms == known.transforms else {
            throw fault("the transforms are \(transforms)", "those of the model: \(known.transforms)")
        }
        guard futures == known.inputs else {
            throw fault(
                "the inputs are \(futures.map(\.rawValue))", "those of the model: \(known.inputs.map(\.rawValue))")
        }
        return step
    }

    /// One line a lead and variable: mean and quantiles in the units of the data.
    public var csv: String {
        (["time,lead,variable,mean,q05,q25,q50,q75,q95"] + rows).joined(separator: "\n")
    }
}

extension ModelSeries {
    /// The last time with a value of a variable that is forecast, or the last of all without inputs:
    /// later ones hold inputs.
    fileprivate var lastObservation: Int {
        let last = table.times.count - 1
        guard !inputs.isEmpty else { return last }
        return values.lastIndex { $0.prefix(outputs).contains { !$0.isNaN } } ?? last
    }
}
