import Studies

/// Values at one end of a series, far beyond all its other values: most likely gross errors.
struct Outlier: Equatable {
    /// The value at the very end, and its row.
    let value: Double
    let row: Int
    /// How many values lie beyond the gap.
    let count: Int
    /// The range of the others.
    let others: ClosedRange<Double>

    func text(of name: String, place: String) -> String {
        let rest = count > 1 ? " and \(count - 1) more of its values are" : " is"
        return "\(NumberText.plain(value)) of '\(name)' at \(place)\(rest) far beyond all others "
            + "(\(NumberText.plain(others.lowerBound)) to \(NumberText.plain(others.upperBound))); "
            + "if that is an error, 'valid' or 'spike' makes it missing"
    }

    /// The outliers at the upper and at the lower end: at most a hundredth of the values, beyond a gap wider than the
    /// range of the others, or than four times that range where their own tail is long.
    ///
    /// Values that nearly all are equal, and fewer than 20, have none. Cost: two passes over the values.
    static func all(in values: [Double]) -> [Outlier] {
        let sample = sample(values)
        let total = values.count { !$0.isNaN }
        guard sample.count >= 20 else { return [] }
        return [1.0, -1.0].compactMap { sign in
            outlier(in: values, total, sign > 0 ? sample : sample.reversed().map { -$0 }, sign: sign)
        }
    }

    /// Up to some thousand values that are known, ascending.
    private static func sample(_ values: [Double]) -> [Double] {
        let stride = max(1, values.count / 5000)
        return Swift.stride(from: 0, to: values.count, by: stride).map { values[$0] }.filter { !$0.isNaN }.sorted()
    }

    /// - Parameters:
    ///   - sign: 1 for the upper end, −1 for the lower.
    ///   - sample: values times the sign, ascending.
    private static func outlier(in values: [Double], _ total: Int, _ sample: [Double], sign: Double) -> Outlier? {
        let ends = Ends(values, sign: sign)
        let few = max(1, total / 100)
        let low = sample[max(1, sample.count / 100)]
        let (median, high) = (sample[sample.count / 2], sample[sample.count * 9 / 10])
        var count = 0
        var found: (count: Int, next: Double)?
        for (end, next) in zip(ends.greatest, ends.greatest.dropFirst()) {
            count += end.count
            guard count <= few else { break }
            let hasLongTail = next.value - median > 4 * (high - median)
            let range = next.value - low
            let varied = sample.count { low < $0 && $0 <= next.value }
            if varied >= 10, end.value - next.value > (hasLongTail ? 4 : 1) * range {
                found = (count, next.value)
            }
        }
        guard let found, let end = ends.greatest.first else { return nil }
        let others = [sign * found.next, sign * ends.least].sorted()
        return Outlier(value: sign * end.value, row: end.row, count: found.count, others: others[0]...others[1])
    }
}

/// The greatest distinct values of a series, descending, with the first row of each, and the least value.
private struct Ends {
    private(set) var greatest: [(value: Double, row: Int, count: Int)] = []
    private(set) var least = Double.infinity

    /// - Parameter sign: −1 for the ends of the negative series.
    init(_ values: [Double], sign: Double, keeping kept: Int = 12) {
        var bound = -Double.infinity
        for (row, number) in values.enumerated() {
            let value = sign * number
            if value < least { least = value }
            // Nor is one that is missing.
            guard value >= bound else { continue }
            if let index = greatest.firstIndex(where: { $0.value <= value }) {
                if greatest[index].value == value {
                    greatest[index].count += 1
                    continue
                }
                greatest.insert((value, row, 1), at: index)
            } else {
                greatest.append((value, row, 1))
            }
            if greatest.count > kept { greatest.removeLast() }
            if greatest.count == kept { bound = greatest[kept - 1].value }
        }
    }
}
