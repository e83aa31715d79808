/// Periods of a table: where it has a step they are counted in steps,
/// whatever instant of its step a row is stamped with.
extension ObservationTable {
    /// The rows whose step begins in the period; without a step, those whose time lies in it.
    public func rows(in period: Range<Instant>) -> Range<Int> {
        let start = row(at: period.lowerBound)
        return start..<max(start, row(at: period.upperBound))
    }

    /// The rows of a period that a configuration names; `name` and `place` are the period's in messages.
    ///
    /// A period names whole units of the calendar, and a table may begin or end within one.
    ///
    /// - Throws: a period without a row, or with a whole step before the first row or after the last.
    func rows(of name: String, in period: Range<Instant>, at place: ConfigurationNode) throws(InputError) -> Range<Int>
    {
        guard let first = times.first, let last = times.last else {
            throw InputError(.data, at: .init(origin.file), "the file holds no times")
        }
        let rows = rows(in: period)
        let isBefore = step.map { isWhole($0.advance(firstStep ?? first, by: -1), $0, in: period, end: false) } ?? false
        guard !rows.isEmpty, !isBefore else {
            throw place.error(
                "the \(name) period \(period.lowerBound) to \(period.upperBound) is outside the data",
                expected: "periods within \(first) to \(last)")
        }
        if let step, let firstStep, isWhole(step.advance(firstStep, by: count), step, in: period, end: true) {
            throw place.error(
                "the \(name) period ends at \(period.upperBound), after the data",
                expected: "an end by \(step.advance(firstStep, by: count))")
        }
        return rows
    }

    /// Whether the step that begins at an instant, the one before the first row or after the last, lies in the period,
    /// and so does its day: a period names whole days, and hours of a first or last day may be missing.
    private func isWhole(_ start: Instant, _ step: TimeStep, in period: Range<Instant>, end: Bool) -> Bool {
        guard start >= period.lowerBound, step.advance(start, by: 1) <= period.upperBound else { return false }
        let day = TimeStep(1, .day)
        let bound = end ? period.upperBound : period.lowerBound
        guard bound.secondsOfDay == 0, step.advance(day.floor(start), by: 1) < day.advance(day.floor(start), by: 1)
        else { return true }
        let last = end ? step.advance(start, by: -1) : step.advance(start, by: 1)
        let edge = end ? day.advance(bound, by: -1) : bound
        return day.floor(last) != edge
    }

    /// The first row whose step begins at the instant or later.
    private func row(at instant: Instant) -> Int {
        guard let step, let firstStep else { return times.firstIndex { $0 >= instant } ?? count }
        let index = step.index(of: instant, from: firstStep)
        let isBeginning = step.advance(firstStep, by: index) >= instant
        return min(max(isBeginning ? index : index + 1, 0), count)
    }
}
