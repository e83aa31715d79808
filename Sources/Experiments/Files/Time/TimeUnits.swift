import Tensors

/// Time units of the CF conventions, `days since 1950-01-01 00:00`: a unit and the instant from which it counts.
///
/// Reference: *NetCDF Climate and Forecast Metadata Conventions* 1.11, section 4.4.
public struct TimeUnits: Hashable, Sendable, CustomStringConvertible {
    /// Years and months are taken by the calendar and only as whole numbers; other readers give them 365.2425 days or
    /// a twelfth.
    public let unit: TimeStep.Unit
    public let origin: Instant

    public init(_ unit: TimeStep.Unit, since origin: Instant) {
        (self.unit, self.origin) = (unit, origin)
    }

    /// Reads the text of a `units` attribute; `nil` where it is none of time.
    public init?(_ text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: true)
        guard words.count >= 3, words[1].lowercased() == "since", let unit = Self.names[words[0].lowercased()],
            let date = ISODate(words[2...].joined(separator: " "), lenient: true)
        else { return nil }
        self.init(unit, since: date.start)
    }

    /// `days since 1950-01-01`.
    public var description: String { "\(unit.rawValue)s since \(origin)".replacing("T", with: " ") }

    /// The instant of a number in these units; `nil` where it is not finite, outside the calendar, or no whole month
    /// or year.
    public func instant(_ number: Double) -> Instant? {
        guard number.isFinite, abs(number) < 4e13 else { return nil }
        switch TimeStep(1, unit).length {
        case .seconds(let length):
            let seconds = origin.secondsSince1970 + number * length
            return Instant.representableSeconds.contains(seconds) ? Instant(secondsSince1970: seconds) : nil
        case .months(let months):
            // Beyond the 28th the same day is not in every month.
            guard number == number.rounded(), origin.date.day <= 28, abs(number) < 2e6,
                let date = origin.date.advanced(byMonths: Int(number) * months)
            else { return nil }
            return Instant(date, secondsOfDay: origin.secondsOfDay)
        }
    }

    /// The instant in these units, for units of fixed length.
    public func number(_ instant: Instant) -> Double {
        guard case .seconds(let length) = TimeStep(1, unit).length else {
            preconditionFailure("TimeUnits: \(self) has no fixed length")
        }
        return (instant.secondsSince1970 - origin.secondsSince1970) / length
    }

    private static let names: [String: TimeStep.Unit] = {
        var names: [String: TimeStep.Unit] = [
            "s": .second, "sec": .second, "secs": .second, "min": .minute, "mins": .minute, "h": .hour, "hr": .hour,
            "hrs": .hour, "d": .day,
        ]
        for unit in TimeStep.Unit.allCases {
            names[unit.rawValue] = unit
            names[unit.rawValue + "s"] = unit
        }
        return names
    }()
}
