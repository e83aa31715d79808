import Learning

/// A forecast from the last observation with a model that an earlier run has saved.
public struct SavedForecast: Sendable {
    private let rows: [String]

    public init(model: String, configuration: String, leads: Int) throws(InputError) {
        let (forecaster, names) = try ModelFile.read(model)
        let source = try DataSource(try ConfigurationNode(file: configuration).part("data"))
        let table = try source.read().observations
        let step = try SavedForecast.step(source, names, configuration)
        guard let last = table.times.last else {
            throw InputError(.data, at: .init(source.file), "the file holds no times")
        }
        let (moved, series) = try SavedForecast.aligned(forecaster, table, step, configuration)
        let trajectory = moved.assimilate(series)
        let future = moved.forecasts(trajectory, starts: [series.count - 1], leads: Array(1...leads), threads: 1)[0]
        guard trajectory.outcome == .completed, future.values.allSatisfy(\.isFinite) else {
            throw InputError(
                .data, at: .init(model), "the model diverged on the observations of \(source.file)",
                expected: "observations like those that it was learned from")
        }
        rows = (1...leads).flatMap { lead in
            let members = future[lead - 1].transposed.values
            return table.variables.indices.map { v in
                let values = members[(v * moved.members)..<((v + 1) * moved.members)].map {
                    moved.climatology.value($0, series.season, at: series.count - 1 + lead, variable: v)
                }
                let time = step.text(step.advance(last, by: lead))
                return SavedForecast.row(time, lead, table.variables[v].name, values.sorted())
            }
        }
    }

    /// The step of the observations, if they are of the variables that the model has.
    private static func step(
        _ source: DataSource, _ names: [String], _ configuration: String
    ) throws(InputError) -> TimeStep {
        let place = InputError.Place(configuration, path: "data")
        let found = source.variables.map(\.variable.name)
        guard found == names else {
            throw InputError(
                .configuration, at: place, "the variables are \(found.joined(separator: ", "))",
                expected: "those of the model in their order: \(names.joined(separator: ", "))")
        }
        guard let step = source.step else {
            throw InputError(.configuration, at: place, "the step is not given", expected: "the step of the model")
        }
        return step
    }

    /// The observations, and the model in the seasons of their times.
    private static func aligned(
        _ forecaster: EnsembleForecaster, _ table: ObservationTable, _ step: TimeStep, _ configuration: String
    ) throws(InputError) -> (EnsembleForecaster, SeasonalSeries) {
        let known = forecaster.model.layout.season
        guard let season = SeasonPlan.season(like: known, step, from: table.times[0]) else {
            throw InputError(
                .configuration, at: .init(configuration, path: "data"), "the step is '\(step)'",
                expected: known.period > 1 ? "a step of which a year has \(known.period)" : "the step of the model")
        }
        let series = SeasonalSeries(ForecastData.rows(table), season: season, errors: ForecastData.errors(table))
        return (forecaster.moved(to: season), series)
    }

    private static func row(_ time: String, _ lead: Int, _ variable: String, _ members: [Double]) -> String {
        let mean = members.reduce(0.0, +) / Double(members.count)
        let numbers = [mean] + LeadForecasts.probabilities.map { sortedQuantile(members, $0) }
        return ([time, "\(lead)", CSVText.field(variable)] + numbers.map { "\($0)" }).joined(separator: ",")
    }

    /// One line a lead and variable: mean and quantiles in the units of the data.
    public var csv: String {
        (["time,lead,variable,mean,q05,q25,q50,q75,q95"] + rows).joined(separator: "\n")
    }
}
