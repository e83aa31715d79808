import Assimilation
import Tensors

/// How a method or a model was trained: the description in its model file.
public struct TrainingRecord: Codable, Sendable, Equatable {
    /// Of a method, or of a forecast model.
    public var kind: String
    public var setting: String
    /// The parameters.
    public var given: ParameterValues
    /// The number of learned values.
    public var parameters: Int
    public var steps: Int
    public var outcome: Outcome
    /// Of every `stride`-th step; of passes over the same data, the mean of a pass.
    public var losses: [Double?]
    public var stride: Int
    /// The learned parameters in words, where there are few.
    public var found: String?
    /// true where the weights that it started from were the best on truths that no gradient had; nil where not.
    public var learnedNothing: Bool?
    /// The structure of a forecast model, which its tensors do not hold.
    public var model: ModelDescription?

    /// - Parameter stepsPerEpoch: how many steps of the gradient each loss is the mean of.
    public init(
        kind: String, setting: String, given: ParameterValues, of start: some Tree, losses all: [Double],
        stepsPerEpoch: Int, outcome: Outcome
    ) {
        (self.kind, self.setting, self.given) = (kind, setting, given)
        self.outcome = outcome
        parameters = start.leaves.map(\.count).reduce(0, +)
        steps = all.count * stepsPerEpoch
        let epochs = max(1, all.count / 500)
        stride = epochs * stepsPerEpoch
        losses = Swift.stride(from: epochs - 1, to: all.count, by: epochs).map { all[$0].isFinite ? all[$0] : nil }
    }
}

/// The description of a learned forecast model, beside its tensors.
public struct ModelDescription: Codable, Sendable, Equatable {
    public var variables: Int
    /// The time from one state to the next, in the unit of the physical model.
    public var interval: Double
    /// The physical model that is corrected.
    public var physics: SteppedModel?
    public var source: SurrogateSource
    /// Mean and standard deviation that normalise states.
    public var center: Double
    public var scale: Double
    /// The standard deviation of its error in an interval, estimated from times that it was not fitted to.
    public var modelError: Double

    private enum CodingKeys: String, CodingKey {
        case center = "centre"
        case variables, interval, physics, source, scale, modelError
    }
}

/// The source that a forecast model is learned from.
public enum SurrogateSource: String, CaseIterable, Sendable, Codable {
    /// A truth, without errors.
    case trajectory
    /// The observations of it, by data assimilation and learning in turn.
    case observations
}

/// Keeps trainings: checkpoints, results, progress.
///
/// Without files, ``WithoutFiles`` runs a training from its start to its end.
public protocol TrainingKeeper {
    associatedtype Failure: Error
    /// The result of an earlier training; nil where there is none.
    func saved<Model: Tree>(like start: Model) throws(Failure) -> (model: Model, record: TrainingRecord)?

    /// Advances a session to its end.
    ///
    /// - Parameter progress: of a session: steps done, steps in all, last loss.
    /// - Returns: the session at its end, and the seconds that all of it took.
    func learn<Session: Tree>(
        _ start: Session, isFinished: (Session) -> Bool, progress: (Session) -> (Int, Int, Double),
        advance: (inout Session) -> Void
    ) throws(Failure) -> (Session, seconds: Double)

    /// - Parameter tag: the name of the losses.
    func save(_ trained: some Tree, _ record: TrainingRecord, seconds: Double, tag: String) throws(Failure)
}

/// The error type of work that cannot fail.
public enum NoFailure: Error {}

/// Trains in memory.
public struct WithoutFiles: TrainingKeeper {
    public typealias Failure = NoFailure

    public init() {}

    public func saved<Model: Tree>(like start: Model) -> (model: Model, record: TrainingRecord)? { nil }

    public func learn<Session: Tree>(
        _ start: Session, isFinished: (Session) -> Bool, progress: (Session) -> (Int, Int, Double),
        advance: (inout Session) -> Void
    ) -> (Session, seconds: Double) {
        let begin = ContinuousClock.now
        var session = start
        while !isFinished(session) { advance(&session) }
        return (session, (ContinuousClock.now - begin) / .seconds(1))
    }

    public func save(_ trained: some Tree, _ record: TrainingRecord, seconds: Double, tag: String) {}
}
