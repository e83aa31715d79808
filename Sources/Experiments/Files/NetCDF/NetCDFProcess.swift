import CNetCDF
import CNetCDFReader
import Foundation

/// A process that reads one NetCDF file, and the connection to it; both end with the value's life.
///
/// The C libraries may loop or be ended by a damaged file. Here that is an error of one line.
///
/// Cost of opening a small file: 2 to 4 ms of the processor, and some 46 ms for each gigabyte of memory that the caller
/// has filled, whose tables the system copies. Measured on Linux with two processors.
struct NetCDFProcess: ~Copyable {
    let path: String
    /// Of the file, in bytes.
    let size: Int
    private let number: pid_t
    private let socket: Int32
    private let limits: Limits

    /// Limits of the process, beside the 10 seconds of the processor for an answer that it keeps to by itself.
    struct Limits {
        /// Bytes that the libraries may use beside the file and the values.
        var memory = 512 << 20
        /// The longest wait for a part of an answer, in seconds.
        var silence = 60.0
    }

    /// Starts the process, which answers with the description of the file.
    init(reading path: String, limits: Limits = Limits()) throws(InputError) {
        let size = try InputFile.size(path)
        var (process, connection): (pid_t, Int32) = (0, -1)
        // A path from the root or from here cannot be taken for an address on the network.
        let status = apus_netcdf_start(
            path.hasPrefix("/") ? path : "./" + path, Int64(limits.memory + 2 * size), &process, &connection)
        if status != 0 { throw .system(status, .inputOutput, doing: "start a process that reads the file", file: path) }
        (self.path, self.size, self.limits) = (path, size, limits)
        (number, socket) = (process, connection)
    }

    deinit { apus_netcdf_end(number, socket) }

    /// Asks for the values of a variable, so that the next ``answer(atMost:variable:)`` has them.
    borrowing func ask(for variable: Int32) { _ = apus_netcdf_ask(socket, variable) }

    /// The bytes of the next answer.
    ///
    /// - Throws: the error of the library; a process that ended, hangs, or sends more than `limit` bytes.
    borrowing func answer(atMost limit: Int, variable: String? = nil) throws(InputError) -> [UInt8] {
        let head = try receive(MemoryLayout<apus_netcdf_reply>.size, variable)
        let reply = head.withUnsafeBytes { $0.loadUnaligned(as: apus_netcdf_reply.self) }
        if reply.status == Int64(NC_ENOTNC) {
            throw InputError(.data, at: .init(path), "is not a NetCDF file", expected: "NetCDF-3 or NetCDF-4")
        }
        try NetCDFLibrary.check(
            Int32(truncatingIfNeeded: reply.status), .data, doing: "read the NetCDF file", file: path,
            variable: variable)
        guard 0...limit ~= Int(reply.bytes) else {
            throw fault("\(reply.bytes) bytes are described", variable, expected: "at most \(limit)")
        }
        return try receive(Int(reply.bytes), variable)
    }

    /// Ends the process as the system would.
    borrowing func end(by signal: Int32) { kill(number, signal) }

    /// An error of the file: its content cannot be true.
    borrowing func fault(_ problem: String, _ variable: String?, expected: String = "an undamaged file") -> InputError {
        InputError(.data, at: .init(path, path: variable), problem, expected: expected)
    }

    private borrowing func receive(_ count: Int, _ variable: String?) throws(InputError) -> [UInt8] {
        var isSilent = false
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, received in
            while received < count {
                var event = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
                let ready = poll(&event, 1, Int32(1000 * limits.silence))
                if ready < 0 && errno == EINTR { continue }
                isSilent = ready == 0
                guard ready > 0, let start = buffer.baseAddress else { return }
                let part = read(socket, start + received, count - received)
                if part < 0 && errno == EINTR { continue }
                guard part > 0 else { return }
                received += part
            }
        }
        if bytes.count < count { throw ended(isSilent, variable) }
        return bytes
    }

    /// The error of a process that did not answer.
    private borrowing func ended(_ isSilent: Bool, _ variable: String?) -> InputError {
        if isSilent {
            return fault("reading the NetCDF file takes longer than \(Int(limits.silence)) seconds", variable)
        }
        let signal = apus_netcdf_signal(number)
        let problem =
            switch signal {
            case 0: "the NetCDF library gave up reading the file"
            case SIGXCPU: "reading the NetCDF file takes longer than 10 seconds"
            case SIGKILL: "reading the NetCDF file was ended from outside, perhaps for lack of memory"
            default: "the NetCDF library was ended by signal \(signal) while it read the file"
            }
        return fault(problem, variable)
    }
}
