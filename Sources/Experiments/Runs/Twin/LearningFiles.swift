import Foundation
import Learning
import Networks
import Tensors

/// The files of one training in a run's folder.
struct LearningFiles: Sendable {
    let folder: RunFolder
    let name: String
    let isQuiet: Bool
    /// The longest time between checkpoints; the first follow sooner.
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
        let start = clock.now
        var last = start
        while !isFinished(session) {
            let before = clock.now
            let steps = progress(session).0
            advance(&session)
            seconds += (clock.now - before) / .seconds(1)
            let now = progress(session)
            meter.advance(by: now.0 - steps, note: now.2.isFinite ? "loss \(NumberText.short(now.2))" : nil)
            if clock.now - last > min(interval, (clock.now - start) / 4) {
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
        guard let experiment = experiment as? TwinExperiment, experiment.configuration.learns else {
            throw InputError(
                .configuration, at: .init(header.file), "nothing here is trained by itself",
                expected: "an experiment of kind twin with a model or a method that learns, as "
                    + Spelling.oneOf(TwinMethodKind.allCases.filter(\.isLearned).map(\.rawValue)))
        }
        let folder = try folder(output, claim)
        let trained = try experiment.train(in: folder, options: options)
        var table = TextTable(
            title: header.title,
            columns: [
                .init("Name"), .init("Parameters"), .init("Steps"), .init("First loss"), .init("Last loss"),
                .init("Time", units: "s"), .init("Outcome"),
            ])
        for (name, record) in trained.records.sorted(by: { $0.name < $1.name }) {
            let losses = record.losses.compactMap { $0 }
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
