/// How a text names an instant.
public enum TimeFormat: Hashable, Sendable, CustomStringConvertible {
    /// `1958`, `1958-03`, `1958-03-29`, `1958-03-29T06:00Z`.
    case iso8601
    /// A pattern such as `dd.MM.yyyy`.
    case pattern(TimePattern)
    /// `1958.2411`: the year and the part of it that has passed.
    case decimalYear
    /// A number in CF units such as `days since 1950-01-01`.
    case number(TimeUnits)

    /// Reads `iso8601`, `decimal year`, CF units or a pattern; `nil` where the text is none of them.
    public init?(_ text: String) {
        switch text.lowercased() {
        case "iso8601", "iso 8601": self = .iso8601
        case "decimal year", "decimal-year": self = .decimalYear
        default:
            if let units = TimeUnits(text) {
                self = .number(units)
            } else if let pattern = TimePattern(text) {
                self = .pattern(pattern)
            } else {
                return nil
            }
        }
    }

    /// The words that `init` reads, for messages.
    static let expectation =
        "iso8601, decimal year, units such as 'days since 1950-01-01', or a pattern such as 'yyyy-MM-dd'"

    public var description: String {
        switch self {
        case .iso8601: "an ISO 8601 date such as 1958-03-29"
        case .pattern(let pattern): "a date as '\(pattern)'"
        case .decimalYear: "a decimal year such as 1958.2411"
        case .number(let units): "a number of \(units)"
        }
    }

    /// The instant that the text names, or `nil` where it does not fit the format.
    public func instant(_ text: String) -> Instant? {
        switch self {
        case .iso8601: return Instant(iso8601: text)
        case .pattern(let pattern): return pattern.instant(text)
        case .number(let units): return Double(decimal: text).flatMap(units.instant)
        case .decimalYear:
            guard let year = Double(decimal: text), year.isFinite,
                let date = CalendarDate(year: Int(max(-2e6, min(2e6, year)).rounded(.down)))
            else { return nil }
            let length = Double(CalendarDate.daysInYear(date.year)) * 86_400
            return Instant(date, secondsOfDay: (year - year.rounded(.down)) * length)
        }
    }
}

extension Double {
    /// A number in decimal notation, `-1.5e3`; neither hexadecimal nor words. It may overflow to infinity.
    init?(decimal text: some StringProtocol) {
        guard text.utf8.allSatisfy({ Self.decimalCharacters.contains($0) }), let value = Double(text) else {
            return nil
        }
        self = value
    }

    private static let decimalCharacters = Set("0123456789+-.eE".utf8)
}
