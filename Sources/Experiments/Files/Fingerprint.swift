/// A short text that tells whether two runs had the same configuration and the same input.
///
/// The FNV-1a hash of 64 bits: http://www.isthe.com/chongo/tech/comp/fnv. It guards against mistakes, not against
/// malice.
public struct Fingerprint: Hashable, Sendable, CustomStringConvertible {
    private var hash: UInt64 = 0xcbf2_9ce4_8422_2325

    public init() {}

    /// Takes in a part; where parts begin and end counts, and so does their order.
    public mutating func combine(_ bytes: some Collection<UInt8>) {
        withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { mix($0) }
        mix(bytes)
    }

    /// Takes in a text.
    public mutating func combine(_ text: String) { combine(Array(text.utf8)) }

    /// Sixteen hexadecimal digits.
    public var description: String { hash.hexadecimal }

    private mutating func mix(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }
}
