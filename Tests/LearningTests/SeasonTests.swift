import Foundation
import Testing

@testable import Learning

/// Climatologies of waves: the right coefficients with gaps and leap days, and models that move in time with their
/// season.
@Suite struct SeasonTests {
    private let year = 365.2425

    private func value(_ time: Int) -> Double {
        let angle = 2 * Double.pi * (0.25 + Double(time) / year)
        return 1e6 + 3 * cos(angle) - 2 * sin(angle) + 0.5 * sin(2 * angle) + sin(2 * Double.pi * Double(time) / 7)
    }

    private var season: Season {
        .waves([
            SeasonalCycle(length: year, start: 0.25, harmonics: 2), SeasonalCycle(length: 7, start: 0, harmonics: 1),
        ])
    }

    @Test func wavesAreFittedToKnownValuesOnly() {
        let times = 0..<3000
        let series = SeasonalSeries(
            SeriesTable(times.map { [$0 % 5 == 1 ? .nan : value($0), $0 > 1500 ? 1e9 : 2] }), season: season)
        let climatology = Climatology(series, over: Array(0..<1500))
        for (i, expected) in [1e6, 3, -2, 0, 0.5, 0, 1].enumerated() {
            #expect(abs(climatology.means[i][0] - expected) < 1e-4, "\(i)")
        }
        // Outside the stretch, where the fit has not looked.
        for time in [1501, 2222, 2999] {
            #expect(abs(climatology.normal(season, at: time)[0] - value(time)) < 1e-4)
            #expect(abs(climatology.normal(season, at: time)[1] - 2) < 1e-9)
        }
    }

    /// A daily course that grows to the summer of the training and of another year; the mean of days would be wrong by
    /// half of it.
    @Test func theCourseOfADayFollowsTheYear() throws {
        let hours = year * 24
        func value(_ time: Int) -> Double {
            let (year, day) = (2 * Double.pi * Double(time) / hours, 2 * Double.pi * Double(time) / 24)
            return 10 - 8 * cos(year) + (1 - 0.5 * cos(year) + 0.25 * sin(year)) * sin(day)
        }
        let season = Season.waves([
            SeasonalCycle(length: hours, start: 0, harmonics: 3),
            SeasonalCycle(length: 24, start: 0, harmonics: 2, modulation: 1),
        ])
        #expect(season.coefficientCount == 1 + 6 + 4 + 8 && season.regressors(at: 7).count == 19)
        let series = SeasonalSeries(SeriesTable((0..<9000).map { [value($0)] }), season: season)
        let climatology = Climatology(series, over: Array(0..<9000))
        for time in [4400, 8000, 17_000, 21_000] {
            #expect(abs(climatology.normal(season, at: time)[0] - value(time)) < 1e-3, "\(time)")
        }
        // Networks and groups see the cycles alone.
        #expect(MemoryLayout(variables: 1, memory: 1, season: season).networkSeasonCount == 8)
        #expect(season.groupCount == 12 * 8)
        let old = #"{"length":24,"start":0.5,"harmonics":2}"#
        let cycle = try JSONDecoder().decode(SeasonalCycle.self, from: Data(old.utf8))
        #expect(cycle == SeasonalCycle(length: 24, start: 0.5, harmonics: 2))
        #expect(!cycle.hasShape(of: season.cycles[1]))
    }

    /// Networks see the same season in training, from lists of times, and in forecasts, from a traced step.
    @Test func seasonsOfNetworksAgree() {
        for season in [season, .phases(period: 12, first: 5), .none] {
            let layout = MemoryLayout(variables: 1, memory: 1, season: season)
            let times = [3, 99, 100_000]
            let rows = layout.networkSeasons(of: times)
            #expect(rows.shape == [3, layout.networkSeasonCount])
            for (i, time) in times.enumerated() {
                let seen = layout.networkSeasons(leaving: Tensor(integer: time - 1))
                #expect((seen - rows[i]).values.allSatisfy { abs($0) < 1e-9 })
            }
        }
    }

    @Test func movedModelsForecastTheSame() {
        let phases = Season.phases(period: 4, first: 1)
        let waves = Season.waves([SeasonalCycle(length: year, start: 0.25, harmonics: 2)])
        for (season, later) in [
            (phases, Season.phases(period: 4, first: 0)),
            (waves, .waves([SeasonalCycle(length: year, start: 0.25 + 7 / year, harmonics: 2)])),
        ] {
            let layout = MemoryLayout(variables: 2, memory: 2, season: season)
            let model = MemoryModel(
                layout: layout, coefficients: Key(1).normal([layout.period, 4, 2]),
                offsets: Key(2).normal([layout.period, 2])
            ).adding(
                [DenseNetwork(widths: [4 + layout.networkSeasonCount, 3, 2], activation: .tanh, key: Key(3))],
                memory: 2)
            let state = Key(4).normal([4])
            let here = model.prediction(state, step: Tensor(integer: 20))
            let there = model.moved(to: later).prediction(state, step: Tensor(integer: 13))
            #expect((here - there).values.allSatisfy { abs($0) < 1e-12 })
        }
    }

    @Test func groupsCoverTheCycles() {
        #expect(season.groupCount == 12 * 7)
        let groups = (0..<4000).map(season.group)
        #expect(Set(groups) == Set(0..<season.groupCount))
        #expect(Season.none.groupCount == 1 && Season.phases(period: 12, first: 3).group(10) == 1)
    }

    /// A layout as 0.1.0 wrote it.
    @Test func oldLayoutsOpen() throws {
        let text = #"{"firstPhase":2,"memory":3,"period":12,"variables":4}"#
        let layout = try JSONDecoder().decode(MemoryLayout.self, from: Data(text.utf8))
        #expect(layout == MemoryLayout(variables: 4, memory: 3, period: 12, firstPhase: 2))
        let waves = MemoryLayout(variables: 4, memory: 3, season: season)
        #expect(try JSONDecoder().decode(MemoryLayout.self, from: JSONEncoder().encode(waves)) == waves)
    }
}
