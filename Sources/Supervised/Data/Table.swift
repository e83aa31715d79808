import Tensors

/// Columns of one length: numbers, NaN where missing, or words, nil where missing.
public struct Table: Sendable, Equatable {
    public enum Values: Sendable, Equatable {
        case numbers([Double])
        case words([String?])

        public var count: Int {
            switch self {
            case .numbers(let values): values.count
            case .words(let values): values.count
            }
        }

        func taking(_ rows: [Int]) -> Values {
            switch self {
            case .numbers(let values): .numbers(rows.map { values[$0] })
            case .words(let values): .words(rows.map { values[$0] })
            }
        }

        /// Whether each row has no value.
        public var isMissing: [Bool] {
            switch self {
            case .numbers(let values): values.map(\.isNaN)
            case .words(let values): values.map { $0 == nil }
            }
        }
    }

    public struct Column: Sendable, Equatable {
        public let name: String
        public let values: Values

        public init(_ name: String, _ values: Values) { (self.name, self.values) = (name, values) }
        public init(_ name: String, _ values: [Double]) { self.init(name, .numbers(values)) }
    }

    public let columns: [Column]
    /// The number of rows.
    public let count: Int

    public init(_ columns: [Column]) {
        let counts = columns.map(\.values.count)
        precondition(
            !columns.isEmpty && counts.allSatisfy { $0 == counts[0] }
                && Set(columns.map(\.name)).count == columns.count,
            "Table: columns \(columns.map(\.name)) of lengths \(counts)")
        self.columns = columns
        count = counts[0]
    }

    /// A matrix of numbers `[rows, columns]`; the columns are called x1, x2, …
    public init(_ matrix: Tensor) {
        precondition(matrix.rank == 2 && matrix.shape[1] > 0, "Table: a matrix of shape \(matrix.shape)")
        let (rows, width, values) = (matrix.shape[0], matrix.shape[1], matrix.values)
        self.init((0..<width).map { j in Column("x\(j + 1)", (0..<rows).map { values[$0 * width + j] }) })
    }

    public func taking(_ rows: [Int]) -> Table { Table(columns.map { Column($0.name, $0.values.taking(rows)) }) }
}

extension Table {
    /// The rows of both; they have the same columns, numbers or words alike.
    public func appending(_ other: Table) -> Table {
        precondition(
            columns.map(\.name) == other.columns.map(\.name),
            "Table: columns \(columns.map(\.name)) and \(other.columns.map(\.name))")
        return Table(
            zip(columns, other.columns).map { one, other in
                switch (one.values, other.values) {
                case (.numbers(let a), .numbers(let b)): Column(one.name, .numbers(a + b))
                case (.words(let a), .words(let b)): Column(one.name, .words(a + b))
                default: preconditionFailure("Table: the column \(one.name) has numbers and words")
                }
            })
    }
}
