extension Instant {
    /// Reads ISO 8601: `1958`, `1958-03`, `1958-03-29`, `1958-03-29T06:00:00.5Z`; the rest of a shorter form is its
    /// beginning.
    ///
    /// A blank may stand for the `T`; an offset such as `+02:00` is taken off; without one the time is UTC.
    public init?(iso8601 text: String) {
        guard let period = Instant.period(iso8601: text) else { return nil }
        self = period.lowerBound
    }

    /// The whole period that the text names: `1979` is the year, `1979-12` the month, `1979-12-31` the day.
    ///
    /// So "to 1979-12" includes all of December.
    public static func period(iso8601 text: String) -> Range<Instant>? {
        ISODate(text, lenient: false).map { $0.start..<$0.precision.advance($0.start, by: 1) }
    }
}

/// An ISO 8601 date as it was written: its beginning and the step that its last part stands for.
struct ISODate {
    let start: Instant
    let precision: TimeStep

    /// Lenient is the form of CF units, in which leading zeros may be left out, as in `1800-1-1 0:0:0`.
    init?(_ text: String, lenient: Bool) {
        var scanner = TextScanner(text)
        let two = (lenient ? 1 : 2)...2
        let isBeforeChrist = scanner.take("-")
        guard let year = scanner.integer(digits: lenient ? 1...7 : 4...7) else { return nil }
        var month = 1
        var day = 1
        var offset = 0.0
        var time = (hour: 0, minute: 0, second: 0.0)
        var unit = TimeStep.Unit.year
        if scanner.take("-") {
            guard let number = scanner.integer(digits: two) else { return nil }
            (month, unit) = (number, .month)
            if scanner.take("-") {
                guard let number = scanner.integer(digits: two) else { return nil }
                (day, unit) = (number, .day)
                if !scanner.isAtEnd {
                    guard let clock = Clock(&scanner, digits: two) else { return nil }
                    (time, offset, unit) = (clock.time, clock.offset, clock.precision)
                }
            }
        }
        guard scanner.isAtEnd, let date = CalendarDate(year: isBeforeChrist ? -year : year, month: month, day: day),
            let local = Instant(date, hour: time.hour, minute: time.minute, second: time.second),
            Instant.representableSeconds.contains(local.secondsSince1970 - offset)
        else { return nil }
        start = Instant(secondsSince1970: local.secondsSince1970 - offset)
        precision = TimeStep(1, unit)
    }
}

/// The time of day in ISO 8601 with its offset from UTC.
private struct Clock {
    var time = (hour: 0, minute: 0, second: 0.0)
    /// Seconds to the east.
    var offset = 0.0
    var precision = TimeStep.Unit.day

    init?(_ scanner: inout TextScanner, digits: ClosedRange<Int>) {
        guard scanner.take("T") || scanner.take(" ") else { return nil }
        scanner.skipSpaces()
        // "1950-01-01 UTC" has an offset and no time.
        if !scanner.isNext("Zz+-U") {
            guard let hour = scanner.integer(digits: digits) else { return nil }
            (time.hour, precision) = (hour, .hour)
            if scanner.take(":") {
                guard let minute = scanner.integer(digits: digits) else { return nil }
                (time.minute, precision) = (minute, .minute)
                if scanner.take(":") {
                    guard let second = scanner.seconds(digits: digits) else { return nil }
                    (time.second, precision) = (second, .second)
                }
            }
        }
        guard let offset = Self.offset(&scanner) else { return nil }
        self.offset = offset
    }

    private static func offset(_ scanner: inout TextScanner) -> Double? {
        scanner.skipSpaces()
        if scanner.isAtEnd || scanner.take("Z") || scanner.take("UTC") { return 0 }
        let sign: Double = scanner.take("-") ? -1 : 1
        guard sign < 0 || scanner.take("+"), let hours = scanner.integer(digits: 1...2), hours < 24 else { return nil }
        let hasMinutes = scanner.take(":") || !scanner.isAtEnd
        guard let minutes = hasMinutes ? scanner.integer(digits: 2...2) : 0, minutes < 60 else { return nil }
        return sign * Double(hours * 3600 + minutes * 60)
    }
}
