/// How the values that fall into one step become one.
public enum Aggregation: String, Hashable, Sendable, CaseIterable {
    /// Their mean; the error's standard deviation is √Σσ²/n.
    case mean
    /// Their median; the error's standard deviation is √(π/2) that of the mean, its limit for many normal errors,
    /// from three on.
    case median
    /// The latest of them, with its error.
    case last
    /// Nothing is aggregated: the table must have the step already.
    case none
}

extension ObservationTable {
    /// The table at a regular step, from the calendar unit of its first time to its last; missing where nothing was
    /// observed.
    ///
    /// A time of the result is the beginning of its step, and it stands for everything up to the next. With
    /// `Aggregation.none` the times stay as they are: each month (or year) must then hold one row, and every other
    /// step must be met within a hundredth.
    ///
    /// - Throws: `data`, naming the first row that breaks the step, for `Aggregation.none`; or where the steps
    ///   outnumber ten million.
    public func regular(step: TimeStep, aggregation: Aggregation) throws(InputError) -> ObservationTable {
        guard let first = times.first, let last = times.last else { return with(step: step, times: times) }
        if aggregation == .none {
            try requireRegular(step)
            return with(step: step, times: times)
        }
        let start = step.floor(first)
        let steps = step.index(of: last, from: start) + 1
        guard steps <= 10_000_000 else {
            throw InputError(
                .data, at: origin.place(row: count - 1),
                "there are \(steps) steps of a \(step) from \(first) to \(last)", expected: "a longer step")
        }
        let bins = rowsOfSteps(from: start, step: step, count: steps)
        var newValues: [[Double]] = []
        var newErrors: [[Double]?] = []
        for variable in values.indices {
            let aggregated = bins.map { aggregate(variable, $0, aggregation) }
            newValues.append(aggregated.map(\.value))
            newErrors.append(errors[variable] == nil ? nil : aggregated.map(\.error))
        }
        return ObservationTable(
            times: (0..<steps).map { step.advance(start, by: $0) }, variables: variables, values: newValues,
            errors: newErrors, step: step, origin: Origin(file: origin.file))
    }

    private func with(step: TimeStep, times: [Instant]) -> ObservationTable {
        ObservationTable(
            times: times, variables: variables, values: values, errors: errors, step: step, origin: origin)
    }

    /// The rows that fall into each step.
    private func rowsOfSteps(from start: Instant, step: TimeStep, count steps: Int) -> [Range<Int>] {
        var row = 0
        return (0..<steps).map { index in
            let first = row
            while row < count && step.index(of: times[row], from: start) == index { row += 1 }
            return first..<row
        }
    }

    /// One value with its error from the rows of a step; NaN where all are missing.
    private func aggregate(
        _ variable: Int, _ rows: Range<Int>, _ aggregation: Aggregation
    ) -> (value: Double, error: Double) {
        let present = rows.filter { !values[variable][$0].isNaN }
        guard let last = present.last else { return (.nan, .nan) }
        let count = Double(present.count)
        let series = present.map { values[variable][$0] }
        let deviations = errors[variable].map { error in present.map { error[$0] } } ?? []
        let errorOfMean = deviations.reduce(0) { $0 + $1 * $1 }.squareRoot() / count
        switch aggregation {
        case .mean:
            return (series.reduce(0, +) / count, errorOfMean)
        case .median:
            return (median(series), count < 3 ? errorOfMean : errorOfMean * (Double.pi / 2).squareRoot())
        case .last, .none:
            return (values[variable][last], errors[variable]?[last] ?? .nan)
        }
    }

    private func requireRegular(_ step: TimeStep) throws(InputError) {
        guard let first = times.first else { return }
        for row in times.indices.dropFirst() {
            let isMet: Bool
            switch step.length {
            case .months:
                let start = step.floor(first)
                isMet = step.index(of: times[row], from: start) == row
            case .seconds(let length):
                let seconds = times[row].secondsSince1970 - first.secondsSince1970
                isMet = abs(seconds - Double(row) * length) <= length / 100
            }
            if isMet { continue }
            throw InputError(
                .data, at: origin.place(row: row), "irregular step: \(times[row]) follows \(times[row - 1])",
                expected:
                    "each row \(step.count == 1 ? "one " : "")\(step) after the one before; or 'aggregate: mean', to fill in missing values"
            )
        }
    }
}

/// The middle of the sorted values, or the mean of the two in the middle.
private func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
}
