import Tensors

/// A variable of a system: a number, or a field over one or two axes.
public struct StateVariable: Sendable, Equatable {
    public let name: String
    public let kind: ValueKind
    public init(_ name: String, _ kind: ValueKind = .number) { (self.name, self.kind) = (name, kind) }
}

/// The right-hand sides of equations as a map: the state `[n]` to its tendencies, or to the next state.
///
/// Variables lie in the state one after the other in their order, fields row by row. Definitions are values that are
/// worked out before the equations, in any order that their names ask for. The parameters can be differentiated by.
/// Shapes: `[..., n]` to `[..., n]`.
public struct EquationSystem: Map {
    public let variables: [StateVariable]
    public let parameterNames: [String]
    /// The values of the parameters, `[p]`.
    public var parameters: Tensor
    private let definitions: [(name: String, expression: Formula)]
    private let equations: [Formula]
    private let known: [String: ValueKind]

    /// The part of a system that a fault is of: the name of an equation or of a definition.
    public struct Fault: Error, Sendable {
        public let name: String
        public let fault: FormulaFault
        public init(name: String, fault: FormulaFault) { (self.name, self.fault) = (name, fault) }
    }

    /// - Parameters:
    ///   - definitions: names with their expressions, of variables, parameters and each other.
    ///   - equations: an expression for each variable, in their order.
    public init(
        _ variables: [StateVariable], parameters: [(name: String, value: Double)],
        definitions: [(name: String, expression: Formula)] = [], equations: [Formula]
    ) throws(Fault) {
        precondition(
            variables.count == equations.count, "\(variables.count) variables with \(equations.count) equations")
        (self.variables, parameterNames) = (variables, parameters.map(\.name))
        self.parameters = Tensor(parameters.map(\.value))
        self.equations = equations
        var known = Dictionary(uniqueKeysWithValues: variables.map { ($0.name, $0.kind) })
        for name in parameterNames { known[name] = .number }
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
    private func values(_ state: Tensor) -> [String: Tensor] {
        var (values, first) = ([String: Tensor](), 0)
        for variable in variables {
            values[variable.name] = Self.part(state, first, variable.kind)
            first += variable.kind.count
        }
        let parameters = parameters.cast(to: state.type)
        for (number, name) in parameterNames.enumerated() { values[name] = parameters[number] }
        for (name, expression) in definitions { values[name] = expression.value(values, known) }
        return values
    }

    public func callAsFunction(_ state: Tensor) -> Tensor {
        precondition(
            state.shape.last == count, "EquationSystem: the last axis of \(state.shape) must be of length \(count)")
        guard state.rank == 1 else {
            let rows = state.reshaped([state.count / count, count])
            return vmap { (row: Tensor) in self(row) }(rows).reshaped(state.shape)
        }
        let values = values(state)
        let tendencies = zip(variables, equations).map { variable, equation in
            equation.value(values, known).broadcast(to: variable.kind.shape).cast(to: state.type)
                .reshaped([variable.kind.count])
        }
        return Tensor.concatenated(tendencies)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&parameters, "parameters") }
}
