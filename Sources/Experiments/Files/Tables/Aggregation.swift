/// How the values that fall into one step become one.
public enum Aggregation: String, Hashable, Sendable, CaseIterable {
    /// Their mean; the error's standard deviation is √Σσ²/n.
    case mean
    /// Their median; the error's standard deviation is √(π/2) that of the mean, its limit for many normal errors,
    /// from three on.
    case median
    /// Their sum; the error's standard deviation is √Σσ².
    case sum
    /// The least of them, with its error.
    case min
    /// The greatest of them, with its error.
    case max
    /// The latest of them, with its error.
    case last
    /// Nothing is aggregated: the table must have the step already.
    case none

    /// The part of a step's values that must exist for the step to have one, unless a configuration says another.
    ///
    /// A sum over a part of its step is a smaller sum; the others are estimates of the same as over the whole.
    public var usualCompleteness: Double { self == .sum ? 1 : 0 }

    /// The value of some values, none of them missing, and its error; `errors` are as many or none.
    func value(of values: [Double], errors: [Double]) -> (value: Double, error: Double) {
        let count = Double(values.count)
        let total = errors.isEmpty ? .nan : errors.reduce(0) { $0 + $1 * $1 }.squareRoot()
        switch self {
        case .mean: return (values.reduce(0, +) / count, total / count)
        case .median:
            return (Self.median(values), total / count * (count < 3 ? 1 : (Double.pi / 2).squareRoot()))
        case .sum: return (values.reduce(0, +), total)
        case .min: return Self.chosen(values, errors, values.indices.min { values[$0] < values[$1] })
        case .max: return Self.chosen(values, errors, values.indices.max { values[$0] < values[$1] })
        case .last, .none: return Self.chosen(values, errors, values.indices.last)
        }
    }

    private static func chosen(_ values: [Double], _ errors: [Double], _ index: Int?) -> (value: Double, error: Double)
    {
        guard let index else { return (.nan, .nan) }
        return (values[index], errors.isEmpty ? .nan : errors[index])
    }

    /// The middle of the sorted values, or the mean of the two in the middle.
    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
}

/// How many values a step should hold, by the step that the rows themselves have.
struct ExpectedCount {
    private let own: TimeStep.Length?

    /// The rows' own step is the median of the spacings of different times.
    init(_ times: [Instant]) {
        var spacings: [Double] = []
        for index in times.indices.dropFirst() where times[index] > times[index - 1] {
            spacings.append(times[index].secondsSince1970 - times[index - 1].secondsSince1970)
        }
        guard !spacings.isEmpty else {
            own = nil
            return
        }
        spacings.sort()
        let middle = spacings[spacings.count / 2]
        let months = (middle / TimeStep.secondsPerMonth).rounded()
        own = middle < 27.5 * 86_400 ? .seconds(middle) : .months(Int(Swift.max(months, 1)))
    }

    /// The number of rows in a step from one instant to the next, at least 1.
    func count(from start: Instant, to end: Instant) -> Int {
        let seconds = end.secondsSince1970 - start.secondsSince1970
        let ratio: Double =
            switch own {
            case nil: 1
            case .seconds(let length): seconds / length
            case .months(let months): seconds / TimeStep.secondsPerMonth / Double(months)
            }
        return Int(Swift.max(ratio.rounded(), 1))
    }
}
