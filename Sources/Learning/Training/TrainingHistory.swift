import Tensors

/// Losses by epoch. `validation[0]` is the model before training;
/// there is none where nothing was held back to score it.
public struct TrainingHistory: Sendable, Codable, Equatable {
    public var training: [Double]
    public var validation: [Double]
    /// The epoch whose model was kept; 0 is the model before training.
    public var kept: Int
    /// Whether losses and scores stayed finite to the end.
    public var outcome: Outcome {
        let scored = validation.firstIndex { !$0.isFinite }
        let trained = training.firstIndex { !$0.isFinite }.map { $0 + 1 }
        return [scored, trained].compactMap(\.self).min().map { .diverged(step: $0) } ?? .completed
    }
}

/// The best model of a training, and how it came about.
public struct Trained<Model: Tree>: Sendable {
    public var model: Model
    public var history: TrainingHistory
}
