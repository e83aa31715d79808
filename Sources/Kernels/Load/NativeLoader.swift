import Synchronization
import Tensors

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Makes machine code from source, keeps it in a cache on the disk, and loads each source once.
final class NativeLoader: Sendable {
    static let ofProcess = NativeLoader(.ofProcess)

    /// One program: whoever comes while it is being made waits for it.
    private final class Program: Sendable {
        let library = Mutex<NativeLibrary??>(nil)
    }

    private let settings: Settings
    private let compiler: Compiler?
    private let fingerprint: String
    private let programs = Mutex<[String: Program]>([:])
    private let warned = Atomic(false)
    private let reasons = Mutex<[String]>([])
    /// Why sources were not made into machine code, each reason once.
    var failures: [String] { reasons.withLock { $0 } }
    /// A compiler that hangs is not waited for a second time.
    private let hangs = Atomic(false)
    private let warning: @Sendable (String) -> Void

    init(_ settings: Settings, warning: @escaping @Sendable (String) -> Void = { writeWarning($0) }) {
        self.settings = settings
        self.warning = warning
        var failure: SystemFailure?
        do throws(SystemFailure) {
            compiler = try Compiler(settings)
        } catch {
            compiler = nil
            failure = error
        }
        fingerprint = compiler.map { NativeLoader.fingerprint($0) } ?? ""
        if let complaint = settings.complaint { warning("apus: \(complaint)\n") }
        if let failure { warn(failure) }
    }

    /// The source of machine code, and its name in the cache.
    private struct Recipe {
        let source: String
        let effort: Effort
        let key: String
        /// The name of the routines; nil where they are not made by themselves.
        let routines: String?
    }

    /// All but the source and the effort that machine code depends on;
    /// the first line changes with the form of the files.
    private static func fingerprint(_ compiler: Compiler) -> String {
        "apus machine code 1\n\(compiler.identity)\n\(processorDescription())\n"
    }

    func load(_ source: String, routines: String? = nil, _ effort: Effort = .thorough) -> NativeLibrary? {
        guard let compiler else {
            note(settings.compiler == "none" ? "APUS_COMPILER is none" : "there is no C compiler that can be run")
            return nil
        }
        let key = hexadecimal(SHA256.digest(fingerprint + "\(compiler.commands(effort))\n" + source))
        let program = programs.withLock { programs in
            if let known = programs[key] { return known }
            let new = Program()
            programs[key] = new
            return new
        }
        return program.library.withLock { library in
            if let known = library { return known }
            let command = compiler.commandOfRoutines(effort)
            let routines = command.flatMap { command in
                routines.map { hexadecimal(SHA256.digest(fingerprint + "\(command)\n" + $0)) }
            }
            let made = make(Recipe(source: source, effort: effort, key: key, routines: routines), compiler)
            library = .some(made)
            return made
        }
    }

    private func make(_ recipe: Recipe, _ compiler: Compiler) -> NativeLibrary? {
        do throws(SystemFailure) {
            return try keptOrMade(recipe, compiler)
        } catch {
            note(error.reason)
            warn(error)
            return nil
        }
    }

    private func note(_ reason: String) {
        reasons.withLock { if !$0.contains(reason), $0.count < 20 { $0.append(reason) } }
    }

    private func keptOrMade(_ recipe: Recipe, _ compiler: Compiler) throws(SystemFailure) -> NativeLibrary {
        guard let path = settings.cache else {
            return try made(recipe, compiler, WorkingFolder(in: settings.temporary))
        }
        let cache: CodeCache
        do throws(SystemFailure) {
            cache = try CodeCache(path)
        } catch {
            warn(error, "machine code is made anew by every process")
            return try made(recipe, compiler, WorkingFolder(in: settings.temporary))
        }
        if let found = cache.find(recipe.key), let library = NativeLibrary(path: found) { return library }
        let work = try WorkingFolder(in: cache.path)
        var hasRoutines = false
        if let routines = recipe.routines { hasRoutines = cache.lend(routines: routines, to: work) }
        let library = try made(recipe, compiler, work, hasRoutines: hasRoutines)
        if let routines = recipe.routines, !hasRoutines { cache.keep(routines: routines, of: work) }
        do throws(SystemFailure) {
            try cache.keep(work, as: recipe.key, sizeLimit: settings.sizeLimit)
        } catch {
            warn(error, "machine code is made anew by every process")
        }
        return library
    }

    /// Compiled, sealed and loaded; only what could be loaded may go into the cache.
    /// The folder may be removed afterwards.
    private func made(
        _ recipe: Recipe, _ compiler: Compiler, _ work: borrowing WorkingFolder, hasRoutines: Bool = false
    ) throws(SystemFailure) -> NativeLibrary {
        guard !hangs.load(ordering: .relaxed) else { throw SystemFailure("the compiler took too long before") }
        try work.write(source: recipe.source)
        do throws(SystemFailure) {
            try compiler.compile(
                recipe.effort, hasRoutines: hasRoutines, in: work.folder, seconds: settings.timeLimit)
        } catch {
            if error.isTimeout { hangs.store(true, ordering: .relaxed) }
            throw error
        }
        try CodeCache.seal(work, recipe.key)
        guard let library = NativeLibrary(path: work.library) else {
            throw SystemFailure("machine code cannot be loaded: \(String(cString: dlerror()))")
        }
        return library
    }

    /// Once per process: the same cause would be told for every program.
    private func warn(_ failure: SystemFailure, _ effect: String = "programs are interpreted, not run as machine code")
    {
        let isFirst = warned.exchange(true, ordering: .relaxed) == false
        if isFirst { warning("apus: \(effect): \(failure.reason) (APUS_COMPILER=none: no machine code, no warning)\n") }
    }
}

private func writeWarning(_ text: String) {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
}
