import Foundation

/// The clock that the stamps of a file without an offset follow.
public enum FileClock: Hashable, Sendable {
    /// A number of seconds ahead of UTC.
    case fixed(Double)
    /// A zone of the time-zone database, such as `Europe/Berlin`.
    case zone(TimeZone)

    /// Reads `UTC`, `+05:30` or the name of a zone; `nil` where the text is none.
    public init?(_ text: String) {
        var scanner = TextScanner(text)
        if let offset = Clock.offset(&scanner), scanner.isAtEnd {
            self = .fixed(offset)
        } else if text.contains("/"), let zone = TimeZone(identifier: text) {
            self = .zone(zone)
        } else {
            return nil
        }
    }

    /// How far the clock is ahead of UTC at an instant.
    func offset(at instant: Instant) -> Double {
        switch self {
        case .fixed(let offset): offset
        case .zone(let zone):
            Double(zone.secondsFromGMT(for: Date(timeIntervalSince1970: instant.secondsSince1970)))
        }
    }

    /// The offset without daylight saving time.
    func standardOffset(at instant: Instant) -> Double {
        guard case .zone(let zone) = self else { return offset(at: instant) }
        let date = Date(timeIntervalSince1970: instant.secondsSince1970)
        return offset(at: instant) - zone.daylightSavingTimeOffset(for: date)
    }

    enum Reading {
        case offset(Double)
        case twice
        case never
    }

    /// The offset at a local time; in a change of the clock an hour is shown twice or never.
    func offset(showing local: Instant) -> Reading {
        guard case .zone = self else { return .offset(offset(at: local)) }
        func shifted(_ shift: Double) -> Double {
            let seconds = local.secondsSince1970 + shift
            let range = Instant.representableSeconds
            return self.offset(at: Instant(secondsSince1970: min(max(seconds, range.lowerBound), range.upperBound)))
        }
        // Zones are within a day of UTC.
        let (before, after) = (shifted(-86_400), shifted(86_400))
        if before == after { return .offset(before) }
        let fitting = [before, after].filter { shifted(-$0) == $0 }
        switch fitting.count {
        case 0: return .never
        case 1: return .offset(fitting[0])
        default: return .twice
        }
    }
}

/// How an offset from UTC is written, `+05:30`.
enum ClockOffset {
    static func text(_ seconds: Double) -> String {
        let minutes = Int(abs(seconds) / 60)
        let (hour, minute) = (minutes / 60, minutes % 60)
        return "\(seconds < 0 ? "-" : "+")\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
    }
}

/// The times of a file's rows, as their stamps show them.
struct TimeStamps {
    var local: [Instant] = []
    /// Seconds ahead of UTC; NaN where a stamp has no offset. Empty where none has.
    var offsets: [Double] = []

    mutating func append(_ stamp: TimeStamp) {
        if offsets.isEmpty, stamp.offset != nil { offsets = [Double](repeating: .nan, count: local.count) }
        local.append(stamp.local)
        if !offsets.isEmpty || stamp.offset != nil { offsets.append(stamp.offset ?? .nan) }
    }

    /// The times of the rows on one clock.
    ///
    /// Steps of days and longer follow the local calendar: their times are what the local clock shows. Shorter steps
    /// need a clock without changes: the zone's without daylight saving time, or that of the first row's offset.
    ///
    /// - Throws: a time that the clock of the zone shows twice or never.
    func instants(
        clock: FileClock?, step: TimeStep?, place: (Int) -> InputError.Place
    ) throws(InputError) -> (times: [Instant], clock: TableClock?) {
        guard clock != nil || !offsets.isEmpty else { return (local, nil) }
        var ahead: [Double] = []
        ahead.reserveCapacity(local.count)
        for row in local.indices {
            let told = offsets.isEmpty ? Double.nan : offsets[row]
            ahead.append(told.isNaN ? try offset(row, clock, place) : told)
        }
        let follows = step.map { $0.isOfDays } ?? false
        let common = clock?.standardOffset(at: local.first ?? Instant(year: 1970)) ?? ahead.first ?? 0
        var result: [Instant] = []
        result.reserveCapacity(local.count)
        for row in local.indices {
            let utc = TimeStamp(local[row], offset: ahead[row])?.instant ?? local[row]
            let shown = follows ? clock?.offset(at: utc) ?? ahead[row] : common
            result.append(TimeStamp(utc, offset: -shown)?.instant ?? utc)
        }
        return (result, follows ? TableClock(clock, of: ahead) : .fixed(common))
    }

    private func offset(
        _ row: Int, _ clock: FileClock?, _ place: (Int) -> InputError.Place
    ) throws(InputError) -> Double {
        guard let clock else { return 0 }
        switch clock.offset(showing: local[row]) {
        case .offset(let offset): return offset
        case .twice:
            throw InputError(
                .data, at: place(row), "the clock of the zone shows \(local[row]) twice",
                expected: "times with an offset such as +01:00, or a fixed offset as the zone")
        case .never:
            throw InputError(
                .data, at: place(row), "the clock of the zone never shows \(local[row])",
                expected: "times of the zone, times with an offset, or a fixed offset as the zone")
        }
    }
}

extension TimeStep {
    /// Whether a step is a day or longer, so that it follows the local calendar.
    var isOfDays: Bool {
        switch unit {
        case .year, .quarter, .month, .week, .day: true
        case .hour, .minute, .second: false
        }
    }
}
