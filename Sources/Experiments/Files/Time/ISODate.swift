extension Instant {
    /// Reads ISO 8601: `1958`, `1958-03`, `1958-03-29`, `1958-03-29T06:00:00.5Z`, `1958-W13`, `1958-W13-6`; and
    /// quarters, `1958-Q1` or `1958Q1`. The rest of a shorter form is its beginning.
    ///
    /// A blank may stand for the `T`; `T24:00` is the end of the day; an offset such as `+02:00` is taken off; without
    /// one the time is UTC.
    public init?(iso8601 text: String) {
        guard let period = Instant.period(iso8601: text) else { return nil }
        self = period.lowerBound
    }

    /// The whole period that the text names: `1979` is the year, `1979-12` the month, `1979-12-31` the day.
    ///
    /// So "to 1979-12" includes all of December.
    public static func period(iso8601 text: String) -> Range<Instant>? {
        var scanner = TextScanner(text)
        guard let date = ISODate(&scanner, lenient: false) else { return nil }
        return date.start..<date.precision.advance(date.start, by: 1)
    }
}

/// A time as a file states it: what its clock shows, and how far that clock is ahead of UTC.
struct TimeStamp {
    let local: Instant
    /// Seconds to the east; `nil` where the stamp has no offset.
    let offset: Double?

    /// In UTC, taking a stamp without an offset for one.
    var instant: Instant { Instant(secondsSince1970: local.secondsSince1970 - (offset ?? 0)) }

    /// Reads ISO 8601.
    init?(iso8601 text: String) {
        var scanner = TextScanner(text)
        guard let date = ISODate(&scanner, lenient: false) else { return nil }
        self = date.stamp
    }

    /// `nil` where the instant is outside the calendar.
    init?(_ local: Instant?, offset: Double? = nil) {
        guard let local, Instant.representableSeconds.contains(local.secondsSince1970 - (offset ?? 0)) else {
            return nil
        }
        (self.local, self.offset) = (local, offset)
    }
}

/// An ISO 8601 date as it was written: its beginning and the step that its last part stands for.
struct ISODate {
    let stamp: TimeStamp
    let precision: TimeStep

    var start: Instant { stamp.instant }

    /// Lenient is the form of CF units, in which leading zeros may be left out, as in `1800-1-1 0:0:0`.
    init?(_ scanner: inout TextScanner, lenient: Bool) {
        let two = (lenient ? 1 : 2)...2
        let isBeforeChrist = scanner.take("-")
        guard let digits = scanner.integer(digits: lenient ? 1...7 : 4...7) else { return nil }
        let year = isBeforeChrist ? -digits : digits
        var date: CalendarDate?
        var clock = Clock()
        let hasPart = scanner.take("-")
        if scanner.take("Q") {
            guard let quarter = scanner.integer(digits: 1...1), (1...4).contains(quarter) else { return nil }
            (date, clock.precision) = (CalendarDate(year: year, month: 3 * quarter - 2), .quarter)
        } else if scanner.take("W") {
            guard let week = scanner.integer(digits: 2...2) else { return nil }
            let hasDay = scanner.take("-")
            guard let day = hasDay ? scanner.integer(digits: 1...1) : 1 else { return nil }
            (date, clock.precision) = (CalendarDate(year: year, week: week, day: day), hasDay ? .day : .week)
        } else if hasPart {
            guard let month = scanner.integer(digits: two) else { return nil }
            if scanner.take("-") {
                guard let day = scanner.integer(digits: two) else { return nil }
                date = CalendarDate(year: year, month: month, day: day)
                clock.precision = .day
                guard scanner.isAtEnd || clock.read(&scanner, digits: two) else { return nil }
            } else {
                (date, clock.precision) = (CalendarDate(year: year, month: month), .month)
            }
        } else {
            (date, clock.precision) = (CalendarDate(year: year), .year)
        }
        guard scanner.isAtEnd, let date,
            let stamp = TimeStamp(
                Instant(date, hour: clock.hour, minute: clock.minute, second: clock.second), offset: clock.offset)
        else { return nil }
        self.stamp = stamp
        precision = TimeStep(1, clock.precision)
    }
}

/// The time of day in ISO 8601 with its offset from UTC.
struct Clock {
    var hour = 0
    var minute = 0
    var second = 0.0
    /// Seconds to the east; `nil` where there is none.
    var offset: Double?
    var precision = TimeStep.Unit.day

    fileprivate mutating func read(_ scanner: inout TextScanner, digits: ClosedRange<Int>) -> Bool {
        guard scanner.take("T") || scanner.take(" ") else { return false }
        scanner.skipSpaces()
        // "1950-01-01 UTC" has an offset and no time.
        if !scanner.isNext("Zz+-UuGg") {
            guard let hour = scanner.integer(digits: digits) else { return false }
            (self.hour, precision) = (hour, .hour)
            if scanner.take(":") {
                guard let minute = scanner.integer(digits: digits) else { return false }
                (self.minute, precision) = (minute, .minute)
                if scanner.take(":") {
                    guard let second = scanner.seconds(digits: digits) else { return false }
                    (self.second, precision) = (second, .second)
                }
            }
        }
        scanner.skipSpaces()
        if scanner.isAtEnd { return true }
        offset = Self.offset(&scanner)
        return offset != nil
    }

    /// Takes `Z`, `UTC`, `GMT`, `+02:00`, `+0200`, `-6`: seconds to the east.
    static func offset(_ scanner: inout TextScanner) -> Double? {
        if scanner.take("Z") || scanner.take("UTC") || scanner.take("GMT") { return 0 }
        let sign: Double = scanner.take("-") ? -1 : 1
        guard sign < 0 || scanner.take("+"), let hours = scanner.integer(digits: 1...2), hours < 24 else { return nil }
        let hasMinutes = scanner.take(":") || !scanner.isAtEnd
        guard let minutes = hasMinutes ? scanner.integer(digits: 2...2) : 0, minutes < 60 else { return nil }
        return sign * Double(hours * 3600 + minutes * 60)
    }
}

extension CalendarDate {
    /// A day of an ISO 8601 week: day 1 is Monday, and the week belongs to the year of its Thursday.
    init?(year: Int, week: Int, day: Int) {
        guard (1...53).contains(week), (1...7).contains(day),
            let fourth = CalendarDate(year: year, month: 1, day: 4)
        else { return nil }
        // 1970-01-01 was a Thursday.
        let weekday = (fourth.daysSince1970 + 3) - (fourth.daysSince1970 + 3).dividedDown(by: 7) * 7
        let monday = fourth.daysSince1970 - weekday + 7 * (week - 1)
        guard CalendarDate(daysSince1970: monday + 3).year == year else { return nil }
        self.init(daysSince1970: monday + day - 1)
    }
}
