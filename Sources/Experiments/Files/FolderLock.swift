import Foundation
import Studies

/// A folder that this process alone writes into, for the life of the object; the system drops the lock when the process
/// ends.
final class FolderLock: Sendable {
    private let descriptor: Int32
    /// The folders that did not exist before, the innermost first; they go again if nothing is put into them.
    private let made: [String]

    /// Makes the folder with those above it, and takes the lock.
    ///
    /// - Throws: `cannotCreate` where the folder cannot be made or is locked by another process; `noPermission`.
    init(_ path: String) throws(InputError) {
        while true {
            let made = try Self.makeFolder(path)
            let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard descriptor >= 0 else {
                let number = errno
                Self.removeEmpty(made)
                throw .system(number, .cannotCreate, doing: "open the folder", file: path)
            }
            // File systems without locks leave it to the user.
            if flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK {
                close(descriptor)
                throw InputError(
                    .cannotCreate, at: .init(path), "another process is writing into this folder",
                    expected: "another folder")
            }
            // A process that gave the folder up may have removed it in between.
            if Self.isSame(descriptor, path) {
                (self.descriptor, self.made) = (descriptor, made)
                return
            }
            close(descriptor)
        }
    }

    deinit {
        Self.removeEmpty(made)
        close(descriptor)
    }

    /// Makes the folder and those above it; returns those that did not exist, the innermost first.
    @discardableResult
    static func makeFolder(_ path: String) throws(InputError) -> [String] {
        if mkdir(path, 0o777) == 0 { return [path] }
        var number = errno
        if number == EEXIST { return [] }
        var made: [String] = []
        if number == ENOENT, FilePath.folder(of: path) != path {
            made = try makeFolder(FilePath.folder(of: path))
            if mkdir(path, 0o777) == 0 { return [path] + made }
            number = errno
            if number == EEXIST { return made }
        }
        removeEmpty(made)
        throw .system(number, .cannotCreate, doing: "make the folder", file: path)
    }

    private static func removeEmpty(_ folders: [String]) { for folder in folders { rmdir(folder) } }

    private static func isSame(_ descriptor: Int32, _ path: String) -> Bool {
        var (opened, named) = (stat(), stat())
        return fstat(descriptor, &opened) == 0 && stat(path, &named) == 0 && opened.st_ino == named.st_ino
            && opened.st_dev == named.st_dev
    }
}
