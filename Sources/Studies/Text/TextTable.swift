import Foundation
import Tensors

/// A table of text and numbers, for the terminal and for the report.
public struct TextTable: Sendable, Equatable {
    /// A column with its heading.
    public struct Column: Sendable, Equatable {
        /// The heading.
        public var title: String
        /// The unit, as UDUNITS writes it; shown for readers.
        public var units: String

        /// A column headed `title`.
        public init(_ title: String, units: String = "") {
            self.title = title
            self.units = units
        }

        public var heading: String { UnitText.label(title, units: units) }
    }

    /// The content of a row and column.
    public enum Cell: Sendable, Equatable {
        /// Text, aligned on the left.
        case text(String)
        /// A pure number with so many decimals, aligned on the right; nil is shown as a dash.
        case number(Double?, decimals: Int)
        /// A number that has a unit, and its confidence interval if it has one; written as all of its column are,
        /// or as given.
        case quantity(Double?, low: Double? = nil, high: Double? = nil, format: NumberFormat? = nil)
    }

    /// The heading of the table.
    public var title: String
    /// The columns.
    public var columns: [Column]
    /// The rows, each with a cell a column.
    public private(set) var rows: [[Cell]] = []
    /// The rows that are emphasised.
    public private(set) var emphasized: Set<Int> = []
    /// How quantities are written; nil: as fits each column.
    public var format: NumberFormat?
    private var marked: Set<[Int]> = []

    /// An empty table.
    public init(title: String = "", columns: [Column]) {
        self.title = title
        self.columns = columns
    }

    /// Adds a row. The best value beyond noise is marked, in the columns of `best`.
    public mutating func add(_ row: [Cell], isEmphasized: Bool = false, best: Set<Int> = []) {
        precondition(row.count == columns.count, "a row of \(row.count) cells in a table of \(columns.count) columns")
        if isEmphasized { emphasized.insert(rows.count) }
        for column in best { marked.insert([rows.count, column]) }
        rows.append(row)
    }

    /// Whether a cell is marked as the best of its column.
    public func isBest(row: Int, column: Int) -> Bool { marked.contains([row, column]) }

    /// A cell as text.
    public func text(row: Int, column: Int) -> String {
        switch rows[row][column] {
        case .text(let text): text.onOneLine
        case .number(let value, let decimals): NumberText.fixed(value, decimals: decimals)
        case .quantity(let value, let low, let high, let own):
            (own ?? format(column)).text(value, low: low, high: high)
        }
    }

    /// How the quantities of a column are written.
    public func format(_ column: Int) -> NumberFormat {
        if let format { return format }
        var (values, widths): ([Double?], [Double?]) = ([], [])
        for row in rows {
            guard case .quantity(let value, let low, let high, nil) = row[column] else { continue }
            values.append(value)
            if let low, let high { widths.append(high - low) }
        }
        return NumberFormat(values, widths: widths)
    }

    /// The table as lines of text; the best of a column is starred, and bold if there is colour.
    public func rendered(color: Bool) -> String {
        let texts = rows.indices.map { row in
            columns.indices.map { text(row: row, column: $0) + (isBest(row: row, column: $0) ? "*" : " ") }
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
    public func isText(_ column: Int) -> Bool {
        rows.contains { if case .text = $0[column] { true } else { false } }
    }
}
