import Formulas
import Foundation

/// The text of a model: its variables, parameters, definitions and equations.
public struct EquationsSource: Codable, Sendable, Equatable {
    public struct State: Codable, Sendable, Equatable {
        public struct Grid: Codable, Sendable, Equatable {
            public var name: String
            public var length: Int
            public var spacing: Double
            public var isPeriodic: Bool
            public var boundary: String

            public init(_ axis: Axis) {
                (name, length, spacing) = (axis.name, axis.length, axis.spacing)
                (isPeriodic, boundary) = (axis.isPeriodic, axis.boundary.rawValue)
            }
            var axis: Axis {
                Axis(
                    name, length: length, spacing: spacing, isPeriodic: isPeriodic,
                    boundary: Axis.Boundary(rawValue: boundary) ?? .edge)
            }
        }

        public var name: String
        /// None: a number.
        public var grid: [Grid]
        /// The mean of its first values, and the standard deviation about it.
        public var start: Double
        public var spread: Double

        public init(_ name: String, axes: [Axis], start: Double, spread: Double) {
            (self.name, grid, self.start, self.spread) = (name, axes.map(Grid.init), start, spread)
        }
        public var axes: [Axis] { grid.map(\.axis) }
        var count: Int { grid.reduce(1) { $0 * $1.length } }
    }
    public struct Line: Codable, Sendable, Equatable {
        public var name: String
        public var text: String
        public init(_ name: String, _ text: String) { (self.name, self.text) = (name, text) }
    }
    public struct Value: Codable, Sendable, Equatable {
        public var name: String
        public var value: Double
        public init(_ name: String, _ value: Double) { (self.name, self.value) = (name, value) }
    }

    public var states: [State]
    public var parameters: [Value]
    public var definitions: [Line]
    /// One for each state, in their order.
    public var equations: [Line]
    /// The time after which states are nearly independent.
    public var decorrelation: Double

    public init(
        states: [State], parameters: [Value] = [], definitions: [Line] = [], equations: [Line],
        decorrelation: Double = 1
    ) {
        (self.states, self.parameters) = (states, parameters)
        (self.definitions, self.equations) = (definitions, equations)
        self.decorrelation = decorrelation
    }

    /// As JSON, for files.
    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        guard let data = try? encoder.encode(self) else { preconditionFailure("EquationsSource: not JSON") }
        return String(decoding: data, as: UTF8.self)
    }

    /// Reads what files hold; nil for anything that is no model: names twice, too many values, equations of others.
    init?(text: String) {
        guard let read = try? JSONDecoder().decode(EquationsSource.self, from: Data(text.utf8)) else { return nil }
        let grids = read.states.flatMap(\.grid)
        guard grids.allSatisfy({ 1...100_000 ~= $0.length && $0.spacing > 0 }),
            read.states.reduce(0.0, { $0 + $1.grid.reduce(1.0) { $0 * Double($1.length) } }) <= 100_000
        else { return nil }
        let names = read.states.map(\.name) + read.parameters.map(\.name) + read.definitions.map(\.name)
        guard Set(names).count == names.count, !read.states.isEmpty, read.decorrelation > 0,
            read.equations.map(\.name) == read.states.map(\.name)
        else { return nil }
        self = read
    }

    func system() throws(EquationSystem.Fault) -> EquationSystem {
        func expression(_ line: Line) throws(EquationSystem.Fault) -> Formula {
            do { return try Formula(line.text) } catch { throw .init(name: line.name, fault: error) }
        }
        var named: [(name: String, expression: Formula)] = []
        for line in definitions { named.append((line.name, try expression(line))) }
        var rows: [Formula] = []
        for line in equations { rows.append(try expression(line)) }
        return try EquationSystem(
            states.map { StateVariable($0.name, ValueKind($0.axes)) },
            parameters: parameters.map { ($0.name, $0.value) }, definitions: named, equations: rows)
    }
}
