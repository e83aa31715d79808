import Tensors

/// A value that is given by a table in time: weather that drives a lake, say.
///
/// Before the first and after the last row it is that of the row.
public struct Forcing: Sendable, Equatable {
    /// The values between two rows.
    public enum Interpolation: String, Sendable, CaseIterable {
        /// That of the row before.
        case held
        case linear
    }

    public let name: String
    public let times: [Double]
    public let values: [Double]
    public let interpolation: Interpolation

    /// - Parameter times: ascending, each once.
    public init(_ name: String, times: [Double], values: [Double], _ interpolation: Interpolation) {
        precondition(
            !times.isEmpty && times.count == values.count,
            "forcing \(name): \(times.count) times, \(values.count) values"
        )
        precondition(zip(times, times.dropFirst()).allSatisfy(<), "forcing \(name): times that do not ascend")
        precondition((times + values).allSatisfy(\.isFinite), "forcing \(name): a number that is not finite")
        (self.name, self.times, self.values, self.interpolation) = (name, times, values, interpolation)
    }
}

/// The forcings of a system; those of the same times are looked up together.
struct ForcingTables: Sendable {
    private struct Table: Sendable {
        let times: [Double]
        let rows: Tensor
        var columns: [(forcing: Forcing, values: Tensor)]
    }
    private var tables: [Table] = []

    init(_ forcings: [Forcing]) {
        for forcing in forcings {
            let column = (forcing, Tensor(forcing.values))
            if let place = tables.firstIndex(where: { $0.times == forcing.times }) {
                tables[place].columns.append(column)
            } else {
                tables.append(Table(times: forcing.times, rows: Tensor(forcing.times), columns: [column]))
            }
        }
    }

    /// The values by name at a time. Cost: for each list of times the logarithm of its length in look-ups, and one or
    /// two for each forcing.
    func values(at time: Tensor) -> [String: Tensor] {
        var values: [String: Tensor] = [:]
        for table in tables {
            let passed = table.rows.insertionIndices(of: time.reshaped([1]), including: true)
            let row = (passed - Tensor(integer: 1)).maximum(Tensor(integer: 0))
            for (forcing, column) in table.columns {
                values[forcing.name] = Self.value(forcing.interpolation, at: time, row, table.rows, column)
            }
        }
        return values
    }

    /// The value at a time; `row` is the last one that is not later, or the first one, `[1]`.
    private static func value(
        _ interpolation: Forcing.Interpolation, at time: Tensor, _ row: Tensor, _ times: Tensor, _ column: Tensor
    ) -> Tensor {
        func at(_ row: Tensor, _ column: Tensor) -> Tensor { column.taking(row).reshaped([]) }
        let value = at(row, column)
        guard interpolation == .linear, times.count > 1 else { return value }
        // Between the row and the next one; beyond the ends no further than to them.
        let next = (row + Tensor(integer: 1)).minimum(Tensor(integer: times.count - 1))
        let (before, after) = (at(row, times), at(next, times))
        let length = after - before
        let isInside = (time .> before) .& (length .> 0)
        let part = select(isInside, (time - before) / select(length .> 0, length, 1), 0)
        return value + part * (at(next, column) - value)
    }
}
