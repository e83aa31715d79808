import CNetCDF
import Synchronization

/// The C library keeps state of its own and must not be entered twice at once: whatever calls it goes through here.
enum NetCDFLibrary {
    private static let lock = Mutex(())

    static func exclusively<Result: Sendable>(
        _ body: () throws(InputError) -> sending Result
    ) throws(InputError) -> sending Result {
        try lock.withLock { _ throws(InputError) in
            netcdf_silence_traces()
            return try body()
        }
    }

    /// Throws if a call reported a fault; `kind` is the fault's unless it is the operating system's.
    static func check(
        _ status: Int32, _ kind: InputError.Kind, doing action: String, file: String, variable: String? = nil
    ) throws(InputError) {
        if status == NC_NOERR { return }
        if status > 0 { throw .system(status, kind, doing: action, file: file) }
        throw InputError(
            kind, at: .init(file, path: variable), "cannot \(action): \(String(cString: nc_strerror(status)))")
    }
}
