import Learning

/// The observations of a forecast experiment, in the form that learning and scores use.
struct ForecastData: Sendable {
    /// Those that are forecast.
    let variables: [ObservationTable.Variable]
    /// Under their transforms, inputs last.
    let model: ModelSeries
    /// `[time][variable]` in the units of the data, inputs last.
    let original: SeriesTable
    let times: [Instant]
    /// Warnings about the data, one sentence each.
    let warnings: [String]
    let series: SeasonalSeries
    /// `[time][variable]`: the verifying values, the values themselves or a truth of their own; NaN where
    /// it is not known.
    let truth: SeriesTable
    /// The seasonal difference of values and a truth of their own: the normals that a truth of anomalies is relative
    /// to; nil where the values are the truth. Used in scoring alone.
    private let reference: Climatology?
    /// The normals of values that are their own truth, for the correlation of anomalies; a given truth has none.
    private let normals: Climatology?
    let training: Range<Int>
    let validation: Range<Int>
    let test: Range<Int>
    let target: Int
    private let step: TimeStep
    /// The clock of the times, where the data tell it.
    let clock: TableClock?

    init(_ configuration: ForecastConfiguration) throws(InputError) {
        var tables = try configuration.data.read()
        // Values before the training period are not used.
        let kept =
            try ForecastData.ranges(tables.observations, configuration).0.lowerBound..<tables.observations.times.count
        tables.observations = tables.observations[kept]
        tables.truth = tables.truth?[kept]
        let table = tables.observations
        model = try ModelSeries(table, configuration.data, configuration.inputs)
        variables = Array(table.variables.prefix(model.outputs))
        times = table.times
        clock = table.clock
        step = configuration.step
        let values = table.numbers
        original = values
        (training, validation, test) = try ForecastData.ranges(table, configuration)
        let season = try configuration.season.season(configuration.step, from: times[0], training: training.upperBound)
        series = model.series(season)
        target = table.index(of: configuration.target) ?? 0
        let units = table.variables[target].units
        let advice = InputAdvice.all(model, target: target, training: training).map { $0.text(units: units) }
        for text in advice { StandardStream.report("apus: warning: \(configuration.data.file): \(text)") }
        warnings = table.warnings + advice
        if let truths = tables.truth, truths.variables.count == variables.count {
            let own = truths.numbers
            let differences = SeriesTable(values.count, width: own.width) { t, row in
                for v in row.indices { row[v] = values[t, v] - own[t, v] }
            }
            truth = own
            normals = nil
            reference = Climatology(series.replacing(differences), over: Array(0..<validation.upperBound))
        } else {
            truth = values
            normals = Climatology(series.replacing(values), over: Array(0..<training.upperBound))
            reference = nil
        }
        try requireEnough(configuration)
    }

    var end: Int { validation.upperBound }

    /// The mean difference of values and truth in the season of a time, before the test.
    func referenceValues(at time: Int) -> [Double] {
        reference?.normal(series.season, at: time) ?? [Double](repeating: 0, count: variables.count)
    }

    /// The reference of the truth's anomalies in correlations.
    func normalTruth(at time: Int, _ variable: Int) -> Double {
        normals?.normal(series.season, at: time)[variable] ?? 0
    }

    /// The change of a variable in its own units with its transformed value, at the mean of the training;
    /// 1 without transform.
    func slope(of variable: Int, _ climatology: Climatology) -> Double {
        guard let transform = model.transforms[variable] else { return 1 }
        let known = training.map { series.values[$0, variable] }.filter { !$0.isNaN }
        let (mean, step) = (known.reduce(0, +) / Double(known.count), 1e-3 * climatology.scales[variable])
        return (transform.inverse(mean + step) - transform.inverse(mean - step)) / (2 * step)
    }

    /// The description of the training data in saved models.
    var description: SeriesDescription {
        SeriesDescription(
            step: "\(step)", start: "\(times[0])", transforms: model.transforms.map { $0.map { "\($0)" } ?? "" },
            inputs: model.inputs.map(\.future))
    }

    /// A time as results state it.
    func text(_ time: Int) -> String { step.text(times[time], clock: clock) }

    private static func ranges(
        _ table: ObservationTable, _ configuration: ForecastConfiguration
    ) throws(InputError) -> (Range<Int>, Range<Int>, Range<Int>) {
        let split = configuration.split
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
    /// Values that exist and are withheld.
    let withheld: WithheldValues
    /// Whether anything before the test is withheld, so that models must be learned anew.
    let changesTraining: Bool

    static func all(_ data: ForecastData, _ configuration: ForecastConfiguration, key: Key) -> [GapScenario] {
        let variables = data.series.variables
        // One draw for all scenarios: the values of a smaller fraction are among those of a larger one.
        let draws = key.uniform([data.series.count, variables]).values
        return [GapScenario(.none, data) { _, _ in false }]
            + configuration.gaps.map { gaps in
                switch gaps.rule {
                case .random(let fraction):
                    return GapScenario(.random(gaps.name, fraction: fraction), data) {
                        draws[$0 * variables + $1] < fraction
                    }
                case .period(let name, let period, _):
                    let variable = data.variables.firstIndex { $0.name == name } ?? 0
                    let times = data.withheld(of: name, in: period).map(data.text)
                    let ends = [times.first, times.last].map { TimeAxis.display($0 ?? "", among: times) }
                    let record = GapRecord.period(
                        gaps.name, data.variables[variable].record, from: ends[0], to: ends[1])
                    return GapScenario(record, data) { period.contains(data.times[$0]) && $1 == variable }
                }
            }
    }

    var gaps: Gaps { record.name }

    private init(_ record: GapRecord, _ data: ForecastData, _ isWithheld: (Int, Int) -> Bool) {
        self.record = record
        var values = data.series.values
        var withheld = WithheldValues(width: values.width)
        for t in 0..<values.count {
            // Inputs are never withheld.
            for v in data.variables.indices where !values[t, v].isNaN && isWithheld(t, v) {
                withheld.insert(t, v)
                values[t, v] = .nan
            }
        }
        self.withheld = withheld
        series = data.series.replacing(values)
        changesTraining = withheld.first.map { $0 < data.end } ?? false
    }
}

/// Which values are withheld.
struct WithheldValues: Sendable {
    private let width: Int
    private var places: Set<Int> = []
    /// The first time at which any is.
    private(set) var first: Int?

    init(width: Int) { self.width = width }

    mutating func insert(_ time: Int, _ variable: Int) {
        places.insert(time * width + variable)
        first = min(first ?? time, time)
    }

    func contains(_ time: Int, _ variable: Int) -> Bool { places.contains(time * width + variable) }
    func contains(_ time: Int) -> Bool { (0..<width).contains { contains(time, $0) } }
}
