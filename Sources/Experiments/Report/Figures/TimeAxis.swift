/// Times on the horizontal axis of a figure, as days since 1970.
enum TimeAxis {
    /// The days since 1970-01-01 of `1997`, `1997-05`, `1997-05-15` or `1997-05-15T12:00:00Z`; nil of anything else.
    static func days(_ time: String) -> Double? {
        let parts = time.split(separator: "T", maxSplits: 1)
        let date = (parts.first ?? "").split(separator: "-").map { Int($0) }
        guard (1...3).contains(date.count), !date.contains(nil), let year = date[0] else { return nil }
        let month = date.count > 1 ? date[1] ?? 1 : 1
        let day = date.count > 2 ? date[2] ?? 1 : 1
        guard (1...12).contains(month), (1...31).contains(day) else { return nil }
        let clock = parts.count > 1 ? parts[1].prefix(8).split(separator: ":").map { Double($0) ?? 0 } : []
        let seconds = zip(clock, [3600.0, 60, 1]).reduce(0) { $0 + $1.0 * $1.1 }
        return Double(daysFromCivil(year, month, day)) + seconds / 86400
    }

    /// Marks at the beginnings of years, or of months if there are few.
    static func ticks(from first: Double, to last: Double, most: Int = 10) -> [PanelAxis.Tick] {
        let steps = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200]
        let span = (last - first) / 30.44
        guard let step = steps.first(where: { span / Double($0) <= Double(most) }) else { return [] }
        let begin = (civil(first).year * 12 + civil(first).month - 1) / step * step
        return stride(from: begin, through: civil(last).year * 12 + 11, by: step).compactMap { month in
            let position = Double(daysFromCivil(month / 12, month % 12 + 1, 1))
            guard position >= first - 1, position <= last + 1 else { return nil }
            let tail = step >= 12 ? "" : "-" + (month % 12 + 1 < 10 ? "0" : "") + "\(month % 12 + 1)"
            return PanelAxis.Tick(position, "\(month / 12)\(tail)")
        }
    }

    /// A time for readers: without the day if all of `others` are the first of a month, without the clock always.
    static func display(_ time: String, among others: [String]) -> String {
        let monthly = others.allSatisfy { $0.count <= 7 || $0.dropFirst(7).hasPrefix("-01") }
        return String(time.prefix(monthly ? 7 : 10))
    }

    /// Hinnant 2013, *chrono-compatible low-level date algorithms*.
    private static func daysFromCivil(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(_ days: Double) -> (year: Int, month: Int) {
        let shifted = Int(days.rounded(.down)) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        return (yearOfEra + era * 400 + (month >= 10 ? 1 : 0), month < 10 ? month + 3 : month - 9)
    }
}
