import Networks
import Tensors
import Testing

@testable import Supervised

/// Networks on the digits: each learns them, and the same key gives the same bits.
@Suite struct NetworkModelTests {
    private func data(_ count: Int) throws -> (training: Samples, test: Samples) {
        let (points, names) = try digits()
        let pictures = (2 * Tensor(Array(points.prefix(64 * count)), shape: [count, 1, 8, 8]) - 1).cast(to: .float32)
        let samples = Samples(
            pictures, .classes(Array(names.prefix(count)), names: (0..<10).map(String.init)))
        let part = count * 3 / 4
        return (samples.taking(Array(0..<part)), samples.taking(Array(part..<count)))
    }

    private func accuracy<M: SupervisedModel>(_ model: M, _ data: (training: Samples, test: Samples)) -> Double {
        let fit = model.fitted(to: data.training, FitSetting(key: Key(3), watched: data.test))
        #expect(fit.outcome == .completed && fit.losses.count == fit.watchedLosses.count)
        #expect(fit.losses.last ?? 9 < 0.5 * (fit.losses.first ?? 0))
        let found = Predictions(fit.predictor.predictions(data.test.inputs), .classification)
        return SupervisedScore.accuracy.value(found, data.test.targets) ?? 0
    }

    @Test func everyNetworkLearnsDigits() throws {
        let data = try data(1200)
        func training(_ epochs: Int, _ rate: Double = 5e-3, dropout: Double = 0) -> TrainingOptions {
            TrainingOptions(epochs: epochs, rate: rate, batch: 32, dropout: dropout)
        }
        #expect(accuracy(DenseModel(widths: [32], training(15)), data) > 0.93)
        #expect(accuracy(ConvolutionalModel(channels: 8, depth: 2, width: 32, training(8, dropout: 0.2)), data) > 0.9)
        var residual = ResidualModel()
        (residual.channels, residual.training) = (8, training(8))
        #expect(accuracy(residual, data) > 0.86)
        for cell in RecurrentModel.Cell.allCases {
            #expect(accuracy(RecurrentModel(cell, units: 24, training(15)), data) > 0.88, "\(cell)")
        }
        var causal = TemporalConvolutionModel()
        (causal.channels, causal.training) = (24, training(12))
        #expect(accuracy(causal, data) > 0.88)
        var transformer = TransformerModel()
        (transformer.channels, transformer.depth, transformer.training) = (16, 1, training(20))
        #expect(accuracy(transformer, data) > 0.88)
    }

    @Test(arguments: OptimizerName.allCases)
    func theSameKeyGivesTheSameBits(_ optimizer: OptimizerName) throws {
        let data = try data(200)
        let rate = optimizer == .sgd ? 0.05 : 5e-3
        let options = TrainingOptions(epochs: 3, rate: rate, batch: 16, dropout: 0.3, optimizer: optimizer)
        let model = ConvolutionalModel(channels: 4, depth: 2, width: 8, options)
        let first = model.fitted(to: data.training, FitSetting(key: Key(1)))
        let second = model.fitted(to: data.training, FitSetting(key: Key(1)))
        let other = model.fitted(to: data.training, FitSetting(key: Key(2)))
        #expect(first.predictor.leaves.map(\.values) == second.predictor.leaves.map(\.values))
        #expect(first.predictor.leaves.map(\.values) != other.predictor.leaves.map(\.values))
        #expect(first.losses.last ?? 9 < first.losses.first ?? 0)
        // Statistics of training have moved to where predictions need them.
        let normalization = try #require(first.predictor.network.blocks[0].normalization)
        #expect(normalization.mean.values.contains { $0 != 0 })
    }

    @Test func lossesThatAreNotFiniteEndTheTraining() throws {
        let x = Key(1).normal([64, 3])
        let samples = Samples(x, .numbers(x.sum(axes: [1]).values))
        let options = TrainingOptions(epochs: 5, rate: 100, batch: 16, optimizer: .sgd)
        let fit = DenseModel(widths: [16, 16], options).fitted(to: samples, FitSetting())
        guard case .diverged(let step) = fit.outcome else {
            Issue.record("a rate of 100 did not diverge: \(fit.losses)")
            return
        }
        #expect(step <= 5 && fit.losses.count == step)
    }
}
