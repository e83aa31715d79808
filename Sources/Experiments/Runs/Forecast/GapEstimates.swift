import Learning
import Studies
import Verification

extension ForecastRun {
    var chosenMethod: LearnedMethod { methods.first { $0.name == chosen.chosen } ?? methods[0] }

    /// What filter and smoother of the chosen method say of every month, and how well they estimate what was withheld.
    func estimates(
        _ scenario: GapScenario, _ models: LearnedModels
    ) -> (series: [SeriesRecord], filling: [GapFillingRecord]) {
        let forecaster = forecaster(chosenMethod, models)
        let series = scenario.series.prefix(data.test.upperBound)
        let shown = firstEstimate(scenario, of: series.count)..<series.count
        let beliefs = forecaster.estimated(series, from: shown.lowerBound)
        let filter = estimates(forecaster, beliefs.filter, from: shown.lowerBound)
        let smoother = estimates(forecaster, beliefs.smoother, from: shown.lowerBound)
        let anomalies = forecaster.climatology.anomalies(of: series).interpolated()
        let interpolated = anomalies.values.enumerated().map { t, row in
            let normal = forecaster.climatology.normal(series.season, at: t)
            return row.indices.map { data.model.original(normal[$0] + forecaster.climatology.scales[$0] * row[$0], $0) }
        }
        let records = data.variables.indices.map { v in
            SeriesRecord(
                gaps: scenario.gaps, variable: data.variables[v].name, method: chosen.chosen,
                times: shown.map { data.text($0) },
                truth: shown.map { data.truth[$0][v].finite },
                observed: shown.map {
                    scenario.withheld[$0][v] ? nil : anomaly(data.original[$0][v], $0, v)
                },
                filterMean: shown.map { anomaly(filter.mean[$0][v], $0, v) },
                filterSpread: shown.map { filter.spread[$0][v].finite },
                smootherMean: shown.map { anomaly(smoother.mean[$0][v], $0, v) },
                smootherSpread: shown.map { smoother.spread[$0][v].finite })
        }
        var estimators: [(GapEstimator, [[Double]])] = [
            (.smoother, smoother.mean), (.filter, filter.mean), (.interpolation, interpolated),
            (
                .seriesInterpolation,
                series.interpolated().values.map { $0.enumerated().map { data.model.original($1, $0) } }
            ),
        ]
        if data.variables.count > 1 {
            estimators.insert((.regression, regressed(scenario, series, forecaster.climatology)), at: 3)
        }
        let filling = estimators.flatMap { estimator, values in
            data.variables.indices.compactMap { record(scenario, estimator, values, variable: $0) }
        }
        return (records, filling)
    }

    /// The first step that is estimated: of very long series the last 20 000, and all of the test that is withheld.
    private func firstEstimate(_ scenario: GapScenario, of count: Int) -> Int {
        let latest = max(0, count - 20_000)
        return min(latest, data.test.first { scenario.withheld[$0].contains(true) } ?? latest)
    }

    /// Mean and standard deviation of the newest values in the units of the data, NaN before the first step: of the
    /// members transformed back, where a variable has a transform.
    private func estimates(
        _ forecaster: EnsembleForecaster, _ beliefs: Ensemble, from first: Int
    ) -> (mean: [[Double]], spread: [[Double]]) {
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
        let unknown = [[Double]](repeating: data.variables.map { _ in .nan }, count: first)
        return (unknown + mean, unknown + spread)
    }

    /// Estimates of withheld values of the test by the other variables at the same time; NaN elsewhere.
    private func regressed(_ scenario: GapScenario, _ series: SeasonalSeries, _ climatology: Climatology) -> [[Double]]
    {
        var regression = SimultaneousRegression(climatology.anomalies(of: series), before: data.end)
        return (0..<series.count).map { t in
            data.variables.indices.map { v in
                guard data.test.contains(t), scenario.withheld[t][v] else { return .nan }
                let anomaly = climatology.scales[v] * regression.estimate(v, at: t)
                return data.model.original(climatology.normal(series.season, at: t)[v] + anomaly, v)
            }
        }
    }

    private func anomaly(_ value: Double, _ time: Int, _ variable: Int) -> Double? {
        (value - data.referenceValues(at: time)[variable]).finite
    }

    /// The error of an estimator at withheld values of the test period.
    private func record(
        _ scenario: GapScenario, _ estimator: GapEstimator, _ values: [[Double]], variable: Int
    ) -> GapFillingRecord? {
        let mask = data.test.map { scenario.withheld[$0][variable] && values[$0][variable].isFinite }
        guard mask.contains(true) else { return nil }
        let squares = data.test.map { t -> Double in
            let error = values[t][variable] - data.original[t][variable]
            return error.isFinite ? error * error : 0
        }
        let estimate = bootstrap.estimate(ScoreSeries(.rootMean, terms: squares, mask: mask))
        return GapFillingRecord(
            gaps: scenario.gaps, variable: data.variables[variable].name, estimator: estimator, rmse: estimate.value,
            low: estimate.low, high: estimate.high, count: estimate.count)
    }
}
