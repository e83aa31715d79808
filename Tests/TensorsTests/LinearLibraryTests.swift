import Testing

@testable import Tensors

/// OpenBLAS, loaded for the processor at hand.
@Suite struct LinearLibraryTests {
    private static let avx2 = "fpu sse2 ssse3 sse4_1 sse4_2 avx fma avx2 bmi1 bmi2"
    private static let avx512 = avx2 + " avx512f avx512dq avx512cd avx512bw avx512vl"

    /// Features as Linux tells them, of processors before and after the libraries in use.
    @Test(arguments: [
        ("Sapphire Rapids", "GenuineIntel", avx512 + " avx512_bf16 amx_tile", CoreType.skylakeX, 512),
        ("Granite Rapids", "GenuineIntel", avx512 + " avx512_bf16 avx512_fp16 amx_fp16", .skylakeX, 512),
        ("Zen 4", "AuthenticAMD", avx512 + " avx512_bf16 sse4a", .skylakeX, 512),
        ("Zen 3", "AuthenticAMD", avx2 + " sse4a", .zen, 256),
        ("Hygon", "HygonGenuine", avx2 + " sse4a", .zen, 256),
        ("Alder Lake", "GenuineIntel", avx2 + " avx_vnni", .haswell, 256),
        ("Knights Landing, with half of AVX-512", "GenuineIntel", avx2 + " avx512f avx512cd", .haswell, 256),
        ("Ivy Bridge", "GenuineIntel", "sse2 ssse3 sse4_1 sse4_2 avx f16c", .sandyBridge, 256),
        ("Piledriver", "AuthenticAMD", "sse2 ssse3 sse4_1 sse4_2 sse4a avx fma fma4", .sandyBridge, 256),
        ("Westmere", "GenuineIntel", "sse2 ssse3 sse4_1 sse4_2 aes", .nehalem, 128),
    ])
    func coreTypeFollowsFromFeatures(
        _ processor: String, _ vendor: String, _ flags: String, _ expected: CoreType, _ bits: Int
    ) {
        let lines = ["vendor_id\t: \(vendor)", "model\t\t: 999", "model name\t: New", "flags\t\t: fpu \(flags)"]
        let description = lines.joined(separator: "\n")
        #expect(CoreType(processor: description) == expected, "\(processor)")
        #expect(CoreType.vectorBits(expected.rawValue) == bits)
    }

    @Test(arguments: ["unknown", "", "CPU implementer\t: 0x41\nFeatures\t: fp asimd sve\n", "flags\t: sse2\n"])
    func libraryChoosesWhereNothingFollows(_ description: String) { #expect(CoreType(processor: description) == nil) }

    @Test func libraryComputesAsWideAsTheProcessor() throws {
        let library = try LinearLibrary.loaded.get()
        let wanted = CoreType(processor: processorDescription()).flatMap { CoreType.vectorBits($0.rawValue) }
        guard let wanted, let bits = CoreType.vectorBits(library.coreName) else { return }
        #expect(bits >= wanted, "\(library.description)")
        #expect(library.version.hasPrefix("OpenBLAS "))
    }

    @Test func missingLibraryNamesThePackage() {
        let failure = #expect(throws: LinearLibrary.Failure.self) {
            try LinearLibrary(names: ["libnone.so.7"], coreType: nil)
        }
        #expect(
            failure?.reason == "libnone.so.7 cannot be loaded (expected OpenBLAS; on Debian: apt install libopenblas0)")
        // Another library than that of linear algebra.
        let other = #expect(throws: LinearLibrary.Failure.self) {
            try LinearLibrary(names: ["libm.so.6"], coreType: nil)
        }
        #expect(other?.reason.contains("has no cblas_dgemm") == true)
    }

    /// Transposes of all shapes about the size of a block.
    @Test(arguments: [(1, 1), (1, 40), (15, 17), (16, 16), (33, 7), (50, 64)])
    func columnsAreTransposed(_ rows: Int, _ columns: Int) {
        let matrix = (0..<(rows * columns)).map(Double.init)
        var result = [Double](repeating: -1, count: rows * columns)
        transpose(matrix, rows: rows, columns: columns, to: &result)
        for i in 0..<rows { for j in 0..<columns { #expect(result[j * rows + i] == matrix[i * columns + j]) } }
        var square = (0..<(rows * rows)).map(Double.init)
        transpose(&square, rows)
        for i in 0..<rows { for j in 0..<rows { #expect(square[j * rows + i] == Double(i * rows + j)) } }
    }

    /// A number that is none leaves no factor that looks like one.
    @Test func missingNumbersPassThroughDecompositions() {
        let a = Tensor(rows: [[2, .nan], [0, 1]])
        #expect(a.lu().upper.values.contains { $0.isNaN })
        #expect(a.qr().q.values.allSatisfy { $0.isNaN })
        #expect(a.solve(Tensor(rows: [[1], [1]])).values.allSatisfy { $0.isNaN })
    }
}
