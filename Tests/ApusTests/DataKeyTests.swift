import Testing

/// Every key of a forecast and of a structural experiment has an effect.
@Suite(.enabled(if: Tool.runsLongChecks)) struct ForecastKeyTests {
    static let probe = KeyProbe(
        kind: "forecast",
        base: """
            experiment: forecast
            name: small
            output: out
            \(SmallData.section())
            split: {train: [1990-01, 1999-12], validation: [2000-01, 2003-12], test: [2004-01, 2009-12]}
            target: a
            forecast: {leads: 3, members: 16}
            cross_validation: {folds: 3}
            linear: {memory: [1], ridge: [1]}
            assimilation: {filters: [etkf]}
            bootstrap: {resamples: 100}
            """, files: SmallData.files)

    private static let parts: [KeyChange] = [
        .init("season", "", "season: none"), .init("season.year", "", "season: {year: 1}"),
        .init("season.week", "season: {year: 1}", "season: {year: 1, week: 1}"),
        .init("season.day", "season: {year: 1}", "season: {year: 1, day: 1}"),
        .init("season.day_by_year", "season: {year: 1}", "season: {year: 1, day_by_year: 1}"),
        .init("split.train", "", split("[1991-01, 1999-12]", "[2000-01, 2003-12]", "[2004-01, 2009-12]")),
        .init("split.validation", "", split("[1990-01, 1999-12]", "[2000-01, 2002-12]", "[2004-01, 2009-12]")),
        .init("split.test", "", split("[1990-01, 1999-12]", "[2000-01, 2003-12]", "[2004-01, 2008-12]")),
        .init("target", "", "target: b"), .init("inputs", "", "inputs: b"),
        .init("inputs[].name", "", "inputs: [{name: b}]"),
        .init("inputs[].future", "inputs: [{name: b}]", "inputs: [{name: b, future: known}]"),
        .init("forecast.leads", "", "forecast: {leads: 4, members: 16}"),
        .init(
            "forecast.decisive_leads", "forecast: {leads: 3, members: 16, decisive_leads: 3}",
            "forecast: {leads: 3, members: 16, decisive_leads: [1, 3]}"),
        .init("forecast.starts.every", "", "forecast: {leads: 3, members: 16, starts: {every: 2}}"),
        .init("forecast.members", "", "forecast: {leads: 3, members: 17}"),
        .init(
            "cross_validation.folds", "linear: {memory: [1], ridge: [1, 5]}",
            "linear: {memory: [1], ridge: [1, 5]}\ncross_validation: {folds: 4}"),
        .init("linear.memory", "", "linear: {memory: [2], ridge: [1]}"),
        .init("linear.ridge", "", "linear: {memory: [1], ridge: [2]}"),
        .init(
            "linear.ridge_decay", "linear: {memory: [2], ridge: [1]}",
            "linear: {memory: [2], ridge: [1], ridge_decay: 1}"),
        .init("linear.seasonal_lags", "", "linear: {memory: [1], ridge: [1], seasonal_lags: 1}"),
        .init(
            "linear.seasonal_ridge", "linear: {memory: [1], ridge: [1], seasonal_lags: 1}",
            "linear: {memory: [1], ridge: [1], seasonal_lags: 1, seasonal_ridge: 10}"),
        .init(
            "linear.harmonics", "linear: {memory: [1], ridge: [1], seasonal_lags: 1}",
            "linear: {memory: [1], ridge: [1], seasonal_lags: 1, harmonics: 1}"),
        .init("assimilation.filters", "", "assimilation: {filters: [enkf]}"),
        .init("assimilation.inflation", "", "assimilation: {filters: [etkf], inflation: 1.2}"),
        .init(
            "assimilation.least_observation_error", "", "assimilation: {filters: [etkf], least_observation_error: 0.9}"),
        .init(
            "assimilation.smoothing_rounds", gaps("random: {fraction: 0.3}"),
            gaps("random: {fraction: 0.3}") + "\nassimilation: {filters: [etkf], smoothing_rounds: 1}"),
        .init("gaps.NAME.fraction", "", gaps("random: {fraction: 0.3}")),
        .init("gaps.NAME.variable", gaps(outage("a", "2006-02")), gaps(outage("b", "2006-02"))),
        .init("gaps.NAME.period", gaps(outage("a", "2006-02")), gaps(outage("a", "2006-03"))),
        .init("bootstrap.resamples", "", "bootstrap: {resamples: 101}"),
    ]
    private static func split(_ train: String, _ validation: String, _ test: String) -> String {
        "split: {train: \(train), validation: \(validation), test: \(test)}"
    }
    private static func gaps(_ text: String) -> String { "gaps: {\(text)}" }
    private static func outage(_ variable: String, _ last: String) -> String {
        "outage: {variable: \(variable), period: [2005-03, \(last)]}"
    }

    private static func networks(_ section: String) -> [KeyChange] {
        let usual = "hidden: [[4]], memory: [1], ridge: [0.01], epochs: 4, patience: 3"
        func change(_ key: String, _ old: String, _ new: String) -> KeyChange {
            let changed = old.isEmpty ? usual + ", " + new : usual.replacing(old, with: new)
            return .init("\(section).\(key)", "\(section): {\(usual)}", "\(section): {\(changed)}")
        }
        return [
            change("hidden", "[[4]]", "[[5]]"), change("memory", "memory: [1]", "memory: [2]"),
            change("ridge", "0.01", "0.5"), change("epochs", "epochs: 4", "epochs: 3"),
            change("learning_rate", "", "learning_rate: 0.01"), change("batch_size", "", "batch_size: 16"),
            .init(
                "\(section).patience",
                "\(section): {hidden: [[4]], memory: [1], epochs: 40, learning_rate: 0.5, patience: 30}",
                "\(section): {hidden: [[4]], memory: [1], epochs: 40, learning_rate: 0.5, patience: 1}"),
        ]
    }

    static let changes =
        SmallData.header + SmallData.changes(truth: true) + parts + networks("network") + networks("correction")

    @Test func everyKeyHasAChange() throws { try Self.probe.checkComplete(Self.changes) }

    @Test(arguments: changes) func aChangeHasAnEffect(_ change: KeyChange) throws { try Self.probe.check(change) }
}

@Suite(.enabled(if: Tool.runsLongChecks)) struct StructuralKeyTests {
    static let probe = KeyProbe(
        kind: "structural",
        base: """
            experiment: structural
            name: small
            output: out
            \(SmallData.section(b: false))
            split: {train: [1990-01, 1999-12], validation: [2000-01, 2003-12], test: [2004-01, 2009-12]}
            components: {harmonics: [1]}
            forecast: {leads: [1, 3]}
            bootstrap: {resamples: 100}
            """, files: SmallData.files)

    private static let parts: [KeyChange] = [
        .init(
            "split.train", "",
            "split: {train: [1991-01, 1999-12], validation: [2000-01, 2003-12], test: [2004-01, 2009-12]}"),
        .init(
            "split.validation", "",
            "split: {train: [1990-01, 1999-12], validation: [2000-01, 2002-12], test: [2004-01, 2009-12]}"),
        .init(
            "split.test", "",
            "split: {train: [1990-01, 1999-12], validation: [2000-01, 2003-12], test: [2004-01, 2008-12]}"),
        .init("components.trend", "", "components: {harmonics: [1], trend: level}"),
        .init("components.harmonics", "", "components: {harmonics: [2]}"),
        .init("components.remainder", "", "components: {harmonics: [1], remainder: 1}"),
        .init("components.cycles[].period", "", "components: {harmonics: [1], cycles: [{period: 40}]}"),
        .init(
            "components.cycles[].harmonics", "components: {harmonics: [1], cycles: [{period: 40}]}",
            "components: {harmonics: [1], cycles: [{period: 40, harmonics: 2}]}"),
        .init("forecast.leads", "", "forecast: {leads: [1, 4]}"),
        .init("forecast.innovations", "", "forecast: {leads: [1, 3], innovations: student}"),
        .init("withhold", "", "withhold: [1995-01, 1995-06]"),
        .init("bootstrap.resamples", "", "bootstrap: {resamples: 101}"),
    ]

    static let changes = SmallData.header + SmallData.changes(truth: false) + parts

    @Test func everyKeyHasAChange() throws { try Self.probe.checkComplete(Self.changes) }

    @Test(arguments: changes) func aChangeHasAnEffect(_ change: KeyChange) throws { try Self.probe.check(change) }
}

/// The section 'data' of the small configurations, and changes of its keys.
enum SmallData {
    static let files = [
        "data.csv": SmallExperiment.data,
        "other.csv": SmallExperiment.data.replacing(",20.", with: ",21."),
        "semicolons.csv": SmallExperiment.data.replacing(",", with: ";"),
        "comments.csv": "% a comment\n" + SmallExperiment.data,
    ]

    static func section(_ text: String = "", file: String = "data.csv", a: String = "", b: Bool = true) -> String {
        "data: {file: \(file), time: {columns: [year, month]}, step: month\(text), "
            + "variables: [{name: a\(a)}\(b ? ", {name: b}" : "")]}"
    }

    static let header: [KeyChange] = [
        .init("experiment", "", "experiment: twin"), .init("name", "", "name: other"),
        .init("title", "", "title: Another"), .init("summary", "", "summary: Another sentence"),
        .init("seed", "", "seed: 2"), .init("output", "", "output: other"), .init("credits", "", "credits: [Somebody]"),
    ]

    static func changes(truth hasTruth: Bool) -> [KeyChange] {
        func change(_ path: String, _ before: String, _ after: String) -> KeyChange {
            .init("data.\(path)", before, after)
        }
        let b = hasTruth
        func one(_ text: String) -> String { section(a: ", \(text)", b: false) }
        let times = "data: {file: data.csv, step: month, variables: [{name: a}\(b ? ", {name: b}" : "")], time: "
        return [
            change("file", "", section(file: "other.csv", b: b)),
            change("format", "", section(", format: netcdf", b: b)),
            change(
                "delimiter", section(", delimiter: ';'", file: "semicolons.csv", b: b),
                section(", delimiter: ','", file: "semicolons.csv", b: b)),
            change(
                "comment", section(", comment: '%'", file: "comments.csv", b: b),
                section(", comment: '!'", file: "comments.csv", b: b)),
            change("missing", "", section(", missing: [\(SmallExperiment.rows[3][2])]", b: b)),
            change("delimiter.widths", "", section(", delimiter: {widths: [3, 3]}", b: b)),
            change("header.line", "", section(", header: {line: 2}", b: b)),
            change("header.names", "", section(", header: {names: [year, month, c]}", b: b)),
            change("header.skip", "", section(", header: {skip: 3}", b: b)),
            change("decimal", "", section(", decimal: ','", b: b)),
            change("thousands", "", section(", thousands: '.'", b: b)),
            change("complete", section(", aggregate: mean", b: b), section(", aggregate: mean, complete: 2", b: b)),
            change("select.NAME.at", "", section(", select: {a: {at: 0}}", b: b)),
            change("time.year", "", times + "{year: year}}"),
            change("time.months", "", times + "{year: year, months: [a, b]}}"),
            change("time.pivot", "", times + "{columns: [year, month], pivot: -1}}"),
            change("time.zone", "", times + "{columns: [year, month], zone: Nowhere}}"),
            change(
                "variables[].column.nth", "",
                section(b: b).replacing("name: a", with: "name: a, column: {column: a, nth: 2}")),
            change("variables[].column.at", "", section(b: b).replacing("name: a", with: "name: a, column: {at: 4}")),
            change("variables[].select.NAME.at", "", section(a: ", select: {a: {at: 0}}", b: b)),
            change("time.column", "", times + "{column: year}}"),
            change("time.format", "", times + "{column: year, format: yyyy}}"),
            change("time.columns", "", times + "{columns: [month, year]}}"),
            change("time.variable", "", times + "{columns: [year, month], variable: time}}"),
            change(
                "step", section(", aggregate: mean", b: b),
                section(", aggregate: mean", b: b).replacing("step: month", with: "step: 2 months")),
            change(
                "aggregate", section(", aggregate: mean", b: b).replacing("step: month", with: "step: 2 months"),
                section(", aggregate: max", b: b).replacing("step: month", with: "step: 2 months")),
            change("variables[].name", "", section(b: b).replacing("name: a", with: "name: c, column: a")),
            change("variables[].column", "", section(a: ", column: b", b: b)),
            change("variables[].scale", "", section(a: ", scale: 2", b: b)),
            change("variables[].offset", "", section(a: ", offset: 2", b: b)),
            change("variables[].transform", one("units: K"), one("units: K, transform: log")),
            change("variables[].transform.log", one("units: K"), one("transform: {log: 2}")),
            change(
                "variables[].transform.box_cox", one("units: K"), one("transform: {box_cox: 0.2}")),
            change(
                "variables[].transform.offset", one("units: K"),
                one("transform: {box_cox: 0.5, offset: 1}")),
            change("variables[].column.name", one("units: K"), one("units: K, column: {name: b}")),
            change("variables[].valid", one("units: K"), one("units: K, valid: [-50, 10]")),
            change("variables[].spike", one("units: K"), one("units: K, spike: 0.1")),
            change("variables[].error", one("units: K"), one("units: K, error: 0.2")),
            change("variables[].error.column", one("units: K"), one("units: K, error: {column: b}")),
            change("variables[].units", "", section(a: ", units: degC", b: b)),
            change("variables[].standard_name", "", section(a: ", standard_name: air_temperature", b: b)),
            change("variables[].long_name", "", section(a: ", long_name: Air", b: b)),
            change("variables[].truth", one("units: K"), one("units: K, truth: b")),
            change("variables[].truth.column", one("units: K"), one("units: K, truth: {column: b}")),
            change(
                "variables[].truth.scale", hasTruth ? one("truth: {column: b}") : "",
                one("truth: {column: b, scale: 2}")),
            change(
                "variables[].truth.offset", hasTruth ? one("truth: {column: b}") : "",
                one("truth: {column: b, offset: 2}")),
        ]
    }
}
