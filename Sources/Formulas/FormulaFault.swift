/// A fault of an expression: the problem, the expectation, and the place.
public struct FormulaFault: Error, Sendable, Equatable {
    /// The place in the text, in characters from its start.
    public let offset: Int
    public let problem: String
    public let expected: String
    /// A name that is not known, and the names that are: for a suggestion.
    public let unknown: String?
    public let known: [String]

    init(_ offset: Int, _ problem: String, expected: String, unknown: String? = nil, known: [String] = []) {
        (self.offset, self.problem, self.expected) = (offset, problem, expected)
        (self.unknown, self.known) = (unknown, known)
    }
}
