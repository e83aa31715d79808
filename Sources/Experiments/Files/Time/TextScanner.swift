/// Reads a short text from left to right: what the readers of times have in common.
struct TextScanner {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = text[...].utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    func isNext(_ characters: String) -> Bool { rest.first.map(characters.utf8.contains) ?? false }

    /// Takes the text if it comes next, in upper or lower case.
    mutating func take(_ text: String) -> Bool {
        guard rest.count >= text.utf8.count,
            zip(rest, text.utf8).allSatisfy({ $0 == $1 || ($0 | 0x20 == $1 | 0x20 && $0 | 0x20 >= 0x61) })
        else { return false }
        rest = rest.dropFirst(text.utf8.count)
        return true
    }

    mutating func skipSpaces() { rest = rest.drop { $0 == UInt8(ascii: " ") } }

    /// Takes as many digits as there are, at most the upper bound; `nil` where there are fewer than the lower.
    mutating func integer(digits: ClosedRange<Int>) -> Int? {
        let run = rest.prefix(digits.upperBound).prefix { (0x30...0x39).contains($0) }
        guard run.count >= digits.lowerBound, let number = Int(Substring(run)) else { return nil }
        rest = rest.dropFirst(run.count)
        return number
    }

    /// Takes seconds with an optional decimal fraction.
    mutating func seconds(digits: ClosedRange<Int>) -> Double? {
        guard let whole = integer(digits: digits) else { return nil }
        guard take(".") else { return Double(whole) }
        let fraction = rest.prefix { (0x30...0x39).contains($0) }
        guard !fraction.isEmpty, let seconds = Double("\(whole).\(Substring(fraction))") else { return nil }
        rest = rest.dropFirst(fraction.count)
        return seconds
    }
}
