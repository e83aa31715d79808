#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A new folder, open to nobody else, in which one source is compiled; it is gone when it is left.
struct WorkingFolder: ~Copyable {
    static let prefix = ".making-"
    let folder: Descriptor
    let path: String

    init(in parent: String) throws(SystemFailure) {
        var template = Array((parent + "/" + WorkingFolder.prefix + "XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw .last(parent) }
        let name = template.withUnsafeBytes { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        folder = try Descriptor(folder: name)
        path = name
    }

    deinit {
        WorkingFolder.empty(folder)
        rmdir(path)
    }

    var library: String { path + "/" + Compiler.libraryName }

    func write(source: String) throws(SystemFailure) {
        let file = try Descriptor(Compiler.sourceName, in: folder, O_WRONLY | O_CREAT | O_EXCL)
        try withBytes(of: Array(source.utf8)) { (bytes) throws(SystemFailure) in try file.append(bytes, path) }
    }

    /// Removes a folder that another process left.
    static func remove(_ name: String, in parent: borrowing Descriptor) {
        guard let folder = try? Descriptor(name, in: parent, O_RDONLY | O_DIRECTORY) else { return }
        empty(folder)
        unlinkat(parent.number, name, AT_REMOVEDIR)
    }

    /// A compiler writes files here and no folders.
    private static func empty(_ folder: borrowing Descriptor) {
        for name in namesOfEntries(in: folder) { unlinkat(folder.number, name, 0) }
    }
}
