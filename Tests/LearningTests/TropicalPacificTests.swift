import Foundation
import Testing

@testable import Learning

/// Four regions of monthly sea-surface temperature, and the published anomaly of the last.
enum TropicalPacific {
    static func load() throws -> (series: SeasonalSeries, anomaly: [Double]) {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../Examples/Data/nino_regions_sst_monthly.csv")
        let lines = try String(contentsOf: file, encoding: .utf8).split(whereSeparator: \.isNewline).dropFirst()
        let rows = lines.map { $0.split(separator: ",").map { Double($0)! } }
        let values = rows.map { [$0[2], $0[4], $0[6], $0[8]] }
        return (SeasonalSeries(values, period: 12, firstPhase: 0), rows.map { $0[9] })
    }

    static let validation = 360..<480
    static let test = 480..<732
    static let setting = SeasonalRegressionOptions(
        memory: 24, ridge: 1, decay: 2, seasonalLags: 1, seasonalRidge: 300, harmonics: 2)

    /// Root-mean-square error of the fourth region at some leads, by an exact Kalman filter.
    static func errors(_ learned: LinearLearner.Learned, _ series: SeasonalSeries, over targets: Range<Int>) -> [Double]
    {
        let anomalies = learned.climatology.anomalies(of: series)
        let layout = learned.model.layout
        let forecast = LinearForecast(learned.model.companion, modelError: layout.modelError(learned.modelError))
        let observations = Observations(
            anomalies.values, errorCovariance: Tensor.identity(4) * 1e-6, operator: layout.observation)
        let filtered = Cycle(forecast, KalmanAnalysis())(from: layout.climatology(Tensor.identity(4)), observations)
        let analyses = filtered.analyses.mean
        return [1, 3, 6, 9].map { lead in
            let squares = targets.map { target -> Double in
                var state = analyses[target - lead]
                for step in (target - lead)..<target {
                    state = learned.model(state, step: Tensor(integer: step))
                }
                let value = learned.climatology.value(state.values[3], series.season, at: target, variable: 3)
                return (value - series.values[target][3]) * (value - series.values[target][3])
            }
            return (squares.reduce(0, +) / Double(squares.count)).squareRoot()
        }
    }
}

@Suite struct TropicalPacificTests {
    @Test func linearModelWithKalmanFilterBeatsTheTable() throws {
        let (series, _) = try TropicalPacific.load()
        let learner = LinearLearner(TropicalPacific.setting, observationError: 1e-3)
        let errors = TropicalPacific.errors(learner.learn(series, before: 480), series, over: TropicalPacific.test)
        for (error, limit) in zip(errors, [0.205, 0.467, 0.679, 0.770]) { #expect(error < limit) }
        let validation = TropicalPacific.errors(
            learner.learn(series, before: 360), series, over: TropicalPacific.validation)
        let mean: Double = validation.reduce(0.0, +) / 4.0
        print(errors, validation, mean)
    }

    @Test func learnsFromASeriesWithGaps() throws {
        let (series, _) = try TropicalPacific.load()
        let withheld = Key(1).uniform([series.count, 4]).values.map { $0 < 0.3 }
        let gappy = series.replacing(
            SeriesTable(zip(series.values.numbers, withheld).map { $1 ? .nan : $0 }, width: 4))
        let learner = LinearLearner(TropicalPacific.setting, observationError: 1e-3)
        let learned = learner.learn(gappy, before: 480)
        let anomalies = learned.climatology.anomalies(of: gappy)
        let layout = learned.model.layout
        #expect(learned.filled.values.numbers.allSatisfy(\.isFinite) && layout.count == 96)
        // Forecasts from gappy observations, verified against what was withheld.
        let forecast = LinearForecast(learned.model.companion, modelError: layout.modelError(learned.modelError))
        let observations = Observations(
            anomalies.values, errorCovariance: Tensor.identity(4) * 1e-6, operator: layout.observation)
        let filtered = Cycle(forecast, KalmanAnalysis())(from: layout.climatology(Tensor.identity(4)), observations)
        let squares = TropicalPacific.test.map { t -> Double in
            let state = learned.model(filtered.analyses.mean[t - 1], step: Tensor(integer: t - 1))
            let error =
                learned.climatology.value(state.values[3], series.season, at: t, variable: 3) - series.values[t][3]
            return error * error
        }
        #expect((squares.reduce(0, +) / 252).squareRoot() < 0.243)
        print((squares.reduce(0, +) / 252).squareRoot())
    }

    @Test func blockedCrossValidationPrefersSeasonsAndMemory() throws {
        let (series, _) = try TropicalPacific.load()
        func score(_ setting: SeasonalRegressionOptions) -> Double {
            TimeBlocks(Array(24..<480), count: 8).folds.map { fold in
                let climatology = Climatology(series, over: fold.training)
                let anomalies = climatology.anomalies(of: series.prefix(480))
                let layout = MemoryLayout(variables: 4, memory: 24, period: 12, firstPhase: 0)
                let fitted = SeasonalRegression(
                    SeasonalMoments(anomalies, layout: layout, targets: fold.training), setting)
                return fitted.logScore(SeasonalMoments(anomalies, layout: layout, targets: fold.heldOut))
            }.reduce(0, +)
        }
        func setting(_ memory: Int, _ seasonalLags: Int) -> SeasonalRegressionOptions {
            SeasonalRegressionOptions(
                memory: memory, ridge: 1, decay: 2, seasonalLags: seasonalLags, seasonalRidge: 300, harmonics: 2)
        }
        let scores = [score(setting(1, 0)), score(setting(12, 0)), score(setting(12, 1)), score(setting(24, 1))]
        print(scores)
        #expect(scores[0] < scores[1] && scores[1] < scores[2])
    }
}
