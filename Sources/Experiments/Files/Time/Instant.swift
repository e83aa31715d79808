import Tensors

/// A point on the time axis: seconds since 1970-01-01 00:00 UTC in the proleptic Gregorian calendar, without leap
/// seconds.
///
/// A `Double` holds whole seconds exactly and a microsecond within 250 years of 1970.
public struct Instant: Comparable, Hashable, Sendable {
    public let secondsSince1970: Double

    /// The seconds from the first to the last one in ``CalendarDate/years``.
    static let representableSeconds: ClosedRange<Double> = {
        // 1 January of the year −99 999 and of the year 100 000.
        let first = -37_243_412 * 86_400.0
        let end = 35_804_722 * 86_400.0
        return first...(end - 1)
    }()

    public init(secondsSince1970 seconds: Double) {
        precondition(
            Self.representableSeconds.contains(seconds), "Instant: \(seconds) seconds are outside the calendar")
        // One zero only: equal instants are the same bits.
        secondsSince1970 = seconds + 0
    }

    /// The instant of a date in the calendar; a date that does not exist is the caller's bug.
    public init(year: Int, month: Int = 1, day: Int = 1, hour: Int = 0, minute: Int = 0, second: Double = 0) {
        guard let date = CalendarDate(year: year, month: month, day: day),
            let instant = Instant(date, hour: hour, minute: minute, second: second)
        else { preconditionFailure("Instant: no such time: \(year)-\(month)-\(day) \(hour):\(minute):\(second)") }
        self = instant
    }

    /// The instant of a time of day on a date, or `nil` where the day has no such time; 24:00 is its end.
    init?(_ date: CalendarDate, hour: Int = 0, minute: Int = 0, second: Double = 0) {
        guard (0...24).contains(hour), (0..<60).contains(minute), second >= 0, second < 60,
            hour < 24 || (minute == 0 && second == 0)
        else { return nil }
        let seconds = Double(date.daysSince1970) * 86_400 + Double(hour * 3600 + minute * 60) + second
        guard Self.representableSeconds.contains(seconds) else { return nil }
        self.init(secondsSince1970: seconds)
    }

    init(_ date: CalendarDate, secondsOfDay: Double) {
        self.init(secondsSince1970: Double(date.daysSince1970) * 86_400 + secondsOfDay)
    }

    /// The day on which the instant lies.
    public var date: CalendarDate { CalendarDate(daysSince1970: Int((secondsSince1970 / 86_400).rounded(.down))) }

    /// The seconds since midnight, 0 ..< 86 400.
    public var secondsOfDay: Double { secondsSince1970 - Double(date.daysSince1970) * 86_400 }

    /// How much of its year has passed, 0 ..< 1: the season as a number.
    public var phaseOfYear: Double {
        let date = date
        let start = Instant(year: date.year).secondsSince1970
        return (secondsSince1970 - start) / (Double(CalendarDate.daysInYear(date.year)) * 86_400)
    }

    /// The position in a year of `period` equal numbers of months, from 0.
    public func phase(of period: Int) -> Int { (date.month - 1) * period / 12 }

    /// The year with its fraction, as `1958.2411`.
    public var decimalYear: Double { Double(date.year) + phaseOfYear }

    public static func < (left: Instant, right: Instant) -> Bool { left.secondsSince1970 < right.secondsSince1970 }
}

extension Instant: CustomStringConvertible {
    /// ISO 8601 in UTC, as short as the instant allows: `1958-03-29`, `1958-03-29T06:00`, `1958-03-29T06:00:01.500`.
    public var description: String {
        let rounded = Instant(secondsSince1970: (secondsSince1970 * 1000).rounded() / 1000)
        let date = rounded.date
        let milliseconds = Int((rounded.secondsOfDay * 1000).rounded())
        let sign = date.year < 0 ? "-" : ""
        var text = "\(sign)\(padded(abs(date.year), 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
        if milliseconds == 0 { return text }
        text += "T\(padded(milliseconds / 3_600_000, 2)):\(padded(milliseconds / 60_000 % 60, 2))"
        if !milliseconds.isMultiple(of: 60_000) { text += ":\(padded(milliseconds / 1000 % 60, 2))" }
        if !milliseconds.isMultiple(of: 1000) { text += ".\(padded(milliseconds % 1000, 3))" }
        return text
    }

    private func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(width - digits.count, 0)) + digits
    }
}

extension Instant: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let seconds = try container.decode(Double.self)
        guard Self.representableSeconds.contains(seconds) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(seconds) s is no instant")
        }
        self.init(secondsSince1970: seconds)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(secondsSince1970)
    }
}
