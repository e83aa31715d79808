import Foundation
import Tensors

/// A table of text and numbers, for the terminal and for the report.
public struct TextTable: Sendable, Equatable {
    /// Which number of a column is the best.
    public enum Best: Sendable, Equatable {
        /// None is.
        case none
        /// The lowest.
        case lowest
        /// The highest.
        case highest
        /// The one nearest to a number.
        case nearest(Double)
    }

    /// A column with its heading.
    public struct Column: Sendable, Equatable {
        /// The heading.
        public var title: String
        /// The unit, as UDUNITS writes it; shown for readers.
        public var units: String
        /// Which number of the column is marked.
        public var best: Best

        /// A column headed `title`.
        public init(_ title: String, units: String = "", best: Best = .none) {
            self.title = title
            self.units = units
            self.best = best
        }

        var heading: String { UnitText.label(title, units: units) }
    }

    /// What stands in a row and column.
    public enum Cell: Sendable, Equatable {
        /// Text, aligned on the left.
        case text(String)
        /// A number with so many decimals, aligned on the right; nil is shown as a dash.
        case number(Double?, decimals: Int)
        /// A number and its confidence interval.
        case interval(Double?, low: Double?, high: Double?, decimals: Int)

        /// The cell as text.
        public var text: String {
            switch self {
            case .text(let text): text.onOneLine
            case .number(let value, let decimals): NumberText.fixed(value, decimals: decimals)
            case .interval(let value, let low, let high, let decimals):
                low == nil || high == nil
                    ? NumberText.fixed(value, decimals: decimals)
                    : "\(NumberText.fixed(value, decimals: decimals)) "
                        + "[\(NumberText.fixed(low, decimals: decimals)), \(NumberText.fixed(high, decimals: decimals))]"
            }
        }

        /// The number, if it is one.
        var value: Double? {
            switch self {
            case .text: nil
            case .number(let value, _), .interval(let value, _, _, _): value
            }
        }
    }

    /// What the table shows.
    public var title: String
    /// The columns.
    public var columns: [Column]
    /// The rows, each with a cell a column.
    public private(set) var rows: [[Cell]] = []
    /// The rows that are emphasised.
    public private(set) var emphasized: Set<Int> = []

    /// An empty table.
    public init(title: String = "", columns: [Column]) {
        self.title = title
        self.columns = columns
    }

    /// Adds a row.
    public mutating func add(_ row: [Cell], isEmphasized: Bool = false) {
        precondition(row.count == columns.count, "a row of \(row.count) cells in a table of \(columns.count) columns")
        if isEmphasized { emphasized.insert(rows.count) }
        rows.append(row)
    }

    /// Whether the cell's number, as it is printed, is the best of its column.
    public func isBest(row: Int, column: Int) -> Bool {
        guard let value = shown(row, column) else { return false }
        let others = rows.indices.compactMap { shown($0, column) }
        guard others.count > 1 else { return false }
        switch columns[column].best {
        case .none: return false
        case .lowest: return others.allSatisfy { value <= $0 }
        case .highest: return others.allSatisfy { value >= $0 }
        case .nearest(let aim): return others.allSatisfy { abs(value - aim) <= abs($0 - aim) + 1e-12 }
        }
    }

    /// The number with the digits that are shown, so that what looks equal is equal.
    private func shown(_ row: Int, _ column: Int) -> Double? {
        switch rows[row][column] {
        case .text: nil
        case .number(let value, let decimals), .interval(let value, _, _, let decimals):
            value.flatMap { Double(NumberText.plain($0, decimals: decimals)) }
        }
    }

    /// The table as lines of text; the best of a column is starred, and bold if there is colour.
    public func rendered(color: Bool) -> String {
        let texts = rows.indices.map { row in
            columns.indices.map { rows[row][$0].text + (isBest(row: row, column: $0) ? "*" : " ") }
        }
        let widths = columns.indices.map { column in
            ([columns[column].heading.count + 1] + texts.map { $0[column].count }).max() ?? 0
        }
        func line(_ cells: [String], _ decorate: (Int, String) -> String) -> String {
            let padded = columns.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - cells[column].count)
                return decorate(column, isText(column) ? cells[column] + space : space + cells[column])
            }
            let joined = padded.joined(separator: " ")
            return color ? joined : String(joined.reversed().drop { $0 == " " }.reversed())
        }
        var lines = title.isEmpty ? [] : [color ? "\u{1B}[1m\(title)\u{1B}[0m" : title]
        lines.append(line(columns.map { $0.heading + " " }) { $1 })
        lines.append(widths.map { String(repeating: "─", count: $0) }.joined(separator: " "))
        for row in rows.indices {
            lines.append(
                line(texts[row]) { column, cell in
                    guard color else { return cell }
                    if isBest(row: row, column: column) { return "\u{1B}[1;32m\(cell)\u{1B}[0m" }
                    return emphasized.contains(row) ? "\u{1B}[1m\(cell)\u{1B}[0m" : cell
                })
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Whether a column holds text, aligned on the left.
    func isText(_ column: Int) -> Bool {
        rows.contains { if case .text = $0[column] { true } else { false } }
    }
}

/// Numbers as readers write them.
enum NumberText {
    /// So many decimals with a true minus sign; a dash for what is not known.
    static func fixed(_ value: Double?, decimals: Int) -> String {
        guard let value = value?.finite else { return "–" }
        return plain(value, decimals: decimals).replacing("-", with: "−")
    }

    /// Six digits at most, with a true minus sign.
    static func short(_ value: Double) -> String { String(format: "%.6g", value).replacing("-", with: "−") }

    /// So many decimals in ASCII, never a negative zero.
    static func plain(_ value: Double, decimals: Int) -> String {
        let text = String(format: "%.\(decimals)f", value)
        return text.contains { ("1"..."9").contains($0) } || !text.hasPrefix("-") ? text : String(text.dropFirst())
    }

    /// The decimals that show three digits of numbers of this size, between 1 and 4.
    static func decimals(for values: [Double]) -> Int {
        let largest = values.map(abs).filter(\.isFinite).max() ?? 1
        if largest == 0 { return 2 }
        return min(4, max(1, 2 - Int(log10(largest).rounded(.down))))
    }
}
