import Tensors

/// A regular step of time: a number of years, quarters, months, weeks, days, hours, minutes or seconds.
///
/// Years, quarters and months follow the calendar, the others have a fixed length.
public struct TimeStep: Hashable, Sendable, Codable, CustomStringConvertible {
    public enum Unit: String, Hashable, Sendable, Codable, CaseIterable {
        case year, quarter, month, week, day, hour, minute, second
    }

    /// At least 1.
    public let count: Int
    public let unit: Unit

    public init(_ count: Int = 1, _ unit: Unit) {
        precondition((1...1_000_000).contains(count), "TimeStep: \(count) \(unit.rawValue)s")
        (self.count, self.unit) = (count, unit)
    }

    /// Reads `month`, `1 week`, `6 hours`; `nil` where the text is something else.
    public init?(_ text: String) {
        let words = text.split(separator: " ").map { $0.lowercased() }
        guard let name = words.last, words.count <= 2,
            let unit = Unit(rawValue: name) ?? (name.hasSuffix("s") ? Unit(rawValue: String(name.dropLast())) : nil),
            let count = words.count == 2 ? Int(words[0]) : 1, (1...1_000_000).contains(count)
        else { return nil }
        self.init(count, unit)
    }

    /// `month`, `6 hours`.
    public var description: String { count == 1 ? unit.rawValue : "\(count) \(unit.rawValue)s" }

    /// How many such steps a mean Gregorian year of 365.2425 days has: 12 for a month, 52.18 for a week.
    public var stepsPerYear: Double {
        switch length {
        case .months(let months): 12 / Double(months)
        case .seconds(let seconds): 365.2425 * 86_400 / seconds
        }
    }

    /// The instant a number of steps after (or, negative, before) an origin.
    ///
    /// Months are counted from the origin, so that 31 January + 2 months is 31 March and not 28 March. What lies
    /// outside the calendar becomes its first or its last second.
    public func advance(_ origin: Instant, by steps: Int) -> Instant {
        switch length {
        case .seconds(let seconds):
            let range = Instant.representableSeconds
            let advanced = origin.secondsSince1970 + Double(steps) * seconds
            return Instant(secondsSince1970: min(max(advanced, range.lowerBound), range.upperBound))
        case .months(let months):
            let (total, overflows) = steps.multipliedReportingOverflow(by: months)
            guard !overflows, abs(total) < 1 << 40, let date = origin.date.advanced(byMonths: total) else {
                let range = Instant.representableSeconds
                return Instant(secondsSince1970: steps < 0 ? range.lowerBound : range.upperBound)
            }
            return Instant(date, secondsOfDay: origin.secondsOfDay)
        }
    }

    /// The number of whole steps from the origin to the instant, rounded down: the index of the step that holds the
    /// instant.
    public func index(of instant: Instant, from origin: Instant) -> Int {
        switch length {
        case .seconds(let seconds):
            return Int(((instant.secondsSince1970 - origin.secondsSince1970) / seconds).rounded(.down))
        case .months(let months):
            let (from, to) = (origin.date, instant.date)
            let guess = ((to.year - from.year) * 12 + to.month - from.month).dividedDown(by: months)
            return advance(origin, by: guess) > instant ? guess - 1 : guess
        }
    }

    /// The latest beginning of a calendar unit (year, quarter, month, day, hour, …) not after the instant; for weeks,
    /// that of the day.
    public func floor(_ instant: Instant) -> Instant {
        let date = instant.date
        switch unit {
        case .year: return Instant(year: date.year)
        case .quarter: return Instant(year: date.year, month: (date.month - 1) / 3 * 3 + 1)
        case .month: return Instant(year: date.year, month: date.month)
        case .week, .day: return Instant(date, secondsOfDay: 0)
        case .hour, .minute, .second:
            let seconds: Double = unit == .hour ? 3600 : unit == .minute ? 60 : 1
            return Instant(secondsSince1970: (instant.secondsSince1970 / seconds).rounded(.down) * seconds)
        }
    }

    /// Of the mean Gregorian year, 365.2425 days.
    static let secondsPerMonth = 365.2425 * 86_400 / 12

    enum Length: Hashable, Sendable {
        case months(Int)
        case seconds(Double)
    }

    var length: Length {
        switch unit {
        case .year: .months(12 * count)
        case .quarter: .months(3 * count)
        case .month: .months(count)
        case .week: .seconds(604_800 * Double(count))
        case .day: .seconds(86_400 * Double(count))
        case .hour: .seconds(3600 * Double(count))
        case .minute: .seconds(60 * Double(count))
        case .second: .seconds(Double(count))
        }
    }
}
