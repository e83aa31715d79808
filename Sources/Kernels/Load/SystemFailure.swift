#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Why no machine code was made: one line, for the warning.
struct SystemFailure: Error {
    let reason: String
    let isTimeout: Bool

    init(_ reason: String, isTimeout: Bool = false) {
        self.reason = reason
        self.isTimeout = isTimeout
    }

    /// The system's message on its last call.
    static func last(_ what: String) -> SystemFailure {
        let code = errno
        return SystemFailure("\(what): \(String(cString: strerror(code)))")
    }
}

/// An open file, closed when it is left.
struct Descriptor: ~Copyable {
    let number: Int32

    /// A file or folder inside of `folder`; a symbolic link is never followed.
    init(_ name: String, in folder: borrowing Descriptor, _ flags: Int32, mode: mode_t = 0o600) throws(SystemFailure) {
        number = openat(folder.number, name, flags | O_NOFOLLOW | O_CLOEXEC, mode)
        if number < 0 { throw .last(name) }
    }

    /// A folder; its last component is no symbolic link.
    init(folder path: String) throws(SystemFailure) {
        number = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        if number < 0 { throw .last(path) }
    }

    deinit { close(number) }

    func status() throws(SystemFailure) -> stat {
        var status = stat()
        guard fstat(number, &status) == 0 else { throw .last("a file of machine code") }
        return status
    }

    /// The whole of a regular file of this user that nobody else may change; nil for any other, and for one that is no
    /// machine code by its size.
    func ownContents() throws(SystemFailure) -> [UInt8]? {
        let status = try status()
        guard status.isFile, status.isPrivate, status.st_size <= 1 << 28 else { return nil }
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, count in
            while count < buffer.count {
                let got = pread(number, buffer.baseAddress! + count, buffer.count - count, off_t(count))
                if got < 0 && errno == EINTR { continue }
                if got <= 0 {
                    failed = got < 0
                    break
                }
                count += got
            }
        }
        if failed { throw .last("a file of machine code") }
        return bytes
    }

    /// Writes all of `bytes` at the end, or throws: a full disk shows here.
    func append(_ bytes: UnsafeRawBufferPointer, _ what: String) throws(SystemFailure) {
        guard lseek(number, 0, SEEK_END) >= 0 else { throw .last(what) }
        var done = 0
        while done < bytes.count {
            let wrote = write(number, bytes.baseAddress! + done, bytes.count - done)
            if wrote < 0 && errno == EINTR { continue }
            guard wrote > 0 else { throw .last(what) }
            done += wrote
        }
    }
}

extension stat {
    var isFile: Bool { st_mode & S_IFMT == S_IFREG }
    var isFolder: Bool { st_mode & S_IFMT == S_IFDIR }
    /// Belongs to this user, and nobody else may change it.
    var isPrivate: Bool { st_uid == geteuid() && st_mode & 0o022 == 0 }

    /// Seconds since 1970 of the last change.
    var modified: Int {
        #if canImport(Glibc)
            st_mtim.tv_sec
        #else
            st_mtimespec.tv_sec
        #endif
    }

    var modifiedNanoseconds: Int {
        #if canImport(Glibc)
            st_mtim.tv_nsec
        #else
            st_mtimespec.tv_nsec
        #endif
    }
}
