import CSystem
import Foundation

/// A program as run folders record it: its version, and a hash of its bytes, which tells builds of one version apart.
public struct ProgramIdentity: Codable, Hashable, Sendable, CustomStringConvertible {
    public let version: String
    /// Sixteen hexadecimal digits; `unknown` where the system does not give the file of a running program.
    public let hash: String

    public var description: String { "Apus \(version), build \(hash)" }

    /// The program of this process, read once: about 10 ms for 40 MB.
    public static let running = ProgramIdentity(
        version: ApusVersion.text, hash: executable.flatMap { fileHash($0) } ?? "unknown")

    private static var executable: String? {
        #if os(Linux)
            "/proc/self/exe"
        #else
            Bundle.main.executablePath
        #endif
    }

    /// The hash of a file's bytes; nil where it cannot be read.
    static func fileHash(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_size > 0 else { return nil }
        let count = Int(status.st_size)
        guard let bytes = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), bytes != MAP_FAILED else {
            return nil
        }
        defer { munmap(bytes, count) }
        return apus_hash(bytes, count).hexadecimal
    }
}

extension UInt64 {
    /// Sixteen digits.
    var hexadecimal: String {
        let digits = String(self, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
