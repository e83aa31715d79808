import Learning

/// A forecast from the last observation with a model that an earlier run has saved.
public struct SavedForecast: Sendable {
    private let rows: [String]

    public init(model: String, configuration: String, leads: Int) throws(InputError) {
        let (forecaster, names) = try ModelFile.read(model)
        let source = try ConfigurationNode(file: configuration).mapping { (keys) throws(InputError) in
            for key in keys.keys { _ = keys.optional(key) }
            return try DataSource(try keys.required("data"))
        }
        let table = try source.read().observations
        let step = try SavedForecast.step(source, names, forecaster.model.layout, configuration)
        guard let last = table.times.last else {
            throw InputError(.data, at: .init(source.file), "the file holds no times")
        }
        let series = SavedForecast.series(table, forecaster.model.layout)
        let trajectory = forecaster.assimilate(series)
        let future = forecaster.forecasts(trajectory, starts: [series.count - 1], leads: leads, threads: 1)[0]
        guard trajectory.outcome == .completed, future.values.allSatisfy(\.isFinite) else {
            throw InputError(
                .data, at: .init(model), "the model diverged on the observations of \(source.file)",
                expected: "observations like those that it was learned from")
        }
        rows = (1...leads).flatMap { lead in
            let members = future[lead - 1].transposed.values
            return table.variables.indices.map { v in
                let values = members[(v * forecaster.members)..<((v + 1) * forecaster.members)].map {
                    forecaster.climatology.value($0, phase: series.phase(series.count - 1 + lead), variable: v)
                }
                return SavedForecast.row(step.advance(last, by: lead), lead, table.variables[v].name, values.sorted())
            }
        }
    }

    /// The step of the observations, if they are of the variables and the seasons that the model knows.
    private static func step(
        _ source: DataSource, _ names: [String], _ layout: MemoryLayout, _ configuration: String
    ) throws(InputError) -> TimeStep {
        let place = InputError.Place(configuration, path: "data")
        let found = source.variables.map(\.variable.name)
        guard found == names else {
            throw InputError(
                .configuration, at: place, "the variables are \(found.joined(separator: ", "))",
                expected: "those of the model in their order: \(names.joined(separator: ", "))")
        }
        let isKnown = source.step.map { step in
            switch step.length {
            case .months: layout.period == 1 ? step.stepsPerYear <= 1 : step.stepsPerYear == Double(layout.period)
            case .seconds: false
            }
        }
        guard let step = source.step, isKnown == true else {
            throw InputError(
                .configuration, at: place, "the step is \(source.step.map { "'\($0)'" } ?? "not given")",
                expected: layout.period == 1 ? "a step of years" : "a step of which a year has \(layout.period)")
        }
        return step
    }

    /// The observations in the seasons of the model: missing values before the first bring it to the model's first season.
    private static func series(_ table: ObservationTable, _ layout: MemoryLayout) -> SeasonalSeries {
        let columns = table.variables.indices.map { table.series($0) }
        let rows = table.times.indices.map { t in columns.map { $0[t] ?? .nan } }
        let lead =
            ((table.times.first?.phase(of: layout.period) ?? 0) - layout.firstPhase + layout.period) % layout.period
        let missing = [Double](repeating: .nan, count: layout.variables)
        return SeasonalSeries(
            [[Double]](repeating: missing, count: lead) + rows, period: layout.period, firstPhase: layout.firstPhase)
    }

    private static func row(_ time: Instant, _ lead: Int, _ variable: String, _ members: [Double]) -> String {
        let mean = members.reduce(0.0, +) / Double(members.count)
        let numbers = [mean] + LeadForecasts.probabilities.map { sortedQuantile(members, $0) }
        return ([time.monthText, "\(lead)", variable] + numbers.map { "\($0)" }).joined(separator: ",")
    }

    /// One line a lead and variable: mean and quantiles in the units of the data.
    public var csv: String {
        (["time,lead,variable,mean,q05,q25,q50,q75,q95"] + rows).joined(separator: "\n")
    }
}
