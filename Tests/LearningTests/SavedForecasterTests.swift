import Assimilation
import Testing

@testable import Learning

@Suite struct SavedForecasterTests {
    private func forecaster(_ filter: EnsembleFilter = .enkf) -> (EnsembleForecaster, SeasonalSeries) {
        let values = (0..<120).map { t in
            let noise = Key(7).folding(t).normal([2]).values
            return [20 + Double(t % 12) + noise[0], 5 - 0.5 * Double(t % 12) + noise[1]]
        }
        let series = SeasonalSeries(values, period: 12, firstPhase: 0)
        let setting = SeasonalRegressionOptions(
            memory: 3, ridge: 1, decay: 2, seasonalLags: 1, seasonalRidge: 100, harmonics: 1)
        let learned = LinearLearner(setting, observationError: 1e-2).learn(series, before: 100)
        let network = DenseNetwork(widths: [8, 5, 2], activation: .tanh, key: Key(3))
        return (
            EnsembleForecaster(
                learned.model.adding([network], memory: 2), climatology: learned.climatology,
                modelError: learned.modelError, observationError: 0.01, inflation: 1.2, filter: filter, members: 20,
                key: Key(5)), series
        )
    }

    private func numbers(_ forecaster: EnsembleForecaster, _ series: SeasonalSeries, threads: Int) -> [UInt64] {
        let run = forecaster.filter(series, keeping: Array(60..<110))
        return forecaster.forecasts(run, starts: Array(60..<110), leads: [1, 2, 4], threads: threads)
            .flatMap(\.values).map(\.bitPattern)
    }

    @Test func loadsBackToTheSameForecastsBitForBit() throws {
        let (forecaster, series) = forecaster()
        let bytes = try forecaster.checkpoint(variables: ["a", "b"]).encoded()
        let loaded = try EnsembleForecaster(Checkpoint(decoding: bytes))
        #expect(numbers(loaded, series, threads: 1) == numbers(forecaster, series, threads: 1))
        #expect(try loaded.checkpoint(variables: ["a", "b"]).encoded() == bytes)
    }

    @Test func threadsDoNotChangeABit() {
        let (forecaster, series) = forecaster()
        #expect(numbers(forecaster, series, threads: 1) == numbers(forecaster, series, threads: 2))
    }

    /// A filter of one's own forecasts as one of the list does; a saved model names it, and cannot be opened without it.
    @Test func filterOfOnesOwnForecastsAndIsNamedByItsModel() throws {
        let (own, series) = forecaster(EnsembleFilter("own", summary: "an ETKF", ETKF()))
        #expect(numbers(own, series, threads: 1) == numbers(forecaster(.etkf).0, series, threads: 1))
        let bytes = try own.checkpoint(variables: ["a", "b"]).encoded()
        let fault = #expect(throws: CheckpointError.self) {
            _ = try EnsembleForecaster(Checkpoint(decoding: bytes))
        }
        #expect("\(try #require(fault))".contains("own"))
    }

    @Test func refusesAnotherStructure() throws {
        var checkpoint = forecaster().0.checkpoint(variables: ["a", "b"])
        checkpoint.tensors["modelError"] = Tensor.zeros([3, 3])
        #expect(throws: CheckpointError.self) { try EnsembleForecaster(checkpoint) }
        checkpoint = forecaster().0.checkpoint(variables: ["a", "b"])
        checkpoint.tensors["model.networks.0.layers.0.weight"] = nil
        #expect(throws: CheckpointError.self) { try EnsembleForecaster(checkpoint) }
    }
}
