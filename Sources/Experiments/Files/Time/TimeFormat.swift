/// How a text names an instant.
public enum TimeFormat: Hashable, Sendable, CustomStringConvertible {
    /// `1958`, `1958-03`, `1958-03-29`, `1958-03-29T06:00Z`, `1958-W13`, `1958-Q1`.
    case iso8601
    /// A pattern such as `dd.MM.yyyy`.
    case pattern(TimePattern)
    /// `1958.2411`: the year and the part of it that has passed.
    case decimalYear
    /// A number in CF units such as `days since 1950-01-01`.
    case number(TimeUnits)
    /// A number without a unit, as models of one's own count time.
    case plain

    /// Reads `iso8601`, `decimal year`, CF units or a pattern; `nil` where the text is none of them.
    public init?(_ text: String) {
        switch text.lowercased() {
        case "iso8601", "iso 8601", "quarter", "week": self = .iso8601
        case "decimal year", "decimal-year": self = .decimalYear
        case "number": self = .plain
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
        case .plain: "a number"
        }
    }

    /// The instant that the text names, or `nil` where it does not fit the format.
    public func instant(_ text: String) -> Instant? {
        let bytes = Array(text.utf8)
        return stamp(bytes, bytes.indices, mark: UInt8(ascii: "."))?.instant
    }

    /// The time that some bytes name; `mark` stands before the fractions of numbers.
    func stamp(_ bytes: [UInt8], _ range: Range<Int>, mark: UInt8) -> TimeStamp? {
        var scanner = TextScanner(bytes, range)
        switch self {
        case .iso8601: return ISODate(&scanner, lenient: false)?.stamp
        case .pattern(let pattern): return pattern.stamp(&scanner)
        case .number(let units):
            guard let number = Double(decimal: bytes, range, mark: mark) else { return nil }
            let decimals = DecimalYears.decimals(bytes, range, mark: mark)
            return units.stamp(number, tolerance: decimals > 0 ? 0.5 * DecimalYears.power(-decimals) : nil)
        case .decimalYear:
            return Double(decimal: bytes, range, mark: mark).flatMap { TimeStamp(DecimalYears.instant($0)) }
        case .plain:
            guard let number = Double(decimal: bytes, range, mark: mark),
                Instant.representableSeconds.contains(number)
            else { return nil }
            return TimeStamp(Instant(secondsSince1970: number))
        }
    }
}
