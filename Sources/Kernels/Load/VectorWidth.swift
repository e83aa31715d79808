import Tensors

/// The width of the vectors of machine code, in bits.
///
/// Compilers prefer 256 bits on many processors that have 512; the tiles of products, which fill 32 registers of the
/// widest vectors, would then spill to memory. Where code is made for 512 bits,
/// the compiler is therefore told to use them.
package enum VectorWidth: Int, Sendable, CaseIterable {
    case bits256 = 256
    case bits512 = 512

    /// The variable of the environment that overrides the choice.
    static let variable = "APUS_VECTOR_BITS"

    /// The variable's choice; nil where it is not set.
    static func named(_ settings: Settings) throws(SystemFailure) -> VectorWidth? {
        guard let text = settings.vectorBits else { return nil }
        guard let width = Int(text).flatMap(VectorWidth.init) else {
            throw SystemFailure("\(variable) is \(text) (expected 256 or 512)")
        }
        return width
    }

    /// The flags of the compiler; nil stands for all that the processor has.
    static func flags(_ width: VectorWidth?) -> [String] {
        #if arch(x86_64)
            switch width {
            case .bits256: ["-mprefer-vector-width=256", "-DNARROW_VECTORS"]
            case .bits512, nil: ["-mprefer-vector-width=512"]
            }
        #else
            []
        #endif
    }

    /// The width that programs of this process are compiled for, and why.
    package static var explanation: String {
        #if arch(x86_64)
            let flags = Set(processorDescription().split(whereSeparator: \.isWhitespace))
            let (bits, feature) =
                if flags.contains("avx512f") { (512, "AVX-512") } else if flags.contains("avx") { (256, "AVX") } else {
                    (128, "SSE2")
                }
            if let width = try? named(Settings.ofProcess) {
                return "vectors of \(min(bits, width.rawValue)) bits, by \(variable); the processor has \(feature)"
            }
            return "vectors of \(bits) bits, since the processor has \(feature); \(variable) overrides this"
        #else
            return "vectors of 128 bits"
        #endif
    }
}

/// The registers for vectors that a processor has.
struct VectorRegisters: Sendable {
    let count: Int
    /// Bytes of one.
    let width: Int

    static let ofProcess: VectorRegisters = {
        #if arch(x86_64)
            let flags = Set(processorDescription().split(whereSeparator: \.isWhitespace))
            guard flags.contains("avx512f") else {
                return VectorRegisters(count: 16, width: flags.contains("avx") ? 32 : 16)
            }
            let isNarrow = (try? VectorWidth.named(Settings.ofProcess)) == .bits256
            return VectorRegisters(count: 32, width: isNarrow ? 32 : 64)
        #else
            return VectorRegisters(count: 32, width: 16)
        #endif
    }()

    /// How many elements of a batch are computed at once: so many that all registers together hold sixteen values of
    /// them, about as many as a step of a Runge–Kutta method has at a time for a few variables.
    func lanes(of type: ElementType) -> Int { min(max(count * width / (16 * type.size), 4), 16) }
}
