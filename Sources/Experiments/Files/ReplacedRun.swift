import Foundation

/// The files of a run that is being replaced: kept in a hidden folder of the run's folder until the new run is
/// finished.
///
/// At any moment the folder holds one whole run, or clearly a new one that goes on with `resume`. The marker of a run
/// moves first and returns last, so that each state tells what was under way:
///
/// | in the folder | under way when the process ended | `recover` |
/// |---|---|---|
/// | `.discarded-run`, marker | the removal of a run of no further use | ends it |
/// | `.discarded-run`, no marker | the same, of a new run that did not finish | ends it, and brings the old run back |
/// | `.replaced-run`, no marker | the old run was moved aside or back | brings it back |
/// | `.replaced-run`, marker | the new run | nothing |
struct ReplacedRun {
    /// The run's folder.
    let folder: String

    private var aside: String { FilePath.join(folder, ".replaced-run") }
    private var discarded: String { FilePath.join(folder, ".discarded-run") }

    /// The entries that a run writes into its folder; others are never touched.
    private static let entries = [
        RunMarker.fileName, "stages", "models", "tensorboard", "results.json", "results.nc", "report.html",
        "findings.json", "latest.json",
    ]

    /// Completes the work of a killed process.
    func recover() throws(InputError) {
        let hasMarker = exists(FilePath.join(folder, RunMarker.fileName))
        if exists(discarded) {
            if !hasMarker { try moveEntries(from: folder, to: discarded) }
            try removeDiscarded()
        }
        if exists(aside), !hasMarker { try moveBack() }
    }

    /// Moves the run that the folder holds aside. One that was itself to replace another, and did not finish, is
    /// discarded instead.
    func setAside() throws(InputError) {
        if exists(aside) {
            try FolderLock.makeFolder(discarded)
            try moveEntries(from: folder, to: discarded)
            try removeDiscarded()
        } else if Self.entries.contains(where: { exists(FilePath.join(folder, $0)) }) {
            try FolderLock.makeFolder(aside)
            do throws(InputError) {
                try moveEntries(from: folder, to: aside)
            } catch {
                try? moveBack()
                throw error
            }
        }
    }

    /// Gives the replaced run up; the files of the new one are whole.
    func discard() throws(InputError) {
        guard exists(aside) else { return }
        try move(aside, to: discarded)
    }

    /// Removes discarded files. Files that no run writes return to their place.
    func removeDiscarded() throws(InputError) {
        guard exists(discarded) else { return }
        for name in FileManager.default.enumerator(atPath: discarded)?.compactMap({ $0 as? String }) ?? []
        where !Self.isOfARun(name) {
            let (source, target) = (FilePath.join(discarded, name), FilePath.join(folder, name))
            guard !isFolder(source), !exists(target) else { continue }
            try FolderLock.makeFolder(FilePath.folder(of: target))
            try move(source, to: target)
        }
        do {
            try FileManager.default.removeItem(atPath: discarded)
        } catch {
            throw InputError(.noPermission, at: .init(discarded), "cannot remove the files of the replaced run")
        }
    }

    private func moveBack() throws(InputError) {
        try moveEntries(from: aside, to: folder, markerFirst: false)
        rmdir(aside)
    }

    private func moveEntries(from source: String, to target: String, markerFirst: Bool = true) throws(InputError) {
        let entries = markerFirst ? Self.entries : Self.entries.reversed()
        for entry in entries where exists(FilePath.join(source, entry)) {
            try move(FilePath.join(source, entry), to: FilePath.join(target, entry))
        }
    }

    private func move(_ source: String, to target: String) throws(InputError) {
        guard rename(source, target) == 0 else {
            throw .system(errno, .cannotCreate, doing: "move it to \(FilePath.name(of: target))", file: source)
        }
    }

    /// Whether a run writes files of this name, which is relative to its folder.
    private static func isOfARun(_ name: String) -> Bool {
        let file = FilePath.name(of: name)
        return name.hasPrefix("stages/") || file.hasPrefix("events.out.tfevents.")
            || [".json", ".safetensors", ".nc", ".html", AtomicFile.temporarySuffix].contains(where: file.hasSuffix)
    }

    private func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    private func isFolder(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
