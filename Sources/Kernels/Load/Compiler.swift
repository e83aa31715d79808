#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A C compiler: where it is, how it is called, and what tells it from every other.
struct Compiler: Sendable {
    let path: String
    let arguments: [String]
    /// Path, size, time and inode of the resolved file, so that its version need not be asked for at each start.
    let identity: String

    /// The names of the files in the working folder are constants: nothing of a program reaches the command line.
    static let sourceName = "program.c"
    static let libraryName = "program.so"
    static let messagesName = "messages"

    /// The compiler that the settings name, or the first that is found; nil for `none`.
    init?(_ settings: Settings) throws(SystemFailure) {
        guard let path = try Compiler.find(settings) else { return nil }
        var status = stat()
        guard stat(path, &status) == 0 else { throw .last(path) }
        self.path = path
        let resolved = resolvedPath(path) ?? path
        // A linker beside the compiler is its own, and needs no other package.
        let linker = parent(resolved) + "/ld.lld"
        arguments = Compiler.flags + Compiler.sanitizers + (access(linker, X_OK) == 0 ? ["-fuse-ld=lld"] : [])
        identity =
            "\(path) \(resolved) \(status.st_size) \(status.modified).\(status.modifiedNanoseconds) \(status.st_dev) \(status.st_ino)"
    }

    /// No start files and no default libraries: the code needs the C and mathematics libraries only, which the process has.
    private static let flags: [String] = {
        #if arch(arm64)
            let processor = "-mcpu=native"
        #else
            let processor = "-march=native"
        #endif
        return [
            "-x", "c", "-std=gnu11", "-O3", processor, "-ffp-contract=fast", "-fno-math-errno", "-fno-trapping-math",
            "-fno-stack-protector", "-fno-ident", "-w", "-g0", "-fPIC", "-shared", "-nostdlib", sourceName, "-o",
            libraryName, "-lm", "-lc", "-Wl,-z,now",
        ]
    }()

    /// Code that joins a process under sanitizers is made for the same ones, which are told by what they bring with them.
    private static let sanitizers: [String] = {
        let process = dlopen(nil, RTLD_NOW)
        let found = [
            ("__asan_init", "address"), ("__tsan_init", "thread"), ("__ubsan_handle_add_overflow", "undefined"),
        ].filter { dlsym(process, $0.0) != nil }
        if found.isEmpty { return [] }
        return ["-fsanitize=" + found.map(\.1).joined(separator: ","), "-fno-sanitize-recover=all"]
    }()

    private static func find(_ settings: Settings) throws(SystemFailure) -> String? {
        if let named = settings.compiler {
            if named == "none" { return nil }
            let path = named.contains("/") ? absolutePath(named) : executable(named, settings.searchPath)
            guard let path, isExecutable(path) else {
                throw SystemFailure("APUS_COMPILER is \(named), which is no program that can be run")
            }
            return path
        }
        for tool in ["swift", "swiftc"] {
            guard let found = executable(tool, settings.searchPath), let resolved = resolvedPath(found) else {
                continue
            }
            let clang = parent(resolved) + "/clang"
            if isExecutable(clang) { return clang }
        }
        for name in ["clang", "cc", "gcc"] {
            if let found = executable(name, settings.searchPath) { return found }
        }
        throw SystemFailure("no C compiler found (clang, cc, gcc)")
    }

    private static func executable(_ name: String, _ folders: [String]) -> String? {
        folders.lazy.map { $0 + "/" + name }.first(where: isExecutable)
    }

    private static func isExecutable(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.isFile && access(path, X_OK) == 0
    }
}

func resolvedPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
}

private func absolutePath(_ path: String) -> String? { path.hasPrefix("/") ? path : resolvedPath(path) }

private func parent(_ path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
}
