import Foundation

/// The memory that a product of sizes takes, to be held against that of the machine before anything is allocated.
///
///     try node.require(MemoryNeed(["members": members, "variables": variables]))
///
/// The fault is one line: `needs 8 TB (members × members); at most 19 GB, by the memory of this machine`.
public struct MemoryNeed: Sendable {
    /// The names of the sizes, as `members × members`.
    public let text: String
    /// As a floating-point number, which does not overflow.
    public let bytes: Double

    /// - Parameter each: bytes of one number.
    public init(_ sizes: KeyValuePairs<String, Int>, each: Int = 8) {
        self.init(sizes.map { ($0.key, $0.value) }, each: each)
    }

    init(_ sizes: [(name: String, count: Int)], each: Int) {
        text = sizes.map(\.name).joined(separator: " × ")
        bytes = sizes.reduce(Double(each)) { $0 * Double(max(0, $1.count)) }
    }

    /// The same, several times at once: for threads, copies, parts of an algorithm.
    public func times(_ count: Int) -> MemoryNeed { MemoryNeed(text: text, bytes: bytes * Double(max(0, count))) }

    private init(text: String, bytes: Double) { (self.text, self.bytes) = (text, bytes) }

    /// The memory that this process may fill: four fifths of the machine's, of its control group's or of its limit of
    /// addresses, whichever is least.
    public static let available: Double = {
        var least = Double(ProcessInfo.processInfo.physicalMemory)
        for file in ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"] {
            if let text = try? String(contentsOfFile: file, encoding: .ascii),
                let bytes = Double(text.trimmingCharacters(in: .whitespacesAndNewlines))
            {
                least = min(least, bytes)
            }
        }
        var limit = rlimit()
        if getrlimit(addressSpace, &limit) == 0, limit.rlim_cur != .max { least = min(least, Double(limit.rlim_cur)) }
        return 0.8 * least
    }()

    #if canImport(Glibc)
        private static let addressSpace = __rlimit_resource_t(RLIMIT_AS.rawValue)
    #else
        private static let addressSpace = RLIMIT_AS
    #endif

    /// Throws where all needs together exceed the available memory; the largest is named.
    public static func check(
        _ needs: [MemoryNeed], _ kind: InputError.Kind, at place: InputError.Place?, available: Double = available
    ) throws(InputError) {
        let sum = needs.reduce(0) { $0 + $1.bytes }
        guard sum > available, let largest = needs.max(by: { $0.bytes < $1.bytes }) else { return }
        throw InputError(
            kind, at: place,
            "needs \(text(sum)) (\(largest.text)); at most \(text(available)), by the memory of this machine")
    }

    /// Bytes with their unit, to two digits or a whole number: `8 TB`, `1.2 GB`.
    static func text(_ bytes: Double) -> String {
        let units = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"]
        var (value, unit) = (bytes, 0)
        while value >= 999.5, unit < units.count - 1 { (value, unit) = (value / 1000, unit + 1) }
        guard value < 1e6 else { return "more than a million EB" }
        let tenths = (value * 10).rounded() / 10
        let isWhole = value >= 9.95 || tenths == tenths.rounded()
        return "\(isWhole ? "\(Int(value.rounded()))" : "\(tenths)") \(units[unit])"
    }
}

extension ConfigurationNode {
    /// Throws where the sizes that a configuration asks for do not fit into the memory of the machine.
    public func require(_ needs: MemoryNeed...) throws(InputError) {
        try MemoryNeed.check(needs, .configuration, at: place)
    }

    /// The number of combinations of lists, counted before they are made.
    ///
    /// - Throws: more than `most`, with the counts of the lists.
    @discardableResult
    public func combinations(_ counts: KeyValuePairs<String, Int>, atMost most: Int) throws(InputError) -> Int {
        var product = 1
        for (_, count) in counts {
            let (next, isTooLarge) = product.multipliedReportingOverflow(by: max(0, count))
            guard !isTooLarge else { throw tooMany(counts, most) }
            product = next
        }
        guard product <= most else { throw tooMany(counts, most) }
        return product
    }

    private func tooMany(_ counts: KeyValuePairs<String, Int>, _ most: Int) -> InputError {
        let listed = counts.filter { $0.value > 1 }.map { "\($0.value) \($0.key)" }.joined(separator: " × ")
        return error("too many combinations of the listed values: \(listed)", expected: "at most \(most)")
    }
}
