import Studies

/// Values that no instrument can have meant: outside a valid range, or spikes. They are missing, and counted.
///
/// Both are tests of QARTOD's manuals of real-time quality control, with thresholds in the variable's own units.
public struct GrossErrors: Hashable, Sendable {
    /// The least and the greatest value that can be right.
    public var valid: ClosedRange<Double>?
    /// A value is a spike if it differs from the known values before and after it by more than this, from both in the
    /// same direction.
    public var spike: Double?

    public init(valid: ClosedRange<Double>? = nil, spike: Double? = nil) { (self.valid, self.spike) = (valid, spike) }

    var isEmpty: Bool { valid == nil && spike == nil }

    /// Makes gross errors NaN, the range first; values are in the order of time or its reverse.
    ///
    /// Two spikes next to each other hide one another, as the first and last value have one neighbour only.
    func remove(from values: inout [Double]) -> (outside: Int, spikes: Int) {
        var outside = 0
        if let valid {
            for index in values.indices where !values[index].isNaN && !valid.contains(values[index]) {
                values[index] = .nan
                outside += 1
            }
        }
        guard let spike else { return (outside, 0) }
        let known = values.indices.filter { !values[$0].isNaN }
        var spikes: [Int] = []
        for (before, (here, after)) in zip(known, zip(known.dropFirst(), known.dropFirst(2))) {
            let (rise, fall) = (values[here] - values[before], values[here] - values[after])
            if rise.sign == fall.sign, min(abs(rise), abs(fall)) > spike { spikes.append(here) }
        }
        for index in spikes { values[index] = .nan }
        return (outside, spikes.count)
    }

    /// The removed values, one sentence for each reason.
    func text(_ removed: (outside: Int, spikes: Int), of total: Int, column: String, units: String?) -> [String] {
        let unit = units.map { " \($0)" } ?? ""
        var texts: [String] = []
        if let valid, removed.outside > 0 {
            texts.append(
                "values of '\(column)' outside \(NumberText.plain(valid.lowerBound)) to "
                    + "\(NumberText.plain(valid.upperBound))\(unit) are missing: \(removed.outside) of \(total)")
        }
        if let spike, removed.spikes > 0 {
            texts.append(
                "spikes of more than \(NumberText.plain(spike))\(unit) in '\(column)' are missing: "
                    + "\(removed.spikes) of \(total)")
        }
        return texts
    }
}
