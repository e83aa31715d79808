import Foundation
import Kernels
import Studies
import Synchronization
import Tensors

/// The output folder of one run: claimed by one process at a time, with the results of complete stages from which a
/// run resumes.
///
/// A claim takes the lock and checks that the run may have the folder and write into it. Nothing changes before the
/// first file of the run is written: what is refused before that leaves the folder as it was, and a run that is
/// replaced stays whole. A stage is saved when it is complete and at once, so a run that is killed at any moment leaves
/// complete stages only.
///
///     let folder = try RunFolder(claiming: "out", fingerprint: "\(fingerprint)", as: .new)
///     let fit = try folder.stage("folds", "linear 3") { () throws(InputError) in try computeFit() }
///     try folder.write(report, to: "report.html")
///     try folder.finish()
public final class RunFolder: Sendable {
    /// The treatment of a folder that is not empty.
    public enum Claim: Sendable {
        /// It is an error.
        case new
        /// The run in it is replaced. It is kept aside until the new one is finished; files that no run writes stay.
        case force
        /// The run in it goes on if it has the same fingerprint and program, otherwise it is an error; an empty folder
        /// begins a run.
        case resume
        /// As `resume`, and the program may be another one: the results are then those of both.
        case resumeOfOtherProgram
    }

    public let path: String
    private let lock: FolderLock
    private let state: Mutex<State>

    private struct State {
        var marker: RunMarker
        /// Whether the folder holds this run.
        var hasBegun: Bool
        var engine = Engine.compiled
    }

    /// Claims the folder, and makes it if need be; one that was made is removed again if nothing is put into it.
    ///
    /// - Parameters:
    ///   - fingerprint: the identity of the run: its configuration and input.
    ///   - subject: the part of the configuration that the results are about, if not all.
    ///     Stages of one fingerprint serve every
    ///     subject, finished results are those of one.
    ///   - program: in place of the running one.
    /// - Throws: `cannotCreate` where the folder holds a run or other files, is in use, or is a file; `noPermission`.
    public init(
        claiming path: String, fingerprint: String, subject: String? = nil, as claim: Claim,
        program: ProgramIdentity = .running
    ) throws(InputError) {
        try requireLinearAlgebra()
        self.path = path
        lock = try FolderLock(path)
        try ReplacedRun(folder: path).recover()
        let earlier = try EarlierRun(in: path)
        var marker = RunMarker(
            fingerprint: fingerprint, subject: subject, program: program, command: CommandLine.arguments)
        let goesOn = try marker.goesOn(from: earlier, as: claim, in: path)
        if goesOn, case .run(let other) = earlier { marker.continues(other) }
        if case .none = earlier, claim != .force { try Self.requireEmpty(path) }
        try AtomicFile.requireWritable(FilePath.join(path, RunMarker.fileName))
        state = Mutex(State(marker: marker, hasBegun: goesOn))
        Self.removeTemporaryFiles(path)
        if goesOn { try write(marker) }
    }

    /// The path of a file in the folder.
    public func path(_ name: String) -> String { FilePath.join(path, name) }

    /// How programs were run in all stages up to now, those of earlier processes too.
    public var engine: Engine { Engine.ofProcess == .interpreted ? .interpreted : state.withLock { $0.engine } }

    /// Times, which differ between runs of equal results; see ``RunTimes``.
    public var times: RunTimes {
        get { state.withLock { $0.marker.times } }
        set { state.withLock { $0.marker.times = newValue } }
    }

    /// Adds to the times; safe from several threads.
    public func record(_ change: (inout RunTimes) -> Void) { state.withLock { change(&$0.marker.times) } }

    // MARK: - Files

    /// Writes a file of the run, whole or not at all; the first one makes the claim effective.
    ///
    /// - Throws: the errors of ``AtomicFile``.
    public func write(_ bytes: some Collection<UInt8>, to name: String) throws(InputError) {
        try begin()
        try FolderLock.makeFolder(FilePath.folder(of: path(name)))
        try AtomicFile.write(bytes, to: path(name))
    }

    /// The bytes of a file that this run has written; nil where there is none.
    func bytes(_ name: String) throws(InputError) -> [UInt8]? {
        guard state.withLock({ $0.hasBegun }), FilePath.exists(path(name)) else { return nil }
        return try InputFile.bytes(path(name))
    }

    /// Removes a file of the run.
    func remove(_ name: String) { if state.withLock({ $0.hasBegun }) { unlink(path(name)) } }

    /// Ends the run, whose files are all written: the run that it replaced is removed.
    ///
    /// - Parameter hasResults: whether these are the results, and not what they will be computed from.
    public func finish(hasResults: Bool = true) throws(InputError) {
        try begin()
        let replaced = ReplacedRun(folder: path)
        try replaced.discard()
        let marker = state.withLock { state in
            if hasResults { state.marker.isFinished = true }
            for reason in MachineCode.failures where !state.marker.times.interpretation.contains(reason) {
                state.marker.times.interpretation.append(reason)
            }
            if let library = LinearAlgebra.description, !state.marker.linearAlgebra.contains(library) {
                state.marker.linearAlgebra.append(library)
            }
            return state.marker
        }
        try write(marker)
        try replaced.removeDiscarded()
    }

    // MARK: - Stages

    /// The result of a stage: read, if a run has completed it before; otherwise computed and saved.
    ///
    /// Numbers come back bit for bit. A stage whose file is damaged is computed again, and a line on standard error
    /// says so.
    ///
    /// - Parameter name: folders, and a file; any texts.
    /// - Throws: the errors of `compute`, and the errors of ``AtomicFile``.
    public func stage<Value: Codable>(
        _ name: String..., compute: () throws(InputError) -> Value
    ) throws(InputError) -> Value {
        try stage(name, compute: compute)
    }

    func stage<Value: Codable>(
        _ name: [String], compute: () throws(InputError) -> Value
    ) throws(InputError) -> Value {
        if let saved: Value = try saved(name) { return saved }
        let value = try compute()
        try keep(value, as: name)
        return value
    }

    /// Saves the result of a stage, in place of any that is there.
    func keep(_ value: some Codable, as name: [String]) throws(InputError) {
        let file = Self.stageFile(name)
        try write(StageFile.encode(value, Engine.ofProcess, name: file), to: file)
    }

    /// The result of a stage that is complete; nil for any other, and for one whose file is damaged.
    func saved<Value: Codable>(_ name: [String]) throws(InputError) -> Value? {
        let file = Self.stageFile(name)
        guard let bytes = try bytes(file) else { return nil }
        switch StageFile.decode(bytes, name: file, as: Value.self) {
        case .value(let value, let engine):
            note(engine)
            return value
        case .damaged:
            reportDamage(file, "the stage is computed again")
            return nil
        }
    }

    /// Takes in how a part of the run was computed by another process.
    func note(_ engine: Engine) { if engine == .interpreted { state.withLock { $0.engine = .interpreted } } }

    /// One line on standard error.
    func reportDamage(_ name: String, _ effect: String) {
        StandardStream.report("apus: \(path(name)) is damaged: \(effect)".onOneLine)
    }

    /// Whether the stage is complete.
    public func holdsStage(_ name: String...) -> Bool {
        state.withLock { $0.hasBegun } && FilePath.exists(path(Self.stageFile(name)))
    }

    private static func stageFile(_ name: [String]) -> String {
        "stages/\(name.map { FilePath.component($0) }.joined(separator: "/")).json"
    }

    // MARK: - The claim

    /// Makes the claim effective: an earlier run is moved aside, and the marker is written.
    private func begin() throws(InputError) {
        try state.withLock { (state) throws(InputError) in
            if state.hasBegun { return }
            try ReplacedRun(folder: path).setAside()
            try write(state.marker)
            state.hasBegun = true
        }
    }

    private func write(_ marker: RunMarker) throws(InputError) {
        try AtomicFile.write(ExactJSON.encode(marker, pretty: true), to: path(RunMarker.fileName))
    }

    private static func requireEmpty(_ path: String) throws(InputError) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let others = names.filter { !$0.hasSuffix(AtomicFile.temporarySuffix) }.sorted()
        guard let first = others.first else { return }
        throw InputError(
            .cannotCreate, at: .init(path), "the folder is not empty: it holds \(first.quoted)",
            expected: "--force or another folder")
    }

    /// Removes half-written files of a killed run.
    private static func removeTemporaryFiles(_ path: String) {
        let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        for name in names where name.hasSuffix(AtomicFile.temporarySuffix) { unlink(FilePath.join(path, name)) }
    }
}

extension RunMarker {
    /// Takes over the stages that another process has finished.
    mutating func continues(_ other: RunMarker) {
        otherPrograms = other.otherPrograms
        if other.program != program, !otherPrograms.contains(other.program) { otherPrograms.append(other.program) }
        otherPrograms.removeAll { $0 == program }
        isFinished = other.isFinished && other.subject == subject
        times = other.times
        linearAlgebra = other.linearAlgebra
    }
}
