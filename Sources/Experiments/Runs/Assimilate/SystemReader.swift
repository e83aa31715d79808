import Dynamics
import Formulas
import Studies
import Tensors

/// A model that was read, before the times of the observations are known.
struct ReadSystem: Sendable {
    var system: DynamicalSystem
    /// The same without corrections; nil where there are none.
    var uncorrected: DynamicalSystem?
    /// The weights of each correction, by its name.
    let weights: [String: [String]]
    var unit: TimeUnitName?
    /// The time of the first states, where the file tells it.
    var startTime: Double?
    /// Of messages about the model.
    let node: ConfigurationNode
    /// The files of forcings.
    let files: [String]
    /// The names of forcings.
    let forcings: Set<String>

    /// - Parameter more: unknown numbers of observation operators, as parameters behind those of the equations.
    init(_ node: ConfigurationNode, with more: [DynamicalSystem.Parameter] = []) throws(InputError) {
        self = try node.mapping(SystemKeys.table) { (keys) throws(InputError) in
            var reader = SystemReader(node)
            return try reader.read(&keys, with: more)
        }
    }

    fileprivate init(
        _ system: DynamicalSystem, uncorrected: DynamicalSystem?, weights: [String: [String]], unit: TimeUnitName?,
        startTime: Double?, node: ConfigurationNode, forcings: [(name: String, file: String)]
    ) {
        (self.uncorrected, self.weights) = (uncorrected, weights)
        (self.system, self.unit, self.startTime) = (system, unit, startTime)
        (self.node, files, self.forcings) = (node, forcings.map(\.file), Set(forcings.map(\.name)))
    }
}

/// Reads a model by ``SystemKeys``.
private struct SystemReader {
    let node: ConfigurationNode
    /// The places of the names, for faults of formulas.
    var nodes: [String: ConfigurationNode] = [:]

    private static let mostValues = 100_000
    private static let mostFormulas = 1000

    init(_ node: ConfigurationNode) { self.node = node }

    mutating func read(
        _ keys: inout ConfigurationMapping, with more: [DynamicalSystem.Parameter]
    ) throws(InputError) -> ReadSystem {
        let unit: TimeUnitName? = try keys.optional("time_unit")?.choice()
        let named = try namedModel(&keys)
        var states: [DynamicalSystem.State]
        if let named { states = named.states } else { states = try self.states(keys.required("states")) }
        var parameters = try parameters(keys.optional("parameters"))
        if let named {
            // Those that are given replace the usual ones.
            parameters =
                named.parameters.map { usual in parameters.first { $0.name == usual.name } ?? usual }
                + parameters.filter { given in !named.parameters.contains { $0.name == given.name } }
        }
        var forcings: [(forcing: Forcing, file: String)] = []
        for entry in try keys.optional("forcings")?.nonEmptyList() ?? [] { forcings.append(try forcing(entry, unit)) }
        var definitions: [(name: String, expression: Formula)] = []
        for (name, node) in try keys.optional("definitions")?.named() ?? [] {
            try requireNew(name, node)
            definitions.append((name, try formula(node)))
        }
        let (map, equations) = (keys.optional("map"), keys.optional("equations"))
        let lines: [Formula]
        if let named {
            if let own = map ?? equations { throw own.error("equations beside 'name'", expected: "one of them") }
            lines = named.equations
        } else {
            guard let rows = map ?? equations else {
                throw node.error(
                    "neither 'equations' nor 'map'", expected: "a formula for each state under one of them, or 'name'")
            }
            if let map, equations != nil { throw map.error("'map' beside 'equations'", expected: "one of them") }
            lines = try formulas(rows, states.map(\.name))
        }
        let rows = map ?? equations ?? node
        guard definitions.count + lines.count <= Self.mostFormulas else {
            throw rows.error("\(definitions.count + lines.count) formulas", expected: "at most \(Self.mostFormulas)")
        }
        let isMap = map != nil
        let integrator = try keys.mapping("integrator") { (keys) throws(InputError) in
            try Self.integrator(&keys, isMap: isMap)
        }
        let startTime = try readStart(keys.optional("start"), into: &states, unit)
        let covariance = try readErrors(keys.optional("error"), into: &states)
        let corrections = try corrections(keys.optional("corrections"), states.map(\.name))
        func system(_ corrections: [Correction]) throws(InputError) -> DynamicalSystem {
            let parameters = parameters + corrections.flatMap(\.parameters) + more
            let (lines, added) = try corrections.added(to: lines, of: states.map(\.name))
            do {
                let equations = try EquationSystem(
                    states.map { StateVariable($0.name, $0.kind) },
                    parameters: parameters.map { parameter in
                        if case .known(let value) = parameter.value {
                            (parameter.name, value)
                        } else {
                            (parameter.name, 0)
                        }
                    }, definitions: definitions + added, equations: lines, dependsOnTime: true,
                    forcings: forcings.map(\.forcing))
                return DynamicalSystem(
                    equations, states: states, parameters: parameters, integrator: integrator,
                    errorCovariance: covariance)
            } catch { throw (nodes[error.name] ?? rows).error(error.fault) }
        }
        return ReadSystem(
            try system(corrections), uncorrected: corrections.isEmpty ? nil : try system([]),
            weights: Dictionary(uniqueKeysWithValues: corrections.map { ($0.name, $0.parameters.map(\.name)) }),
            unit: unit, startTime: startTime, node: node, forcings: forcings.map { ($0.forcing.name, $0.file) })
    }

    /// A model of the list with its states, usual parameters and equations; nil where none is named.
    private mutating func namedModel(
        _ keys: inout ConfigurationMapping
    ) throws(InputError) -> (
        states: [DynamicalSystem.State], parameters: [DynamicalSystem.Parameter], equations: [Formula]
    )? {
        let variables = keys.optional("variables")
        guard let place = keys.optional("name") else {
            if let variables { throw variables.error("'variables' without 'name'", expected: "'states'") }
            return nil
        }
        if let states = keys.optional("states") {
            throw states.error("'states' beside 'name'", expected: "one of them")
        }
        let name = try place.choice(among: SystemKeys.namedModels)
        guard let type = TestModels.all.first(where: { $0.name == name }) else {
            preconditionFailure("no model \(name)")
        }
        var model: any TestModel = type.init()
        if let variables {
            guard model.value("variables") != nil else {
                throw variables.error("'variables' of \(name), which has \(model.variables)", expected: "no such key")
            }
            model = model.with("variables", try variables.number())
        }
        guard let formulation = model.formulation else { preconditionFailure("\(name) without formulas") }
        var equations: [Formula] = []
        for text in formulation.equations {
            do { equations.append(try Formula(text)) } catch { throw place.error(error) }
        }
        for (state, _) in formulation.states { try requireNew(state, place) }
        return (
            formulation.states.map { state in
                let axis = state.length.map { Axis("x", length: $0, isPeriodic: true) }
                return .init(state.name, kind: axis.map { ValueKind([$0]) } ?? .number, start: .known([0]))
            }, formulation.parameters.map { .init($0.name, .known($0.value)) }, equations
        )
    }

    private mutating func requireNew(_ name: String, _ node: ConfigurationNode) throws(InputError) {
        guard EquationsSource.isName(name), !SystemKeys.reserved.contains(name) else {
            throw node.error(
                "the name \(name.quoted)",
                expected:
                    "a letter, then letters, digits and '_', and none of \(SystemKeys.reserved.joined(separator: ", "))"
            )
        }
        guard nodes[name] == nil else {
            throw node.error("the name \(name.quoted) is listed twice", expected: "each name once")
        }
        nodes[name] = node
    }

    private func formula(_ node: ConfigurationNode) throws(InputError) -> Formula {
        let text = try node.string()
        do { return try Formula(text) } catch { throw node.error(error) }
    }

    private mutating func states(_ node: ConfigurationNode) throws(InputError) -> [DynamicalSystem.State] {
        var states: [DynamicalSystem.State] = []
        if node.isList {
            for entry in try node.nonEmptyList() {
                let name = try entry.string()
                try requireNew(name, entry)
                states.append(.init(name, start: .known([0])))
            }
        } else {
            for (name, entry) in try node.named() {
                try requireNew(name, entry)
                states.append(
                    try entry.mapping(SystemKeys.stateKeys) { (keys) throws(InputError) in
                        let y = try keys.optionalMapping("y") { (keys) throws(InputError) in
                            try EquationsSource.axis("y", &keys)
                        }
                        let x = try keys.optionalMapping("x") { (keys) throws(InputError) in
                            try EquationsSource.axis("x", &keys)
                        }
                        if y != nil, x == nil { throw entry.error("an axis y without x", expected: "x, or both") }
                        return .init(
                            name, kind: ValueKind([y, x].compactMap { $0 }), bounds: try SystemKeys.bounds(&keys),
                            start: .known([0]))
                    })
            }
        }
        let count = states.reduce(0) { $0 + $1.kind.count }
        guard 1...Self.mostValues ~= count else {
            throw node.error("\(count) values of the state", expected: "1 to \(Self.mostValues)")
        }
        return states
    }

    private mutating func parameters(_ node: ConfigurationNode?) throws(InputError) -> [DynamicalSystem.Parameter] {
        var parameters: [DynamicalSystem.Parameter] = []
        for (name, entry) in try node?.named() ?? [] {
            try requireNew(name, entry)
            guard entry.isMapping else {
                parameters.append(.init(name, .known(try entry.number())))
                continue
            }
            parameters.append(
                try entry.mapping(SystemKeys.parameterKeys) { (keys) throws(InputError) in
                    let place = try keys.required("prior")
                    let prior = try SystemKeys.distribution(place)
                    let bounds = try SystemKeys.bounds(&keys)
                    guard SystemUnknowns.isPossible(.init(name, prior, bounds: bounds)) else {
                        throw place.error(
                            "a prior without probability within the bounds",
                            expected: "a distribution that reaches into \(bounds.lowerBound) to \(bounds.upperBound)")
                    }
                    return .init(name, .unknown(prior), bounds: bounds, drift: try keys.number("drift"))
                })
        }
        return parameters
    }

    private mutating func forcing(
        _ node: ConfigurationNode, _ unit: TimeUnitName?
    ) throws(InputError) -> (forcing: Forcing, file: String) {
        let (name, source, isHeld) = try node.mapping(SystemKeys.forcingKeys) { (keys) throws(InputError) in
            let name = try keys.text("name")
            let isHeld = try keys.value("interpolation").choice(among: ["linear", "held"]) == "held"
            let column = try keys.optionalText("column") ?? name
            return (name, try ObservedTable.source(&keys, node, column: column, hasUnit: unit != nil), isHeld)
        }
        try requireNew(name, node)
        let table = try source.read().observations
        var (times, values) = ([Double](), [Double]())
        for row in 0..<table.count {
            guard let value = table[0, row] else { continue }
            let time = unit?.time(table.times[row]) ?? table.times[row].secondsSince1970
            if times.last == time {
                throw InputError(
                    .data, at: table.origin.place(row: row), "the forcing \(name.quoted) has this time twice",
                    expected: "each time once")
            }
            times.append(time)
            values.append(value)
        }
        return (Forcing(name, times: times, values: values, isHeld ? .held : .linear), source.file)
    }

    /// One formula for each state.
    private mutating func formulas(_ node: ConfigurationNode, _ names: [String]) throws(InputError) -> [Formula] {
        let lines = try node.named()
        for (name, node) in lines where !names.contains(name) {
            throw node.error(
                "an equation of \(name.quoted), which is no state\(Spelling.suggestion(for: name, among: names))",
                expected: Spelling.oneOf(names))
        }
        var formulas: [Formula] = []
        for name in names {
            guard let line = lines.first(where: { $0.name == name }) else {
                throw node.error("no equation of \(name.quoted)", expected: "one for each state")
            }
            nodes[name] = line.node
            formulas.append(try formula(line.node))
        }
        return formulas
    }

    /// Learned terms, with the names of their parts.
    private mutating func corrections(
        _ node: ConfigurationNode?, _ states: [String]
    ) throws(InputError) -> [Correction] {
        var corrections: [Correction] = []
        for entry in try node?.nonEmptyList() ?? [] {
            let correction = try Correction(entry, among: states)
            for parameter in correction.parameters { try requireNew(parameter.name, entry) }
            for definition in try correction.definitions { try requireNew(definition.name, definition.node) }
            corrections.append(correction)
        }
        return corrections
    }

    private static func integrator(
        _ keys: inout ConfigurationMapping, isMap: Bool
    ) throws(InputError) -> SystemIntegrator {
        let step = keys.optional("step")
        if isMap {
            let length = try step?.number(.positive) ?? 1
            return .map(step: length)
        }
        let most = try keys.integer("most")
        let method = try keys.value("method").choice(among: ["tsit5", "rk4", "heun", "euler", "rodas4"])
        if let fixed = FixedStep.Method(rawValue: method) {
            let length = try keys.required("step").number(.positive)
            return .fixed(FixedStep(fixed, step: length, most: most))
        }
        if let step { throw step.error("a step of \(method), which finds its own", expected: "'tolerance'") }
        let tolerance = try keys.optionalNumber("tolerance") ?? 1e-6
        let absolute = try keys.optionalNumber("absolute")
        return method == "tsit5"
            ? .adaptive(Tsitouras5(tolerance: tolerance, absolute: absolute, most: most))
            : .implicit(Rodas4(tolerance: tolerance, absolute: absolute, most: most))
    }

    private func readStart(
        _ node: ConfigurationNode?, into states: inout [DynamicalSystem.State], _ unit: TimeUnitName?
    ) throws(InputError) -> Double? {
        var time: Double?
        for (name, entry) in try node?.named() ?? [] {
            if name == "time" {
                if let unit { time = unit.time(try entry.instant()) } else { time = try entry.number() }
                continue
            }
            guard let place = states.firstIndex(where: { $0.name == name }) else {
                throw entry.error(
                    "a start of \(name.quoted), which is no state"
                        + Spelling.suggestion(for: name, among: states.map(\.name)),
                    expected: Spelling.oneOf(states.map(\.name)))
            }
            states[place].start = try start(entry, states[place])
        }
        for state in states {
            guard case .known(let values) = state.start else { continue }
            if let value = values.first(where: { !($0 > state.bounds.lowerBound && $0 < state.bounds.upperBound) }) {
                throw (node ?? self.node).error(
                    "a start of \(state.name.quoted) at \(value)",
                    expected: "a number or a distribution within its bounds, \(state.bounds.lowerBound) to "
                        + "\(state.bounds.upperBound), ends excluded")
            }
        }
        return time
    }

    private func start(
        _ node: ConfigurationNode, _ state: DynamicalSystem.State
    ) throws(InputError) -> DynamicalSystem.Start {
        if node.isList {
            var values: [Double] = []
            for entry in try node.nonEmptyList() { values.append(try entry.number()) }
            guard values.count == state.kind.count else {
                throw node.error("\(values.count) first values", expected: "\(state.kind.count), row by row, or one")
            }
            return .known(values)
        }
        let text = try node.string()
        if text == "diffuse" { return .diffuse }
        if Double(text) != nil { return .known([try node.number()]) }
        let prior = try SystemKeys.distribution(node)
        guard SystemUnknowns.isPossible(.init(state.name, prior, bounds: state.bounds)) else {
            throw node.error(
                "a start without probability within the bounds",
                expected: "a distribution that reaches into \(state.bounds.lowerBound) to \(state.bounds.upperBound)")
        }
        return .distributed(prior)
    }

    private func readErrors(
        _ node: ConfigurationNode?, into states: inout [DynamicalSystem.State]
    ) throws(InputError) -> Tensor? {
        guard let node else { return nil }
        var covariance: Tensor?
        for (name, entry) in try node.named() {
            if name == "covariance" {
                covariance = try matrix(entry, count: states.reduce(0) { $0 + $1.kind.count })
                continue
            }
            guard let place = states.firstIndex(where: { $0.name == name }) else {
                throw entry.error(
                    "an error of \(name.quoted), which is no state"
                        + Spelling.suggestion(for: name, among: states.map(\.name)),
                    expected: Spelling.oneOf(states.map(\.name) + ["covariance"]))
            }
            if covariance != nil { throw entry.error("an error beside 'covariance'", expected: "one of both") }
            states[place].error = try SystemKeys.size(entry)
        }
        return covariance
    }

    /// A symmetric matrix whose eigenvalues are not negative.
    private func matrix(_ node: ConfigurationNode, count: Int) throws(InputError) -> Tensor {
        try node.covariance(count)
    }
}
