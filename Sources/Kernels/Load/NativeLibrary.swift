#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Machine code made from C source; what is loaded stays loaded, so that its functions may be called at any time.
///
/// `Settings` tells which variables of the environment say where it is made and kept.
package final class NativeLibrary: Sendable {
    /// The address of a handle of `dlopen`, as a number because pointers are not `Sendable`.
    private let handle: Int

    /// The library of `source`, or nil where it cannot be made: then the caller interprets,
    /// and the user has been told once.
    ///
    /// Waits for the compiler the first time (about 50 ms), reads a file in later processes, and looks into a table in
    /// this one. `source` may need the C and mathematics libraries; its functions must not have names that hide theirs.
    ///
    /// - Parameter routines: what the second half of the source depends on, which programs may share; nil where that is
    ///   all of it.
    package static func load(source: String, routines: String? = nil, _ effort: Effort) -> NativeLibrary? {
        NativeLoader.ofProcess.load(source, routines: routines, effort)
    }

    /// Loads a file; nil where the system does not, and `dlerror` says why.
    init?(path: String) {
        guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) else { return nil }
        self.handle = Int(bitPattern: handle)
    }

    /// The address of a function or a constant of the library.
    package func symbol(_ name: String) -> UnsafeMutableRawPointer? {
        dlsym(UnsafeMutableRawPointer(bitPattern: handle), name)
    }
}
