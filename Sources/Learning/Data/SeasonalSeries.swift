import Tensors

/// Several variables at regular steps, with gaps, and the place of each step in the cycle of the seasons.
public struct SeasonalSeries: Sendable {
    /// `[time][variable]`; NaN is missing.
    public let values: [[Double]]
    /// The number of steps in a year (or another cycle); 1 for none.
    public let period: Int
    /// The phase of the first step, `0..<period`.
    public let firstPhase: Int
    /// Standard deviations of the observation errors, `[time][variable]`, NaN where they are to be estimated; nil if all are.
    public let errors: [[Double]]?

    public init(_ values: [[Double]], period: Int, firstPhase: Int, errors: [[Double]]? = nil) {
        precondition(period > 0 && 0..<period ~= firstPhase, "phase \(firstPhase) of a period of \(period)")
        precondition(
            errors?.count ?? values.count == values.count, "\(errors?.count ?? 0) errors of \(values.count) values")
        self.values = values
        self.errors = errors
        self.period = period
        self.firstPhase = firstPhase
    }

    public var count: Int { values.count }
    public var variables: Int { values.first?.count ?? 0 }
    public func phase(_ time: Int) -> Int { (firstPhase + time) % period }
    public var hasGaps: Bool { values.contains { $0.contains(where: \.isNaN) } }

    /// The same times with other values.
    public func replacing(_ values: [[Double]]) -> SeasonalSeries {
        SeasonalSeries(values, period: period, firstPhase: firstPhase, errors: errors)
    }
    /// The first `count` steps.
    public func prefix(_ count: Int) -> SeasonalSeries {
        SeasonalSeries(
            Array(values.prefix(count)), period: period, firstPhase: firstPhase,
            errors: errors.map { Array($0.prefix(count)) })
    }

    /// Gaps filled linearly in time; before the first and after the last value, with that value. A variable that was never
    /// observed becomes zero.
    public func interpolated() -> SeasonalSeries {
        var filled = values
        for variable in 0..<variables {
            let known = values.indices.filter { !values[$0][variable].isNaN }
            for time in values.indices where values[time][variable].isNaN {
                let before = known.last { $0 < time }
                let after = known.first { $0 > time }
                filled[time][variable] = interpolate(variable, before, time, after)
            }
        }
        return replacing(filled)
    }

    private func interpolate(_ variable: Int, _ before: Int?, _ time: Int, _ after: Int?) -> Double {
        switch (before, after) {
        case (let a?, let b?):
            let weight = Double(time - a) / Double(b - a)
            return values[a][variable] * (1 - weight) + values[b][variable] * weight
        case (let a?, nil): return values[a][variable]
        case (nil, let b?): return values[b][variable]
        case (nil, nil): return 0
        }
    }

    /// Gaps filled with the last value before them, as one who does not know the future must; zero before the first.
    public func carriedForward() -> SeasonalSeries {
        var filled = values
        for variable in 0..<variables {
            var last = 0.0
            for time in values.indices {
                if filled[time][variable].isNaN { filled[time][variable] = last }
                last = filled[time][variable]
            }
        }
        return replacing(filled)
    }
}

/// The normal course of the year and the size of deviations from it, learned from a stretch of a series.
public struct Climatology: Sendable, Codable, Equatable {
    /// `[phase][variable]`
    public var means: [[Double]]
    /// Standard deviation of the anomalies, `[variable]`.
    public let scales: [Double]

    /// - Parameter times: the only times that are looked at.
    public init(_ series: SeasonalSeries, over times: [Int]) {
        let variables = 0..<series.variables
        var means = [[Double]](repeating: [], count: series.period)
        for phase in 0..<series.period {
            let rows = times.filter { series.phase($0) == phase }.map { series.values[$0] }
            means[phase] = variables.map { v in rows.map { $0[v] }.mean ?? .nan }
        }
        let overall = variables.map { v in means.map { $0[v] }.mean ?? 0 }
        self.means = means.map { row in variables.map { row[$0].isNaN ? overall[$0] : row[$0] } }
        let known = self.means
        scales = variables.map { v in
            let squares = times.map { time in
                let deviation = series.values[time][v] - known[series.phase(time)][v]
                return deviation * deviation
            }
            let scale = (squares.mean ?? 1).squareRoot()
            return scale > 0 ? scale : 1
        }
    }

    /// `(x − mean of the season) / scale`, gaps kept.
    public func anomalies(of series: SeasonalSeries) -> SeasonalSeries {
        series.replacing(
            series.values.enumerated().map { time, row in
                let normal = means[series.phase(time)]
                return row.indices.map { (row[$0] - normal[$0]) / scales[$0] }
            })
    }
    /// The value of a standardised anomaly in the units of the series.
    public func value(_ anomaly: Double, phase: Int, variable: Int) -> Double {
        means[phase][variable] + scales[variable] * anomaly
    }
}

extension [Double] {
    /// The mean of what is not missing; nil if all is.
    fileprivate var mean: Double? {
        let known = filter { !$0.isNaN }
        return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
    }
}
