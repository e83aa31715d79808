import Foundation

/// Random numbers that follow from a seed.
///
/// Reference: Steele, Lea and Flood (2014), *Fast splittable pseudorandom number generators*.
struct Generator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func chance(_ probability: Double) -> Bool { Double.random(in: 0..<1, using: &self) < probability }

    mutating func int(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &self) }

    /// One of some values, of which there must be one.
    mutating func pick<Value>(_ values: [Value]) -> Value { values[int(0...(values.count - 1))] }

    /// Mostly 1, sometimes more.
    mutating func few() -> Int { chance(0.6) ? 1 : int(1...6) }
}

extension Generator {
    /// Bytes that are cut, or of which some are changed, put in or taken out.
    mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<few() where !bytes.isEmpty {
            let place = int(0...(bytes.count - 1))
            switch int(0...5) {
            case 0: bytes.removeSubrange(place...)
            case 1: bytes.removeSubrange(place..<min(bytes.count, place + int(1...16)))
            case 2:
                bytes.insert(
                    contentsOf: (0..<int(1...16)).map { _ in UInt8.random(in: 0...255, using: &self) }, at: place)
            case 3: bytes[place] ^= 1 << UInt8(int(0...7))
            default: bytes[place] = pick([0, 1, 0x7F, 0x80, 0xFE, 0xFF, UInt8.random(in: 0...255, using: &self)])
            }
        }
        return bytes
    }
}
