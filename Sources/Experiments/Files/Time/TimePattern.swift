/// The pattern of a date in a text column, such as `dd.MM.yyyy HH:mm`.
///
/// `yyyy` (four digits) or `y`; `MM`, `M` or `MMM` (`Jan`); `dd` or `d`; `DDD` or `D` (day of the year); `HH` or `H`;
/// `mm` or `m`; `ss` or `s` (with a decimal fraction, if any). A doubled letter wants two digits, a single one takes
/// one or two. Letters in `'…'` and everything else stand for themselves.
public struct TimePattern: Hashable, Sendable, CustomStringConvertible {
    private enum Element: Hashable {
        case literal(String)
        case field(Character, width: Int)
    }

    private let elements: [Element]
    public let description: String

    /// The pattern, or `nil` where it holds an unknown field, a field twice, or no year.
    public init?(_ text: String) {
        var elements: [Element] = []
        var isQuoted = false
        for character in text {
            if character == "'" {
                isQuoted.toggle()
            } else if isQuoted || !(character.isASCII && character.isLetter) {
                elements.append(.literal(String(character)))
            } else if case .field(character, let width)? = elements.last {
                elements[elements.count - 1] = .field(character, width: width + 1)
            } else {
                elements.append(.field(character, width: 1))
            }
        }
        let fields = elements.compactMap { if case .field(let letter, let width) = $0 { (letter, width) } else { nil } }
        let letters = fields.map(\.0)
        guard !isQuoted, letters.contains("y"), Set(letters).count == letters.count,
            !letters.contains("D") || !(letters.contains("M") || letters.contains("d")),
            fields.allSatisfy({ Self.digits($0, width: $1) != nil || ($0, $1) == ("M", 3) })
        else { return nil }
        self.elements = elements
        description = text
    }

    /// The instant that the text names, or `nil` where it does not fit the pattern.
    public func instant(_ text: String) -> Instant? {
        var scanner = TextScanner(text)
        var numbers: [Character: Int] = [:]
        var second = 0.0
        for element in elements {
            switch element {
            case .literal(let literal):
                guard scanner.take(literal) else { return nil }
            case .field("M", width: 3):
                guard let month = Self.months.firstIndex(where: { scanner.take($0) }) else { return nil }
                numbers["M"] = month + 1
            case .field("s", let width):
                guard let value = scanner.seconds(digits: width...2) else { return nil }
                second = value
            case .field(let letter, let width):
                let sign = letter == "y" && width == 1 && scanner.take("-") ? -1 : 1
                guard let digits = Self.digits(letter, width: width), let number = scanner.integer(digits: digits)
                else { return nil }
                numbers[letter] = sign * number
            }
        }
        guard scanner.isAtEnd, let date = Self.date(numbers) else { return nil }
        return Instant(date, hour: numbers["H"] ?? 0, minute: numbers["m"] ?? 0, second: second)
    }

    private static func date(_ numbers: [Character: Int]) -> CalendarDate? {
        let first = CalendarDate(year: numbers["y"] ?? 0, month: numbers["M"] ?? 1)
        guard let dayOfYear = numbers["D"] else {
            return first.flatMap { CalendarDate(year: $0.year, month: $0.month, day: numbers["d"] ?? 1) }
        }
        guard let first, (1...CalendarDate.daysInYear(first.year)).contains(dayOfYear) else { return nil }
        return CalendarDate(daysSince1970: first.daysSince1970 + dayOfYear - 1)
    }

    private static func digits(_ letter: Character, width: Int) -> ClosedRange<Int>? {
        switch (letter, width) {
        case ("y", 4): 4...4
        case ("y", 1): 1...7
        case ("D", 1): 1...3
        case ("D", 3): 3...3
        case ("M", 1...2), ("d", 1...2), ("H", 1...2), ("m", 1...2), ("s", 1...2): width...2
        default: nil
        }
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
