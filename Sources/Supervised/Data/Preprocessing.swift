import Tensors

/// How columns become numbers of about one size: imputation, standardisation, one column a category.
///
/// It is fitted to rows of training and applied to any rows; nothing of other rows enters it.
public struct Preprocessing: Sendable, Codable, Equatable {
    /// The treatment of missing numbers.
    public enum Missing: String, Sendable, Codable, CaseIterable {
        /// Rows with a missing value are left out, before any split.
        case drop
        /// The mean of the training rows takes their place.
        case mean
        /// The median of the training rows takes their place.
        case median
        /// The mean takes their place, and one more column marks them.
        case mark
    }

    public var missing: Missing
    /// Whether numbers are brought to mean zero and variance one over the training rows.
    public var standardizes: Bool

    public init(missing: Missing = .mean, standardizes: Bool = true) {
        (self.missing, self.standardizes) = (missing, standardizes)
    }

    /// The preprocessing with all numbers from some rows.
    public func fitted(to inputs: Inputs, rows: [Int]) -> FittedPreprocessing {
        precondition(!rows.isEmpty, "a preprocessing fitted to no rows")
        switch inputs {
        case .pictures(let pictures):
            let (mean, deviation) = Self.moments(pictures, rows)
            return FittedPreprocessing(
                rules: [],
                pictures: .init(
                    center: standardizes ? mean : 0, scale: standardizes && deviation > 0 ? deviation : 1))
        case .table(let table):
            return FittedPreprocessing(
                rules: table.columns.map { rule($0.name, $0.values.taking(rows)) }, pictures: nil)
        }
    }

    /// Mean and standard deviation of all points, some pictures at a time: a copy of all would be large.
    private static func moments(_ pictures: Tensor, _ rows: [Int]) -> (mean: Double, deviation: Double) {
        let step = 2048
        func sum(_ body: (Tensor) -> Tensor) -> Double {
            stride(from: 0, to: rows.count, by: step).reduce(0) { total, start in
                let part = Tensor(integers: Array(rows[start..<min(rows.count, start + step)]))
                return total + body(pictures.taking(part).cast(to: .float64)).sum().scalar
            }
        }
        let count = Double(rows.count * pictures.count / pictures.shape[0])
        let mean = sum { $0 } / count
        return (mean, (sum { ($0 - mean).squared() } / count).squareRoot())
    }

    private func rule(_ name: String, _ values: Table.Values) -> FittedPreprocessing.Rule {
        switch values {
        case .words(let words):
            let categories = Set(words.compactMap(\.self)).sorted()
            if categories.count < 2 { return .init(name: name, kind: .leftOut(categories.isEmpty)) }
            return .init(name: name, kind: .categories(categories))
        case .numbers(let numbers):
            let known = numbers.filter { !$0.isNaN }
            guard let first = known.first else { return .init(name: name, kind: .leftOut(true)) }
            let isMarked = missing == .mark && known.count < numbers.count
            if known.allSatisfy({ $0 == first }), !isMarked { return .init(name: name, kind: .leftOut(false)) }
            let mean = known.reduce(0, +) / Double(known.count)
            let square = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(known.count)
            let scale = standardizes && square > 0 ? square.squareRoot() : 1
            let sorted = missing == .median ? known.sorted() : []
            let middle = missing == .median ? 0.5 * (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) : mean
            return .init(
                name: name,
                kind: .number(center: standardizes ? mean : 0, scale: scale, fill: middle, isMarked: isMarked))
        }
    }
}

/// A preprocessing whose numbers are those of its training rows.
public struct FittedPreprocessing: Sendable, Codable, Equatable {
    struct Rule: Sendable, Codable, Equatable {
        enum Kind: Sendable, Codable, Equatable {
            case number(center: Double, scale: Double, fill: Double, isMarked: Bool)
            case categories([String])
            /// A column that is constant, or missing altogether, in training.
            case leftOut(_ isMissing: Bool)
        }
        let name: String
        let kind: Kind
    }
    struct PictureScale: Sendable, Codable, Equatable { let center, scale: Double }

    let rules: [Rule]
    let pictures: PictureScale?

    /// The names of the columns of ``features(_:)``.
    public var names: [String] {
        rules.flatMap { rule -> [String] in
            switch rule.kind {
            case .number(_, _, _, let isMarked): isMarked ? [rule.name, "\(rule.name) missing"] : [rule.name]
            case .categories(let words): words.map { "\(rule.name)=\($0)" }
            case .leftOut: []
            }
        }
    }

    /// Columns that are no features, each with the reason.
    public var leftOut: [(name: String, reason: String)] {
        rules.compactMap { rule in
            guard case .leftOut(let isMissing) = rule.kind else { return nil }
            return (rule.name, isMissing ? "without any value" : "constant")
        }
    }

    /// The names of the columns that it reads.
    public var columns: [String] { rules.map(\.name) }

    /// Inputs as an array, `[rows, features]` or `[rows, channels, height, width]`.
    public func features(_ inputs: Inputs) -> Tensor {
        switch inputs {
        case .pictures(let values):
            guard let scale = pictures else { preconditionFailure("pictures for a preprocessing of tables") }
            return (values - Tensor(floatLiteral: scale.center)) * Tensor(floatLiteral: 1 / scale.scale)
        case .table(let table):
            precondition(table.columns.map(\.name) == columns, "columns \(table.columns.map(\.name)) for \(columns)")
            let parts = zip(rules, table.columns).flatMap { columns($0, $1.values) }
            precondition(!parts.isEmpty, "no column has two values")
            let width = parts.count
            var values = [Double](repeating: 0, count: table.count * width)
            for (j, part) in parts.enumerated() { for i in part.indices { values[i * width + j] = part[i] } }
            return Tensor(values, shape: [table.count, width])
        }
    }

    private func columns(_ rule: Rule, _ values: Table.Values) -> [[Double]] {
        switch (rule.kind, values) {
        case (.leftOut, _): return []
        case (.number(let center, let scale, let fill, let isMarked), .numbers(let numbers)):
            let scaled = numbers.map { (($0.isNaN ? fill : $0) - center) / scale }
            return isMarked ? [scaled, numbers.map { $0.isNaN ? 1 : 0 }] : [scaled]
        case (.categories(let words), .words(let found)):
            return words.map { word in found.map { $0 == word ? 1 : 0 } }
        case (.number, .words), (.categories, .numbers):
            preconditionFailure("the column \(rule.name) has changed between numbers and words")
        }
    }

    /// Words of a column that no training row had, by column: they are none of its categories.
    public func unknownWords(_ table: Table) -> [(column: String, words: [String])] {
        zip(rules, table.columns).compactMap { rule, column in
            guard case .categories(let known) = rule.kind, case .words(let words) = column.values else { return nil }
            let unknown = Set(words.compactMap(\.self)).subtracting(known).sorted()
            return unknown.isEmpty ? nil : (rule.name, unknown)
        }
    }
}
