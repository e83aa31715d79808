import Foundation
import Tensors
import Testing

@testable import Learning

/// Time of a million steps grows with their number alone, and costs about as much as the arithmetic that it is.
@Suite struct LongSeriesTests {
    private let season = Season.waves([
        SeasonalCycle(length: 8765.82, start: 0.1, harmonics: 3), SeasonalCycle(length: 24, start: 0, harmonics: 2),
    ])

    private func series(_ count: Int) -> SeasonalSeries {
        let noise = Key(1).normal([count, 4]).values
        return SeasonalSeries(
            SeriesTable(noise.indices.map { $0 % 97 == 5 ? .nan : noise[$0] }, width: 4), season: season)
    }

    /// Seconds of this thread alone: what runs beside it does not count.
    private func seconds(_ body: () -> Void) -> Double {
        func now() -> Double {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
        }
        let begin = now()
        body()
        return now() - begin
    }

    /// The least of three measurements, a step.
    private func secondsAStep(_ count: Int, _ body: (SeasonalSeries) -> Void) -> Double {
        let series = series(count)
        return (0..<3).map { _ in seconds { body(series) } }.min()! / Double(count)
    }

    private func isLinear(_ name: String, _ body: (SeasonalSeries) -> Void) {
        let (short, long) = (secondsAStep(8_000, body), secondsAStep(64_000, body))
        #expect(long < 3 * short, "\(name): \(short) s a step, \(long) s of eight times as many")
    }

    @Test func timeIsLinear() {
        for baseline in Baseline.allCases {
            isLinear(baseline.rawValue) {
                let starts = Array(stride(from: $0.count - 2000, to: $0.count - 24, by: 24))
                _ = baseline.forecasts($0, before: $0.count - 2000, starts: starts, leads: [1, 6, 24])
            }
        }
        isLinear("climatology") { _ = Climatology($0, over: Array(0..<$0.count)).anomalies(of: $0) }
        isLinear("learning") {
            _ = LinearLearner(
                SeasonalRegressionOptions(
                    memory: 2, ridge: 1, decay: 1, seasonalLags: 0, seasonalRidge: 1, harmonics: 1), rounds: 2,
                observationError: 1e-3
            ).learn($0, before: $0.count)
        }
    }

    /// In units of evaluating the waves of a step one by one, which allocates: an allocation a step and lead shows.
    @Test func stepsAreNotAllocated() {
        let unit = secondsAStep(20_000) { series in
            var sum = 0.0
            for t in 0..<series.count { sum += series.season.regressors(at: t)[1] }
            #expect(sum.isFinite)
        }
        let normals = secondsAStep(20_000) { _ = Climatology($0, over: Array(0..<$0.count)).anomalies(of: $0) }
        let autoregression = secondsAStep(20_000) {
            _ = Baseline.autoregression.forecasts($0, before: $0.count, starts: [100], leads: [1, 6, 24])
        }
        #expect(normals < 8 * unit, "\(normals / unit) units of \(unit) s")
        #expect(autoregression < 60 * unit, "\(autoregression / unit) units of \(unit) s")
    }

    @Test func tablesAreOneBuffer() {
        let table = SeriesTable([[1, 2], [3, .nan], [5, 6]])
        #expect(table.numbers.count == 6 && table.width == 2 && table.count == 3)
        #expect(table[1][0] == 3 && table[2, 1] == 6 && table.column(0) == [1, 3, 5])
        #expect(table.rows(1..<3).map { $0[0] } == [3, 5])
        #expect(SeriesTable(columns: [[1, 3, 5], [2, 4, 6]]).numbers == [1, 2, 3, 4, 5, 6])
        #expect(table.columns(1..<2).rows(2..<3).numbers == [6] && table.columns(0..<1).numbers == [1, 3, 5])
        #expect(
            table.observed.values.values == [1, 2, 3, 0, 5, 6] && table.observed.mask.values == [1, 1, 1, 0, 1, 1])
        #expect(table.hasSameRows(SeriesTable(3, width: 2) { t, row in for v in row.indices { row[v] = table[t, v] } }))
    }
}

extension SeriesTable {
    fileprivate func hasSameRows(_ other: SeriesTable) -> Bool {
        width == other.width && zip(numbers, other.numbers).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }
    }
}
