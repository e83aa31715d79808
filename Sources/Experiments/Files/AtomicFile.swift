import Foundation

/// Writing a whole file so that it is seen complete or not at all.
public enum AtomicFile {
    /// Writes the bytes to a temporary file in the same folder, flushes it to the device and renames it to `path`.
    ///
    /// A file that was there stays as it was until the new one is complete; on failure the temporary file is removed.
    ///
    /// - Throws: `cannotCreate`, `noPermission`, or `inputOutput` (a full disk).
    public static func write(_ bytes: some Collection<UInt8>, to path: String) throws(InputError) {
        let temporary = temporaryPath(for: path)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .system(errno, .cannotCreate, doing: "create the file", file: path) }
        do throws(InputError) {
            try fill(descriptor, with: Array(bytes), path: path)
            guard rename(temporary, path) == 0 else {
                throw .system(errno, .cannotCreate, doing: "put the new file in its place", file: path)
            }
        } catch {
            unlink(temporary)
            throw error
        }
        flushFolder(of: path)
    }

    /// Writes the text in UTF-8; see ``write(_:to:)-(Collection<UInt8>,_)``.
    public static func write(_ text: String, to path: String) throws(InputError) {
        try write(Array(text.utf8), to: path)
    }

    /// Throws the error that `write` to the path would throw now: before long work whose end it is.
    public static func requireWritable(_ path: String) throws(InputError) {
        let temporary = temporaryPath(for: path)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .system(errno, .cannotCreate, doing: "create the file", file: path) }
        close(descriptor)
        unlink(temporary)
    }

    /// The ending of the names of temporary files.
    static let temporarySuffix = ".apus-temporary"

    /// Writes all bytes, flushes them to the device and closes the descriptor, whatever happens.
    static func fill(_ descriptor: Int32, with bytes: [UInt8], path: String) throws(InputError) {
        var failure = bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let count = Foundation.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0 && errno != EINTR { return errno }
                rest = rest.dropFirst(max(count, 0))
            }
            return 0
        }
        // Devices and pipes cannot be flushed: that is no failure.
        if failure == 0 && fsync(descriptor) != 0 && errno != EINVAL { failure = errno }
        // Some file systems report a full disk only here.
        if close(descriptor) != 0 && failure == 0 { failure = errno }
        if failure != 0 { throw .system(failure, .inputOutput, doing: "write the file", file: path) }
    }

    private static func temporaryPath(for path: String) -> String {
        let random = String(UInt64.random(in: .min ... .max), radix: 36)
        // Without the file's own name, which may be as long as a name can be.
        return FilePath.join(FilePath.folder(of: path), ".\(random)\(temporarySuffix)")
    }

    /// Makes the rename itself survive a loss of power; where folders cannot be flushed there is nothing to do.
    private static func flushFolder(of path: String) {
        let descriptor = open(FilePath.folder(of: path), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}

/// The few operations on paths that are needed, as plain text: a path prints as its author wrote it.
enum FilePath {
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    static func name(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }

    /// The letters after the last dot of the name, in lower case.
    static func fileExtension(of path: String) -> String {
        let name = name(of: path)
        return name.lastIndex(of: ".").map { name[name.index(after: $0)...].lowercased() } ?? ""
    }

    static func join(_ folder: String, _ path: String) -> String {
        if path.hasPrefix("/") || folder == "." || folder.isEmpty { return path }
        return folder.hasSuffix("/") ? folder + path : folder + "/" + path
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Any text as the name of a file or folder, which stays in its folder and is another one for another text.
    ///
    /// A byte that is no letter or digit of ASCII, `-`, `_` or inner dot is written `%2F`, and an empty text `%`; of a
    /// long text the first part stands with a hash of all of it. The name has at most 120 bytes, so that an extension
    /// fits.
    static func component(_ text: String) -> String {
        if text.isEmpty { return "%" }
        var name = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                name.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: ".") where !name.isEmpty: name += "."
            default: name += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        guard name.utf8.count > 120 else { return name }
        var fingerprint = Fingerprint()
        fingerprint.combine(text)
        return "\(name.prefix(100))~\(fingerprint)"
    }
}
