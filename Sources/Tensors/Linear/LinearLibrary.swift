#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// BLAS and LAPACK of OpenBLAS, loaded when they are first needed.
///
/// The library chooses its kernels while it is loaded, by the environment or by what it knows of processors. It is
/// therefore not linked: the kind of processor (``CoreType``) is put into the environment first, unless
/// `OPENBLAS_CORETYPE` is set, and taken out again afterwards. One thread computes: two slow down the small matrices of
/// assimilation, and the order of sums would depend on the machine.
package struct LinearLibrary: Sendable {
    typealias Reals = UnsafeMutablePointer<Double>
    typealias Integers = UnsafeMutablePointer<Int32>
    typealias Letter = UnsafePointer<UInt8>
    typealias Size = UnsafePointer<Int32>

    // As in CBLAS, and as in LAPACK, where matrices lie by columns and the lengths of texts come last.
    typealias Gemm64 =
        @convention(c) (
            Int32, Int32, Int32, Int32, Int32, Int32, Double, UnsafePointer<Double>, Int32, UnsafePointer<Double>,
            Int32, Double, Reals, Int32
        ) -> Void
    typealias Gemm32 =
        @convention(c) (
            Int32, Int32, Int32, Int32, Int32, Int32, Float, UnsafePointer<Float>, Int32, UnsafePointer<Float>, Int32,
            Float, UnsafeMutablePointer<Float>, Int32
        ) -> Void
    typealias Trsm =
        @convention(c) (
            Int32, Int32, Int32, Int32, Int32, Int32, Int32, Double, UnsafePointer<Double>, Int32, Reals, Int32
        ) -> Void
    typealias Potrf = @convention(c) (Letter, Size, Reals, Size, Integers, Int) -> Void
    typealias Getrf = @convention(c) (Size, Size, Reals, Size, Integers, Integers) -> Void
    typealias Gesv = @convention(c) (Size, Size, Reals, Size, Integers, Reals, Size, Integers) -> Void
    typealias Geqrf = @convention(c) (Size, Size, Reals, Size, Reals, Reals, Size, Integers) -> Void
    typealias Orgqr = @convention(c) (Size, Size, Size, Reals, Size, Reals, Reals, Size, Integers) -> Void
    typealias Syevd =
        @convention(c) (
            Letter, Letter, Size, Reals, Size, Reals, Reals, Size, Integers, Size, Integers, Int, Int
        ) -> Void
    typealias Gesdd =
        @convention(c) (
            Letter, Size, Size, Reals, Size, Reals, Reals, Size, Reals, Size, Reals, Size, Integers, Integers, Int
        ) -> Void

    // Of CBLAS.
    let dgemm: Gemm64
    let sgemm: Gemm32
    let dtrsm: Trsm
    // Of LAPACK.
    let dpotrf: Potrf
    let dgetrf: Getrf
    let dgesv: Gesv
    let dgeqrf: Geqrf
    let dorgqr: Orgqr
    let dsyevd: Syevd
    let dgesdd: Gesdd

    /// The kind of processor whose kernels compute, as the library names it.
    package let coreName: String
    /// The library and its version.
    package let version: String
    /// The library and processor type, on which the last digits of results depend.
    package var description: String { "\(version) for \(coreName)" }

    /// Why the library cannot be used, in one line.
    package struct Failure: Error, Equatable { package let reason: String }

    /// Loads the first library that is found under one of the names.
    package init(names: [String], coreType: CoreType?) throws(Failure) {
        let kind = coreType.map { [("OPENBLAS_CORETYPE", $0.rawValue)] } ?? []
        let added = (kind + [("OPENBLAS_NUM_THREADS", "1")]).filter { getenv($0.0) == nil }
        for (name, value) in added { setenv(name, value, 0) }
        let handle = names.lazy.compactMap { dlopen($0, RTLD_NOW | RTLD_LOCAL) }.first
        for (name, _) in added { unsetenv(name) }
        guard let handle else {
            throw Failure(reason: "\(names.joined(separator: ", ")) cannot be loaded (expected \(Self.package))")
        }
        func function<F>(_ name: String, _ type: F.Type) throws(Failure) -> F {
            guard let address = dlsym(handle, name) else {
                throw Failure(reason: "the library of linear algebra has no \(name) (expected \(Self.package))")
            }
            return unsafeBitCast(address, to: type)
        }
        dgemm = try function("cblas_dgemm", Gemm64.self)
        sgemm = try function("cblas_sgemm", Gemm32.self)
        dtrsm = try function("cblas_dtrsm", Trsm.self)
        dpotrf = try function("dpotrf_", Potrf.self)
        dgetrf = try function("dgetrf_", Getrf.self)
        dgesv = try function("dgesv_", Gesv.self)
        dgeqrf = try function("dgeqrf_", Geqrf.self)
        dorgqr = try function("dorgqr_", Orgqr.self)
        dsyevd = try function("dsyevd_", Syevd.self)
        dgesdd = try function("dgesdd_", Gesdd.self)
        typealias Text = @convention(c) () -> UnsafePointer<CChar>?
        func text(_ name: String) throws(Failure) -> String {
            try function(name, Text.self)().map { String(cString: $0) } ?? "unknown"
        }
        coreName = try text("openblas_get_corename")
        version = try text("openblas_get_config").split(separator: " ").prefix(2).joined(separator: " ")
        try function("openblas_set_num_threads", (@convention(c) (Int32) -> Void).self)(1)
    }

    private static let package = "OpenBLAS; on Debian: apt install libopenblas0"

    #if os(Linux)
        private static let names = ["libopenblas.so.0", "libopenblas.so"]
    #else
        private static let names = ["/opt/homebrew/opt/openblas", "/usr/local/opt/openblas"].map {
            $0 + "/lib/libopenblas.dylib"
        }
    #endif

    package static let loaded = Result { () throws(Failure) in
        try LinearLibrary(names: names, coreType: CoreType(processor: processorDescription()))
    }

    /// That of the process; a process without one, which ``LinearAlgebra`` tells, ends.
    static let ofProcess: LinearLibrary = {
        switch loaded {
        case .success(let library): library
        case .failure(let failure): preconditionFailure(failure.reason)
        }
    }()
}

/// The library of linear algebra that eager operations use.
public enum LinearAlgebra {
    /// The library, its version and the kind of processor whose kernels it uses: what the last digits of results depend
    /// on. Nil where there is no library.
    public static var description: String? { try? LinearLibrary.loaded.get().description }

    /// Why products, factorizations and decompositions cannot be computed; nil where they can.
    public static var failure: String? {
        switch LinearLibrary.loaded {
        case .success: nil
        case .failure(let failure): failure.reason
        }
    }
}
