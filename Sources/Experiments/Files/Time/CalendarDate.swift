/// A day of the proleptic Gregorian calendar (year 0 is 1 BC).
///
/// Reference: H. Hinnant, *chrono-Compatible Low-Level Date Algorithms* (2013), `days_from_civil`, `civil_from_days`.
public struct CalendarDate: Hashable, Sendable {
    public let year: Int
    /// 1–12.
    public let month: Int
    /// 1–31.
    public let day: Int

    /// The years of every date and instant: no arithmetic on them overflows.
    public static let years = -99_999...99_999

    /// The date, or `nil` where the calendar has no such day.
    public init?(year: Int, month: Int = 1, day: Int = 1) {
        guard Self.years.contains(year), (1...12).contains(month),
            (1...Self.daysInMonth(month, year: year)).contains(day)
        else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
    }

    /// The date that lies a number of days after 1970-01-01.
    public init(daysSince1970 days: Int) {
        // Eras of 400 years, 146 097 days, that begin on the first of March of year 0.
        let shifted = days + 719_468
        let era = shifted.dividedDown(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// The number of days from 1970-01-01 to this date.
    public var daysSince1970: Int {
        let fromMarch = month <= 2 ? year - 1 : year
        let era = fromMarch.dividedDown(by: 400)
        let yearOfEra = fromMarch - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The date a number of calendar months later; a day that the month lacks becomes its last, 31 January + 1 = 28
    /// February.
    func advanced(byMonths months: Int) -> CalendarDate? {
        let total = year * 12 + month - 1 + months
        let newYear = total.dividedDown(by: 12)
        let newMonth = total - newYear * 12 + 1
        return CalendarDate(
            year: newYear, month: newMonth, day: min(day, Self.daysInMonth(newMonth, year: newYear)))
    }

    public static func isLeap(_ year: Int) -> Bool {
        year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    }

    public static func daysInMonth(_ month: Int, year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    public static func daysInYear(_ year: Int) -> Int { isLeap(year) ? 366 : 365 }
}

extension Int {
    /// The quotient rounded towards minus infinity; the divisor is positive.
    func dividedDown(by divisor: Int) -> Int {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
