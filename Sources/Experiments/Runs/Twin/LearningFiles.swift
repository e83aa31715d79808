import Foundation
import Learning
import Networks
import Studies
import Tensors

/// The files of one training in a run's folder.
struct LearningFiles: TrainingKeeper, Sendable {
    let folder: RunFolder
    /// For readers.
    let name: String
    /// Of the files: folders, and the name of each.
    let place: [String]
    let isQuiet: Bool
    /// The longest time between checkpoints; the first follow sooner.
    var interval = Duration.seconds(5)

    /// - Parameter place: the name where it is not given.
    init(folder: RunFolder, name: String, place: [String]? = nil, isQuiet: Bool) {
        (self.folder, self.name, self.place, self.isQuiet) = (folder, name, place ?? [name], isQuiet)
    }

    private var fileName: String { place.map { FilePath.component($0) }.joined(separator: "/") }
    private var model: String { "models/\(fileName).safetensors" }
    /// Among the stages, with which it is removed when another run takes the folder.
    private var checkpoint: String { "stages/training/\(fileName).safetensors" }
    private var stage: [String] { ["training"] + place }

    /// The stage of a training that has ended.
    private struct Ended: Codable {
        /// Of the bytes of the model's file.
        var fingerprint: String
        var seconds: Double
    }

    /// The description of a checkpoint.
    private struct Progress: Codable {
        var seconds: Double
        var engine: Engine
    }

    /// The weights that an earlier process has learned; nil, with a line that says so, where its file is damaged.
    func saved<Model: Tree>(like start: Model) throws(InputError) -> (model: Model, record: TrainingRecord)? {
        guard let ended: Ended = try folder.saved(stage) else { return nil }
        guard let bytes = try folder.bytes(model), Self.fingerprint(bytes) == ended.fingerprint,
            let file = try? Checkpoint<TrainingRecord>(decoding: bytes), let saved = try? file.restored(into: start)
        else {
            folder.reportDamage(model, "it is trained again")
            return nil
        }
        folder.record { $0.seconds[name] = ended.seconds }
        return (saved, file.description)
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
                let engine = folder.engine
                try write(Checkpoint(session, description: Progress(seconds: seconds, engine: engine)), to: checkpoint)
                last = clock.now
            }
        }
        meter.finish()
        return (session, seconds)
    }

    private func resumed<Session: Tree>(_ start: Session) throws(InputError) -> (Session, Double) {
        guard let bytes = try folder.bytes(checkpoint) else { return (start, 0) }
        guard let file = try? Checkpoint<Progress>(decoding: bytes, isOwn: true),
            let session = try? file.restored(into: start)
        else {
            folder.reportDamage(checkpoint, "the training begins again")
            return (start, 0)
        }
        folder.note(file.description.engine)
        return (session, file.description.seconds)
    }

    /// The model, its description for readers, and its learning curve; the checkpoint goes.
    func save(_ trained: some Tree, _ record: TrainingRecord, seconds: Double, tag: String) throws(InputError) {
        let bytes = try write(Checkpoint(trained, description: record), to: model)
        try folder.write(ExactJSON.encode(record, pretty: true), to: "models/\(fileName).json")
        var events = TensorBoardEvents()
        for (place, loss) in record.losses.enumerated() {
            if let loss { events.add(tag, loss, step: record.stride * (place + 1)) }
        }
        try folder.write(events.bytes, to: "tensorboard/\(fileName)/events.out.tfevents.0.apus")
        try folder.keep(Ended(fingerprint: Self.fingerprint(bytes), seconds: seconds), as: stage)
        folder.remove(checkpoint)
        folder.record { $0.seconds[name] = seconds }
    }

    @discardableResult
    private func write(_ file: Checkpoint<some Codable & Sendable>, to name: String) throws(InputError) -> [UInt8] {
        let bytes: [UInt8]
        do { bytes = try file.encoded() } catch {
            throw InputError(
                .data, at: .init(folder.path(name)), "the model has a number that JSON cannot hold: \(error)")
        }
        try folder.write(bytes, to: name)
        return bytes
    }

    private static func fingerprint(_ bytes: [UInt8]) -> String {
        var fingerprint = Fingerprint()
        fingerprint.combine(bytes)
        return "\(fingerprint)"
    }
}

extension ExperimentFile {
    /// Trains methods and models, in the folder in which a run finds their weights.
    public func train(
        output: String?, claim: RunFolder.Claim, options: RunOptions
    ) throws(InputError) -> (table: TextTable, folder: String) {
        guard let experiment = experiment as? any LearningExperiment, experiment.learns else {
            throw InputError(
                .configuration, at: .init(header.file), "nothing here is trained by itself",
                expected: "an experiment of kind twin or assimilate with a model or a method that learns, as "
                    + Spelling.oneOf(Methods.all.filter { $0 is any TrainableMethod.Type }.map { $0.name }))
        }
        let folder = try folder(output, claim)
        let trained = try experiment.trainings(in: folder, options: options)
        try folder.finish(hasResults: false)
        var table = TextTable(
            title: header.title,
            columns: [
                .init("Name"), .init("Parameters"), .init("Steps"), .init("First loss"), .init("Last loss"),
                .init("Time", units: "s"), .init("Outcome"),
            ])
        for (name, record) in trained.sorted(by: { $0.name < $1.name }) {
            let losses = record.losses.compactMap { $0 }
            table.add([
                .text(name), .number(Double(record.parameters), decimals: 0),
                .number(Double(record.steps), decimals: 0),
                .quantity(losses.first), .quantity(losses.last),
                .number(folder.times.seconds[name], decimals: 1),
                .text(record.outcome == .completed ? "completed" : "diverged after step \(record.steps)"),
            ])
        }
        return (table, folder.path)
    }
}

extension PlannedModel {
    /// - Parameter condition: another one than that of the other models, whose files lie apart.
    func trained(
        on setting: TwinSetting, seed: Int, under condition: RobustnessCondition? = nil, in folder: RunFolder,
        options: RunOptions
    ) throws(InputError) -> ForecastChoice {
        let setting = condition?.changed(setting) ?? setting
        if let file { return try restored(file, setting, seed) }
        let place = place(condition)
        let files = LearningFiles(
            folder: folder, name: place.joined(separator: "/"), place: place, isQuiet: options.isQuiet)
        return try plan.trained(on: setting, seed: seed, files)
    }

    /// The folders and the name of the files.
    func place(_ condition: RobustnessCondition?) -> [String] {
        condition.map { ["sensitivity", name, $0.name] } ?? [name]
    }

    private func restored(_ path: String, _ setting: TwinSetting, _ seed: Int) throws(InputError) -> ForecastChoice {
        let expected =
            "a model of kind \(plan.kind) of \(setting.model.variables) variables, as 'apus train' saves it"
        let bytes: [UInt8]
        do { bytes = try InputFile.bytes(path) } catch {
            throw InputError(error.kind, at: error.place, error.problem, expected: error.expectation ?? expected)
        }
        do { return try plan.restored(from: bytes, on: setting, seed: seed) } catch {
            throw InputError(.data, at: .init(path), error.problem, expected: expected)
        }
    }
}
