internal import CSystem

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The cores that this process may use: those that it is bound to,
/// and no more than a container's share of time is worth.
func availableCores() -> Int {
    let cores = Int(apus_cores())
    return max(min(cores, containerShare() ?? cores), 1)
}

/// The limit of the control group, in whole cores; nil where there is none.
/// A thread more would stand still half of the time.
private func containerShare() -> Int? {
    guard let file = fopen("/sys/fs/cgroup/cpu.max", "re") else { return nil }
    defer { fclose(file) }
    var buffer = [CChar](repeating: 0, count: 64)
    guard fgets(&buffer, Int32(buffer.count), file) != nil else { return nil }
    let line = buffer.withUnsafeBytes { String(decoding: $0.prefix { $0 > 32 || $0 == 32 }, as: UTF8.self) }
    let numbers = line.split(separator: " ").compactMap { Int($0) }
    guard numbers.count == 2, numbers[1] > 0 else { return nil }
    return (numbers[0] + numbers[1] - 1) / numbers[1]
}
