/// The calendars of the CF conventions that dates of the world are written in.
enum TimeCalendar: String, CaseIterable {
    /// Julian up to 4 October 1582, which 15 October follows.
    case standard
    case gregorian
    case prolepticGregorian = "proleptic_gregorian"

    /// The first instant of the Gregorian calendar, 1582-10-15.
    private static let reform = -141_427.0 * 86_400

    /// The seconds from 1970-01-01 to a date and time of the calendar.
    func elapsed(_ label: Instant) -> Double {
        guard self != .prolepticGregorian, label.secondsSince1970 < Self.reform else { return label.secondsSince1970 }
        return Double(JulianCalendar.daysSince1970(label.date)) * 86_400 + label.secondsOfDay
    }

    /// The calendar's date of the instant a number of seconds after 1970-01-01: before 1582 the date of the
    /// Julian calendar. `nil` for a 29 February that only that one has.
    func instant(_ elapsed: Double) -> Instant? {
        guard self != .prolepticGregorian, elapsed < Self.reform else { return Instant(secondsSince1970: elapsed) }
        let days = (elapsed / 86_400).rounded(.down)
        guard let date = JulianCalendar.date(daysSince1970: Int(days)) else { return nil }
        let seconds = Double(date.daysSince1970) * 86_400 + (elapsed - days * 86_400)
        return Instant.representableSeconds.contains(seconds) ? Instant(secondsSince1970: seconds) : nil
    }
}

/// The calendar with a leap day every fourth year, counted from March as in ``CalendarDate``.
enum JulianCalendar {
    static func daysSince1970(_ date: CalendarDate) -> Int {
        let fromMarch = date.month <= 2 ? date.year - 1 : date.year
        let dayOfYear = (153 * (date.month > 2 ? date.month - 3 : date.month + 9) + 2) / 5 + date.day - 1
        return fromMarch * 365 + fromMarch.dividedDown(by: 4) + dayOfYear - 719_470
    }

    static func date(daysSince1970 days: Int) -> CalendarDate? {
        let shifted = days + 719_470
        let era = shifted.dividedDown(by: 1461)
        let dayOfEra = shifted - era * 1461
        let yearOfEra = (dayOfEra - dayOfEra / 1460) / 365
        let dayOfYear = dayOfEra - 365 * yearOfEra
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return CalendarDate(
            year: era * 4 + yearOfEra + (month <= 2 ? 1 : 0), month: month,
            day: dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }
}
