/// The clock that the times of a table are shown by.
///
/// `nil` stands for tables of which nothing tells it; their times are taken for UTC.
public enum TableClock: Hashable, Sendable, CustomStringConvertible {
    /// A number of seconds ahead of UTC.
    case fixed(Double)
    /// The local clock of a zone, such as `Europe/Berlin`.
    case zone(String)
    /// Local clocks, each row's own.
    case varying

    /// The clock of local dates: that of the zone, or of stamps with offsets.
    init(_ clock: FileClock?, of offsets: [Double]) {
        switch clock {
        case .fixed(let offset): self = .fixed(offset)
        case .zone(let zone): self = .zone(zone.identifier)
        case nil: self = Set(offsets).count == 1 ? .fixed(offsets[0]) : .varying
        }
    }

    /// `UTC`, `UTC+05:30`, `Europe/Berlin`.
    public var description: String {
        switch self {
        case .fixed(0): "UTC"
        case .fixed(let offset): "UTC\(ClockOffset.text(offset))"
        case .zone(let name): name
        case .varying: "the local clocks of the stamps"
        }
    }

    /// A time of steps shorter than a day with the clock's offset, `2020-06-01T06:00+05:30`; `nil` where that is zero
    /// or changes.
    func stamp(_ time: Instant, step: TimeStep?) -> String? {
        guard case .fixed(let offset) = self, offset != 0, !(step?.isOfDays ?? false) else { return nil }
        let text = "\(time)"
        return text + (text.contains("T") ? "" : "T00:00") + ClockOffset.text(offset)
    }
}

extension ObservationTable {
    /// A time as ISO 8601, with the offset of the table's clock where there is one and steps are shorter than a day.
    func text(_ time: Instant) -> String { clock?.stamp(time, step: step) ?? "\(time)" }
}

extension TimeStep {
    /// A time of the series as results state it: the month alone where steps are months or years, with the offset of
    /// the clock where steps are shorter than a day.
    func text(_ time: Instant, clock: TableClock? = nil) -> String {
        switch unit {
        case .month, .quarter, .year: time.monthText
        case .week, .day, .hour, .minute, .second: clock?.stamp(time, step: self) ?? time.description
        }
    }
}
