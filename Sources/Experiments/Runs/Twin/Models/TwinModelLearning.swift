import Assimilation
import Dynamics
import Kernels
import Learning
import Networks
import Tensors

/// A forecast model of a twin experiment, as it is after learning.
struct TrainedModel: Sendable {
    let model: TwinModel
    /// Its error in an interval; nil for a model that is taken at its word.
    let modelError: ModelError?
    /// The standard deviation of that error, where it was estimated.
    var deviation: Double?
    /// nil for a physical one.
    var record: TrainingRecord?
}

/// Learns a forecast model of a twin experiment from truths, or from observations of them, that no test sees.
struct TwinModelLearning: Sendable {
    let setting: TwinSetting
    let plan: TwinModelPlan
    let seed: Int
    let name: String
    /// The folders and the name of its files.
    let place: [String]

    init(_ plan: TwinModelPlan, _ setting: TwinSetting, seed: Int, under condition: RobustnessCondition? = nil) {
        (self.plan, self.seed) = (plan, seed)
        self.setting = condition?.changed(setting) ?? setting
        place = condition.map { ["sensitivity", plan.name, $0.name] } ?? [plan.name]
        name = place.joined(separator: "/")
    }

    private var candidate: MethodCandidate { plan.candidate }
    private var key: Key { Key(1_000_000 + seed).folding(11) }
    private var physics: PhysicalModel? { plan.physics?.model }
    /// Numbers of truths that no method of a twin experiment is trained on.
    private var draw: TwinDraw { setting.draw(.training, seed: 500_000 + seed, cycles: candidate.whole(.length)) }

    func trained(in folder: RunFolder, options: RunOptions) throws(InputError) -> TrainedModel {
        if plan.kind == .physical, let physics {
            let model = TwinModel.physical(physics)
            return trained(model, heldError(model, draw.twin.truth), nil)
        }
        if let file = plan.file { return try restored(file) }
        let work = LearningFiles(folder: folder, name: name, place: place, isQuiet: options.isQuiet)
        let draw = draw
        var description = description(draw)
        let start = start(description, candidate)
        if let saved = try work.saved(like: SavedModel(start)) { return trained(saved.model.model, saved.record) }
        var found: (model: TwinModel, losses: [Double], steps: Int, outcome: Outcome, seconds: Double)
        switch start {
        case .physical: preconditionFailure("a physical model is not learned")
        case .convolution(let start):
            let it = try network(start, draw, &description, work)
            found = (.convolution(it.model), it.losses, it.stepsPerEpoch, it.outcome, it.seconds)
        case .dense(let start):
            let it = try network(start, draw, &description, work)
            found = (.dense(it.model), it.losses, it.stepsPerEpoch, it.outcome, it.seconds)
        case .dictionary, .features, .process, .reservoir:
            let clock = ContinuousClock.now
            let model = regression(start, draw.twin.truth)
            found = (model, [], 0, .completed, (ContinuousClock.now - clock) / .seconds(1))
        }
        if plan.source == .trajectory { description.modelError = heldError(found.model, draw.twin.truth) }
        var record = TrainingRecord(
            kind: plan.kind.rawValue, setting: setting.name, given: candidate, of: found.model, losses: found.losses,
            stepsPerEpoch: found.steps, outcome: found.outcome)
        record.model = description
        if case .dictionary(let model) = found.model { record.found = model.field.text }
        if !description.modelError.isFinite { record.outcome = .diverged(step: 0) }
        try work.save(SavedModel(found.model), record, seconds: found.seconds, tag: "squared error")
        return trained(found.model, record)
    }

    private func trained(_ model: TwinModel, _ record: TrainingRecord) -> TrainedModel {
        trained(model, record.model?.modelError ?? .nan, record)
    }
    private func trained(_ model: TwinModel, _ deviation: Double, _ record: TrainingRecord?) -> TrainedModel {
        let count = setting.model.variables
        // What it remembers follows without error from what it has seen.
        let factors =
            Tensor(deviation.isFinite ? deviation : 0)
            * Tensor.identity(count).padded(axis: 0, before: 0, after: model.memory(of: count))
        return TrainedModel(
            model: model, modelError: ModelError(factors: factors), deviation: deviation.finite, record: record)
    }

    /// A model that another run has learned.
    private func restored(_ path: String) throws(InputError) -> TrainedModel {
        func fault(_ problem: String) -> InputError {
            InputError(
                .data, at: .init(path), problem,
                expected:
                    "a model of kind \(plan.kind.rawValue) of \(setting.model.variables) variables, as 'apus train' "
                    + "saves it"
            )
        }
        let bytes = try InputFile.bytes(path)
        let checkpoint: Checkpoint<TrainingRecord>
        do { checkpoint = try Checkpoint(decoding: bytes) } catch { throw fault("\(error)") }
        let record = checkpoint.description
        guard let description = record.model, record.kind == plan.kind.rawValue else {
            throw fault("a file of \(record.kind)")
        }
        guard description.variables == setting.model.variables, description.interval == setting.model.interval else {
            throw fault("a model of \(description.variables) variables \(description.interval) apart in time")
        }
        guard description.physics == plan.physics else { throw fault("it corrects another physical model") }
        guard description.scale > 0, description.scale.isFinite, description.centre.isFinite, record.given.isSound
        else {
            throw fault("it describes itself by numbers that are out of range")
        }
        // Nothing of a size that the file only claims is made.
        let held = checkpoint.tensors.values.reduce(0) { $0 + $1.count }
        guard fewestNumbers(record.given, description.variables) <= held else {
            throw fault("it describes a larger model than it holds")
        }
        guard checkpoint.tensors.values.allSatisfy({ $0.values.allSatisfy(\.isFinite) }) else {
            throw fault("it has numbers that are not finite")
        }
        do {
            let saved = try checkpoint.restored(into: SavedModel(start(description, record.given)))
            return trained(saved.model, record)
        } catch { throw fault("\(error)") }
    }

    /// A bound from below of the numbers in a model of given parameters.
    private func fewestNumbers(_ given: MethodCandidate, _ variables: Int) -> Int {
        switch plan.kind {
        case .physical: return 0
        case .convolution: return 5 * given.whole(.width)
        case .dense:
            let width = given.whole(.width)
            return 2 * variables * width + (given.whole(.depth) - 1) * width * width
        case .dictionary: return min(given.whole(.reach), (variables - 1) / 2)
        case .randomFeatures: return given.whole(.features)
        case .gaussianProcess:
            let learned = given.whole(.length) - self.held(given.whole(.length)) - 1
            let points = min(given.whole(.points), max(1, learned))
            return points * points
        case .reservoir: return given.whole(.units) * given.whole(.units)
        }
    }

    // MARK: - What learning starts from

    private func description(_ draw: TwinDraw) -> ModelDescription {
        let truth = draw.twin.truth
        let size =
            switch plan.source {
            case .trajectory: (centre: truth.mean().scalar, scale: max(truth.variance().scalar.squareRoot(), 1e-12))
            case .observations: [draw.twin.observations].sizeOfStates
            }
        return ModelDescription(
            variables: setting.model.variables, interval: setting.model.interval, physics: plan.physics,
            source: plan.source, centre: size.centre, scale: size.scale, modelError: 0)
    }

    /// A model of the structure that is learned, which says that nothing is known beyond the physics.
    private func start(_ description: ModelDescription, _ given: MethodCandidate) -> TwinModel {
        let keys = key.split(3)
        let count = description.variables
        func model<Field: Map>(_ field: Field) -> LearnedModel<Field> {
            LearnedModel(field: field, physics: physics, interval: description.interval)
        }
        // Of a tendency, or of a tendency's error.
        let outputScale = description.scale * (physics == nil ? 3 : 1)
        let isOnLine = setting.model.coordinates != nil
        let view = isOnLine ? PlaceView.near(reach: min(given.whole(.reach), (count - 1) / 2)) : .wholeState
        let sample = Tensor(description.centre) + Tensor(description.scale) * keys[2].normal([64, count])
        switch plan.kind {
        case .physical: preconditionFailure("a physical model is not learned")
        case .convolution:
            return .convolution(
                model(
                    TwinModel.convolution(
                        width: given.whole(.width), centre: description.centre, scale: description.scale,
                        outputScale: outputScale, keys[0], keys[1])))
        case .dense:
            let widths = [count] + [Int](repeating: given.whole(.width), count: given.whole(.depth)) + [count]
            let network = DenseNetwork(
                widths: widths, activation: .silu, key: keys[0], startingAtZero: true, type: .float32)
            return .dense(
                model(
                    FieldNetwork(
                        network, centre: description.centre, scale: description.scale, outputScale: outputScale)))
        case .dictionary:
            let reach = isOnLine ? min(given.whole(.reach), (count - 1) / 2) : count / 2
            let monomials = MonomialDictionary.all(degree: 2, reach: reach)
            return .dictionary(
                model(
                    MonomialDictionary(
                        monomials, coefficients: isOnLine ? nil : Tensor.zeros([monomials.count, count]))))
        case .randomFeatures:
            let features = RandomFeatures(
                given.whole(.features), view: view, length: isOnLine ? 6 : 3, like: sample, key: keys[0])
            return .features(Corrected(KnownPart(physics: physics), by: features))
        case .gaussianProcess:
            var process = GaussianProcess(maximumPoints: given.whole(.points), view: view, like: sample)
            let learned = given.whole(.length) - held(given.whole(.length)) - 1
            let points = min(given.whole(.points), learned * view.places(count))
            let outputs = isOnLine ? 1 : count
            (process.points, process.weights) = (
                Tensor.zeros([points, process.points.shape[1]]), Tensor.zeros([points, outputs])
            )
            process.factor = Tensor.identity(points)
            return .process(Corrected(KnownPart(physics: physics), by: process))
        case .reservoir:
            return .reservoir(Reservoir(units: given.whole(.units), view: view, like: sample, key: keys[0]))
        }
    }

    // MARK: - Learning

    /// How many of the times are held back: what a model is scored on that is not fitted to them.
    private func held(_ count: Int) -> Int { count / 10 }

    private var learner: TransitionLearner {
        var learner = TransitionLearner()
        (learner.epochs, learner.batchSize) = (candidate.whole(.epochs), candidate.whole(.batch))
        (learner.rate, learner.leads) = (candidate[.rate], candidate.whole(.leads))
        learner.patience = candidate.patience
        return learner
    }

    private struct Learned<Model: Tree> {
        var model: Model
        var losses: [Double]
        var stepsPerEpoch: Int
        var outcome: Outcome
        var seconds: Double
    }

    private func network<Field: Map>(
        _ start: LearnedModel<Field>, _ draw: TwinDraw, _ description: inout ModelDescription, _ work: LearningFiles
    ) throws(InputError) -> Learned<LearnedModel<Field>> {
        let learner = learner
        switch plan.source {
        case .trajectory:
            let training = learner.training(like: start, StateEstimates(draw.twin.truth)) { $0($1) }
            let (state, seconds) = try work.learn(
                training.start(start, key: key), isFinished: training.isFinished,
                progress: { ($0.epochs, learner.epochs, $0.losses.values[max(0, $0.epochs - 1)]) },
                advance: { training.advance(&$0) })
            return Learned(
                model: state.best, losses: Array(state.losses.values.prefix(state.epochs)),
                stepsPerEpoch: training.objective.stepsPerEpoch, outcome: state.outcome, seconds: seconds)
        case .observations:
            let places = setting.places
            // Where variables have no place, nothing is localised.
            let radius = setting.model.coordinates == nil ? 1e6 : candidate[.radius]
            let analysis = LocalizedStochasticEnKF(
                Localization(GaspariCohn(radius: Tensor(radius)), places, observing: setting.observed))
            var alternation = AlternatingLearning<
                LearnedModel<Field>, LocalizedStochasticEnKF<GaspariCohn>, ObservedPart
            >(analysis, learner: learner) { $0($1) }
            alternation.rounds = candidate.whole(.rounds)
            alternation.spinUp = min(100, candidate.whole(.length) / 10)
            let keys = key.split(3)
            let noise = keys[0].normal([candidate.whole(.members), description.variables])
            let background = Ensemble(
                members: Tensor(description.centre) + Tensor(description.scale) * noise, key: keys[1])
            let rounds = alternation.rounds(background: background, draw.twin.observations, key: keys[2])
            let first = alternation.start(.init(start, modelError: 0.15 * description.scale))
            let (session, seconds) = try work.learn(
                first, isFinished: alternation.isFinished,
                progress: { ($0.rounds.count, alternation.rounds, $0.rounds.last?.validation ?? .nan) },
                advance: { rounds.advance(&$0) })
            description.modelError = session.learned.modelError.scalar
            let steps = learner.epochs * (candidate.whole(.length) - alternation.spinUp) * 9 / 10 / learner.batchSize
            return Learned(
                model: session.learned.parameters, losses: session.rounds.map(\.validation), stepsPerEpoch: steps,
                outcome: session.rounds.last?.outcome ?? .completed, seconds: seconds)
        }
    }

    /// Models that are found at once, in closed form or nearly so.
    private func regression(_ start: TwinModel, _ truth: Tensor) -> TwinModel {
        let learned = truth[0..<(truth.shape[0] - held(truth.shape[0]))]
        switch start {
        case .features(let start):
            return .features(start.correction.correction(of: start.base, along: learned))
        case .process(let start):
            return .process(start.correction.correction(of: start.base, along: learned))
        case .reservoir(let start): return .reservoir(start.fitted(to: learned, warmUp: min(100, learned.shape[0] / 4)))
        case .dictionary(var model):
            let regression = DictionaryRegression(ridge: 1e-9, threshold: candidate[.sparsity])
            if let physics {
                let count = learned.shape[0]
                let states = learned[0..<(count - 1)]
                let missing = (learned[1..<count] - physics.ensemble(states)) / Tensor(model.interval)
                model.field = regression(model.field, states: states, tendencies: missing)
            } else {
                model.field = regression(model.field, trajectory: learned, step: model.interval)
            }
            return .dictionary(model)
        case .physical, .convolution, .dense: preconditionFailure("a network is found by gradients")
        }
    }

    /// The root-mean-square error of a step on the times that were held back.
    private func heldError(_ model: TwinModel, _ truth: Tensor) -> Double {
        let (count, variables) = (truth.shape[0], truth.shape[1])
        let last = model.states(along: truth)[(count - held(count) - 1)..<count]
        return compile(like: Pair(model, last)) { now in
            let states = now.second
            let steps = states.shape[0] - 1
            return (now.first.ensemble(states[0..<steps]) - states[1..<(steps + 1)])
                .slice(axis: -1, from: 0, to: variables).squared().mean().sqrt()
        }(Pair(model, last)).scalar
    }
}

/// The tensors of a model file.
struct SavedModel: Tree {
    var model: TwinModel

    init(_ model: TwinModel) { self.model = model }
    mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&model, "model") }
}

extension MethodCandidate {
    /// Whether everything is within the bounds of its key.
    var isSound: Bool { MethodParameterKey.allCases.allSatisfy { $0.bounds.contains(self[$0]) } }
}

extension MonomialDictionary {
    /// `1.00 x[-1] x[1] − …`, of terms that are there; of coefficients for every place, how many there are.
    fileprivate var text: String {
        let values = coefficients.values
        guard coefficients.rank == 1 else { return "\(values.count { $0 != 0 }) terms" }
        let terms = zip(monomials, values).filter { $0.1 != 0 }
        return terms.prefix(8).map { "\(NumberFormat([$1]).text($1)) \(MonomialDictionary.name($0))" }
            .joined(separator: ", ") + (terms.count > 8 ? ", … \(terms.count) terms" : "")
    }
}
