#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The processor as far as machine code depends on it: model and instruction sets.
///
/// Machine code of another processor might hold instructions that this one has not, and a cache may be shared by
/// several machines.
package func processorDescription() -> String {
    #if os(Linux)
        guard let file = fopen("/proc/cpuinfo", "re") else { return "unknown" }
        defer { fclose(file) }
        var lines: [String] = []
        var buffer = [CChar](repeating: 0, count: 16384)
        // The first processor ends at an empty line; frequencies change from read to read and are left out.
        while fgets(&buffer, Int32(buffer.count), file) != nil, buffer[0] != 10 {
            let line = buffer.withUnsafeBytes { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if described.contains(where: line.hasPrefix) { lines.append(line) }
        }
        return lines.joined()
    #else
        var size = 256
        var name = [UInt8](repeating: 0, count: size)
        guard sysctlbyname("machdep.cpu.brand_string", &name, &size, nil, 0) == 0 else { return "unknown" }
        return String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
    #endif
}

private let described = [
    "vendor_id", "cpu family", "model", "stepping", "flags", "Features", "CPU implementer", "CPU architecture",
    "CPU variant", "CPU part",
]
