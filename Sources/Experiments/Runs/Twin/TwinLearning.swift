import Assimilation
import Foundation
import Kernels
import Learning
import Networks
import Tensors

/// An analysis that was learned for a twin experiment.
enum LearnedAnalysis: Sendable {
    case gain(FixedGain<PointEstimate>)
    case network(ResidualAnalysis)
    case radius(TunedLocalization<LogRadius>)
    case taper(TunedLocalization<FreeTaper>)
}

/// A learned analysis and how it came about.
struct TrainedMethod: Sendable {
    let analysis: LearnedAnalysis
    let record: TrainingRecord
}

/// How a method was trained: the description in its model file.
struct TrainingRecord: Codable, Sendable, Equatable {
    var method: TwinMethodKind
    var setting: String
    /// What the method was given.
    var given: MethodCandidate
    /// The numbers that were learned.
    var parameters: Int
    var steps: Int
    var outcome: Outcome
    /// Of every `stride`-th step; of a method that passes over its truths again and again, the mean of a pass.
    var losses: [Double?]
    var stride: Int
    var seconds: Double
    /// What was learned, where words can say it.
    var found: String?
}

/// Trains a method of a twin experiment on truths that no test sees.
///
/// The model is `models/NAME.safetensors` in the run's folder, read again if it is there; while training goes on,
/// `stages/training/NAME.safetensors` holds all that is needed to go on to the same bits; `tensorboard/NAME` gets the learning curve.
struct TwinLearning: Sendable {
    let setting: TwinSetting
    let method: TwinMethod
    let seed: Int

    private var candidate: MethodCandidate { method.candidates[0] }
    private var key: Key { Key(1_000_000 + seed).folding(7) }

    /// How many truths a gradient is the mean of: a filter that has lost one of them does not decide alone.
    private let trajectories = 8
    private func twins() -> [Twin<ObservedPart>] {
        (0..<trajectories).map { setting.draw(.training, seed: trajectories * seed + $0).twin }
    }

    func trained(in folder: RunFolder, options: RunOptions) throws(InputError) -> TrainedMethod {
        let work = LearningFiles(folder: folder, name: method.name, isQuiet: options.isQuiet)
        switch method.kind {
        case .learnedGain: return try gain(work)
        case .residualNetwork: return try network(work)
        case .learnedLocalization: return try localization(work)
        case .climatology, .optimalInterpolation, .threeDVar, .extendedKalman, .stochasticEnKF, .etkf,
            .deterministicEnKF, .serialEnSRF, .enKFN, .letkf, .localStochasticEnKF, .fourDVar, .iterativeEnKS,
            .bootstrapParticles, .optimalParticles, .scoreFilter:
            preconditionFailure("\(method.kind.rawValue) is not learned")
        }
    }

    // MARK: The gain of 3D-Var

    private func gain(_ work: LearningFiles) throws(InputError) -> TrainedMethod {
        let start = FixedGain<PointEstimate>(startingGain(setting.draw(.tuning, seed: seed)))
        if let (gain, record) = try work.saved(like: start) {
            return TrainedMethod(analysis: .gain(gain), record: record)
        }
        let model = setting.model.model
        let (error, variables) = (setting.error, setting.model.variables)
        let objective = objective { truth, key in
            PointEstimate(truth + Tensor(error) * key.normal([variables]))
        } filter: { (gain: FixedGain<PointEstimate>) in
            Cycle(PointForecast(model), gain)
        }
        let (gain, record) = try descend(objective, from: start, work) { _ in nil }
        return TrainedMethod(analysis: .gain(gain), record: record)
    }

    /// Follows the gradient of the cycles' errors; what was best is kept.
    /// The squared error of a filter on all twins, each of which starts about its truth.
    private func objective<Parameters: Tree, F: Forecast, A: Analysis>(
        start: @escaping @Sendable (Tensor, Key) -> F.State, filter: @escaping @Sendable (Parameters) -> Cycle<F, A>
    ) -> FilterObjective<Parameters, F, A, ObservedPart> where F.State == A.State {
        let twins = twins()
        let first = Tensor.stacked(twins.map { $0.truth[0] })
        var objective = FilterObjective(
            twins.map(\.observations), truths: twins.map(\.truth), loss: .squaredError,
            segment: candidate.whole(.truncation), start: { start(first[0], $0) }, filter: filter)
        objective.start = { start(first.taking($1)[0], $0) }
        return objective
    }

    private func descend<O: Objective>(
        _ objective: O, from start: O.Parameters, _ work: LearningFiles, describing: (O.Parameters) -> String?
    ) throws(InputError) -> (O.Parameters, TrainingRecord) {
        let epochs = max(1, candidate.whole(.steps) / objective.stepsPerEpoch)
        let steps = epochs * objective.stepsPerEpoch
        let rule = Adam(rate: Schedule(candidate[.rate], decay: .cosine(steps: steps, final: 0.02)))
        let training = Training(objective, rule.clipped(to: .norm(1)), epochs: epochs, like: start)
        let (state, seconds) = try work.learn(
            training.start(start, key: key), isFinished: training.isFinished,
            progress: { ($0.epochs, epochs, $0.losses.values[max(0, $0.epochs - 1)]) },
            advance: { training.advance(&$0) })
        var record = record(
            start.leaves, state.losses.values, state.epochs, stepsPerEpoch: objective.stepsPerEpoch, state.outcome,
            seconds)
        record.found = describing(state.best)
        try work.save(state.best, record, tag: "squared error")
        return (state.best, record)
    }

    /// That of optimal interpolation with a share of the climate's covariance.
    private func startingGain(_ draw: TwinDraw) -> Tensor {
        let climate = Climatology(of: draw.climate).climate
        let matrix = jacobian(of: { setting.operation($0) })(climate.mean)
        let cross = (Tensor(candidate[.scale]) * climate.covariance).matrixProduct(matrix.transposed)
        return (matrix.matrixProduct(cross) + setting.errorCovariance).symmetricSolve(cross.transposed).transposed
    }

    // MARK: Inflation and localisation

    private func localization(_ work: LearningFiles) throws(InputError) -> TrainedMethod {
        let (logInflation, radius) = (Tensor(candidate[.inflation]).log(), candidate[.radius])
        if candidate[.freeTaper] == 0 {
            let start = TunedLocalization(logInflation: logInflation, taper: LogRadius(radius: radius))
            let (tuning, record) = try localization(from: start, work)
            return TrainedMethod(analysis: .radius(tuning), record: record)
        }
        let farthest = setting.places.distances(to: setting.places).maximum().scalar
        let taper = FreeTaper(like: GaspariCohn(radius: Tensor(radius)), count: Int(farthest) + 1)
        let start = TunedLocalization(logInflation: logInflation, taper: taper)
        let (tuning, record) = try localization(from: start, work)
        return TrainedMethod(analysis: .taper(tuning), record: record)
    }

    private func localization<Weights: DescribedTaper>(
        from start: TunedLocalization<Weights>, _ work: LearningFiles
    ) throws(InputError) -> (TunedLocalization<Weights>, TrainingRecord) {
        if let saved = try work.saved(like: start) { return (saved.model, saved.record) }
        let (setting, members) = (setting, candidate.whole(.members))
        let forecast = EachMember(setting.model.model, modelError: setting.noise)
        let objective = objective { truth, key in
            setting.start(members, about: truth, key: key)
        } filter: { (tuning: TunedLocalization<Weights>) in
            Cycle(forecast, tuning.analysis(setting.places, observing: setting.observed))
        }
        return try descend(objective, from: start, work) { "\($0.inflationText), \($0.taper.text)" }
    }

    // MARK: A residual network

    private func network(_ work: LearningFiles) throws(InputError) -> TrainedMethod {
        let keys = key.split(4)
        let climate = setting.draw(.tuning, seed: seed, cycles: 2).climate
        let start = ResidualAnalysis(
            GainNetwork(
                channels: 2, width: candidate.whole(.width), depth: candidate.whole(.depth), key: keys[0],
                type: .float32),
            centre: climate.mean().scalar, scale: climate.variance().scalar.squareRoot())
        if let (network, record) = try work.saved(like: start) {
            return TrainedMethod(analysis: .network(network), record: record)
        }
        var settings = AnalysisTraining()
        settings.batch = candidate.whole(.batch)
        settings.cycles = candidate.whole(.truncation)
        settings.steps = candidate.whole(.steps)
        settings.rate = candidate[.rate]
        settings.observationError = setting.error
        settings.places = setting.observed
        settings.observed = 1 - setting.missing
        settings.modelError = setting.modelError
        let rows = climate.taking(keys[1].permutation(climate.shape[0])[0..<settings.batch])
        let truth = rows.cast(to: .float32)
        let model = setting.model.model
        let trainer = AnalysisTrainer(settings, like: start, truth: truth) { model($0) }
        let (session, seconds) = try work.learn(
            trainer.start(start, from: truth, key: keys[2]), isFinished: trainer.isFinished,
            progress: {
                ($0.state.epochs, settings.steps, $0.state.losses.values[max(0, $0.state.epochs - 1)])
            }, advance: { trainer.advance(&$0) })
        let state = session.state
        let record = record(start.leaves, state.losses.values, state.epochs, state.outcome, seconds)
        try work.save(state.parameters, record, tag: "error")
        return TrainedMethod(analysis: .network(state.parameters), record: record)
    }

    /// - Parameter stepsPerEpoch: how many steps of the gradient each loss is the mean of.
    private func record(
        _ leaves: [Tensor], _ losses: [Double], _ epochs: Int, stepsPerEpoch: Int = 1, _ outcome: Outcome,
        _ seconds: Double
    ) -> TrainingRecord {
        let stride = max(1, epochs / 500)
        return TrainingRecord(
            method: method.kind, setting: setting.name, given: candidate,
            parameters: leaves.map(\.count).reduce(0, +), steps: epochs * stepsPerEpoch, outcome: outcome,
            losses: Swift.stride(from: stride - 1, to: epochs, by: stride).map { losses[$0].finite },
            stride: stride * stepsPerEpoch, seconds: seconds)
    }
}

extension TunedLocalization {
    fileprivate var inflationText: String { "inflation \(NumberText.fixed(logInflation.exp().scalar, decimals: 3))" }
}

/// A taper that says what was learned of it.
private protocol DescribedTaper: Taper {
    var text: String { get }
}

extension LogRadius: DescribedTaper {
    fileprivate var text: String { "radius \(NumberText.fixed(logRadius.exp().scalar, decimals: 2))" }
}

extension FreeTaper: DescribedTaper {
    fileprivate var text: String {
        "weights " + weights.values.map { NumberText.fixed($0, decimals: 2) }.joined(separator: " ")
    }
}

/// The files of one training in a run's folder.
struct LearningFiles: Sendable {
    let folder: RunFolder
    let name: String
    let isQuiet: Bool
    /// The time between checkpoints.
    var interval = Duration.seconds(5)

    private var model: String { folder.path("models/\(name).safetensors") }
    /// Among the stages, with which it is removed when another run takes the folder.
    private var checkpoint: String { folder.path("stages/training/\(name).safetensors") }
    private var stage: String { "training/\(name)" }

    /// What an earlier run has learned.
    func saved<Model: Tree>(like start: Model) throws(InputError) -> (model: Model, record: TrainingRecord)? {
        guard folder.holdsStage(stage) else { return nil }
        let bytes = try InputFile.bytes(model)
        do {
            let file = try Checkpoint<TrainingRecord>(decoding: bytes)
            return (try file.restored(into: start), file.description)
        } catch {
            throw InputError(
                .data, at: .init(model), "\(error)", expected: "a model that this configuration has trained")
        }
    }

    /// Goes on from a checkpoint if there is one; writes one every few seconds.
    ///
    /// - Parameter progress: of a session: steps behind, steps in all, last loss.
    /// - Returns: the session at its end, and the seconds that all of it took.
    func learn<Session: Tree>(
        _ start: Session, isFinished: (Session) -> Bool, progress: (Session) -> (Int, Int, Double),
        advance: (inout Session) -> Void
    ) throws(InputError) -> (Session, seconds: Double) {
        var (session, seconds) = try resumed(start)
        let meter = ProgressMeter("Training \(name)", total: progress(session).1, isQuiet: isQuiet)
        meter.advance(by: progress(session).0)
        let clock = ContinuousClock()
        var last = clock.now
        while !isFinished(session) {
            let before = clock.now
            let steps = progress(session).0
            advance(&session)
            seconds += (clock.now - before) / .seconds(1)
            meter.advance(by: progress(session).0 - steps)
            if clock.now - last > interval {
                try keep(session, seconds)
                last = clock.now
            }
        }
        meter.finish()
        return (session, seconds)
    }

    private func resumed<Session: Tree>(_ start: Session) throws(InputError) -> (Session, Double) {
        guard FileManager.default.fileExists(atPath: checkpoint),
            let file = try? Checkpoint<Double>(decoding: try InputFile.bytes(checkpoint)),
            let session = try? file.restored(into: start)
        else { return (start, 0) }  // what cannot be read was of another training: it begins again
        return (session, file.description)
    }

    private func keep(_ session: some Tree, _ seconds: Double) throws(InputError) {
        try write(Checkpoint(session, description: seconds), to: checkpoint)
    }

    /// The model, its description for readers, and its learning curve; the checkpoint goes.
    func save(_ trained: some Tree, _ record: TrainingRecord, tag: String) throws(InputError) {
        try write(Checkpoint(trained, description: record), to: model)
        try AtomicFile.write(ExactJSON.encode(record, pretty: true), to: folder.path("models/\(name).json"))
        var events = TensorBoardEvents()
        for (place, loss) in record.losses.enumerated() {
            if let loss { events.add(tag, loss, step: record.stride * (place + 1)) }
        }
        try RunFolder.makeFolder(folder.path("tensorboard/\(name)"))
        try AtomicFile.write(events.bytes, to: folder.path("tensorboard/\(name)/events.out.tfevents.0.apus"))
        _ = try folder.stage(stage) { record }
        unlink(checkpoint)
    }

    private func write(_ file: Checkpoint<some Codable & Sendable>, to path: String) throws(InputError) {
        let bytes: [UInt8]
        do { bytes = try file.encoded() } catch {
            throw InputError(.data, at: .init(path), "the model has a number that JSON cannot hold: \(error)")
        }
        try RunFolder.makeFolder(FilePath.folder(of: path))
        try AtomicFile.write(bytes, to: path)
    }
}

extension ExperimentFile {
    /// Trains what learns, in the folder in which a run finds it.
    public func train(
        output: String?, claim: RunFolder.Claim, options: RunOptions
    ) throws(InputError) -> (table: TextTable, folder: String) {
        guard let experiment = experiment as? TwinExperiment,
            experiment.configuration.methods.contains(where: \.kind.isLearned)
        else {
            throw InputError(
                .configuration, at: .init(header.file), "nothing here is trained by itself",
                expected: "an experiment of kind twin with a method that learns: "
                    + Spelling.oneOf(TwinMethodKind.allCases.filter(\.isLearned).map(\.rawValue)))
        }
        let folder = try folder(output, claim)
        let trained = try experiment.train(in: folder, options: options)
        var table = TextTable(
            title: header.title,
            columns: [
                .init("Method"), .init("Parameters"), .init("Steps"), .init("First loss"), .init("Last loss"),
                .init("Time", units: "s"), .init("Outcome"),
            ])
        for (name, method) in trained.sorted(by: { $0.key < $1.key }) {
            let (record, losses) = (method.record, method.record.losses.compactMap { $0 })
            table.add([
                .text(name), .number(Double(record.parameters), decimals: 0),
                .number(Double(record.steps), decimals: 0),
                .number(losses.first, decimals: 4), .number(losses.last, decimals: 4),
                .number(record.seconds, decimals: 1),
                .text(record.outcome == .completed ? "completed" : "diverged after step \(record.steps)"),
            ])
        }
        return (table, folder.path)
    }
}
