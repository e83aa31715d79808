import Dynamics
import Tensors

/// A variable of a system: a number, or a field over one or two axes.
public struct StateVariable: Sendable, Equatable {
    public let name: String
    public let kind: ValueKind
    public init(_ name: String, _ kind: ValueKind = .number) { (self.name, self.kind) = (name, kind) }
}

/// The right-hand sides of equations as a map: the state `[n]` to its tendencies, or to the next state; or as a
/// tendency, where they depend on time.
///
/// Variables lie in the state one after the other in their order, fields row by row. Definitions are values that are
/// worked out before the equations, in any order that their names ask for. The parameters can be differentiated by.
/// Shapes: `[..., n]` to `[..., n]`; with time `[n]` to `[n]`.
public struct EquationSystem: Map, Tendency {
    public let variables: [StateVariable]
    public let parameterNames: [String]
    /// Forcings, by tables in time.
    public let forcings: [Forcing]
    /// Whether formulas may read the time `t` and the forcings.
    public let dependsOnTime: Bool
    /// The values of the parameters, `[p]`.
    public var parameters: Tensor
    private let definitions: [(name: String, expression: Formula)]
    private let equations: [Formula]
    private let known: [String: ValueKind]
    private let tables: ForcingTables
    private static let timeName = "t"

    /// The part of a system that a fault is of: the name of an equation or of a definition.
    public struct Fault: Error, Sendable {
        public let name: String
        public let fault: FormulaFault
        public init(name: String, fault: FormulaFault) { (self.name, self.fault) = (name, fault) }
    }

    /// - Parameters:
    ///   - definitions: names with their expressions, of variables, parameters and each other.
    ///   - equations: an expression for each variable, in their order.
    ///   - dependsOnTime: whether formulas may read the time `t`; then no other value has this name.
    ///   - forcings: values by time, which formulas read by their names; they need the time.
    public init(
        _ variables: [StateVariable], parameters: [(name: String, value: Double)],
        definitions: [(name: String, expression: Formula)] = [], equations: [Formula], dependsOnTime: Bool = false,
        forcings: [Forcing] = []
    ) throws(Fault) {
        precondition(dependsOnTime || forcings.isEmpty, "forcings of equations that do not depend on time")
        let names = variables.map(\.name) + parameters.map(\.name) + definitions.map(\.name)
        let more = forcings.map(\.name) + (dependsOnTime ? [Self.timeName] : [])
        for name in Set(names + more) where !more.isEmpty && (names + more).count(where: { $0 == name }) > 1 {
            let problem = name == Self.timeName ? "the name 't', which is that of time" : "the name '\(name)' twice"
            throw Fault(name: name, fault: FormulaFault(0, problem, expected: "another name"))
        }
        precondition(
            variables.count == equations.count, "\(variables.count) variables with \(equations.count) equations")
        (self.variables, parameterNames) = (variables, parameters.map(\.name))
        self.parameters = Tensor(parameters.map(\.value))
        self.equations = equations
        (self.dependsOnTime, self.forcings) = (dependsOnTime, forcings)
        tables = ForcingTables(forcings)
        var known = Dictionary(uniqueKeysWithValues: variables.map { ($0.name, $0.kind) })
        for name in parameterNames + more { known[name] = .number }
        self.definitions = try Self.sorted(definitions, &known)
        self.known = known
        for (variable, equation) in zip(variables, equations) {
            let kind = try Self.of(variable.name) { () throws(FormulaFault) in try equation.kind(known) }
            guard kind == .number || kind == variable.kind else {
                throw Fault(
                    name: variable.name,
                    fault: FormulaFault(
                        0, "\(kind.text) for '\(variable.name)', \(variable.kind.text)", expected: variable.kind.text))
            }
        }
    }

    private static func of<Value>(
        _ name: String, _ work: () throws(FormulaFault) -> Value
    ) throws(Fault) -> Value {
        do { return try work() } catch { throw Fault(name: name, fault: error) }
    }

    /// The definitions in an order in which each needs those before it alone, and their kinds.
    private static func sorted(
        _ definitions: [(name: String, expression: Formula)], _ known: inout [String: ValueKind]
    ) throws(Fault) -> [(name: String, expression: Formula)] {
        var (left, done) = (definitions, [(name: String, expression: Formula)]())
        while !left.isEmpty {
            let names = Set(left.map(\.name))
            guard let place = left.firstIndex(where: { names.isDisjoint(with: $0.expression.names) }) else {
                let (name, expression) = left[0]
                let culprit = expression.names.intersection(names).min() ?? name
                throw Fault(
                    name: name,
                    fault: FormulaFault(
                        expression.offset(of: culprit) ?? 0,
                        "a cycle of definitions: \(left.map(\.name).joined(separator: ", "))",
                        expected: "definitions that do not need themselves"))
            }
            let next = left.remove(at: place)
            let kinds = known
            known[next.name] = try of(next.name) { () throws(FormulaFault) in try next.expression.kind(kinds) }
            done.append(next)
        }
        return done
    }

    /// The number of values of the state, `n`.
    public var count: Int { variables.reduce(0) { $0 + $1.kind.count } }

    /// A number that broadcasts against every field.
    private static func part(_ state: Tensor, _ first: Int, _ kind: ValueKind) -> Tensor {
        kind == .number
            ? state.slice(axis: 0, from: first, to: first + 1).reshaped([])
            : state.slice(axis: 0, from: first, to: first + kind.count).reshaped(kind.shape)
    }

    /// The values of all names at a state `[n]`.
    private func values(_ state: Tensor, _ time: Tensor?) -> [String: Tensor] {
        var (values, first) = ([String: Tensor](), 0)
        for variable in variables {
            values[variable.name] = Self.part(state, first, variable.kind)
            first += variable.kind.count
        }
        let parameters = parameters.cast(to: state.type)
        for (number, name) in parameterNames.enumerated() { values[name] = parameters[number] }
        if let time {
            values[Self.timeName] = time
            values.merge(tables.values(at: time)) { $1 }
        }
        for (name, expression) in definitions { values[name] = expression.value(values, known) }
        return values
    }

    public func callAsFunction(_ state: Tensor) -> Tensor {
        precondition(
            state.shape.last == count, "EquationSystem: the last axis of \(state.shape) must be of length \(count)")
        precondition(!dependsOnTime, "EquationSystem: equations that depend on time, without it")
        guard state.rank == 1 else {
            let rows = state.reshaped([state.count / count, count])
            return vmap { (row: Tensor) in self(row) }(rows).reshaped(state.shape)
        }
        return right(state, nil)
    }

    public func callAsFunction(_ state: Tensor, time: Tensor) -> Tensor {
        precondition(state.shape == [count], "EquationSystem: a state of shape \(state.shape), not [\(count)]")
        return right(state, dependsOnTime ? time : nil)
    }

    private func right(_ state: Tensor, _ time: Tensor?) -> Tensor {
        let values = values(state, time)
        let tendencies = zip(variables, equations).map { variable, equation in
            equation.value(values, known).broadcast(to: variable.kind.shape).cast(to: state.type)
                .reshaped([variable.kind.count])
        }
        return Tensor.concatenated(tendencies)
    }

    /// The kind of the value of another formula, of variables, parameters, definitions, forcings and time.
    public func kind(of formula: Formula) throws(FormulaFault) -> ValueKind { try formula.kind(known) }

    /// The values of other formulas at a state, of the shapes of their kinds: what is observed of it, for example.
    /// They must have kinds.
    public func values(of formulas: [Formula], at state: Tensor, time: Tensor) -> [Tensor] {
        precondition(state.shape == [count], "EquationSystem: a state of shape \(state.shape), not [\(count)]")
        let values = values(state, dependsOnTime ? time : nil)
        return formulas.map { formula in
            guard let kind = try? formula.kind(known) else {
                preconditionFailure("EquationSystem: '\(formula.text)' was not checked")
            }
            return formula.value(values, known).broadcast(to: kind.shape).cast(to: state.type)
        }
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&parameters, "parameters") }
}
