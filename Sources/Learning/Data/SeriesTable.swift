import Tensors

/// Numbers of several variables at many times in one buffer, `[time][variable]`, row by row; a collection of its rows.
///
/// The one form of series between files and tensors: a missing number is NaN, and ``observed`` has the values and
/// the mask that observations are made of. A row of a million costs no allocation of its own, as an array of arrays
/// would.
public struct SeriesTable: Sendable, RandomAccessCollection {
    /// The number of variables.
    public let width: Int
    public let count: Int
    /// Row by row.
    public private(set) var numbers: [Double]

    /// - Precondition: a whole number of rows.
    public init(_ numbers: [Double], width: Int) {
        precondition(
            width > 0 ? numbers.count % width == 0 : numbers.isEmpty, "\(numbers.count) numbers in rows of \(width)")
        self.numbers = numbers
        self.width = width
        count = width > 0 ? numbers.count / width : 0
    }

    /// - Precondition: rows of one length.
    public init(_ rows: [[Double]]) {
        let width = rows.first?.count ?? 0
        precondition(rows.allSatisfy { $0.count == width }, "rows of several lengths")
        self.init(rows.flatMap { $0 }, width: width)
    }

    /// From a column for each variable.
    public init(columns: [[Double]]) {
        let times = columns.first?.count ?? 0
        self.init(times, width: columns.count) { t, row in
            for v in row.indices { row[v] = columns[v][t] }
        }
    }

    /// - Parameter fill: writes the row of a time, which is zero before.
    public init(
        _ count: Int, width: Int, _ fill: (_ time: Int, _ row: inout UnsafeMutableBufferPointer<Double>) -> Void
    ) {
        self.init([Double](repeating: 0, count: count * width), width: width)
        withNumbers { numbers in
            for t in 0..<count {
                var row = UnsafeMutableBufferPointer(rebasing: numbers[(t * width)..<((t + 1) * width)])
                fill(t, &row)
            }
        }
    }

    /// Changes numbers, row by row.
    mutating func withNumbers(_ body: (inout UnsafeMutableBufferPointer<Double>) -> Void) {
        numbers.withUnsafeMutableBufferPointer(body)
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { count }
    public subscript(time: Int) -> Row { Row(numbers: numbers, first: time * width, count: width) }

    public subscript(time: Int, variable: Int) -> Double {
        get { numbers[time * width + variable] }
        set { numbers[time * width + variable] = newValue }
    }

    /// A variable's numbers in time.
    public func column(_ variable: Int) -> [Double] {
        var result = [Double](repeating: 0, count: count)
        for t in result.indices { result[t] = numbers[t * width + variable] }
        return result
    }

    /// The rows of some times.
    public func rows(_ times: Range<Int>) -> SeriesTable {
        SeriesTable(Array(numbers[(times.lowerBound * width)..<(times.upperBound * width)]), width: width)
    }

    /// Some of the variables.
    public func columns(_ variables: Range<Int>) -> SeriesTable {
        SeriesTable(count, width: variables.count) { t, row in
            for v in row.indices { row[v] = numbers[t * width + variables.lowerBound + v] }
        }
    }

    /// Numbers `[time, variable]`, 0 where missing, and a mask that is 1 where they are known.
    public var observed: (values: Tensor, mask: Tensor) {
        let values = tensor
        let isKnown = values .== values
        return (select(isKnown, values, 0), isKnown.cast(to: .float64))
    }

    /// `[time, variable]`, NaN where missing.
    var tensor: Tensor { Tensor(numbers, shape: [count, width]) }

    /// The numbers of one time.
    public struct Row: Sendable, RandomAccessCollection {
        let numbers: [Double]
        let first: Int
        public let count: Int
        public var startIndex: Int { 0 }
        public var endIndex: Int { count }
        public subscript(variable: Int) -> Double { numbers[first + variable] }
    }
}
