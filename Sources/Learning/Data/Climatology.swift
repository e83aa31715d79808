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
        for time in times {
            let normal = Climatology.normal(means, season, at: time)
            for v in variables {
                let deviation = series.values[time][v] - normal[v]
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
            let rows = times.filter { series.phase($0) == phase }.map { series.values[$0] }
            means[phase] = variables.map { v in rows.map { $0[v] }.mean ?? .nan }
        }
        let overall = variables.map { v in means.map { $0[v] }.mean ?? 0 }
        return means.map { row in variables.map { row[$0].isNaN ? overall[$0] : row[$0] } }
    }

    /// The normal values of all variables at a step.
    public func normal(_ season: Season, at time: Int) -> [Double] { Climatology.normal(means, season, at: time) }

    /// The value of a standardised anomaly at a step in the units of the series.
    public func value(_ anomaly: Double, _ season: Season, at time: Int, variable: Int) -> Double {
        normal(season, at: time)[variable] + scales[variable] * anomaly
    }

    private static func normal(_ means: [[Double]], _ season: Season, at time: Int) -> [Double] {
        guard case .waves = season else { return means[season.phase(time)] }
        var normal = means[0]
        for (wave, row) in zip(season.regressors(at: time), means).dropFirst() {
            for v in normal.indices { normal[v] += wave * row[v] }
        }
        return normal
    }

    /// `(x − normal) / scale`, gaps kept.
    public func anomalies(of series: SeasonalSeries) -> SeasonalSeries {
        series.replacing(
            series.values.enumerated().map { time, row in
                let normal = normal(series.season, at: time)
                return row.indices.map { (row[$0] - normal[$0]) / scales[$0] }
            })
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
    static func centred(_ anomalies: SeasonalSeries) -> [[Double]] {
        let means = course(anomalies)
        return anomalies.values.enumerated().map { time, row in
            zip(row, normal(means, anomalies.season, at: time)).map { $0 - $1 }
        }
    }
    /// Means by phase, 0 for a phase without values; of waves, coefficients.
    private static func course(_ anomalies: SeasonalSeries) -> [[Double]] {
        guard case .phases(let period, _) = anomalies.season else {
            return waves(anomalies, over: Array(0..<anomalies.count))
        }
        return (0..<period).map { phase in
            let rows = anomalies.values.indices.filter { anomalies.phase($0) == phase }.map { anomalies.values[$0] }
            return (0..<anomalies.variables).map { v in
                rows.isEmpty ? 0 : rows.map { $0[v] }.reduce(0, +) / Double(rows.count)
            }
        }
    }
}

// MARK: - Waves

extension Climatology {
    /// Least squares on the waves of each variable's known values, `[regressor][variable]`.
    ///
    /// A penalty of 10⁻⁶ of the number of values keeps waves small that the stretch cannot tell apart. Cost: times ×
    /// regressors².
    private static func waves(_ series: SeasonalSeries, over times: [Int]) -> [[Double]] {
        let f = series.season.coefficientCount
        var sums = (0..<series.variables).map { _ in WaveSums(f) }
        for time in times {
            let regressors = series.season.regressors(at: time)
            for (v, value) in series.values[time].enumerated() where !value.isNaN { sums[v].add(regressors, value) }
        }
        let columns = sums.map { $0.coefficients() }
        return (0..<f).map { i in columns.map { $0[i] } }
    }
}

/// Sums of products of regressors and a value.
private struct WaveSums {
    let size: Int
    var gram: [Double]
    var cross: [Double]
    var count = 0.0
    /// The first value: sums are of differences from it, so that a large offset costs no digits.
    var origin: Double?

    init(_ size: Int) {
        self.size = size
        gram = [Double](repeating: 0, count: size * size)
        cross = [Double](repeating: 0, count: size)
    }

    mutating func add(_ regressors: [Double], _ value: Double) {
        let centre = origin ?? value
        origin = centre
        count += 1
        for i in 0..<size {
            let wave = regressors[i]
            cross[i] += wave * (value - centre)
            for j in 0...i { gram[i * size + j] += wave * regressors[j] }
        }
    }

    func coefficients() -> [Double] {
        guard let origin else { return [Double](repeating: 0, count: size) }
        var system = gram
        for i in 0..<size {
            for j in 0..<i { system[j * size + i] = gram[i * size + j] }
            if i > 0 { system[i * size + i] += 1e-6 * count }
        }
        let matrix = Tensor(system).reshaped([size, size])
        var solution = matrix.symmetricSolve(Tensor(cross).reshaped([size, 1])).values
        solution[0] += origin
        return solution
    }
}

extension [Double] {
    /// The mean of what is not missing; nil if all is.
    fileprivate var mean: Double? {
        let known = filter { !$0.isNaN }
        return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
    }
}
