import Assimilation
import Tensors

/// How a method or a model was trained: the description in its model file.
struct TrainingRecord: Codable, Sendable, Equatable {
    /// Of a method, or of a forecast model.
    var kind: String
    var setting: String
    /// What it was given.
    var given: MethodCandidate
    /// The numbers that were learned.
    var parameters: Int
    var steps: Int
    var outcome: Outcome
    /// Of every `stride`-th step; of what passes over its data again and again, the mean of a pass.
    var losses: [Double?]
    var stride: Int
    /// What was learned, where words can say it.
    var found: String?
    /// Of a forecast model: what its tensors do not say.
    var model: ModelDescription?

    /// - Parameter stepsPerEpoch: how many steps of the gradient each loss is the mean of.
    init(
        kind: String, setting: String, given: MethodCandidate, of start: some Tree, losses all: [Double],
        stepsPerEpoch: Int, outcome: Outcome
    ) {
        (self.kind, self.setting, self.given) = (kind, setting, given)
        self.outcome = outcome
        parameters = start.leaves.map(\.count).reduce(0, +)
        steps = all.count * stepsPerEpoch
        let epochs = max(1, all.count / 500)
        stride = epochs * stepsPerEpoch
        losses = Swift.stride(from: epochs - 1, to: all.count, by: epochs).map { all[$0].finite }
    }
}

/// What a learned forecast model is, beside its tensors.
struct ModelDescription: Codable, Sendable, Equatable {
    var variables: Int
    /// The time from one state to the next, in the unit of the physical model.
    var interval: Double
    /// The physical model that is corrected.
    var physics: ModelChoice?
    var source: TwinModelSource
    /// What states are around, and how far from it.
    var centre: Double
    var scale: Double
    /// The standard deviation of its error in an interval, estimated from what it was not fitted to.
    var modelError: Double
}
