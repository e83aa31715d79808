/// A stateless generator of random numbers: the number at an index depends on the seed and the index alone, so that
/// results do not depend on the order of evaluation.
///
/// The finaliser is SplitMix64 (Steele, Lea and Flood 2014, *Fast splittable pseudorandom number generators*).
struct SplitMix: Sendable {
    let seed: UInt64

    init(seed: UInt64) {
        self.seed = SplitMix.mixed(seed)
    }

    /// The 64 random bits at `index`.
    @inline(__always)
    func bits(_ index: UInt64) -> UInt64 {
        SplitMix.mixed(seed &+ (index &+ 1) &* 0x9E37_79B9_7F4A_7C15)
    }

    /// A uniform integer in `0..<bound`; the bias is below `bound / 2⁶⁴`.
    @inline(__always)
    func integer(_ index: UInt64, below bound: Int) -> Int {
        Int(bits(index).multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// A uniform number in [0, 1) with 53 random bits.
    @inline(__always)
    func uniform(_ index: UInt64) -> Double {
        Double(bits(index) >> 11) * 0x1p-53
    }

    @inline(__always)
    private static func mixed(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
