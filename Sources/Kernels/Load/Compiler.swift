internal import CSystem

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A C compiler: where it is, how it is called, and what tells it from every other.
struct Compiler: Sendable {
    let path: String
    /// Path, size, time and inode of the resolved file, so that its version need not be asked for at each start.
    let identity: String
    /// The linker beside the compiler, which is its own and needs no other package.
    private let linker: String?

    /// The names of the files in the working folder are constants: nothing of a program reaches the command line.
    static let sourceName = "program.c"
    static let libraryName = "program.so"
    static let messagesName = "messages"
    private static let objectName = "program.o"

    /// The compiler that the settings name, or the first that is found; nil for `none`.
    init?(_ settings: Settings) throws(SystemFailure) {
        guard let path = try Compiler.find(settings) else { return nil }
        var status = stat()
        guard stat(path, &status) == 0 else { throw .last(path) }
        self.path = path
        let resolved = resolvedPath(path) ?? path
        let linker = parent(resolved) + "/ld.lld"
        self.linker = access(linker, X_OK) == 0 ? linker : nil
        identity =
            "\(path) \(resolved) \(status.st_size) \(status.modified).\(status.modifiedNanoseconds) \(status.st_dev) \(status.st_ino)"
    }

    /// What is run one after the other: the compiler, and the linker where it can be called by itself, in half of the time that
    /// the compiler needs to call it.
    func commands(_ effort: Effort) -> [[String]] {
        let compile = [path] + effort.flags + Compiler.flags
        if let linker, let libraries = Compiler.libraries {
            return [
                compile + ["-c", Compiler.sourceName, "-o", Compiler.objectName],
                [linker, "-shared", "-z", "now", Compiler.objectName, "-o", Compiler.libraryName] + libraries,
            ]
        }
        // No start files and no default libraries.
        let link = [
            "-shared", "-nostdlib", Compiler.sourceName, "-o", Compiler.libraryName, "-lm", "-lc", "-Wl,-z,now",
        ]
        return [compile + link + (linker == nil ? [] : ["-fuse-ld=lld"])]
    }

    private static let flags: [String] = {
        #if arch(arm64)
            let processor = "-mcpu=native"
        #else
            let processor = "-march=native"
        #endif
        return [
            "-x", "c", "-std=gnu11", processor, "-ffp-contract=fast", "-fno-math-errno", "-fno-trapping-math",
            "-fno-stack-protector", "-fno-ident", "-w", "-g0", "-fPIC",
        ]
    }()

    /// The mathematics and C libraries of this process, all that the code needs; nil where the system does not say.
    private static let libraries: [String]? = {
        #if canImport(Glibc)
            let files = ["cos", "memcpy"].compactMap { (name: String) in apus_library(name).map { String(cString: $0) }
            }
            return files.count == 2 && files.allSatisfy { $0.hasPrefix("/") } ? files : nil
        #else
            return nil
        #endif
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

/// How hard the compiler tries; each program has its own, so that its results do not depend on time.
package enum Effort: Sendable {
    /// Loops become vectors and little more, in a third of the time: for programs that run for a few milliseconds at most.
    case quick
    /// All that the compiler has: for much work, and for lanes and Fourier transforms, whose code is unrolled and rearranged.
    case thorough

    fileprivate var flags: [String] {
        switch self {
        case .quick: ["-O1", "-ftree-vectorize"]
        case .thorough: ["-O3"]
        }
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
