extension Double {
    /// A number in decimal notation, `-1.5e3`; neither hexadecimal nor words. It may overflow to infinity.
    init?(decimal text: some StringProtocol) {
        let bytes = Array(text.utf8)
        self.init(decimal: bytes, bytes.indices)
    }

    /// The number that some bytes write in decimal notation; `mark` stands before its fraction.
    ///
    /// Up to 19 digits with an exponent within ±22 are one exact product or quotient (W. D. Clinger, 1990); others go
    /// the way of the library, with the same result.
    init?(decimal bytes: [UInt8], _ range: Range<Int>, mark: UInt8 = UInt8(ascii: ".")) {
        var index = range.lowerBound
        let end = range.upperBound
        guard index < end else { return nil }
        let isNegative = bytes[index] == UInt8(ascii: "-")
        if isNegative || bytes[index] == UInt8(ascii: "+") { index += 1 }
        var digits: UInt64 = 0
        var count = 0
        var places = 0
        var hasMark = false
        while index < end {
            let byte = bytes[index]
            if byte &- 0x30 < 10 {
                digits = digits &* 10 &+ UInt64(byte & 15)
                // Zeros in front do not count.
                if digits != 0 { count += 1 }
                if hasMark { places += 1 }
            } else if byte == mark && !hasMark {
                hasMark = true
            } else {
                break
            }
            index += 1
        }
        let first = range.lowerBound + (isNegative || bytes[range.lowerBound] == UInt8(ascii: "+") ? 1 : 0)
        guard index - first > (hasMark ? 1 : 0) else { return nil }
        var exponent = 0
        if index < end {
            guard bytes[index] | 0x20 == UInt8(ascii: "e"), index + 1 < end else { return nil }
            index += 1
            let isBelow = bytes[index] == UInt8(ascii: "-")
            if isBelow || bytes[index] == UInt8(ascii: "+") { index += 1 }
            guard index < end else { return nil }
            while index < end {
                guard bytes[index] &- 0x30 < 10 else { return nil }
                exponent = min(exponent * 10 + Int(bytes[index] & 15), 100_000)
                index += 1
            }
            if isBelow { exponent = -exponent }
        }
        exponent -= places
        guard count <= 19, digits <= 1 << 53, abs(exponent) <= 22 else {
            let text = bytes[range].map { $0 == mark ? UInt8(ascii: ".") : $0 }
            guard let value = Double(String(decoding: text, as: UTF8.self)) else { return nil }
            self = value
            return
        }
        let magnitude =
            exponent < 0 ? Double(digits) / Self.powersOfTen[-exponent] : Double(digits) * Self.powersOfTen[exponent]
        self = isNegative ? -magnitude : magnitude
    }

    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]
}
