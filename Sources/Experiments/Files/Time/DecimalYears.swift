import Foundation

/// Times as years with a fraction, and as precise as their text: `1980.083` is February where steps are months.
struct DecimalYears {
    let years: [Double]
    /// The most decimal places of any of them.
    let decimals: Int

    /// The part of the year by its days; `nil` outside the calendar.
    static func instant(_ year: Double) -> Instant? {
        guard year.isFinite, abs(year) < 1e6, let date = CalendarDate(year: Int(year.rounded(.down))) else {
            return nil
        }
        let length = Double(CalendarDate.daysInYear(date.year)) * 86_400
        let start = Double(date.daysSince1970) * 86_400
        return Instant(secondsSince1970: min(start + (year - year.rounded(.down)) * length, start + length - 1e-3))
    }

    /// The instants of all years, read by what fits all of them within half a unit of the last digit: twelfths of the
    /// year or first days of months where steps are months, whole or half units of the step where they are shorter, the
    /// days of the year otherwise.
    func instants(step: TimeStep?) -> [Instant?] {
        let error = 0.5 * Self.power(-decimals) * (1 + 1e-6)
        switch step?.length {
        case .months where error < 1.0 / 36:
            return all { Self.twelfth($0, error) } ?? all { Self.firstOfMonth($0, error) } ?? years.map(Self.instant)
        case .seconds:
            let unit: Double =
                switch step?.unit {
                case .week, .day: 86_400
                case .hour: 3600
                case .minute: 60
                default: 1
                }
            guard error * 366 * 86_400 < unit / 4 else { return years.map(Self.instant) }
            return all { Self.unit($0, error, unit, phase: 0) } ?? all { Self.unit($0, error, unit, phase: unit / 2) }
                ?? years.map(Self.instant)
        default: return years.map(Self.instant)
        }
    }

    private func all(_ read: (Double) -> Instant?) -> [Instant?]? {
        var instants: [Instant?] = []
        instants.reserveCapacity(years.count)
        for year in years {
            guard let instant = read(year) else { return nil }
            instants.append(instant)
        }
        return instants
    }

    private static func month(_ months: Double) -> Instant? {
        guard abs(months) < 1e7 else { return nil }
        let year = Int(months).dividedDown(by: 12)
        return CalendarDate(year: year, month: Int(months) - year * 12 + 1).flatMap { Instant($0) }
    }

    private static func twelfth(_ year: Double, _ error: Double) -> Instant? {
        let months = (year * 12).rounded()
        return abs(year - months / 12) <= error + abs(year).ulp ? month(months) : nil
    }

    private static func firstOfMonth(_ year: Double, _ error: Double) -> Instant? {
        let near = (year * 12).rounded()
        for months in [near, near - 1, near + 1] {
            guard let start = month(months) else { continue }
            if abs(start.decimalYear - year) <= error + abs(year).ulp { return start }
        }
        return nil
    }

    private static func unit(_ year: Double, _ error: Double, _ unit: Double, phase: Double) -> Instant? {
        guard let instant = instant(year) else { return nil }
        let seconds = ((instant.secondsSince1970 - phase) / unit).rounded() * unit + phase
        let length = Double(CalendarDate.daysInYear(instant.date.year)) * 86_400
        guard abs(seconds - instant.secondsSince1970) <= (error + abs(year).ulp) * length + 2e-3 else { return nil }
        return Instant(secondsSince1970: seconds)
    }

    /// How many digits stand behind the mark.
    static func decimals(_ bytes: [UInt8], _ range: Range<Int>, mark: UInt8) -> Int {
        guard let position = bytes[range].firstIndex(of: mark) else { return 0 }
        return bytes[(position + 1)..<range.upperBound].prefix { (0x30...0x39).contains($0) }.count
    }

    static func power(_ exponent: Int) -> Double { pow(10, Double(exponent)) }
}
