import Networks
import Tensors
import Testing
import Verification

@testable import Learning

/// Networks on a series with a nonlinear law, the logistic map x[t+1] = 3.8 x[t] (1 − x[t]) + noise of .01, of which a
/// linear model has a small part only.
@Suite struct NetworkLearnerTests {
    private static let memory = 2
    private static let split = 480

    private static func series() -> SeasonalSeries {
        let noise = Key(5).normal([720]).values
        var x = 0.3
        let values = noise.map { noise -> [Double] in
            x = max(0.01, min(0.99, 3.8 * x * (1 - x) + 0.01 * noise))
            return [x]
        }
        let raw = SeasonalSeries(values, period: 1, firstPhase: 0)
        return Climatology(raw, over: Array(0..<split)).anomalies(of: raw)
    }

    /// Squared errors of one-step forecasts after the times that were learned from.
    private func squares(_ model: MemoryModel, _ series: SeasonalSeries) -> ScoreSeries {
        let errors = (Self.split..<series.count).map { time -> Double in
            let state = Tensor(model.layout.state(series.values, at: time - 1))
            let forecast = model.prediction(state, step: Tensor(integer: time - 1)).values[0]
            return (forecast - series.values[time, 0]) * (forecast - series.values[time, 0])
        }
        return ScoreSeries(.rootMean, terms: errors, mask: errors.map { _ in true })
    }

    private static let linear = SeasonalRegressionOptions(
        memory: memory, ridge: 0.1, decay: 0, seasonalLags: 0, seasonalRidge: 1, harmonics: 1)

    private func linearModel(_ series: SeasonalSeries) -> MemoryModel {
        let layout = MemoryLayout(variables: 1, memory: Self.memory, season: series.season)
        let moments = SeasonalMoments(series, layout: layout, targets: Array(Self.memory..<Self.split))
        return SeasonalRegression(moments, Self.linear).model
    }

    @Test(arguments: [false, true])
    func networkBeatsTheLinearModelByTheIntervalOnANonlinearLaw(correcting: Bool) {
        let series = Self.series()
        let learner = NetworkLearner(
            NetworkOptions(hidden: [16], memory: Self.memory, ridge: 1e-4, learningRate: 1e-2, maximumEpochs: 200),
            correcting: correcting ? Self.linear : nil, folds: 4, key: Key(1))
        let folds = learner.learn(series.prefix(Self.split), threads: 2)
        let linear = linearModel(series)
        let layout = MemoryLayout(variables: 1, memory: Self.memory, season: series.season)
        let model = (correcting ? linear : MemoryModel.persistence(layout)).adding(
            folds.map(\.network), memory: Self.memory)
        let (own, other) = (squares(model, series), squares(linear, series))
        let difference = BlockBootstrap(seed: 1).difference(own, other)
        #expect((difference.estimate.high ?? 0) < 0, "\(difference)")
        #expect((own.value ?? 1) < 0.3 * (other.value ?? 0), "\(own.value ?? 0) against \(other.value ?? 0)")
        #expect(folds.allSatisfy { $0.history.kept > 0 && $0.effect > 0.5 })
    }

    /// Weights that do not move are those from before the first epoch, and have no effect.
    @Test func networkWithoutTrainingHasNoEffect() {
        let learner = NetworkLearner(
            NetworkOptions(hidden: [4], memory: 1, ridge: 0.01, learningRate: 0, maximumEpochs: 3),
            folds: 4, key: Key(1))
        let fold = learner.fold(0, Self.series().prefix(Self.split))
        #expect(fold.history.kept == 0 && fold.effect == 0)
    }
}
