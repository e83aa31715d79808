import Learning

/// The observations of a forecast experiment, as the learners and the scores see them.
struct ForecastData: Sendable {
    let variables: [ObservationTable.Variable]
    let times: [Instant]
    let series: SeasonalSeries
    /// `[time][variable]`: the anomaly that forecasts are scored against, NaN where it is not known.
    let truth: [[Double]]
    /// `[phase][variable]`: the normals that those anomalies are relative to. Used in scoring alone.
    let reference: [[Double]]
    let training: Range<Int>
    let validation: Range<Int>
    let test: Range<Int>
    let target: Int

    init(_ setting: ForecastSetting) throws(InputError) {
        let tables = try setting.data.read()
        let table = tables.observations
        variables = table.variables
        times = table.times
        let period = try ForecastData.period(setting)
        let values = ForecastData.rows(table)
        series = SeasonalSeries(
            values, period: period,
            firstPhase: table.times[0].phase(of: period), errors: ForecastData.errors(table))
        (training, validation, test) = try ForecastData.ranges(table, setting)
        target = table.index(of: setting.target) ?? 0
        if let truths = tables.truth, truths.variables.count == table.variables.count {
            truth = ForecastData.rows(truths)
        } else {
            let own = Climatology(series, over: Array(0..<training.upperBound))
            truth = values.enumerated().map { [series] t, row in zip(row, own.means[series.phase(t)]).map { $0 - $1 } }
        }
        reference = ForecastData.reference(series, truth, before: validation.upperBound)
        try requireEnough(setting)
    }

    var end: Int { validation.upperBound }

    private static func rows(_ table: ObservationTable) -> [[Double]] {
        let columns = table.variables.indices.map { table.series($0) }
        return table.times.indices.map { t in columns.map { $0[t] ?? .nan } }
    }

    /// Standard deviations of the observation errors where the data tell them; nil if they tell none.
    private static func errors(_ table: ObservationTable) -> [[Double]]? {
        let columns = table.variables.indices.map { table.errorStandardDeviations($0) }
        guard columns.contains(where: { $0 != nil }) else { return nil }
        return table.times.indices.map { t in columns.map { $0?[t] ?? .nan } }
    }

    /// Normals as the difference of values and anomalies, by season; from the years before the test.
    private static func reference(_ series: SeasonalSeries, _ truth: [[Double]], before end: Int) -> [[Double]] {
        (0..<series.period).map { phase in
            (0..<series.variables).map { v in
                let differences = (0..<end).filter { series.phase($0) == phase }
                    .map { series.values[$0][v] - truth[$0][v] }.filter { !$0.isNaN }
                return differences.isEmpty ? 0 : differences.reduce(0.0, +) / Double(differences.count)
            }
        }
    }

    private static func period(_ setting: ForecastSetting) throws(InputError) -> Int {
        let perYear = setting.step.stepsPerYear
        switch setting.step.unit {
        case .month where perYear == perYear.rounded(): return Int(perYear)
        case .year: return 1
        default:
            throw setting.split.place.error(
                "a forecast experiment cannot follow the seasons with a step of '\(setting.step)'",
                expected: "a step of a month, a whole part of a year in months, or years")
        }
    }

    private static func ranges(
        _ table: ObservationTable, _ setting: ForecastSetting
    ) throws(InputError) -> (Range<Int>, Range<Int>, Range<Int>) {
        let split = setting.split
        guard let first = table.times.first, let last = table.times.last else {
            throw InputError(.data, at: .init(setting.data.file), "the file holds no times")
        }
        for (name, period) in [("training", split.train), ("validation", split.validation), ("test", split.test)] {
            guard first <= period.lowerBound, period.lowerBound <= last,
                period.upperBound <= setting.step.advance(last, by: 1)
            else {
                throw split.place.error(
                    "the \(name) period \(period.lowerBound) to \(period.upperBound) is outside the data",
                    expected: "periods within \(first) to \(last)")
            }
        }
        return (table.rows(in: split.train), table.rows(in: split.validation), table.rows(in: split.test))
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
                    let times = data.withheld(of: name, in: period).map { data.times[$0].monthText }
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
        let withheld = values.indices.map { t in values[t].indices.map { !values[t][$0].isNaN && isWithheld(t, $0) } }
        self.withheld = withheld
        series = data.series.replacing(
            values.indices.map { t in zip(values[t], withheld[t]).map { $1 ? .nan : $0 } })
        changesTraining = withheld[..<data.end].contains { $0.contains(true) }
    }
}
