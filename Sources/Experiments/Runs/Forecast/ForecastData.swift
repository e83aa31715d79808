import Learning

/// The observations of a forecast experiment, as the learners and the scores see them.
struct ForecastData: Sendable {
    /// Those that are forecast.
    let variables: [ObservationTable.Variable]
    /// Under their transforms, inputs last.
    let model: ModelSeries
    /// `[time][variable]` in the units of the data, inputs last.
    let original: [[Double]]
    let times: [Instant]
    /// What a user should know of the data, one sentence each.
    let warnings: [String]
    let series: SeasonalSeries
    /// `[time][variable]`: what forecasts are scored against, the values themselves or a truth of their own; NaN where it
    /// is not known.
    let truth: [[Double]]
    /// The seasonal difference of values and truth: 0, or the normals that a truth of anomalies is relative to. Used in
    /// scoring alone.
    private let reference: Climatology
    /// The normals of values that are their own truth, for the correlation of anomalies; a given truth has none.
    private let normals: Climatology?
    let training: Range<Int>
    let validation: Range<Int>
    let test: Range<Int>
    let target: Int
    private let step: TimeStep

    init(_ setting: ForecastSetting) throws(InputError) {
        var tables = try setting.data.read()
        // What lies before the training has no part in the run.
        let kept = try ForecastData.ranges(tables.observations, setting).0.lowerBound..<tables.observations.times.count
        tables.observations = tables.observations[kept]
        tables.truth = tables.truth?[kept]
        let table = tables.observations
        model = try ModelSeries(table, setting.data, setting.inputs)
        variables = Array(table.variables.prefix(model.outputs))
        times = table.times
        step = setting.step
        let values = ForecastData.rows(table)
        original = values
        (training, validation, test) = try ForecastData.ranges(table, setting)
        let season = try setting.season.season(setting.step, from: times[0], training: training.upperBound)
        series = model.series(season)
        target = table.index(of: setting.target) ?? 0
        let units = table.variables[target].units
        let advice = InputAdvice.all(model, target: target, training: training).map { $0.text(units: units) }
        for text in advice { StandardStream.report("apus: warning: \(setting.data.file): \(text)") }
        warnings = table.warnings + advice
        if let truths = tables.truth, truths.variables.count == variables.count {
            truth = ForecastData.rows(truths)
            normals = nil
        } else {
            truth = values
            normals = Climatology(series.replacing(values), over: Array(0..<training.upperBound))
        }
        let differences = zip(values, truth).map { zip($0, $1).map { $0 - $1 } }
        reference = Climatology(series.replacing(differences), over: Array(0..<validation.upperBound))
        try requireEnough(setting)
    }

    var end: Int { validation.upperBound }

    /// The mean difference of values and truth in the season of a time, before the test.
    func referenceValues(at time: Int) -> [Double] { reference.normal(series.season, at: time) }

    /// What anomalies of the truth are relative to, as correlations take them.
    func normalTruth(at time: Int, _ variable: Int) -> Double {
        normals?.normal(series.season, at: time)[variable] ?? 0
    }

    /// The change of a variable in its own units with its transformed value, at the mean of the training;
    /// 1 without transform.
    func slope(of variable: Int, _ climatology: Climatology) -> Double {
        guard let transform = model.transforms[variable] else { return 1 }
        let known = training.map { series.values[$0][variable] }.filter { !$0.isNaN }
        let (mean, step) = (known.reduce(0, +) / Double(known.count), 1e-3 * climatology.scales[variable])
        return (transform.inverse(mean + step) - transform.inverse(mean - step)) / (2 * step)
    }

    /// The data that models are learned from, as saved models tell it.
    var description: SeriesDescription {
        SeriesDescription(
            step: "\(step)", start: "\(times[0])", transforms: model.transforms.map { $0.map { "\($0)" } ?? "" },
            inputs: model.inputs.map(\.future))
    }

    /// A time as results state it.
    func text(_ time: Int) -> String { step.text(times[time]) }

    static func rows(_ table: ObservationTable) -> [[Double]] {
        let columns = table.variables.indices.map { table.series($0) }
        return table.times.indices.map { t in columns.map { $0[t] ?? .nan } }
    }

    private static func ranges(
        _ table: ObservationTable, _ setting: ForecastSetting
    ) throws(InputError) -> (Range<Int>, Range<Int>, Range<Int>) {
        let split = setting.split
        return (
            try table.rows(of: "training", in: split.train, at: split.place),
            try table.rows(of: "validation", in: split.validation, at: split.place),
            try table.rows(of: "test", in: split.test, at: split.place)
        )
    }
}

/// The observations with some withheld.
struct GapScenario: Sendable {
    let record: GapRecord
    let series: SeasonalSeries
    /// `[time][variable]`: values that exist and are withheld.
    let withheld: [[Bool]]
    /// Whether anything before the test is withheld, so that models must be learned anew.
    let changesTraining: Bool

    static func all(_ data: ForecastData, _ setting: ForecastSetting, key: Key) -> [GapScenario] {
        let variables = data.series.variables
        // One draw for all scenarios: the values of a smaller fraction are among those of a larger one.
        let draws = key.uniform([data.series.count, variables]).values
        return [GapScenario(.none, data) { _, _ in false }]
            + setting.gaps.map { gaps in
                switch gaps.rule {
                case .random(let fraction):
                    return GapScenario(.random(gaps.name, fraction: fraction), data) {
                        draws[$0 * variables + $1] < fraction
                    }
                case .period(let name, let period, _):
                    let variable = data.variables.firstIndex { $0.name == name } ?? 0
                    let times = data.withheld(of: name, in: period).map(data.text)
                    let record = GapRecord.period(
                        gaps.name, data.variables[variable].record, from: times.first ?? "", to: times.last ?? "")
                    return GapScenario(record, data) { period.contains(data.times[$0]) && $1 == variable }
                }
            }
    }

    var gaps: Gaps { record.name }

    private init(_ record: GapRecord, _ data: ForecastData, _ isWithheld: (Int, Int) -> Bool) {
        self.record = record
        let values = data.series.values
        // Inputs are never withheld.
        let outputs = data.variables.count
        let withheld = values.indices.map { t in
            values[t].indices.map { $0 < outputs && !values[t][$0].isNaN && isWithheld(t, $0) }
        }
        self.withheld = withheld
        series = data.series.replacing(
            values.indices.map { t in zip(values[t], withheld[t]).map { $1 ? .nan : $0 } })
        changesTraining = withheld[..<data.end].contains { $0.contains(true) }
    }
}
