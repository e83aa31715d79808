import Testing

@testable import Experiments

/// Every key of a forecast experiment has an effect.
@Suite struct ForecastKeyTests {
    static let probe = KeyProbe(
        .forecast,
        base: """
            experiment: forecast
            name: small
            \(KeyData.section())
            \(KeyData.split)
            target: a
            forecast: {leads: 2, members: 8}
            cross_validation: {folds: 3}
            linear: {memory: [1], ridge: [1]}
            assimilation: {filters: [etkf]}
            bootstrap: {resamples: 100}
            """, folder: KeyData.folder)

    private static let hours = """
        data: {file: hours.csv, time: {column: time}, step: hour, variables: [{name: a}, {name: b}]}
        split: {train: [2001-01-02, 2001-01-14], validation: [2001-01-15, 2001-01-20], test: [2001-01-21, 2001-01-30]}
        """

    private static let parts: [KeyChange] = [
        .init("experiment", "", "experiment: twin", .refusal), .init("seed", "", "seed: 2"),
        .init("credits", "", "credits: [Somebody]", .text),
        .init("season", "", "season: none"), .init("season.year", "season: {year: 1}", "season: {year: 2}"),
        .init("season.week", hours + "\nseason: {day: 1}", hours + "\nseason: {day: 1, week: 1}"),
        .init("season.day", hours + "\nseason: {day: 1}", hours + "\nseason: {day: 2}"),
        .init(
            "season.day_by_year", hours + "\nseason: {day: 1}", hours + "\nseason: {day: 1, day_by_year: 1}", .refusal),
        .init("target", "", "target: b", .text), .init("inputs", "", "inputs: b"),
        .init("inputs[].name", "", "inputs: [{name: b}]"),
        .init("inputs[].future", "inputs: [{name: b}]", "inputs: [{name: b, future: known}]"),
        .init("forecast.leads", "", "forecast: {leads: 3, members: 8}"),
        .init("forecast.decisive_leads", "", "forecast: {leads: 2, members: 8, decisive_leads: 1}", .text),
        .init("forecast.starts.every", "", "forecast: {leads: 2, members: 8, starts: {every: 2}}"),
        .init("forecast.members", "", "forecast: {leads: 2, members: 9}"),
        .init(
            "cross_validation.folds", "linear: {memory: [1], ridge: [1, 5]}",
            "linear: {memory: [1], ridge: [1, 5]}\ncross_validation: {folds: 4}"),
        .init("linear.memory", "", linear("", memory: 2)), .init("linear.ridge", "", linear("", ridge: 2)),
        .init("linear.ridge_decay", linear("", memory: 2), linear(", ridge_decay: 1", memory: 2)),
        .init("linear.ridge_decay", "", linear(", ridge_decay: 1"), .refusal),
        .init("linear.seasonal_lags", "", linear(", seasonal_lags: 1")),
        .init(
            "linear.seasonal_ridge", linear(", seasonal_lags: 1"), linear(", seasonal_lags: 1, seasonal_ridge: 10")),
        .init("linear.seasonal_ridge", "", linear(", seasonal_ridge: 10"), .refusal),
        .init("linear.harmonics", linear(", seasonal_lags: 1"), linear(", seasonal_lags: 1, harmonics: 1")),
        .init("linear.harmonics", "", linear(", harmonics: 1"), .refusal),
        .init("assimilation.filters", "", "assimilation: {filters: [enkf]}"),
        .init("assimilation.inflation", "", filters("inflation: 1.2")),
        .init("assimilation.least_observation_error", "", filters("least_observation_error: 0.9")),
        .init(
            "assimilation.smoothing_rounds", gaps("random: {fraction: 0.3}"),
            gaps("random: {fraction: 0.3}") + "\n" + filters("smoothing_rounds: 1")),
        .init("gaps.NAME.fraction", gaps("random: {fraction: 0.3}"), gaps("random: {fraction: 0.2}")),
        .init("gaps.NAME.variable", gaps(outage("a", "2000-08")), gaps(outage("b", "2000-08"))),
        .init("gaps.NAME.period", gaps(outage("a", "2000-08")), gaps(outage("a", "2000-09"))),
    ]
    private static func linear(_ text: String, memory: Int = 1, ridge: Int = 1) -> String {
        "linear: {memory: [\(memory)], ridge: [\(ridge)]\(text)}"
    }
    private static func filters(_ text: String) -> String { "assimilation: {filters: [etkf], \(text)}" }
    private static func gaps(_ text: String) -> String { "gaps: {\(text)}" }
    private static func outage(_ variable: String, _ last: String) -> String {
        "outage: {variable: \(variable), period: [2000-03, \(last)]}"
    }

    private static func networks(_ section: String) -> [KeyChange] {
        let usual = "hidden: [[4]], memory: [1], ridge: [0.01], epochs: 4, patience: 3"
        func change(_ key: String, _ old: String, _ new: String) -> KeyChange {
            let changed = old.isEmpty ? usual + ", " + new : usual.replacing(old, with: new)
            return .init(
                "\(section).\(key)", "\(section): {\(usual)}\n\(linear("", memory: 2))",
                "\(section): {\(changed)}\n\(linear("", memory: 2))")
        }
        let long = "\(section): {hidden: [[4]], memory: [1], epochs: 30, learning_rate: 0.5, patience: 30}"
        return [
            change("hidden", "[[4]]", "[[5]]"), change("memory", "memory: [1]", "memory: [2]"),
            change("ridge", "0.01", "0.5"),
            .init("\(section).epochs", long, long.replacing("epochs: 30", with: "epochs: 1")),
            change("learning_rate", "", "learning_rate: 0.01"), change("batch_size", "", "batch_size: 16"),
            .init("\(section).patience", long, long.replacing("patience: 30", with: "patience: 1")),
        ]
    }

    static let changes =
        KeyData.header + KeyData.changes(two: true, hours: hours) + parts + networks("network")
        + networks("correction")

    @Test func everyKeyHasAChange() { Self.probe.checkComplete(Self.changes) }

    @Test(arguments: changes) func aChangeHasItsEffect(_ change: KeyChange) throws { try Self.probe.check(change) }
}
