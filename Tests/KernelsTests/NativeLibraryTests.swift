import Testing

@testable import Kernels

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

private let source = "double twice(double x) { return 2 * x; }\n"

private func call(_ library: NativeLibrary?, _ x: Double) -> Double? {
    guard let address = library?.symbol("twice") else { return nil }
    return unsafeBitCast(address, to: (@convention(c) (Double) -> Double).self)(x)
}

@Suite struct NativeLibraryTests {
    @Test func loads() {
        let library = NativeLibrary.load(source: source)
        #expect(call(library, 4) == 8)
        #expect(library?.symbol("thrice") == nil)
        #expect(NativeLibrary.load(source: source) === library)
    }
}
