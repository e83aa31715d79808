/// Steele, Lea & Flood's SplitMix64: choices that are the same for the same seed, everywhere.
struct RandomSource {
    private var state: UInt64

    init(_ seed: Int) { state = UInt64(truncatingIfNeeded: seed) }

    private mutating func word() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// A whole number in `0..<bound`.
    mutating func next(_ bound: Int) -> Int { Int(word() % UInt64(bound)) }

    mutating func choose<Element>(_ from: [Element]) -> Element { from[next(from.count)] }

    /// A number between −1 and 1 that meets no other by chance.
    mutating func number() -> Double { Double(Int64(bitPattern: word()) >> 11) * 0x1p-52 }
}
