import Learning

/// A forecast from the last observation with a model that an earlier run has saved.
public struct SavedForecast: Sendable {
    private let rows: [String]

    public init(model: String, configuration: String, leads: Int) throws(InputError) {
        let forecaster = try ModelFile.read(model)
        let source = try ConfigurationNode(file: configuration).mapping { (keys) throws(InputError) in
            for key in keys.keys { _ = keys.optional(key) }
            return try DataSource(try keys.required("data"))
        }
        let table = try source.read().observations
        let layout = forecaster.model.layout
        guard table.variables.count == layout.variables, let last = table.times.last, let step = source.step else {
            throw InputError(
                .data, at: .init(source.file), "\(table.variables.count) variables",
                expected: "the \(layout.variables) variables of the model, at a regular step")
        }
        let columns = table.variables.indices.map { table.series($0) }
        let series = SeasonalSeries(
            table.times.indices.map { t in columns.map { $0[t] ?? .nan } }, period: layout.period,
            firstPhase: layout.firstPhase)
        let trajectory = forecaster.assimilate(series)
        let future = forecaster.forecasts(trajectory, starts: [series.count - 1], leads: leads, threads: 1)[0]
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
