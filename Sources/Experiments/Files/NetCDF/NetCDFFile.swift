import Tensors

/// The content of a NetCDF file as a value: dimensions, variables on them, and attributes.
///
/// Build it up and ``write(to:)`` it, or read one with ``init(contentsOf:)``.
///
///     var file = NetCDFFile(attributes: ["title": "Nile"])
///     file.addTime(times)
///     file.addVariable("flow", on: ["time"], .numbers(flow), attributes: ["units": "m3 s-1"])
///     try file.write(to: "nile.nc")
public struct NetCDFFile: Sendable {
    public struct Dimension: Hashable, Sendable {
        public let name: String
        public let length: Int
    }

    /// The values of a variable in row-major order.
    public enum Values: Sendable {
        /// NaN is the file's missing value; `_FillValue` says so.
        case numbers([Double])
        case integers([Int32])
        case texts([String])

        public var count: Int {
            switch self {
            case .numbers(let values): values.count
            case .integers(let values): values.count
            case .texts(let values): values.count
            }
        }
    }

    public enum Attribute: Hashable, Sendable {
        case text(String)
        case numbers([Double])
        case integers([Int32])
    }

    public struct Variable: Sendable {
        public let name: String
        /// The names of the dimensions, slowest first; none for a single value.
        public let dimensions: [String]
        public let values: Values
        public var attributes: [String: Attribute]
    }

    public internal(set) var dimensions: [Dimension] = []
    public internal(set) var variables: [Variable] = []
    public var attributes: [String: Attribute]

    /// A file without dimensions and variables; it says which conventions it follows.
    public init(attributes: [String: Attribute] = [:]) {
        self.attributes = attributes.merging(["Conventions": "CF-1.11"]) { own, _ in own }
    }

    /// The variable of that name.
    public func variable(_ name: String) -> Variable? { variables.first { $0.name == name } }

    /// Adds a dimension without coordinates.
    public mutating func addDimension(_ name: String, length: Int) {
        precondition(!dimensions.contains { $0.name == name }, "NetCDFFile: dimension '\(name)' is there already")
        precondition(length > 0, "NetCDFFile: dimension '\(name)' of length \(length)")
        dimensions.append(Dimension(name: name, length: length))
    }

    /// Adds a dimension and its coordinate variable, which has its name.
    public mutating func addCoordinate(_ name: String, _ values: Values, attributes: [String: Attribute] = [:]) {
        addDimension(name, length: values.count)
        addVariable(name, on: [name], values, attributes: attributes)
    }

    /// Adds a dimension of time with its coordinates in units of fixed length.
    public mutating func addTime(
        _ times: [Instant], as name: String = "time", units: TimeUnits = TimeUnits(.day, since: Instant(year: 1970)),
        attributes: [String: Attribute] = [:]
    ) {
        let standard: [String: Attribute] = [
            "standard_name": "time", "axis": "T", "calendar": "proleptic_gregorian", "units": .text("\(units)"),
        ]
        addCoordinate(name, .numbers(times.map(units.number)), attributes: standard.merging(attributes) { $1 })
    }

    /// Adds a variable; its values are as many as the product of the lengths of its dimensions.
    public mutating func addVariable(
        _ name: String, on dimensions: [String], _ values: Values, attributes: [String: Attribute] = [:]
    ) {
        precondition(variable(name) == nil, "NetCDFFile: variable '\(name)' is there already")
        let shape = dimensions.map { name in
            guard let dimension = self.dimensions.first(where: { $0.name == name }) else {
                preconditionFailure("NetCDFFile: no dimension '\(name)'")
            }
            return dimension.length
        }
        precondition(
            values.count == shape.reduce(1, *), "NetCDFFile: \(values.count) values for '\(name)' of shape \(shape)")
        variables.append(Variable(name: name, dimensions: dimensions, values: values, attributes: attributes))
    }
}

extension NetCDFFile.Attribute: ExpressibleByStringLiteral, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
    public init(stringLiteral text: String) { self = .text(text) }
    public init(floatLiteral number: Double) { self = .numbers([number]) }
    public init(integerLiteral number: Int32) { self = .integers([number]) }
}

extension ObservationTable.Variable {
    /// The attributes that describe the variable: `units`, `standard_name`, `long_name`.
    public var netCDFAttributes: [String: NetCDFFile.Attribute] {
        let texts = ["units": units, "standard_name": standardName, "long_name": longName]
        return texts.compactMapValues { $0.map(NetCDFFile.Attribute.text) }
    }
}
