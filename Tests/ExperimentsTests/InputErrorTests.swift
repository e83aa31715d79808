import Testing

@testable import Experiments

@Suite struct InputErrorTests {
    /// A name of a hundred thousand letters in a file is told by its beginning and its end.
    @Test func anErrorOfAnyTextStaysReadable() {
        let long = String(repeating: "x", count: 100_000)
        let error = InputError(.data, at: .init("a.csv", line: 3, path: long), "is \(long)", expected: "a word")
        #expect(error.description.count == 3501)
        #expect(error.description.hasPrefix("a.csv:3: xxx") && error.description.hasSuffix("xxx (expected a word)"))
    }
}
