import Networks
import Tensors

/// Trains by mini-batches with early stopping: after every epoch the model is scored on data that it is not trained on, and the
/// best one is kept.
public struct Trainer<Rule: Optimizer>: Sendable {
    public let optimizer: Rule
    public let batchSize: Int
    public let maximumEpochs: Int
    /// How many epochs without improvement end the training.
    public let patience: Int

    public init(_ optimizer: Rule, batchSize: Int, maximumEpochs: Int, patience: Int) {
        precondition(batchSize > 0 && maximumEpochs > 0 && patience > 0, "\(batchSize), \(maximumEpochs), \(patience)")
        self.optimizer = optimizer
        self.batchSize = batchSize
        self.maximumEpochs = maximumEpochs
        self.patience = patience
    }

    /// - Parameters:
    ///   - count: the number of training samples.
    ///   - loss: of the model on the samples of the given indices.
    ///   - validation: the score that decides when to stop; smaller is better.
    public func train<Model: Tree>(
        _ model: Model, count: Int, key: Key, loss: @escaping (Model, Tensor) -> Tensor,
        validation: (Model) -> Double
    ) -> Trained<Model> {
        var (current, state) = (model, optimizer.start(model))
        var best = Trained(
            model: model, history: TrainingHistory(training: [], validation: [validation(model)], kept: 0))
        for epoch in 1...maximumEpochs {
            let order = key.folding(epoch).permutation(count)
            var losses: [Double] = []
            for start in stride(from: 0, to: count, by: batchSize) {
                let batch = order[start..<min(start + batchSize, count)]
                let (value, gradient) = valueAndGradient { (model: Model) in loss(model, batch) }(current)
                optimizer.update(&current, gradient: gradient, state: &state)
                losses.append(value.scalar)
            }
            best.history.training.append(losses.reduce(0.0, +) / Double(losses.count))
            let score = validation(current)
            best.history.validation.append(score)
            guard score.isFinite else { break }
            if score < best.history.validation[best.history.kept] {
                best.model = current
                best.history.kept = epoch
            }
            if epoch - best.history.kept >= patience { break }
        }
        return best
    }
}
