import Dispatch
import Synchronization
import Testing

@testable import Kernels

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

private let source = "double twice(double x) { return 2 * x; }\n"

private func call(_ library: NativeLibrary?, _ x: Double) -> Double? {
    guard let address = library?.symbol("twice") else { return nil }
    return unsafeBitCast(address, to: (@convention(c) (Double) -> Double).self)(x)
}

private func write(_ bytes: [UInt8], to name: String) {
    unlink(name)
    let file = fopen(name, "w")
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
}

private func contents(_ name: String) -> [UInt8] {
    guard let file = fopen(name, "r") else { return [] }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return Array(bytes.prefix(count))
}

/// A folder of a test's own with a cache in it, and a compiler that counts its runs.
private final class Place: Sendable {
    let path: String
    let warnings = Mutex<[String]>([])

    init() {
        var template = Array("/tmp/apus-test-XXXXXX".utf8CString)
        mkdtemp(&template)
        path = template.withUnsafeBytes { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        mkdir(temporary, 0o700)
    }

    deinit { Place.remove(path) }

    private static func remove(_ path: String) {
        if let folder = try? Descriptor(folder: path) {
            for name in namesOfEntries(in: folder) { remove(path + "/" + name) }
        }
        if rmdir(path) != 0 { unlink(path) }
    }

    var cache: String { path + "/cache" }
    var temporary: String { path + "/temporary" }
    var settings: Settings {
        var settings = Settings.ofProcess
        settings.cache = cache
        settings.temporary = temporary
        return settings
    }

    func loader(_ settings: Settings) -> NativeLoader {
        NativeLoader(settings) { text in self.warnings.withLock { $0.append(text) } }
    }

    /// A compiler that is a script.
    func compiler(_ script: String) -> Settings {
        let name = path + "/compiler"
        write(Array("#!/bin/sh\n\(script)\n".utf8), to: name)
        chmod(name, 0o700)
        var settings = settings
        settings.compiler = name
        return settings
    }

    /// The compiler of this system, each of whose runs adds a line to a file.
    var counting: Settings {
        let real = (try? Compiler(Settings.ofProcess))?.path ?? "cc"
        // Calls that link are not counted.
        return compiler("case \" $* \" in *' -c '*) echo run >> '\(path)/runs' ;; esac\nexec '\(real)' \"$@\"")
    }

    var runs: Int { contents(path + "/runs").filter { $0 == 10 }.count }
    var names: [String] { list(cache) }

    func list(_ folder: String) -> [String] {
        guard let folder = try? Descriptor(folder: folder) else { return [] }
        return namesOfEntries(in: folder)
    }
}

private let compilerExists = (try? Compiler(Settings.ofProcess)) != nil

@Suite(.enabled(if: compilerExists)) struct NativeLibraryTests {
    @Test func loadsOnce() {
        let place = Place()
        let loader = place.loader(place.counting)
        let library = loader.load(source)
        #expect(call(library, 4) == 8)
        #expect(library?.symbol("thrice") == nil)
        #expect(loader.load(source) === library)
        #expect(loader.load(source + "\n") !== library)
        #expect(place.runs == 2)
        #expect(place.warnings.withLock { $0 } == [])
    }

    @Test func keptLibrariesArePrivateAndWhole() {
        let place = Place()
        #expect(place.loader(place.settings).load(source) != nil)
        var status = stat()
        #expect(stat(place.cache, &status) == 0 && status.st_mode & 0o7777 == 0o700)
        // Nothing but the library is left.
        #expect(place.names.count == 1 && place.list(place.temporary) == [])
        #expect(stat(place.cache + "/" + place.names[0], &status) == 0 && status.st_mode & 0o7777 == 0o600)
    }

    /// Programs that call the same routines have them compiled once; harmed ones are made again.
    @Test func routinesAreShared() {
        let place = Place()
        let settings = place.counting
        let routines = """
            #if HALF == 2
            double threefold(double x) { return 3 * x; }
            #else
            double threefold(double x);
            #endif

            """
        func program(_ factor: Int) -> String {
            routines + "#if HALF != 2\ndouble twice(double x) { return threefold(x) * \(factor); }\n#endif\n"
        }
        func load(_ factor: Int, _ routines: String) -> Double? {
            call(place.loader(settings).load(program(factor), routines: routines, .quickInHalves), 4)
        }
        #expect(load(1, routines) == 12 && place.runs == 2)
        #expect(load(2, routines) == 24 && place.runs == 3)
        #expect(load(3, routines + "// other") == 36 && place.runs == 5)
        let objects = place.names.filter { $0.hasSuffix(".o") }
        #expect(objects.count == 2 && place.names.count == 5)
        for object in objects {
            write(Array(contents("\(place.cache)/\(object)").dropLast(40)), to: "\(place.cache)/\(object)")
        }
        #expect(load(4, routines) == 48 && place.runs == 7)
        #expect(load(5, routines) == 60 && place.runs == 8)
        #expect(place.warnings.withLock { $0 } == [])
    }

    @Test func anotherProcessReadsTheFile() {
        let place = Place()
        let settings = place.counting
        for _ in 0..<3 { #expect(call(place.loader(settings).load(source), 4) == 8) }
        #expect(place.runs == 1)
    }

    // MARK: - Files that are not what was written

    private enum Harm: CaseIterable { case cut, empty, changed, foreign, otherName, link, folder }

    @Test(arguments: Harm.allCases) private func harmedFilesAreMadeAgain(harm: Harm) {
        let place = Place()
        let settings = place.counting
        #expect(place.loader(settings).load(source + "// other") != nil)
        let other = place.cache + "/" + place.names[0]
        #expect(place.loader(settings).load(source) != nil)
        let name = place.cache + "/" + place.names.first { !other.hasSuffix($0) }!
        let whole = contents(name)
        harmFile(name, harm, other)
        #expect(call(place.loader(settings).load(source), 4) == 8)
        if harm != .folder {
            #expect(contents(name).count == whole.count)
            var status = stat()
            #expect(lstat(name, &status) == 0 && status.isFile)
        }
        #expect(place.runs == 3)
        // A file that is in order is used as it is, but a folder in its place cannot be replaced.
        #expect(call(place.loader(settings).load(source), 4) == 8)
        #expect(place.runs == (harm == .folder ? 4 : 3))
    }

    /// Writes a new file each time: the library of this process has the old one mapped.
    private func harmFile(_ name: String, _ harm: Harm, _ other: String) {
        let place = name + ".old"
        rename(name, place)
        var bytes = contents(place)
        switch harm {
        case .cut: bytes = Array(bytes.prefix(1000))
        case .empty: bytes = []
        case .changed: bytes[700] ^= 1
        case .foreign: bytes = Array("\u{7f}ELF and what somebody else wrote, longer than a checksum".utf8)
        case .otherName: bytes = contents(other)
        case .link:
            symlink(place, name)
            return
        case .folder:
            mkdir(name, 0o700)
            return
        }
        write(bytes, to: name)
        chmod(name, 0o600)
    }

    // MARK: - Folders that cannot be trusted or used

    private enum Fault: CaseIterable { case link, writableByOthers, ofAnother, noFolder, noPlace }

    @Test(arguments: Fault.allCases) private func badFoldersAreNotUsed(fault: Fault) {
        let place = Place()
        let target = place.path + "/target"
        var settings = place.settings
        mkdir(target, 0o700)
        switch fault {
        case .link: symlink(target, place.cache)
        case .writableByOthers:
            mkdir(place.cache, 0o700)
            chmod(place.cache, 0o777)
        case .ofAnother:
            mkdir(place.cache, 0o700)
            // Only root can give a folder away.
            if chown(place.cache, 12345, 12345) != 0 { return }
        case .noFolder: write([], to: place.cache)
        case .noPlace: settings.cache = "/dev/null/apus"
        }
        let loader = place.loader(settings)
        #expect(call(loader.load(source), 4) == 8)
        #expect(call(loader.load(source + "//"), 4) == 8)
        #expect(place.list(target) == [] && place.names == [] && place.list(place.temporary) == [])
        #expect(place.warnings.withLock { $0.count } == 1)
    }

    @Test func aFullDiskIsAFailure() throws {
        let device = try Descriptor(folder: "/dev")
        let full = try Descriptor("full", in: device, O_WRONLY)
        #expect(throws: SystemFailure.self) {
            try withBytes(of: [1]) { (bytes) throws(SystemFailure) in try full.append(bytes, "full") }
        }
        // A compiler that may write no byte.
        let place = Place()
        let real = (try Compiler(Settings.ofProcess))?.path ?? "cc"
        let loader = place.loader(place.compiler("ulimit -f 0\nexec '\(real)' \"$@\""))
        #expect(loader.load(source) == nil)
        #expect(loader.load(source + "//") == nil)
        #expect(place.warnings.withLock { $0.count } == 1 && place.names == [])
    }

    // MARK: - Compilers

    @Test func none() {
        let place = Place()
        var settings = place.settings
        settings.compiler = "none"
        #expect(place.loader(settings).load(source) == nil)
        #expect(place.warnings.withLock { $0 } == [] && place.names == [])
    }

    @Test(arguments: ["/bin/false", "/bin/true", "/nonexistent", "/tmp", "/dev/null", "no-such-compiler"])
    func compilersThatFail(name: String) {
        let place = Place()
        var settings = place.settings
        settings.compiler = name
        let loader = place.loader(settings)
        for text in ["", "// a", "// b"] { #expect(loader.load(source + text) == nil) }
        #expect(place.warnings.withLock { $0.count } == 1)
        #expect(place.names == [])
    }

    @Test func aSourceThatIsWrong() {
        let place = Place()
        let loader = place.loader(place.settings)
        #expect(loader.load("double twice(double x) { return \u{1b}[31m; }") == nil)
        let text = place.warnings.withLock { $0.joined() }
        #expect(text.contains("error") && !text.contains("\u{1b}") && text.filter { $0 == "\n" }.count == 1)
        // Another program is not concerned.
        #expect(call(loader.load(source), 4) == 8)
    }

    @Test func aCompilerThatHangsIsKilled() {
        let place = Place()
        let mark = place.path + "/mark"
        var settings = place.compiler("(sleep 1; touch '\(mark)') &\nsleep 100")
        settings.timeLimit = 0.2
        let loader = place.loader(settings)
        let clock = ContinuousClock()
        let start = clock.now
        #expect(loader.load(source) == nil)
        settings.timeLimit = 100
        #expect(loader.load(source + "//") == nil)
        #expect(start.duration(to: clock.now) < .seconds(10))
        usleep(1_500_000)
        #expect(access(mark, F_OK) != 0)
        #expect(place.warnings.withLock { $0.count } == 1 && place.names == [])
    }

    /// A limit would let the load of the machine decide between machine code and the interpreter.
    @Test func aCompilerIsWaitedForUnlessALimitIsSet() {
        func settings(_ text: String?) -> Settings { Settings { $0 == "APUS_COMPILER_SECONDS" ? text : nil } }
        #expect(settings(nil).timeLimit == nil && settings(nil).complaint == nil)
        #expect(settings("2.5").timeLimit == 2.5 && settings("2.5").complaint == nil)
        for text in ["0", "-1", "soon", "inf", "nan"] {
            #expect(settings(text).timeLimit == nil && settings(text).complaint?.contains(text) == true, "\(text)")
        }
    }

    @Test func theReasonsOfTheInterpreterAreKept() {
        let place = Place()
        let working = place.loader(place.settings)
        #expect(working.load(source) != nil && working.failures == [])
        #expect(working.load("no C") == nil && working.load("no C either") == nil && working.failures.count >= 1)
        var settings = place.settings
        settings.compiler = "none"
        let none = place.loader(settings)
        #expect(none.failures == [] && none.load(source) == nil && none.failures == ["APUS_COMPILER is none"])
        #expect(place.loader(place.compiler("exit 3")).load(source) == nil)
    }

    // MARK: - What reaches the compiler

    @Test func programTextStaysOffTheCommandLine() throws {
        let place = Place()
        var settings = place.compiler(
            "for a in \"$@\"; do echo \"$a\"; done > '\(place.path)/seen'; env > '\(place.path)/environment'; exit 1")
        settings.cache = place.path + "/a $(touch '\(place.path)/bad'); \"-include\" 'x"
        let hostile = source + "// $(touch \(place.path)/bad) `id`; -o /tmp/x --hostile\n"
        #expect(place.loader(settings).load(hostile) == nil)
        let seen = String(decoding: contents(place.path + "/seen"), as: UTF8.self)
        let compiler = try #require(try Compiler(settings))
        #expect(seen.split(separator: "\n").map(String.init) == Array(compiler.commands(.thorough)[0][0].dropFirst()))
        let environment = String(decoding: contents(place.path + "/environment"), as: UTF8.self)
        // The shell of the script adds its own.
        let known = [
            "TMPDIR", "LC_ALL", "PATH", "HOME", "LD_LIBRARY_PATH", "DEVELOPER_DIR", "SDKROOT", "PWD", "OLDPWD", "SHLVL",
            "_",
        ]
        for line in environment.split(separator: "\n") {
            #expect(known.contains(String(line.prefix { $0 != "=" })), "\(line)")
        }
        #expect(access(place.path + "/bad", F_OK) != 0)
    }

    @Test func foldersMayHaveAnyName() {
        let place = Place()
        var settings = place.settings
        settings.cache = place.path + "/a b/$(c);'\"\n-d/cache"
        #expect(call(place.loader(settings).load(source), 4) == 8)
        #expect(place.list(settings.cache!).count == 1)
        #expect(place.warnings.withLock { $0 } == [])
    }

    // MARK: - Several at once

    @Test func threadsShareOneCompilation() {
        let place = Place()
        let loader = place.loader(place.counting)
        let results = Mutex<[ObjectIdentifier?]>([])
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            let library = loader.load(source)
            results.withLock { $0.append(library.map { ObjectIdentifier($0) }) }
        }
        #expect(place.runs == 1)
        #expect(results.withLock { Set($0).count == 1 && $0[0] != nil })
    }

    /// Loaders know of each other no more than processes do.
    @Test func processesMayShareAFolder() {
        let place = Place()
        let settings = place.counting
        let failures = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: 6) { _ in
            if call(place.loader(settings).load(source), 4) != 8 { failures.add(1, ordering: .relaxed) }
        }
        #expect(failures.load(ordering: .relaxed) == 0)
        #expect(place.names.count == 1)
        #expect(place.warnings.withLock { $0 } == [])
    }

    // MARK: - Size

    @Test func theOldestFilesGo() throws {
        let place = Place()
        mkdir(place.cache, 0o700)
        for index in 0..<10 {
            let name = place.cache + "/\(index).so"
            write([UInt8](repeating: 0, count: 1000), to: name)
            var times = [
                timeval(tv_sec: 1_000_000 + index, tv_usec: 0), timeval(tv_sec: 1_000_000 + index, tv_usec: 0),
            ]
            utimes(name, &times)
        }
        let cache = try CodeCache(place.cache)
        cache.trim(to: 10_000)
        #expect(place.names.count == 10)
        cache.trim(to: 8_000)
        #expect(place.names.sorted() == (4..<10).map { "\($0).so" })
    }

    @Test func filesOfAKilledProcessAreRemoved() throws {
        let place = Place()
        mkdir(place.cache, 0o700)
        for (name, age) in [("old", 7200), ("new", 60)] {
            let folder = place.cache + "/" + WorkingFolder.prefix + name
            mkdir(folder, 0o700)
            write([], to: folder + "/" + Compiler.sourceName)
            var times = [timeval(tv_sec: time(nil) - age, tv_usec: 0), timeval(tv_sec: time(nil) - age, tv_usec: 0)]
            utimes(folder, &times)
        }
        let cache = try CodeCache(place.cache)
        cache.trim(to: 1000)
        #expect(place.names == [WorkingFolder.prefix + "new"])
    }

    @Test func variablesOfTheEnvironment() {
        let settings = { (variables: [String: String]) in Settings { variables[$0] } }
        #expect(settings([:]).cache == nil)
        #expect(settings(["HOME": "/home/a"]).cache == "/home/a/.cache/apus")
        #expect(settings(["HOME": "/home/a", "XDG_CACHE_HOME": "/x"]).cache == "/x/apus")
        #expect(settings(["HOME": "/home/a", "XDG_CACHE_HOME": "relative"]).cache == "/home/a/.cache/apus")
        #expect(settings(["APUS_CACHE": "/c", "XDG_CACHE_HOME": "/x"]).cache == "/c")
        #expect(settings(["PATH": "/a::.:b:/c"]).searchPath == ["/a", "/c"])
    }
}
