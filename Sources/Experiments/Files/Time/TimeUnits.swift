/// Time units of the CF conventions, `days since 1950-01-01 00:00`: a unit and the instant from which it counts.
///
/// Years, quarters and months are those of the calendar; a part of one is that part of its days, so that 0.5 is its
/// middle. UDUNITS gives them 365.2422 days or a twelfth of it, cftime refuses them.
///
/// Reference: *NetCDF Climate and Forecast Metadata Conventions* 1.11, section 4.4.
public struct TimeUnits: Hashable, Sendable, CustomStringConvertible {
    let name: String
    let length: TimeStep.Length
    /// The clock's reading at 0 of the units.
    let origin: Instant
    /// How far that clock is ahead of UTC, in seconds; `nil` where the units do not tell.
    let offset: Double?
    let calendar: TimeCalendar

    public init(_ unit: TimeStep.Unit, since origin: Instant) {
        (name, length, self.origin, offset) = (unit.rawValue, TimeStep(1, unit).length, origin, nil)
        calendar = .prolepticGregorian
    }

    /// Reads the text of a `units` attribute; `nil` where it is none of time.
    public init?(_ text: String) { self.init(text, calendar: .standard) }

    init?(_ text: String, calendar: TimeCalendar) {
        let words = text.split(whereSeparator: \.isWhitespace)
        guard words.count >= 3, words[1].lowercased() == "since",
            let (name, length) = Self.unit(words[0].lowercased())
        else { return nil }
        var scanner = TextScanner(words[2...].joined(separator: " "))
        guard let date = ISODate(&scanner, lenient: true) else { return nil }
        (self.name, self.length, self.calendar) = (name, length, calendar)
        (origin, offset) = (date.stamp.local, date.stamp.offset)
    }

    /// `days since 1950-01-01`.
    public var description: String {
        let text = "\(name)s since \(origin)".replacing("T", with: " ")
        guard let offset, offset != 0 else { return text }
        return "\(text) \(ClockOffset.text(offset))"
    }

    /// The instant of a number in these units; `nil` where it is not finite or outside the calendar.
    public func instant(_ number: Double) -> Instant? { stamp(number)?.instant }

    /// The time of a number that is known within `tolerance`, in these units: a whole day, hour, minute or second
    /// within it is meant.
    func stamp(_ number: Double, tolerance: Double? = nil) -> TimeStamp? {
        guard number.isFinite, abs(number) < 1e17 else { return nil }
        switch length {
        case .seconds(let length):
            let seconds = calendar.elapsed(origin) + number * length
            let error = max((tolerance ?? number.ulp) * length, seconds.ulp)
            guard Instant.representableSeconds.contains(seconds),
                let local = calendar.instant(Self.whole(seconds, error))
            else { return nil }
            return TimeStamp(local, offset: offset)
        case .months(let months):
            let total = number * Double(months)
            // Beyond the 28th the same day is not in every month.
            guard abs(total) < 2e6, origin.date.day <= 28 else { return nil }
            let whole = (total + (tolerance ?? 0) * Double(months)).rounded(.down)
            let part = max(total - whole, 0)
            guard let start = origin.date.advanced(byMonths: Int(whole)),
                let end = origin.date.advanced(byMonths: Int(whole) + 1)
            else { return nil }
            let days = Double(start.daysSince1970) + part * Double(end.daysSince1970 - start.daysSince1970)
            let seconds = days * 86_400 + origin.secondsOfDay
            guard Instant.representableSeconds.contains(seconds) else { return nil }
            return TimeStamp(Instant(secondsSince1970: Self.whole(seconds, max(1e-3, seconds.ulp))), offset: offset)
        }
    }

    /// The instant in these units, for units of fixed length.
    public func number(_ instant: Instant) -> Double {
        guard case .seconds(let length) = length else { preconditionFailure("TimeUnits: \(self) has no fixed length") }
        let local = Instant(secondsSince1970: instant.secondsSince1970 + (offset ?? 0))
        return (calendar.elapsed(local) - calendar.elapsed(origin)) / length
    }

    private static func whole(_ seconds: Double, _ error: Double) -> Double {
        for unit in [86_400, 3600, 60, 1.0] {
            let nearest = (seconds / unit).rounded() * unit
            if abs(seconds - nearest) <= error { return nearest }
        }
        return seconds
    }

    private static func unit(_ word: String) -> (name: String, length: TimeStep.Length)? {
        let short: [String: TimeStep.Unit] = [
            "s": .second, "sec": .second, "secs": .second, "min": .minute, "mins": .minute, "h": .hour, "hr": .hour,
            "hrs": .hour, "d": .day,
        ]
        let parts: [String: (name: String, seconds: Double)] = [
            "ms": ("millisecond", 1e-3), "msec": ("millisecond", 1e-3), "msecs": ("millisecond", 1e-3),
            "millisec": ("millisecond", 1e-3), "millisecs": ("millisecond", 1e-3), "millisecond": ("millisecond", 1e-3),
            "milliseconds": ("millisecond", 1e-3), "us": ("microsecond", 1e-6), "µs": ("microsecond", 1e-6),
            "microsec": ("microsecond", 1e-6), "microsecs": ("microsecond", 1e-6), "microsecond": ("microsecond", 1e-6),
            "microseconds": ("microsecond", 1e-6),
        ]
        if let part = parts[word] { return (part.name, .seconds(part.seconds)) }
        let singular = word.hasSuffix("s") ? String(word.dropLast()) : word
        guard let unit = short[word] ?? TimeStep.Unit(rawValue: word) ?? TimeStep.Unit(rawValue: singular) else {
            return nil
        }
        return (unit.rawValue, TimeStep(1, unit).length)
    }
}
