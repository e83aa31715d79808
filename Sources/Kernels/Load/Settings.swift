#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where machine code is made and kept: the environment of the process, read once.
///
/// - `APUS_COMPILER`: the C compiler, a path or a name on `PATH`; `none`: make no machine code. By default the clang of
///   the Swift toolchain on `PATH`, then `clang`, `cc`, `gcc`.
/// - `APUS_COMPILER_SECONDS`: the time after which a compiler is taken to hang, and is killed with all that it started.
///   By default it is waited for.
/// - `APUS_CACHE`: the folder that keeps machine code; must belong to the user, and others may not write to it. By
///   default `$XDG_CACHE_HOME/apus`, then `~/.cache/apus`.
/// - `APUS_VECTOR_BITS`: the width of vectors on x86, 256 or 512. By default all that the processor has.
/// - `APUS_LOG`: a file to which the stages of every compiled function are appended, or `-` for standard error. By
///   default none.
/// - `APUS_THREADS`: the number of threads of a computation, 1 to 1024. By default the cores that the process may use.
///
/// No variable changes results beyond rounding; those of an interpreted program and of its machine code differ by that.
/// The cache may be deleted at any time, also while programs run.
struct Settings: Sendable {
    var compiler: String?
    /// Nil where neither the variables nor a home exist: code is then made in a temporary folder and not kept.
    var cache: String?
    var temporary = "/tmp"
    var searchPath: [String] = []
    var vectorBits: String?
    /// After so many seconds a compiler is taken to hang. By default it is waited for, however loaded the machine is: a
    /// limit would let the time decide between machine code and the interpreter.
    var timeLimit: Double?
    /// A variable whose value cannot be used, with its replacement.
    var complaint: String?
    /// The oldest files go when a cache has more bytes.
    var sizeLimit = 512 << 20

    static let ofProcess = Settings(environmentValue)

    init(_ value: (String) -> String?) {
        func folder(_ name: String) -> String? { value(name).flatMap { $0.hasPrefix("/") ? $0 : nil } }
        compiler = value("APUS_COMPILER")
        if let text = value("APUS_COMPILER_SECONDS") {
            timeLimit = Double(text).flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
            if timeLimit == nil {
                complaint =
                    "APUS_COMPILER_SECONDS is \(text), which is no number of seconds above 0: compilers are waited for"
            }
        }
        cache =
            value("APUS_CACHE") ?? folder("XDG_CACHE_HOME").map { $0 + "/apus" }
            ?? folder("HOME").map { $0 + "/.cache/apus" }
        vectorBits = value(VectorWidth.variable)
        temporary = folder("TMPDIR") ?? "/tmp"
        // What a relative entry finds depends on the folder that one happens to stand in.
        searchPath = (value("PATH") ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":").map(String.init)
            .filter { $0.hasPrefix("/") }
    }
}

/// The value of a variable of the environment; nil where it is not set or empty.
func environmentValue(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
}
