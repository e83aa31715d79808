import Assimilation
import Kernels
import Learning
import Networks
import Tensors

/// A forecast model beside that of the truth: another physical model, or a surrogate, perhaps as the correction of a
/// physical model.
public struct ForecastPlan: Sendable {
    public let name: String
    /// nil: a physical model.
    public let surrogate: (any Surrogate)?
    /// The physical model, or the one that is corrected; nil: nothing is known.
    public let physics: SteppedModel?
    public let source: SurrogateSource
    /// Times that the error of a physical model is estimated from.
    public let length: Int

    public init(_ name: String, physics: SteppedModel, length: Int = 2000) {
        (self.name, surrogate, self.physics, source, self.length) = (name, nil, physics, .trajectory, length)
    }

    public init(
        _ name: String, _ surrogate: any Surrogate, correcting physics: SteppedModel? = nil,
        from source: SurrogateSource = .trajectory
    ) {
        (self.name, self.surrogate, self.physics, self.source) = (name, surrogate, physics, source)
        length = surrogate.length
    }

    /// The kind of a physical model, in place of a surrogate's name.
    public static let physicalKind = "physical"
    public static let physicalSummary = "a physical model, other than that of the truth"

    public var kind: String { surrogate?.name ?? Self.physicalKind }

    /// Learns the model, or reads weights that were learned before.
    public func trained<Keeper: TrainingKeeper>(
        on setting: TwinSetting, seed: Int, _ keeper: Keeper
    ) throws(Keeper.Failure) -> ForecastChoice {
        let task = SurrogateTask(setting: setting, physics: physics, source: source, seed: seed)
        if let surrogate { return try trained(surrogate, task, keeper) }
        guard let map = physics?.map else { preconditionFailure("ForecastPlan: no model") }
        let truth = task.draw(length).twin.truth
        return choice(map, heldError(map, truth), nil, setting)
    }

    private func trained<S: Surrogate, Keeper: TrainingKeeper>(
        _ surrogate: S, _ task: SurrogateTask, _ keeper: Keeper
    ) throws(Keeper.Failure) -> ForecastChoice {
        let draw = task.draw(surrogate.length)
        var description = description(task, draw)
        let start = surrogate.start(task, description)
        if let saved = try keeper.saved(like: SavedModel(start, S.tensorName)) {
            return choice(saved.model.model, saved.record.model?.modelError ?? .nan, saved.record, task.setting)
        }
        let found = try surrogate.learned(from: start, task, draw, &description, keeper)
        if source == .trajectory { description.modelError = heldError(found.model, draw.twin.truth) }
        var record = TrainingRecord(
            kind: S.name, setting: task.setting.name, given: surrogate.values, of: found.model, losses: found.losses,
            stepsPerEpoch: found.stepsPerEpoch, outcome: found.outcome)
        (record.model, record.found) = (description, found.found)
        if !description.modelError.isFinite { record.outcome = .diverged(step: 0) }
        try keeper.save(
            SavedModel(found.model, S.tensorName), record, seconds: found.seconds, tag: "squared error")
        return choice(found.model, description.modelError, record, task.setting)
    }

    private func choice<Model: ForecastMap>(
        _ model: Model, _ deviation: Double, _ record: TrainingRecord?, _ setting: TwinSetting
    ) -> ForecastChoice {
        let count = setting.model.variables
        // A memory follows without error from the states that drive it.
        let factors =
            Tensor(deviation.isFinite ? deviation : 0)
            * Tensor.identity(count).padded(axis: 0, before: 0, after: model.memory(of: count))
        return ForecastChoice(
            model, modelError: ModelError(factors: factors), deviation: deviation.isFinite ? deviation : nil,
            record: record)
    }

    private func description(_ task: SurrogateTask, _ draw: TwinDraw) -> ModelDescription {
        let (truth, model) = (draw.twin.truth, task.setting.model)
        let size =
            switch source {
            case .trajectory: (center: truth.mean().scalar, scale: max(truth.variance().scalar.squareRoot(), 1e-12))
            case .observations: [draw.twin.observations].sizeOfStates
            }
        return ModelDescription(
            variables: model.variables, interval: model.interval, physics: physics, source: source,
            center: size.center, scale: size.scale, modelError: 0)
    }

    /// The root-mean-square error of a step on the times that were held back.
    private func heldError<Model: ForecastMap>(_ model: Model, _ truth: Tensor) -> Double {
        let (count, variables) = (truth.shape[0], truth.shape[1])
        let last = model.states(following: truth)[(count - SurrogateTask.held(count) - 1)..<count]
        return compile(like: Pair(model, last)) { now in
            let states = now.second
            let steps = states.shape[0] - 1
            return (now.first.ensemble(states[0..<steps]) - states[1..<(steps + 1)])
                .slice(axis: -1, from: 0, to: variables).squared().mean().sqrt()
        }(Pair(model, last)).scalar
    }
}

// MARK: - Models of another run

/// Why a model file is refused.
public struct ModelFault: Error, Sendable {
    public let problem: String
}

extension ForecastPlan {
    /// A model that another run has learned, from the bytes of its file.
    public func restored(from bytes: [UInt8], on setting: TwinSetting, seed: Int) throws(ModelFault) -> ForecastChoice {
        let checkpoint: Checkpoint<TrainingRecord>
        do { checkpoint = try Checkpoint(decoding: bytes) } catch { throw ModelFault(problem: "\(error)") }
        let record = checkpoint.description
        guard let description = record.model, record.kind == kind, let surrogate else {
            throw ModelFault(problem: "a file of \(record.kind)")
        }
        guard description.variables == setting.model.variables, description.interval == setting.model.interval else {
            throw ModelFault(
                problem: "a model of \(description.variables) variables \(description.interval) apart in time")
        }
        guard description.physics == physics else { throw ModelFault(problem: "it corrects another physical model") }
        return try restored(surrogate, checkpoint, description, setting, seed)
    }

    private func restored<S: Surrogate>(
        _ usual: S, _ checkpoint: Checkpoint<TrainingRecord>, _ description: ModelDescription,
        _ setting: TwinSetting, _ seed: Int
    ) throws(ModelFault) -> ForecastChoice {
        let record = checkpoint.description
        guard description.scale > 0, description.scale.isFinite, description.center.isFinite,
            record.given.isSound(for: S.self)
        else { throw ModelFault(problem: "it describes itself by numbers that are out of range") }
        let surrogate = usual.with(record.given)
        // Nothing of a size that the file only claims is made.
        let held = checkpoint.tensors.values.reduce(0) { $0 + $1.count }
        guard surrogate.fewestNumbers(description.variables) <= held else {
            throw ModelFault(problem: "it describes a larger model than it holds")
        }
        guard checkpoint.tensors.values.allSatisfy({ $0.values.allSatisfy(\.isFinite) }) else {
            throw ModelFault(problem: "it has numbers that are not finite")
        }
        let task = SurrogateTask(setting: setting, physics: physics, source: description.source, seed: seed)
        do {
            let saved = try checkpoint.restored(into: SavedModel(surrogate.start(task, description), S.tensorName))
            return choice(saved.model, description.modelError, record, setting)
        } catch { throw ModelFault(problem: "\(error)") }
    }
}

/// The tensors of a model file.
struct SavedModel<Model: Tree>: Tree {
    var model: Model
    private let name: String

    init(_ model: Model, _ name: String) { (self.model, self.name) = (model, name) }

    mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        var named = Named(value: model, name: name)
        visitor.visit(&named, "model")
        model = named.value
    }

    private struct Named: Tree {
        var value: Model
        let name: String
        mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&value, name) }
    }
}
