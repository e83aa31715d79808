/// The pattern of a date in a text column, such as `dd.MM.yyyy HH:mm`.
///
/// `yyyy` (four digits), `y`, or `yy` (the year of the hundred years from ``pivot``); `MM`, `M`, `MMM` (`Jan`) or
/// `MMMM` (`January`); `Q` (quarter); `dd` or `d`; `DDD` or `D` (day of the year); `HH` or `H` (0–24), `hh` or `h` with
/// `a` (1–12 with AM or PM); `mm` or `m`; `ss` or `s` (with a decimal fraction, if any); `X` (`Z`, `+02:00`). A doubled
/// letter wants two digits, a single one takes one or two. Letters in `'…'` and everything else stand for themselves.
public struct TimePattern: Hashable, Sendable, CustomStringConvertible {
    private enum Element: Hashable {
        case literal(String)
        case field(Character, width: Int)
    }

    private let elements: [Element]
    public let description: String
    /// The first of the hundred years that two digits stand for; by default 69 is 1969 and 68 is 2068, as in POSIX.
    public var pivot = 1969

    /// Whether years are of two digits, so that ``pivot`` has an effect.
    public var hasTwoDigitYears: Bool { elements.contains(.field("y", width: 2)) }

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
        let letters = Set(fields.map(\.0))
        guard !isQuoted, letters.contains("y"), letters.count == fields.count,
            letters.isDisjoint(with: ["M", "d", "Q"]) || !letters.contains("D"),
            letters.isDisjoint(with: ["M", "d"]) || !letters.contains("Q"),
            letters.contains("h") == letters.contains("a"), !letters.contains("h") || !letters.contains("H"),
            fields.allSatisfy({ Self.isField($0, width: $1) })
        else { return nil }
        self.elements = elements
        description = text
    }

    /// The instant that the text names, or `nil` where it does not fit the pattern.
    public func instant(_ text: String) -> Instant? {
        var scanner = TextScanner(text)
        return stamp(&scanner)?.instant
    }

    func stamp(_ scanner: inout TextScanner) -> TimeStamp? {
        var parts = Parts()
        for element in elements {
            switch element {
            case .literal(let literal):
                guard scanner.take(literal) else { return nil }
            case .field(let letter, let width):
                guard read(letter, width, &scanner, into: &parts) else { return nil }
            }
        }
        guard scanner.isAtEnd, let date = parts.date, let hour = parts.hourOfDay else { return nil }
        return TimeStamp(Instant(date, hour: hour, minute: parts.minute, second: parts.second), offset: parts.offset)
    }

    private struct Parts {
        var year = 0
        var month = 1
        var day = 1
        var dayOfYear: Int?
        var hour = 0
        /// Whether the hour is one of twelve, of the afternoon or not.
        var isAfternoon: Bool?
        var minute = 0
        var second = 0.0
        var offset: Double?

        var hourOfDay: Int? {
            guard let isAfternoon else { return hour }
            return (1...12).contains(hour) ? hour % 12 + (isAfternoon ? 12 : 0) : nil
        }

        var date: CalendarDate? {
            guard let dayOfYear else { return CalendarDate(year: year, month: month, day: day) }
            guard let first = CalendarDate(year: year), (1...CalendarDate.daysInYear(year)).contains(dayOfYear) else {
                return nil
            }
            return CalendarDate(daysSince1970: first.daysSince1970 + dayOfYear - 1)
        }
    }

    private func read(_ letter: Character, _ width: Int, _ scanner: inout TextScanner, into parts: inout Parts) -> Bool
    {
        switch letter {
        case "M" where width > 2:
            let names = width == 3 ? Self.months.map { String($0.prefix(3)) } : Self.months
            guard let month = names.firstIndex(where: { scanner.take($0) }) else { return false }
            parts.month = month + 1
        case "s":
            guard let second = scanner.seconds(digits: width...2) else { return false }
            parts.second = second
        case "a":
            parts.isAfternoon = scanner.take("PM")
            return parts.isAfternoon == true || scanner.take("AM")
        case "X":
            parts.offset = Clock.offset(&scanner)
            return parts.offset != nil
        case "y":
            let isNegative = width == 1 && scanner.take("-")
            guard let year = scanner.integer(digits: width == 1 ? 1...7 : width...width) else { return false }
            parts.year = width == 2 ? pivot + (((year - pivot) % 100) + 100) % 100 : isNegative ? -year : year
        default:
            let digits = letter == "Q" ? 1...1 : letter == "D" ? width...3 : width...2
            guard let number = scanner.integer(digits: digits) else { return false }
            switch letter {
            case "M": parts.month = number
            case "Q":
                guard (1...4).contains(number) else { return false }
                parts.month = 3 * number - 2
            case "d": parts.day = number
            case "D": parts.dayOfYear = number
            case "m": parts.minute = number
            default: parts.hour = number
            }
        }
        return true
    }

    private static func isField(_ letter: Character, width: Int) -> Bool {
        switch letter {
        case "y": [1, 2, 4].contains(width)
        case "M": width <= 4
        case "D": width == 1 || width == 3
        case "d", "H", "h", "m", "s": width <= 2
        case "Q", "a": width == 1
        case "X": width <= 3
        default: false
        }
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
}
