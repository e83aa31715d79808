#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A folder that keeps machine code from one process to the next.
///
/// Only its user can write there, and a link in its place is refused. A file is named by the hash of all that it was
/// made from, appears whole under its name or not at all, and ends with a checksum that also covers the name: a file
/// that is cut, changed or renamed is made again. Processes may share the folder, and it may be deleted at any time.
struct CodeCache: ~Copyable {
    let folder: Descriptor
    let path: String

    /// Opens the folder, making it where it does not exist; throws where it is a link, another user's,
    /// or open to others.
    init(_ path: String) throws(SystemFailure) {
        CodeCache.makeFolders(path)
        let opened = try Descriptor(folder: path)
        let status = try opened.status()
        let reason = "\(path) belongs to another user, or others may write to it"
        if !status.isPrivate { throw SystemFailure(reason) }
        folder = opened
        self.path = resolvedPath(path) ?? path
    }

    private static func makeFolders(_ path: String) {
        for (index, character) in zip(path.indices, path) where character == "/" && index != path.startIndex {
            mkdir(String(path[..<index]), 0o700)
        }
        mkdir(path, 0o700)
    }

    /// The path of the file for `key` if it is there and unharmed.
    func find(_ key: String) -> String? {
        guard let file = try? Descriptor(CodeCache.name(key), in: folder, O_RDONLY | O_NONBLOCK),
            let bytes = try? file.ownContents(), CodeCache.isSealed(bytes, key)
        else { return nil }
        // The time is that of the last use, so that used files stay.
        futimens(file.number, nil)
        return path + "/" + CodeCache.name(key)
    }

    /// Moves a sealed library into the cache; readers see all of it or nothing.
    func keep(_ work: borrowing WorkingFolder, as key: String, sizeLimit: Int) throws(SystemFailure) {
        guard renameat(work.folder.number, Compiler.libraryName, folder.number, CodeCache.name(key)) == 0 else {
            throw .last(path)
        }
        trim(to: sizeLimit)
    }

    /// Puts the routines for `key` into `work`, where they are linked; false where they are not here or harmed.
    func lend(routines key: String, to work: borrowing WorkingFolder) -> Bool {
        let name = CodeCache.name(routines: key)
        guard let file = try? Descriptor(name, in: folder, O_RDONLY | O_NONBLOCK),
            let bytes = try? file.ownContents(), CodeCache.isSealed(bytes, key),
            linkat(folder.number, name, work.folder.number, Compiler.routinesName, 0) == 0
        else { return false }
        futimens(file.number, nil)
        return true
    }

    /// Moves routines into the cache; what cannot be kept is made again.
    func keep(routines key: String, of work: borrowing WorkingFolder) {
        guard (try? CodeCache.seal(work, key, Compiler.routinesName)) != nil else { return }
        renameat(work.folder.number, Compiler.routinesName, folder.number, CodeCache.name(routines: key))
    }

    private static func name(routines key: String) -> String { key + ".o" }

    private static func name(_ key: String) -> String { key + ".so" }
}

// MARK: - Checksums

extension CodeCache {
    /// Ends the library in `work` with its checksum, which also finds what a crash cuts: nothing waits for the disk.
    static func seal(
        _ work: borrowing WorkingFolder, _ key: String, _ name: String = Compiler.libraryName
    ) throws(SystemFailure) {
        let file = try Descriptor(name, in: work.folder, O_RDWR)
        fchmod(file.number, 0o600)
        guard let bytes = try file.ownContents(), !bytes.isEmpty else {
            throw SystemFailure("the compiler made no library")
        }
        try withBytes(of: checksum(bytes[...], key)) { (sum) throws(SystemFailure) in try file.append(sum, work.path) }
    }

    static func isSealed(_ bytes: [UInt8], _ key: String) -> Bool {
        bytes.count > 32 && checksum(bytes.dropLast(32), key).elementsEqual(bytes.suffix(32))
    }

    private static func checksum(_ bytes: ArraySlice<UInt8>, _ key: String) -> [UInt8] {
        var hash = SHA256()
        hash.update(key)
        bytes.withUnsafeBytes { hash.update($0) }
        return hash.finish()
    }
}

/// The bytes of an array, for a body that throws.
func withBytes<R>(
    of array: [UInt8], _ body: (UnsafeRawBufferPointer) throws(SystemFailure) -> R
) throws(SystemFailure) -> R {
    let result = array.withUnsafeBytes { bytes -> Result<R, SystemFailure> in
        do throws(SystemFailure) { return .success(try body(bytes)) } catch { return .failure(error) }
    }
    return try result.get()
}

// MARK: - Size

extension CodeCache {
    private struct Entry {
        let name: String
        let size: Int
        let modified: Int
        let isFolder: Bool
    }

    /// Deletes what has not been used for longest until three quarters of `limit` are left, and working folders that a
    /// killed process left an hour ago. Deleting is safe: a process that has loaded a file keeps its mapping.
    func trim(to limit: Int) {
        let entries = entries()
        let stale = time(nil) - 3600
        for entry in entries
        where entry.isFolder && entry.name.hasPrefix(WorkingFolder.prefix) && entry.modified < stale {
            WorkingFolder.remove(entry.name, in: folder)
        }
        let files = entries.filter { !$0.isFolder && ($0.name.hasSuffix(".so") || $0.name.hasSuffix(".o")) }.sorted {
            $0.modified < $1.modified
        }
        var total = files.reduce(0) { $0 + $1.size }
        guard total > limit else { return }
        for file in files where total > limit / 4 * 3 {
            unlinkat(folder.number, file.name, 0)
            total -= file.size
        }
    }

    private func entries() -> [Entry] {
        namesOfEntries(in: folder).compactMap { name in
            var status = stat()
            guard fstatat(folder.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
            return Entry(name: name, size: Int(status.st_size), modified: status.modified, isFolder: status.isFolder)
        }
    }
}

/// The names in a folder without `.` and `..`.
func namesOfEntries(in folder: borrowing Descriptor) -> [String] {
    let copy = openat(folder.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard copy >= 0 else { return [] }
    guard let stream = fdopendir(copy) else {
        close(copy)
        return []
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        if name != "." && name != ".." { names.append(name) }
    }
    return names
}
