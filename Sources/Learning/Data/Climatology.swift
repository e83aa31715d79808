import Tensors

/// The normal course of the seasons and the size of deviations from it, learned from a stretch of a series.
///
///     mean of the phase,   or   a₀ + Σ a cos 2πk(s + t/L) + b sin 2πk(s + t/L)   over cycles L and harmonics k
public struct Climatology: Sendable, Codable, Equatable {
    /// `[phase][variable]`; of waves, coefficients `[regressor][variable]`.
    public var means: [[Double]]
    /// Standard deviation of the anomalies, `[variable]`.
    public let scales: [Double]

    /// - Parameter times: the only times that are looked at.
    public init(_ series: SeasonalSeries, over times: [Int]) {
        let variables = 0..<series.variables
        let means = Climatology.means(series, over: times)
        self.means = means
        let season = series.season
        var sums = [Double](repeating: 0, count: variables.count)
        var counts = [Int](repeating: 0, count: variables.count)
        SeasonalNormals(means, season).eachTime(times) { time, normal in
            for v in variables {
                let deviation = series.values[time, v] - normal[v]
                guard !deviation.isNaN else { continue }
                sums[v] += deviation * deviation
                counts[v] += 1
            }
        }
        scales = variables.map { v in
            let scale = (counts[v] > 0 ? sums[v] / Double(counts[v]) : 1).squareRoot()
            return scale > 0 ? scale : 1
        }
    }

    private static func means(_ series: SeasonalSeries, over times: [Int]) -> [[Double]] {
        let variables = 0..<series.variables
        guard case .phases(let period, _) = series.season else { return waves(series, over: times) }
        var means = [[Double]](repeating: [], count: period)
        for phase in 0..<period {
            let rows = times.filter { series.phase($0) == phase }
            means[phase] = variables.map { v in rows.map { series.values[$0, v] }.mean ?? .nan }
        }
        let overall = variables.map { v in means.map { $0[v] }.mean ?? 0 }
        return means.map { row in variables.map { row[$0].isNaN ? overall[$0] : row[$0] } }
    }

    /// The normal values of all variables at a step.
    public func normal(_ season: Season, at time: Int) -> [Double] {
        guard case .waves = season else { return means[season.phase(time)] }
        var normal: [Double] = []
        SeasonalNormals(means, season).eachTime(CollectionOfOne(time)) { normal = Array($1) }
        return normal
    }

    /// The normal values at all times of some steps, one after another.
    ///
    /// - Parameter body: takes a time and its normal values.
    public func eachNormal(
        _ season: Season, _ times: some Sequence<Int>, _ body: (Int, UnsafeBufferPointer<Double>) -> Void
    ) {
        SeasonalNormals(means, season).eachTime(times, body)
    }

    /// The value of a standardised anomaly at a step in the units of the series.
    public func value(_ anomaly: Double, _ season: Season, at time: Int, variable: Int) -> Double {
        normal(season, at: time)[variable] + scales[variable] * anomaly
    }

    /// `(x − normal) / scale`, gaps kept.
    public func anomalies(of series: SeasonalSeries) -> SeasonalSeries {
        var values = series.values
        SeasonalNormals(means, series.season).update(&values) { row, normal in
            for v in row.indices { row[v] = (row[v] - normal[v]) / scales[v] }
        }
        return series.replacing(values)
    }
}

// MARK: - Estimates in place of gaps

extension Climatology {
    /// Moves the normals by the seasonal course of estimated anomalies.
    mutating func shift(by anomalies: SeasonalSeries) {
        for (i, mean) in Climatology.course(anomalies).enumerated() {
            for v in mean.indices { means[i][v] += scales[v] * mean[v] }
        }
    }
    /// Estimated anomalies without their seasonal course.
    static func centered(_ anomalies: SeasonalSeries) -> SeriesTable {
        var values = anomalies.values
        SeasonalNormals(course(anomalies), anomalies.season).update(&values) { row, normal in
            for v in row.indices { row[v] -= normal[v] }
        }
        return values
    }
    /// Means by phase, 0 for a phase without values; of waves, coefficients.
    private static func course(_ anomalies: SeasonalSeries) -> [[Double]] {
        guard case .phases(let period, _) = anomalies.season else {
            return waves(anomalies, over: Array(0..<anomalies.count))
        }
        return (0..<period).map { phase in
            let rows = (0..<anomalies.count).filter { anomalies.phase($0) == phase }
            return (0..<anomalies.variables).map { v in
                rows.isEmpty ? 0 : rows.reduce(0) { $0 + anomalies.values[$1, v] } / Double(rows.count)
            }
        }
    }
}

// MARK: - Waves

extension Climatology {
    /// Least squares on the waves of each variable's known values, `[regressor][variable]`.
    private static func waves(_ series: SeasonalSeries, over times: [Int]) -> [[Double]] {
        var sums = WaveSums(series.season.coefficientCount, variables: series.variables)
        series.season.eachRegressors(times) { time, regressors in
            sums.add(regressors, series.values[time])
        }
        return sums.coefficients()
    }
}

extension [Double] {
    /// The mean of the known values; nil if there are none.
    fileprivate var mean: Double? {
        let known = filter { !$0.isNaN }
        return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
    }
}
