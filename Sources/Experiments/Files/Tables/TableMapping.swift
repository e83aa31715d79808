/// Which columns of a file hold the time.
public enum TimeColumns: Hashable, Sendable {
    /// One column (in NetCDF: one variable, whose `units` attribute takes the place of the format).
    case one(String, TimeFormat)
    /// Columns of numbers: year, month, day, hour, minute, in this order, as many as there are.
    case parts([String])
    /// Columns whose texts, joined by a blank, are read by a format: a date and a time of day.
    case joined([String], TimeFormat)
    /// A row for each year: the column of the year, and those of the twelve months, by default the twelve after it.
    case months(year: String, [String])

    /// The names of the parts, in their order.
    static let partNames = ["year", "month", "day", "hour", "minute"]
}

/// How one variable of a table is read from a file: `value = scale · number + offset`.
public struct VariableMapping: Hashable, Sendable {
    /// The standard deviation of the error of observation.
    public enum ObservationError: Hashable, Sendable {
        /// The same everywhere, in the variable's own units.
        case constant(Double)
        /// From another column (in NetCDF: variable), in the file's units: `scale` applies to it, `offset` does not.
        case column(String)
    }

    public var variable: ObservationTable.Variable
    public var column: String
    /// Which of several columns of that name, from 1.
    public var nth: Int?
    /// The position of the column, from 1, in place of its name.
    public var position: Int?
    /// The values of other columns in the rows that are the variable's; in NetCDF, the places along other dimensions.
    public var selection: [String: SelectionLabel] = [:]
    public var scale: Double
    public var offset: Double
    public var error: ObservationError?
    /// Which values are missing because they cannot be right.
    public var grossErrors = GrossErrors()
    /// Under which forecasts are learned.
    public var transform: ValueTransform?

    public init(
        _ variable: ObservationTable.Variable, column: String, scale: Double = 1, offset: Double = 0,
        error: ObservationError? = nil
    ) {
        (self.variable, self.column, self.scale, self.offset, self.error) = (variable, column, scale, offset, error)
    }
}

/// Which rows, or which place along a dimension, a selection means.
public enum SelectionLabel: Hashable, Sendable, CustomStringConvertible {
    /// A value of the column, or of the coordinate.
    case text(String)
    /// From 1.
    case position(Int)

    public var description: String {
        switch self {
        case .text(let text): text
        case .position(let position): "at \(position)"
        }
    }
}

extension VariableMapping {
    /// The column as a table of text finds it.
    var columnName: ColumnName {
        if let position { return .position(position) }
        return nth.map { .nth(column, $0) } ?? .named(column)
    }
}

/// The series that the readers of all formats have in common, once they are numbers in a file's units: checks and
/// conversion.
struct SeriesConverter {
    let mapping: VariableMapping
    /// The place of the value at an index, and of the series as a whole.
    let place: (Int) -> InputError.Place
    let placeOfAll: InputError.Place

    /// Below it, the sixteenth powers of values, which the lengths of bootstrap blocks ask for, are finite numbers.
    static let largest = 1e18
    /// Variations below it vanish in those powers.
    static let leastVariation = 1e-15

    /// The converted values, NaN where missing.
    func values(_ numbers: [Double]) throws(InputError) -> [Double] {
        guard numbers.contains(where: { !$0.isNaN }) else {
            throw InputError(
                .data, at: placeOfAll, "'\(mapping.column)' has no values: all \(numbers.count) are missing",
                expected: "at least one value")
        }
        var converted: [Double] = []
        converted.reserveCapacity(numbers.count)
        for (index, number) in numbers.enumerated() {
            let value = number * mapping.scale + mapping.offset
            guard !value.isInfinite else {
                throw InputError(
                    .data, at: place(index), "infinite value in '\(mapping.column)'",
                    expected: "a finite number or a missing value")
            }
            guard value.isNaN || abs(value) < Self.largest else {
                throw InputError(
                    .data, at: place(index), "\(value) in '\(mapping.column)' is too large to compute with",
                    expected: "a magnitude below \(Self.largest); the key 'scale' changes the unit")
            }
            converted.append(value)
        }
        return converted
    }

    /// The errors' standard deviations where there is a value; `numbers` are the error column's, if it has one.
    func errors(of values: [Double], from numbers: [Double]?) throws(InputError) -> [Double]? {
        switch mapping.error {
        case nil: return nil
        case .constant(let deviation): return values.map { $0.isNaN ? .nan : deviation }
        case .column(let column):
            var errors: [Double] = []
            for (index, number) in (numbers ?? []).enumerated() {
                let deviation = number * abs(mapping.scale)
                guard values[index].isNaN || (deviation > 0 && deviation.isFinite) else {
                    throw InputError(
                        .data, at: place(index),
                        "the error of '\(mapping.column)' in '\(column)' is \(number.isNaN ? "missing" : "\(number)")",
                        expected: "a positive number")
                }
                errors.append(values[index].isNaN ? .nan : deviation)
            }
            return errors
        }
    }
}
