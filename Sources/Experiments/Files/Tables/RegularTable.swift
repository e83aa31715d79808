import Learning

extension ObservationTable {
    /// The table at a regular step, from the calendar unit of its first time to its last; missing where nothing was
    /// observed, or less than the part `complete` of the values that the rows' own step lets expect.
    ///
    /// A time of the result is the beginning of its step, and it stands for everything up to the next. With
    /// `Aggregation.none` the times stay as they are: each month (quarter, year) must then hold one row, and every
    /// other step must be met within a hundredth.
    ///
    /// - Throws: `data`, naming the first row that breaks the step, for `Aggregation.none`; or where the steps
    ///   outnumber ten million.
    public func regular(
        step: TimeStep, aggregation: Aggregation, complete: Double? = nil
    ) throws(InputError) -> ObservationTable {
        guard let first = times.first, let last = times.last else { return with(step: step) }
        if aggregation == .none {
            try requireRegular(step)
            return with(step: step)
        }
        let start = step.floor(first)
        let steps = step.index(of: last, from: start) + 1
        guard steps <= 10_000_000 else {
            throw InputError(
                .data, at: origin.place(row: count - 1),
                "there are \(steps) steps of a \(step) from \(first) to \(last)", expected: "a longer step")
        }
        let newTimes = (0..<steps).map { step.advance(start, by: $0) }
        let rows = rowsOfSteps(newTimes)
        let least = leastCounts(newTimes, step, complete ?? aggregation.usualCompleteness)
        let (newNumbers, newDeviations) = aggregated(rows, least, aggregation)
        return ObservationTable(
            times: newTimes, variables: variables, numbers: newNumbers, deviations: newDeviations,
            hasDeviations: hasDeviations, step: step, clock: clock, origin: Origin(file: origin.file),
            warnings: warnings + mergedRows(rows, newTimes, step))
    }

    private func with(step: TimeStep) -> ObservationTable {
        ObservationTable(
            times: times, variables: variables, numbers: numbers, deviations: deviations, hasDeviations: hasDeviations,
            step: step, clock: clock, origin: origin, warnings: warnings)
    }

    /// The rows that fall into each step.
    private func rowsOfSteps(_ starts: [Instant]) -> [Range<Int>] {
        var row = 0
        return starts.indices.map { index in
            let first = row
            let isLast = index == starts.count - 1
            while row < count && (isLast || times[row] < starts[index + 1]) { row += 1 }
            return first..<row
        }
    }

    /// How many values a step needs, at least one.
    private func leastCounts(_ starts: [Instant], _ step: TimeStep, _ complete: Double) -> [Int] {
        guard complete > 0, let last = starts.last else { return starts.map { _ in 1 } }
        let expected = ExpectedCount(times)
        let ends = starts.dropFirst() + [step.advance(last, by: 1)]
        return zip(starts, ends).map { start, end in
            // A hair less: 0.7 · 10 is 7.
            max(1, Int((complete * Double(expected.count(from: start, to: end)) - 1e-9).rounded(.up)))
        }
    }

    private func aggregated(
        _ rows: [Range<Int>], _ least: [Int], _ aggregation: Aggregation
    ) -> (numbers: SeriesTable, deviations: SeriesTable?) {
        var (present, errors) = ([Double](), [Double]())
        var newDeviations = deviations.map { _ in [Double](repeating: .nan, count: rows.count * variables.count) }
        let newNumbers = SeriesTable(rows.count, width: variables.count) { step, row in
            for v in row.indices {
                present.removeAll(keepingCapacity: true)
                errors.removeAll(keepingCapacity: true)
                for time in rows[step] where !numbers[time, v].isNaN {
                    present.append(numbers[time, v])
                    if let deviations, hasDeviations[v] { errors.append(deviations[time, v]) }
                }
                let (value, error) =
                    present.count < least[step] ? (.nan, .nan) : aggregation.value(of: present, errors: errors)
                row[v] = value
                if hasDeviations[v] { newDeviations?[step * row.count + v] = error }
            }
        }
        return (newNumbers, newDeviations.map { SeriesTable($0, width: variables.count) })
    }

    /// A warning where rows of the step's own spacing share a step while the next one is empty: rounded times.
    private func mergedRows(_ rows: [Range<Int>], _ starts: [Instant], _ step: TimeStep) -> [String] {
        let merged = rows.indices.dropLast().filter { rows[$0].count == 2 && rows[$0 + 1].isEmpty }
        let expected = starts.count < 2 ? 0 : ExpectedCount(times).count(from: starts[0], to: starts[1])
        guard let first = merged.first, expected == 1, count <= rows.count else { return [] }
        return [
            "two rows fall into the \(step) from \(starts[first]) and none into the next"
                + (merged.count == 1 ? "" : ", and so \(merged.count) times")
                + "; are the times rounded, or the ends of their steps?"
        ]
    }

    private func requireRegular(_ step: TimeStep) throws(InputError) {
        guard let first = times.first else { return }
        let start = step.floor(first)
        for row in times.indices.dropFirst() {
            let isMet: Bool
            switch step.length {
            case .months: isMet = step.index(of: times[row], from: start) == row
            case .seconds(let length):
                let seconds = times[row].secondsSince1970 - first.secondsSince1970
                isMet = abs(seconds - Double(row) * length) <= length / 100
            }
            if isMet { continue }
            throw InputError(
                .data, at: origin.place(row: row), "irregular step: \(times[row]) follows \(times[row - 1])",
                expected:
                    "each row \(step.count == 1 ? "one " : "")\(step) after the one before; or 'aggregate: mean', to "
                    + "fill in missing values"
            )
        }
    }
}
