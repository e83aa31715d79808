/// Several variables at regular steps, with gaps, and the place of each step in the cycles of the seasons.
public struct SeasonalSeries: Sendable {
    /// `[time][variable]`; NaN is missing.
    public let values: SeriesTable
    public let season: Season
    /// Standard deviations of the observation errors, `[time][variable]`, NaN where they are to be estimated; nil if
    /// all are.
    public let errors: SeriesTable?

    public init(_ values: SeriesTable, season: Season, errors: SeriesTable? = nil) {
        precondition(
            season.period > 0 && 0..<season.period ~= season.firstPhase,
            "phase \(season.firstPhase) of a period of \(season.period)")
        precondition(
            errors?.count ?? values.count == values.count, "\(errors?.count ?? 0) errors of \(values.count) values")
        self.values = values
        self.errors = errors
        self.season = season
    }

    /// With `period` steps in a year (or another cycle; 1 for none), the first of phase `firstPhase`.
    public init(_ values: [[Double]], period: Int, firstPhase: Int, errors: [[Double]]? = nil) {
        self.init(
            SeriesTable(values), season: .phases(period: period, first: firstPhase),
            errors: errors.map { SeriesTable($0) })
    }

    public var count: Int { values.count }
    public var variables: Int { values.width }
    public var period: Int { season.period }
    public var firstPhase: Int { season.firstPhase }
    public func phase(_ time: Int) -> Int { season.phase(time) }
    public var hasGaps: Bool { values.numbers.contains(where: \.isNaN) }

    /// The same times with other values.
    public func replacing(_ values: SeriesTable) -> SeasonalSeries {
        SeasonalSeries(values, season: season, errors: errors)
    }
    /// The first `count` steps.
    public func prefix(_ count: Int) -> SeasonalSeries {
        let times = 0..<min(count, self.count)
        return SeasonalSeries(values.rows(times), season: season, errors: errors?.rows(times))
    }

    /// Gaps filled linearly in time; before the first and after the last value, with that value. A variable that was
    /// never observed becomes zero.
    public func interpolated() -> SeasonalSeries {
        var filled = values
        for variable in 0..<variables {
            var before: Int?
            for time in 0..<count where !values[time, variable].isNaN {
                if (before ?? -1) + 1 < time { fill(&filled, variable, before, time) }
                before = time
            }
            if (before ?? -1) + 1 < count { fill(&filled, variable, before, nil) }
        }
        return replacing(filled)
    }

    /// Fills the gap between two known values, or beyond one.
    private func fill(_ filled: inout SeriesTable, _ variable: Int, _ before: Int?, _ after: Int?) {
        for time in ((before ?? -1) + 1)..<(after ?? count) {
            filled[time, variable] = interpolate(variable, before, time, after)
        }
    }

    private func interpolate(_ variable: Int, _ before: Int?, _ time: Int, _ after: Int?) -> Double {
        switch (before, after) {
        case (let a?, let b?):
            let weight = Double(time - a) / Double(b - a)
            return values[a, variable] * (1 - weight) + values[b, variable] * weight
        case (let a?, nil): return values[a, variable]
        case (nil, let b?): return values[b, variable]
        case (nil, nil): return 0
        }
    }

    /// Gaps filled with the last value before them, without use of the future; before the first value
    /// they stay.
    public func carriedForward() -> SeasonalSeries {
        var filled = values
        for variable in 0..<variables {
            var last = Double.nan
            for time in 0..<count {
                if filled[time, variable].isNaN { filled[time, variable] = last }
                last = filled[time, variable]
            }
        }
        return replacing(filled)
    }
}
