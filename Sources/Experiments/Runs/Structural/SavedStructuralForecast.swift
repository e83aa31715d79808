import Learning
import Verification

/// A forecast from the last observation with a structural model that an earlier run has saved.
public struct SavedStructuralForecast: Sendable {
    private let rows: [String]

    public init(model path: String, configuration: String, leads: Int) throws(InputError) {
        let (model, description) = try ModelFile.readStructural(path)
        let source = try DataSource(try ConfigurationNode(file: configuration).part("data"))
        let step = try Self.step(source, description, configuration)
        let table = try source.read().observations
        guard let last = table.times.last else {
            throw InputError(.data, at: .init(source.file), "the file holds no times")
        }
        let errors = table.deviations?.column(0)
        let analyses = model.filter(table.numbers.column(0), errors: errors).analyses.at(table.count - 1)
        let beliefs = model.forecast.ahead(analyses, step: Tensor(integer: 0), count: leads)
        let ahead = model.measurements(beliefs)
        var rows: [String] = []
        for lead in 1...leads {
            let (mean, deviation) = (ahead.means[lead - 1], ahead.standardDeviations[lead - 1])
            let distribution = Self.distribution(description, lead)
            let quantiles = LeadForecasts.probabilities.map { mean + deviation * distribution.quantile($0) }
            let numbers = [mean] + quantiles
            guard deviation.isFinite, numbers.allSatisfy(\.isFinite) else {
                throw InputError(
                    .data, at: .init(path), "the model diverged on the observations of \(source.file)",
                    expected: "observations like those that it was learned from")
            }
            rows.append(
                ([table.text(step.advance(last, by: lead)), "\(lead)", CSVText.field(description.variable)]
                    + numbers.map { "\($0)" }).joined(separator: ","))
        }
        self.rows = rows
    }

    /// The distribution of errors at a lead: that of the nearest lead which the run forecast.
    private static func distribution(_ description: StructuralDescription, _ lead: Int) -> ErrorDistribution {
        let nearest = description.errorQuantiles.min {
            (abs($0.key - lead), $0.key) < (abs($1.key - lead), $1.key)
        }
        return nearest.map { .quantiles($0.value) } ?? .gaussian
    }

    /// The step of the observations, if they are of the series that the model was fitted to.
    private static func step(
        _ source: DataSource, _ description: StructuralDescription, _ configuration: String
    ) throws(InputError) -> TimeStep {
        let place = InputError.Place(configuration, path: "data")
        let names = source.variables.map(\.variable.name)
        guard names == [description.variable] else {
            throw InputError(
                .configuration, at: place, "the variables are \(names.joined(separator: ", "))",
                expected: "that of the model: \(description.variable)")
        }
        guard let step = source.step, "\(step)" == description.step else {
            throw InputError(
                .configuration, at: place, "the step is \(source.step.map { "'\($0)'" } ?? "not given")",
                expected: "that of the model: '\(description.step)'")
        }
        guard (source.variables[0].error != nil) == description.setting.hasGivenErrors else {
            let expected = description.setting.hasGivenErrors
            throw InputError(
                .configuration, at: place, "the variable has \(expected ? "no key 'error'" : "a key 'error'")",
                expected: expected ? "errors, as the model was fitted with" : "none: the model has learned its errors")
        }
        return step
    }

    /// One line a lead: mean and quantiles in the units of the data.
    public var csv: String {
        (["time,lead,variable,mean,q05,q25,q50,q75,q95"] + rows).joined(separator: "\n")
    }
}
