/// Times on the horizontal axis of a figure, as days since 1970.
enum TimeAxis {
    /// The days since 1970-01-01 by the time's own clock of `1997`, `1997-05`, `1997-05-15` or
    /// `1997-05-15T12:00+02:00`; nil of anything else.
    static func days(_ time: String) -> Double? { TimeStamp(iso8601: time).map { $0.local.secondsSince1970 / 86_400 } }

    /// Marks at the beginnings of years, of months, of days or of hours, as there are few enough of them.
    static func ticks(from first: Double, to last: Double, most: Int = 10) -> [PanelAxis.Tick] {
        let span = last - first
        if span < 75 { return span < 3 ? hours(first, last, most) : days(first, last, most) }
        let steps = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200]
        guard let step = steps.first(where: { span / 30.44 / Double($0) <= Double(most) }) else { return [] }
        let (begin, end) = (date(first), date(last))
        let months = stride(
            from: (begin.year * 12 + begin.month - 1) / step * step, through: end.year * 12 + 11, by: step)
        return months.compactMap { month in
            let date = CalendarDate(year: month / 12, month: month % 12 + 1)
            guard let position = date.map({ Double($0.daysSince1970) }), position >= first - 1, position <= last + 1
            else { return nil }
            return PanelAxis.Tick(position, step >= 12 ? "\(month / 12)" : "\(month / 12)-\(two(month % 12 + 1))")
        }
    }

    /// Marks at the beginnings of days, with their dates.
    private static func days(_ first: Double, _ last: Double, _ most: Int) -> [PanelAxis.Tick] {
        let step = [1.0, 2, 5, 10].first { (last - first) / $0 <= Double(most) } ?? 10
        return stride(from: (first / step).rounded(.up) * step, through: last, by: step).map {
            let date = date($0)
            return PanelAxis.Tick($0, "\(date.year)-\(two(date.month))-\(two(date.day))")
        }
    }

    /// Marks at hours, or minutes, of the day; at midnight the date.
    private static func hours(_ first: Double, _ last: Double, _ most: Int) -> [PanelAxis.Tick] {
        let minutes = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720]
        let step = minutes.first { (last - first) * 1440 / Double($0) <= Double(most) } ?? 720
        // Minutes are no binary fractions of a day.
        let slack = 1e-4
        let begin = Int(((first * 1440 - slack) / Double(step)).rounded(.up)) * step
        let end = Int((last * 1440 + slack).rounded(.down))
        return stride(from: begin, through: end, by: step).map { minute in
            let (day, rest) = (minute.dividedDown(by: 1440), minute - minute.dividedDown(by: 1440) * 1440)
            let date = CalendarDate(daysSince1970: day)
            let text = rest == 0 ? "\(two(date.month))-\(two(date.day))" : "\(two(rest / 60)):\(two(rest % 60))"
            return PanelAxis.Tick(Double(minute) / 1440, text)
        }
    }

    private static func two(_ number: Int) -> String { (number < 10 ? "0" : "") + "\(number)" }

    private static func date(_ days: Double) -> CalendarDate { CalendarDate(daysSince1970: Int(days.rounded(.down))) }

    /// A time for readers: without the day if all of `others` are the first of a month, with the clock if they are less
    /// than a month apart and have one.
    static func display(_ time: String, among others: [String]) -> String {
        let isMonthly = others.allSatisfy { $0.count <= 7 || $0.dropFirst(7).hasPrefix("-01") }
        let hasClock = others.contains { $0.contains("T") } && areWithinMonths(others)
        if hasClock, let stamp = TimeStamp(iso8601: time) {
            let text = stamp.local.description
            return text.contains("T") ? text.replacing("T", with: " ") : text + " 00:00"
        }
        return String(time.prefix(isMonthly ? 7 : 10))
    }

    /// Whether any two times that follow each other are less than 27 days apart.
    private static func areWithinMonths(_ times: [String]) -> Bool {
        let days = times.lazy.map { self.days($0) ?? .infinity }
        return zip(days, days.dropFirst()).contains { $1 - $0 < 27 }
    }
}
