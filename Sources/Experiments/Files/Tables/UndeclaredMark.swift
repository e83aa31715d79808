import Studies

/// A value far away from all others and found again and again:
/// most likely a mark of missing values that nobody declared.
struct UndeclaredMark: Equatable {
    let value: Double
    var count: Int
    /// How many values there are.
    var total: Int
    /// The columns, or the variables of one column, that have it.
    var columns: [String] = []

    var text: String {
        let shown = columns.prefix(3).map { "'\($0)'" }.joined(separator: ", ")
        let rest = columns.count > 3 ? " and \(columns.count - 3) more" : ""
        let mark = NumberText.plain(value)
        return "\(mark) stands \(count) times among the \(total) values of \(shown)\(rest), far from all others; "
            + "if it marks missing values, 'missing: [\(mark)]' says so"
    }

    /// The least and the greatest value, where each occurs at least five times and lies further from the next value
    /// than the others spread; twice is enough for what is written in nines or eights alone, as −9999 or 888.8.
    ///
    /// Cost: one pass over the numbers for each end.
    static func all(in numbers: [Double]) -> [UndeclaredMark] {
        let total = numbers.count { !$0.isNaN }
        guard total >= 8 else { return [] }
        let spread = spread(numbers, total)
        return [1.0, -1.0].compactMap { mark(in: numbers, total, spread, sign: $0) }
    }

    /// - Parameter sign: 1 for the least value, −1 for the greatest.
    private static func mark(in numbers: [Double], _ total: Int, _ spread: Double, sign: Double) -> UndeclaredMark? {
        // The least distinct values (of the negatives, the greatest), ascending, with their counts.
        var least: [(value: Double, count: Int)] = []
        var bound = Double.infinity
        for number in numbers {
            let value = sign * number
            // Nor is one that is missing.
            guard value <= bound else { continue }
            if let index = least.firstIndex(where: { $0.value == value }) {
                least[index].count += 1
            } else {
                let index = least.firstIndex { $0.value > value } ?? least.count
                least.insert((value, 1), at: index)
                if least.count > 3 { least.removeLast() }
                if least.count == 3 { bound = least[2].value }
            }
        }
        for index in least.indices.dropLast().reversed() {
            let found = least[index]
            let isPattern = isMark(found.value)
            let gap = least[index + 1].value - found.value
            guard found.count >= (isPattern ? 2 : 5), gap > (isPattern ? 1 : 4) * spread, found.count < total else {
                continue
            }
            // Several marks: the one that is met most.
            let most = least[...index].max { $0.count < $1.count } ?? found
            return UndeclaredMark(value: sign * most.value, count: most.count, total: total)
        }
        return nil
    }

    /// The range of a sample of some thousands, without its extremes and likely marks.
    private static func spread(_ numbers: [Double], _ total: Int) -> Double {
        let stride = max(1, numbers.count / 5000)
        let sample = Swift.stride(from: 0, to: numbers.count, by: stride).map { numbers[$0] }.filter { !$0.isNaN }
            .sorted()
        guard let first = sample.first, let last = sample.last, first < last else { return .infinity }
        // Marks may be of several kinds.
        let inner = sample.filter { $0 != first && $0 != last && !isMark($0) }
        guard let low = inner.first, let high = inner.last, low < high else { return .infinity }
        return high - low
    }

    private static func isMark(_ value: Double) -> Bool {
        let digits = NumberText.plain(abs(value)).filter { $0 != "." }
        let significant = digits.reversed().drop { $0 == "0" }
        guard significant.count >= 2, let digit = significant.first, "6789".contains(digit) else {
            return [32_767, 32_768, 65_535, 1e20, 1e30, 1e34, 1e36].contains(abs(value))
        }
        return significant.allSatisfy { $0 == digit }
    }
}

extension NumberText {
    /// The shortest text of a number, without a fraction where it is whole.
    static func plain(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    }
}
