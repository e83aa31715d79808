internal import CSystem

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A C compiler: its path, its call, and its identity.
struct Compiler: Sendable {
    let path: String
    /// Path, size, time and inode of the resolved file, so that its version need not be asked for at each start.
    let identity: String
    /// The width of vectors that was asked for; nil for all that the processor has.
    private let vectors: VectorWidth?
    /// The linker beside the compiler, which is its own and needs no other package.
    private let linker: String?

    /// The names of the files in the working folder are constants: nothing of a program reaches the command line.
    static let sourceName = "program.c"
    static let libraryName = "program.so"
    static let routinesName = "routines.o"
    static let messagesName = "messages"

    /// The arguments for the object of the second half; nil where there is none.
    func commandOfRoutines(_ effort: Effort) -> [String]? {
        guard effort.halves.contains(where: { $0.object == Self.routinesName }) else { return nil }
        return commands(effort)[0].first { $0.contains(Self.routinesName) }
    }

    /// The compiler that the settings name, or the first that is found; nil for `none`.
    init?(_ settings: Settings) throws(SystemFailure) {
        guard let path = try Compiler.find(settings) else { return nil }
        var status = stat()
        guard stat(path, &status) == 0 else { throw .last(path) }
        self.path = path
        vectors = try VectorWidth.named(settings)
        let resolved = resolvedPath(path) ?? path
        let linker = parent(resolved) + "/ld.lld"
        self.linker = access(linker, X_OK) == 0 ? linker : nil
        identity =
            "\(path) \(resolved) \(status.st_size) \(status.modified).\(status.modifiedNanoseconds) \(status.st_dev) \(status.st_ino)"
    }

    /// What is run at the same time, and what after it: the compiler, and the linker where it can be called by itself,
    /// in half of the time that the compiler needs to call it.
    ///
    /// - Parameter hasRoutines: whether the object of the second half is there already.
    func commands(_ effort: Effort, hasRoutines: Bool = false) -> [[[String]]] {
        let compile = { (half: Int) in
            [path] + effort.flags(half) + Compiler.flags + VectorWidth.flags(vectors) + Compiler.sanitizers
        }
        // The same units whichever way they are linked: a routine that is written into its caller has other last
        // digits.
        let halves = effort.halves.filter { !hasRoutines || $0.half != 2 }.map { (half, object) in
            compile(half) + ["-DHALF=\(half)", "-c", Compiler.sourceName, "-o", object]
        }
        // Sanitizers have libraries of their own, which the compiler finds.
        guard let linker, let libraries = Compiler.libraries, Compiler.sanitizers.isEmpty else {
            // No start files and no default libraries.
            let link = [path] + Compiler.sanitizers + (linker == nil ? [] : ["-fuse-ld=lld"])
            let library = ["-o", Compiler.libraryName, "-lm", "-lc", "-Wl,-z,now"]
            return [halves, [link + ["-shared", "-nostdlib"] + effort.halves.map(\.object) + library]]
        }
        let link = [linker, "-shared", "-z", "now", "-o", Compiler.libraryName]
        return [halves, [link + effort.halves.map(\.object) + libraries]]
    }

    private static let flags: [String] = {
        #if arch(arm64)
            languageFlags + ["-mcpu=native"]
        #else
            languageFlags + ["-march=native"]
        #endif
    }()

    /// The same for every processor.
    static let languageFlags = [
        "-x", "c", "-std=gnu11", "-ffp-contract=fast", "-fno-math-errno", "-fno-trapping-math", "-fno-stack-protector",
        "-fno-ident", "-w", "-g0", "-fPIC",
    ]

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

    /// Code that joins a process under sanitizers is made for the same ones,
    /// which are told by what they bring with them.
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

/// How hard the compiler tries; each program has its own, so that its results do not depend on time.
package enum Effort: Sendable {
    /// Loops become vectors and little more, in a third of the time:
    /// for programs that run for a few milliseconds at most.
    case quick
    /// The same, with the routines that the program calls compiled beside it: about half of the time on two cores.
    case quickInHalves
    /// Little for the program, all for the routines that it calls: where the program is so long that its own loops,
    /// unrolled, would take minutes.
    case fastProgramOptimizedRoutines
    /// All that the compiler has: for much work, and for lanes and Fourier transforms,
    /// whose code is unrolled and rearranged.
    case thorough

    /// What of a source is compiled by itself, and the name of what comes of it.
    fileprivate var halves: [(half: Int, object: String)] {
        switch self {
        case .quick, .thorough: [(0, "program.o")]
        case .quickInHalves, .fastProgramOptimizedRoutines: [(1, "program.o"), (2, Compiler.routinesName)]
        }
    }

    /// Of a half; 0 is all in one.
    fileprivate func flags(_ half: Int) -> [String] {
        let (quick, thorough) = (["-O1", "-ftree-vectorize"], ["-O3"])
        return switch self {
        case .quick, .quickInHalves: quick
        case .fastProgramOptimizedRoutines: half == 2 ? thorough : quick
        case .thorough: thorough
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
