import Testing
import Verification

@Suite struct TrapTests {
    /// A caller's bug says what is wrong, in optimised programs too.
    @Test func aTrapNamesTheOffendingValues() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = EnsembleForecasts(members: [1, 2, 3], memberCount: 2, truth: [0])
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains("1 times of 2 members need 2 values, not 3"))
    }
}
