import Learning

/// A variable of the data that drives the others and is not forecast itself.
///
///     inputs: [{name: rain, future: known}, temperature]
///
/// The models have its past as that of the variables. An input whose future is known enters a step ahead: the state of
/// a time holds the input of the next one.
struct InputConfiguration: Sendable {
    let name: String
    let future: InputFuture

    static let keys = KeyTable(
        .text("name", .required, "A variable of the data."),
        .choice(
            "future", InputFuture.self, .usual("persistence"),
            "After the start of a forecast the input is known, or has the last anomaly before."))

    static func all(
        _ node: ConfigurationNode?, _ data: DataSource, target: String
    ) throws(InputError) -> [InputConfiguration] {
        guard let node else { return [] }
        var inputs: [InputConfiguration] = []
        for entry in try node.listOrSingle() {
            let input =
                entry.isMapping
                ? try entry.mapping(Self.keys) { (keys) throws(InputError) in
                    InputConfiguration(
                        name: try ForecastConfiguration.variable(try keys.required("name"), data.variables),
                        future: try keys.choice("future"))
                }
                : InputConfiguration(
                    name: try ForecastConfiguration.variable(entry, data.variables), future: .persistence)
            guard input.name != target else {
                throw entry.error("the target \(target.quoted) cannot be an input", expected: "another variable")
            }
            guard !inputs.contains(where: { $0.name == input.name }) else {
                throw entry.error("the input \(input.name.quoted) is listed twice", expected: "each once")
            }
            inputs.append(input)
        }
        if let truth = data.truths.first(where: { truth in inputs.contains { $0.name == truth.variable.name } }) {
            throw node.error(
                "the input \(truth.variable.name.quoted) has a truth, but no forecast that it could score",
                expected: "inputs without 'truth'")
        }
        return inputs
    }
}

/// The observations as models have them, by the one way that runs and saved models share: transformed, with their
/// errors, and inputs last.
struct ModelSeries: Sendable {
    let table: ObservationTable
    /// `[time][variable]`
    let values: SeriesTable
    let errors: SeriesTable?
    let transforms: [ValueTransform?]
    let inputs: [InputConfiguration]

    init(_ table: ObservationTable, _ source: DataSource, _ inputs: [InputConfiguration]) throws(InputError) {
        self.table = table
        self.inputs = inputs
        transforms = source.variables.map(\.transform)
        let (rows, deviations) = try table.rows(transforms)
        values = ModelSeries.ahead(rows, inputs)
        errors = deviations.map { ModelSeries.ahead($0, inputs) }
    }

    /// The number of variables that are forecast.
    var outputs: Int { table.variables.count - inputs.count }

    func series(_ season: Season) -> SeasonalSeries { SeasonalSeries(values, season: season, errors: errors) }

    /// A value in the units of the data.
    func original(_ value: Double, _ variable: Int) -> Double { transforms[variable]?.inverse(value) ?? value }

    private static func ahead(_ rows: SeriesTable, _ inputs: [InputConfiguration]) -> SeriesTable {
        var result = rows
        for (i, input) in inputs.enumerated() where input.future == .known {
            let v = rows.width - inputs.count + i
            for t in 0..<rows.count { result[t, v] = t + 1 < rows.count ? rows[t + 1, v] : .nan }
        }
        return result
    }

    /// The inputs after each start as a forecast may use them, standardised, `[starts, longest lead, inputs]`; NaN
    /// where the model itself forecasts them. Nil without inputs.
    func future(_ starts: [Int], longestLead: Int, _ climatology: Climatology, _ season: Season) -> Tensor? {
        guard !inputs.isEmpty, !starts.isEmpty else { return nil }
        let anomalies = climatology.anomalies(of: series(season)).values
        var last = [[Double]](repeating: [], count: anomalies.count)
        var latest = [Double](repeating: .nan, count: inputs.count)
        for t in anomalies.indices {
            for i in inputs.indices where !anomalies[t, outputs + i].isNaN { latest[i] = anomalies[t, outputs + i] }
            last[t] = latest
        }
        let rows = starts.flatMap { start in
            (1...longestLead).flatMap { lead in
                inputs.enumerated().map { i, input -> Double in
                    switch input.future {
                    case .persistence: last[start][i]
                    case .known: start + lead < anomalies.count ? anomalies[start + lead, outputs + i] : .nan
                    }
                }
            }
        }
        return Tensor(rows, shape: [starts.count, longestLead, inputs.count])
    }
}
