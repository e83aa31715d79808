import Learning
import Studies
import Verification

extension ForecastRun {
    var chosenMethod: LearnedMethod { methods.first { $0.name == chosen.chosen } ?? methods[0] }

    /// What filter and smoother of the chosen method say of every month, and how well they estimate what was withheld.
    func estimates(
        _ scenario: GapScenario, _ models: LearnedModels, eachSegment: () -> Void = {}
    ) -> ScenarioEstimates {
        let forecaster = forecaster(chosenMethod, models)
        let series = scenario.series.prefix(data.test.upperBound)
        let shown = firstEstimate(scenario, of: series.count)..<series.count
        let beliefs = forecaster.estimated(series, from: shown.lowerBound, eachSegment: eachSegment)
        let filter = estimates(forecaster, beliefs.filter, from: shown.lowerBound)
        let smoother = estimates(forecaster, beliefs.smoother, from: shown.lowerBound)
        let records = data.variables.indices.map { v in
            SeriesRecord(
                gaps: scenario.gaps, variable: data.variables[v].name, method: chosen.chosen,
                times: shown.map { data.text($0) },
                truth: shown.map { data.truth[$0, v].finite },
                observed: shown.map {
                    scenario.withheld.contains($0, v) ? nil : anomaly(data.original[$0, v], $0, v)
                },
                filterMean: shown.map { anomaly(filter.mean[$0, v], $0, v) },
                filterSpread: shown.map { filter.spread[$0, v].finite },
                smootherMean: shown.map { anomaly(smoother.mean[$0, v], $0, v) },
                smootherSpread: shown.map { forecaster.smootherHasSpread ? smoother.spread[$0, v].finite : nil })
        }
        guard data.test.contains(where: { scenario.withheld.contains($0) }) else { return (records, []) }
        var estimators: [(GapEstimator, SeriesTable)] = [
            (.smoother, smoother.mean), (.filter, filter.mean),
            (.interpolation, interpolated(series, forecaster.climatology)),
            (.seriesInterpolation, original(series.interpolated().values)),
        ]
        if data.variables.count > 1 {
            estimators.insert((.regression, regressed(scenario, series, forecaster.climatology)), at: 3)
        }
        let filling = estimators.flatMap { estimator, values in
            data.variables.indices.compactMap { record(scenario, estimator, values, variable: $0) }
        }
        return (records, filling)
    }

    /// Values in the units of the data.
    private func original(_ values: SeriesTable) -> SeriesTable {
        SeriesTable(values.count, width: values.width) { t, row in
            for v in row.indices { row[v] = data.model.original(values[t, v], v) }
        }
    }

    /// Interpolated anomalies on top of the normals, in the units of the data.
    private func interpolated(_ series: SeasonalSeries, _ climatology: Climatology) -> SeriesTable {
        var values = climatology.anomalies(of: series).interpolated().values
        climatology.eachNormal(series.season, 0..<values.count) { t, normal in
            for v in normal.indices { values[t, v] = normal[v] + climatology.scales[v] * values[t, v] }
        }
        return original(values)
    }

    /// The first step that is estimated: of very long series the last 20 000, and all of the test that is withheld.
    private func firstEstimate(_ scenario: GapScenario, of count: Int) -> Int {
        let latest = max(0, count - 20_000)
        return min(latest, data.test.first { scenario.withheld.contains($0) } ?? latest)
    }

    /// Mean and standard deviation of the newest values in the units of the data, NaN before the first step: of the
    /// members transformed back, where a variable has a transform.
    private func estimates(
        _ forecaster: EnsembleForecaster, _ beliefs: Ensemble, from first: Int
    ) -> (mean: SeriesTable, spread: SeriesTable) {
        var (mean, spread) = forecaster.estimates(beliefs, from: first)
        let season = forecaster.model.layout.season
        for (v, transform) in data.model.transforms.enumerated() {
            guard let transform else { continue }
            let members = beliefs.members.slice(axis: 2, from: v, to: v + 1).values
            let n = forecaster.members
            for t in mean.indices {
                let normal = forecaster.climatology.normal(season, at: first + t)[v]
                let values = members[(t * n)..<((t + 1) * n)].map {
                    transform.inverse(normal + forecaster.climatology.scales[v] * $0)
                }
                mean[t][v] = values.reduce(0, +) / Double(n)
                let squares = values.map { ($0 - mean[t][v]) * ($0 - mean[t][v]) }.reduce(0, +)
                spread[t][v] = (squares / Double(n - 1)).squareRoot()
            }
        }
        let width = forecaster.model.layout.variables
        let unknown = [Double](repeating: .nan, count: first * width)
        return (
            SeriesTable(unknown + mean.flatMap { $0 }, width: width),
            SeriesTable(unknown + spread.flatMap { $0 }, width: width)
        )
    }

    /// Estimates of withheld values of the test by the other variables at the same time; NaN elsewhere.
    private func regressed(_ scenario: GapScenario, _ series: SeasonalSeries, _ climatology: Climatology) -> SeriesTable
    {
        var regression = SimultaneousRegression(climatology.anomalies(of: series), before: data.end)
        var values = SeriesTable(
            [Double](repeating: .nan, count: series.count * series.variables), width: series.variables)
        for t in data.test {
            for v in data.variables.indices where scenario.withheld.contains(t, v) {
                let anomaly = climatology.scales[v] * regression.estimate(v, at: t)
                values[t, v] = data.model.original(climatology.normal(series.season, at: t)[v] + anomaly, v)
            }
        }
        return values
    }

    private func anomaly(_ value: Double, _ time: Int, _ variable: Int) -> Double? {
        (value - data.referenceValues(at: time)[variable]).finite
    }

    /// The error of an estimator at withheld values of the test period.
    private func record(
        _ scenario: GapScenario, _ estimator: GapEstimator, _ values: SeriesTable, variable: Int
    ) -> GapFillingRecord? {
        let mask = data.test.map { scenario.withheld.contains($0, variable) && values[$0, variable].isFinite }
        guard mask.contains(true) else { return nil }
        let squares = data.test.map { t -> Double in
            let error = values[t, variable] - data.original[t, variable]
            return error.isFinite ? error * error : 0
        }
        let estimate = bootstrap.estimate(ScoreSeries(.rootMean, terms: squares, mask: mask))
        return GapFillingRecord(
            gaps: scenario.gaps, variable: data.variables[variable].name, estimator: estimator, rmse: estimate.value,
            low: estimate.low, high: estimate.high, count: estimate.count)
    }
}
