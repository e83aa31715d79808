import Foundation

/// The output folder of one run: claimed by one process at a time, with the results of complete stages from which a
/// run resumes.
///
/// A stage is saved when it is complete and at once, so a run that is killed at any moment leaves complete stages only.
///
///     let folder = try RunFolder(claiming: "out", fingerprint: "\(fingerprint)", as: .new)
///     let fit = try folder.stage("folds/linear-3") { () throws(InputError) in try computeFit() }
public final class RunFolder: Sendable {
    /// What to do with a folder that holds something.
    public enum Claim: Sendable {
        /// It is an error.
        case new
        /// The stages of the run in it are removed; its other files stay until they are written again.
        case force
        /// The run in it goes on if it has the same fingerprint, otherwise it is an error; an empty folder begins a
        /// run.
        case resume
    }

    public let path: String
    /// Holds the lock on the folder for the life of this object.
    private let descriptor: Int32

    /// Claims the folder, and makes it if need be.
    ///
    /// - Parameter fingerprint: what tells this run from another: the configuration, the input, the version of the
    ///   program.
    /// - Throws: `cannotCreate` where the folder holds a run or other files, is in use, or is a file; `noPermission`.
    public init(claiming path: String, fingerprint: String, as claim: Claim) throws(InputError) {
        self.path = path
        descriptor = try Self.lock(path)
        let previous = try previousFingerprint()
        switch (claim, previous) {
        case (.force, _): try removeStages()
        case (.resume, fingerprint?): removeTemporaryFiles()
        case (_, _?):
            throw InputError(
                .cannotCreate, at: .init(path),
                claim == .resume
                    ? "the folder holds a run with another configuration, input or program"
                    : "the folder already holds \(previous == fingerprint ? "this" : "another") run",
                expected: previous == fingerprint ? "--resume, --force or another folder" : "--force or another folder")
        case (_, nil): try requireEmpty()
        }
        try AtomicFile.write(ExactJSON.encode(Marker(fingerprint: fingerprint)), to: self.path(Self.markerName))
    }

    deinit { close(descriptor) }

    /// The path of a file in the folder.
    public func path(_ name: String) -> String { FilePath.join(path, name) }

    /// The result of a stage: read, if a run has completed it before; otherwise computed and saved.
    ///
    /// Numbers come back bit for bit. A stage that cannot be read as `Value` is computed again.
    ///
    /// - Parameter name: any text; slashes make folders.
    /// - Throws: what `compute` throws, and the errors of ``AtomicFile``.
    public func stage<Value: Codable>(
        _ name: String, compute: () throws(InputError) -> Value
    ) throws(InputError) -> Value {
        let file = stageFile(name)
        if let saved: Value = try Self.existingBytes(file).flatMap({ ExactJSON.decode(from: $0) }) { return saved }
        let value = try compute()
        try Self.makeFolder(FilePath.folder(of: file))
        try AtomicFile.write(ExactJSON.encode(value), to: file)
        return value
    }

    /// Whether the stage is complete.
    public func holdsStage(_ name: String) -> Bool { access(stageFile(name), F_OK) == 0 }

    private struct Marker: Codable {
        var fingerprint: String
    }

    private static let markerName = "run.json"
    private static let stagesName = "stages"

    private func stageFile(_ name: String) -> String {
        let parts = name.split(separator: "/", omittingEmptySubsequences: true).map { Self.fileName(String($0)) }
        return path("\(Self.stagesName)/\(parts.joined(separator: "/")).json")
    }

    /// The text as a file's name: what is not a letter, a digit, `-`, `_` or an inner dot is written `%2F`.
    private static func fileName(_ text: String) -> String {
        let encoded = text.utf8.map { byte -> String in
            let scalar = Unicode.Scalar(byte)
            let isPlain =
                scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789-_.".unicodeScalars.contains(scalar))
            return isPlain ? String(scalar) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
        return encoded.hasPrefix(".") ? "%2E" + encoded.dropFirst() : encoded
    }

    private func previousFingerprint() throws(InputError) -> String? {
        let file = path(Self.markerName)
        guard let bytes = try Self.existingBytes(file) else { return nil }
        // A marker that cannot be read is somebody else's file: a run, but not this one.
        return ExactJSON.decode(Marker.self, from: bytes)?.fingerprint ?? ""
    }

    private func requireEmpty() throws(InputError) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let others = names.filter { !$0.hasSuffix(AtomicFile.temporarySuffix) }.sorted()
        guard let first = others.first else { return removeTemporaryFiles() }
        throw InputError(
            .cannotCreate, at: .init(path), "the folder is not empty: it holds \(first.quoted)",
            expected: "--force or another folder")
    }

    private func removeStages() throws(InputError) {
        removeTemporaryFiles()
        let stages = path(Self.stagesName)
        guard access(stages, F_OK) == 0 else { return }
        do {
            try FileManager.default.removeItem(atPath: stages)
        } catch {
            throw InputError(.noPermission, at: .init(stages), "cannot remove the stages of the earlier run")
        }
    }

    /// Removes what a killed run left half written.
    private func removeTemporaryFiles() {
        let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        for name in names where name.hasSuffix(AtomicFile.temporarySuffix) { unlink(path(name)) }
    }

    /// Makes the folder and takes the lock on it, which the system drops when the process ends.
    private static func lock(_ path: String) throws(InputError) -> Int32 {
        try makeFolder(path)
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(errno, .cannotCreate, doing: "open the folder", file: path) }
        // File systems without locks leave it to the user.
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK {
            close(descriptor)
            throw InputError(
                .cannotCreate, at: .init(path), "another process is writing into this folder",
                expected: "another folder")
        }
        return descriptor
    }

    /// Makes the folder and those above it.
    static func makeFolder(_ path: String) throws(InputError) {
        if mkdir(path, 0o777) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, FilePath.folder(of: path) != path else {
            throw .system(errno, .cannotCreate, doing: "make the folder", file: path)
        }
        try makeFolder(FilePath.folder(of: path))
        guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
            throw .system(errno, .cannotCreate, doing: "make the folder", file: path)
        }
    }

    /// The bytes of a file, or `nil` where there is none.
    private static func existingBytes(_ file: String) throws(InputError) -> [UInt8]? {
        access(file, F_OK) == 0 ? try InputFile.bytes(file) : nil
    }
}
