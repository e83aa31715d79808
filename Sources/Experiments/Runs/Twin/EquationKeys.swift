import Formulas
import Studies

/// A model of one's own in a configuration.
///
///     model:
///       name: equations
///       states: {x: {start: 1.5}, y: {start: -1.5}, z: {start: 25.5}}
///       parameters: {sigma: 10, rho: 28, beta: 2.667}
///       equations: {x: sigma * (y - x), y: x * (rho - z) - y, z: x * y - beta * z}
///       step: 0.01
extension EquationsSource {
    static let keys = KeyTable(
        ConfigurationKey(
            "states", .named(stateKeys), .optional("required by the model equations"),
            "The variables, in their order: numbers, or fields over the axes x, or y and x."),
        ConfigurationKey(
            "parameters", .names(.number(.any)), .optional("none"), "Parameters of the equations, with their values."),
        ConfigurationKey(
            "definitions", .names(.text), .optional("none"), "Formulas that others can name; their order is free."),
        ConfigurationKey(
            "equations", .names(.text), .optional("required by the model equations"),
            "The tendency of each variable, a formula; with the integrator 'map' its next value."),
        .number(
            "decorrelation", .within(1e-6...1e9), .optional("1"), unit: "model time",
            "Time after which states are nearly independent."))

    static let axisKeys = KeyTable(
        .integer("length", 1...100_000, .required, "Number of points."),
        .number("spacing", .positive, .usual("1"), "Distance between points."),
        .flag("periodic", .usual("false"), "Whether the axis closes on itself."),
        .choice(
            "boundary", Axis.Boundary.self, .usual("edge"),
            "Values beyond the ends of an axis that is not periodic: those at the ends, or zero."))

    private static let stateKeys = KeyTable(
        .mapping("x", axisKeys, .optional("a number"), "The axis x, the faster one in memory."),
        .mapping("y", axisKeys, .optional("no second axis"), "The axis y of a field over two."),
        .number("start", .any, .usual("0"), "Mean of its first values."),
        .number("spread", .nonNegative, .usual("1"), "Standard deviation of its first values."))

    private static let mostVariables = 100_000
    private static let mostFormulas = 1000

    /// Reads the model; nil where none of its keys is there.
    static func read(_ keys: inout ConfigurationMapping) throws(InputError) -> EquationsSource? {
        let (states, equations) = (keys.optional("states"), keys.optional("equations"))
        let (parameters, definitions) = (keys.optional("parameters"), keys.optional("definitions"))
        let decorrelation = try keys.optionalNumber("decorrelation")
        if states == nil, equations == nil, parameters == nil, definitions == nil, decorrelation == nil { return nil }
        // A misspelt key is the better message.
        let (rows, fields) = (try keys.required("equations"), try keys.required("states"))
        var nodes: [String: ConfigurationNode] = [:]
        func requireNew(_ name: String, _ node: ConfigurationNode) throws(InputError) {
            guard Self.isName(name) else {
                throw node.error("the name \(name.quoted)", expected: "a letter, then letters, digits and '_'")
            }
            guard nodes[name] == nil else {
                throw node.error("the name \(name.quoted) is listed twice", expected: "each name once")
            }
            nodes[name] = node
        }
        var source = EquationsSource(states: [], equations: [], decorrelation: decorrelation ?? 1)
        for (name, node) in try fields.named() {
            try requireNew(name, node)
            source.states.append(try state(name, node))
        }
        let count = source.states.reduce(0) { $0 + $1.grid.reduce(1) { $0 * $1.length } }
        guard 1...Self.mostVariables ~= count else {
            throw fields.error("\(count) variables", expected: "1 to \(Self.mostVariables)")
        }
        for (name, node) in try parameters?.named() ?? [] {
            try requireNew(name, node)
            source.parameters.append(.init(name, try node.number()))
        }
        for (name, node) in try definitions?.named() ?? [] {
            try requireNew(name, node)
            source.definitions.append(.init(name, try node.string()))
        }
        try source.read(rows, &nodes)
        guard source.definitions.count + source.equations.count <= Self.mostFormulas else {
            throw rows.error("\(nodes.count) formulas", expected: "at most \(Self.mostFormulas)")
        }
        do { _ = try EquationsModel(source) } catch { throw (nodes[error.name] ?? rows).error(error.fault) }
        return source
    }

    /// One formula for each variable.
    private mutating func read(
        _ node: ConfigurationNode, _ nodes: inout [String: ConfigurationNode]
    ) throws(InputError) {
        let lines = try node.named()
        let names = states.map(\.name)
        for (name, node) in lines where !names.contains(name) {
            throw node.error(
                "an equation of \(name.quoted), which is no state\(Spelling.suggestion(for: name, among: names))",
                expected: Spelling.oneOf(names))
        }
        for name in names {
            guard let line = lines.first(where: { $0.name == name }) else {
                throw node.error("no equation of \(name.quoted)", expected: "one for each state")
            }
            nodes[name] = line.node
            equations.append(.init(name, try line.node.string()))
        }
    }

    private static func state(_ name: String, _ node: ConfigurationNode) throws(InputError) -> State {
        try node.mapping(stateKeys) { (keys) throws(InputError) in
            let y = try keys.optionalMapping("y") { (keys) throws(InputError) in try axis("y", &keys) }
            let x = try keys.optionalMapping("x") { (keys) throws(InputError) in try axis("x", &keys) }
            if y != nil, x == nil { throw node.error("an axis y without x", expected: "x, or both") }
            return State(
                name, axes: [y, x].compactMap { $0 }, start: try keys.number("start"),
                spread: try keys.number("spread"))
        }
    }

    static func axis(_ name: String, _ keys: inout ConfigurationMapping) throws(InputError) -> Axis {
        Axis(
            name, length: try keys.integer("length"), spacing: try keys.number("spacing"),
            isPeriodic: try keys.flag("periodic"), boundary: try keys.choice("boundary"))
    }

    /// Whether a formula can name it.
    static func isName(_ text: String) -> Bool {
        guard let first = text.first, first.isLetter else { return false }
        return text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
            && !["pi", "and", "or", "not"].contains(text)
    }
}

extension ConfigurationNode {
    /// A fault of the formula that the node holds, at the line and column of its place in the file.
    func error(_ fault: FormulaFault) -> InputError {
        var place = place
        if let column = place.column { place.column = column + fault.offset + (isQuoted ? 1 : 0) }
        let suggestion = fault.unknown.map { Spelling.suggestion(for: $0, among: fault.known) } ?? ""
        return InputError(.configuration, at: place, fault.problem + suggestion, expected: fault.expected)
    }

    private var isQuoted: Bool { if case .scalar(_, isQuoted: true) = content { true } else { false } }
}
