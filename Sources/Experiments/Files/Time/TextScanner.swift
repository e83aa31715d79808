/// A short text read from left to right, by all readers of times.
struct TextScanner {
    private let bytes: [UInt8]
    private var position: Int
    private let end: Int

    init(_ text: String) {
        bytes = Array(text.utf8)
        (position, end) = (0, bytes.count)
    }

    /// Reads a part of some bytes.
    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        (position, end) = (range.lowerBound, range.upperBound)
    }

    var isAtEnd: Bool { position == end }

    func isNext(_ characters: StaticString) -> Bool {
        guard position < end else { return false }
        let byte = bytes[position]
        return characters.withUTF8Buffer { $0.contains(byte) }
    }

    /// Takes the text if it comes next, in upper or lower case.
    mutating func take(_ text: String) -> Bool {
        var index = position
        for byte in text.utf8 {
            guard index < end else { return false }
            let found = bytes[index]
            guard found == byte || (found | 0x20 == byte | 0x20 && found | 0x20 >= 0x61) else { return false }
            index += 1
        }
        position = index
        return true
    }

    mutating func skipSpaces() {
        while position < end && bytes[position] == UInt8(ascii: " ") { position += 1 }
    }

    /// Takes as many digits as there are, at most the upper bound; `nil` where there are fewer than the lower.
    mutating func integer(digits: ClosedRange<Int>) -> Int? {
        var number = 0
        var index = position
        while index < end, index - position < digits.upperBound, (0x30...0x39).contains(bytes[index]) {
            number = number * 10 + Int(bytes[index] & 15)
            index += 1
        }
        guard index - position >= digits.lowerBound else { return nil }
        position = index
        return number
    }

    /// Takes seconds with an optional decimal fraction.
    mutating func seconds(digits: ClosedRange<Int>) -> Double? {
        let start = position
        guard let whole = integer(digits: digits) else { return nil }
        guard position < end, bytes[position] == UInt8(ascii: ".") else { return Double(whole) }
        position += 1
        guard integer(digits: 1...18) != nil else { return nil }
        // More digits than a second has use for.
        while position < end, (0x30...0x39).contains(bytes[position]) { position += 1 }
        return Double(decimal: bytes, start..<position)
    }
}
