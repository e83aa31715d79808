import Studies

/// A forecast model of a configuration, beside that of the truth.
///
///     - {name: wrong, kind: physical, physics: {forcing: 7}}
///     - {name: network, kind: convolution, from: observations, length: 4000}
///     - {name: corrected, kind: random-features, physics: {forcing: 7}}
///     - {name: again, kind: convolution, file: runs/other/models/network.safetensors}
struct PlannedModel: Sendable {
    let plan: ForecastPlan
    /// The file of a model that another run has learned; in a configuration from its folder.
    let file: String?

    var name: String { plan.name }

    /// Whether other observations would teach it other things.
    var learnsFromObservations: Bool { plan.surrogate != nil && plan.source == .observations && file == nil }
    /// Whether it has a memory, for which not every method has a place.
    var hasMemory: Bool { plan.surrogate is ReservoirSurrogate }

    init(_ node: ConfigurationNode, _ setting: TwinSetting) throws(InputError) {
        (plan, file) = try node.mapping(Self.keys) { (keys) throws(InputError) in
            let kind = try keys.value("kind").choice(among: Self.kinds)
            let type = Surrogates.all.first { $0.name == kind }
            keys.adopt(type?.keys ?? Self.physicalKeys)
            let name = try keys.optionalText("name") ?? kind
            let physics = try keys.optionalMapping("physics") { (keys) throws(InputError) in
                try Self.physics(&keys, setting.model)
            }
            guard let type else {
                guard let physics else {
                    throw node.error("a physical model without 'physics'", expected: "'physics', as {forcing: 7}")
                }
                let length = try keys.integer("length")
                try Self.checkLength(length, node)
                return (ForecastPlan(name, physics: physics, length: length), nil)
            }
            if physics != nil, !type.corrects {
                throw node.error(
                    "a \(kind) that corrects a physical model", expected: "no 'physics', or another kind")
            }
            if let file = keys.optional("file") {
                // The file tells the parameters of the model.
                let path = FilePath.join(FilePath.folder(of: file.place.file), try file.string())
                return (ForecastPlan(name, type.init(), correcting: physics), path)
            }
            return (try Self.plan(type, name, physics, &keys, node, setting), nil)
        }
        if name == Self.truthName || name.contains("/") {
            throw node.error("a model named \(name.quoted)", expected: "another name, without '/'")
        }
    }

    private static func plan<S: Surrogate>(
        _ type: S.Type, _ name: String, _ physics: SteppedModel?, _ keys: inout ConfigurationMapping,
        _ node: ConfigurationNode, _ setting: TwinSetting
    ) throws(InputError) -> ForecastPlan {
        let source: SurrogateSource = try keys.choice("from")
        let traits = setting.traits
        let fault = type.requirements.lazy.compactMap { $0.fault(traits) }.first
        if let fault { throw node.error("\(type.name): \(fault.problem)", expected: fault.expected) }
        if source == .observations {
            if setting.function != .identity {
                throw node.error(
                    "a model learned from observations through \(setting.function.rawValue)",
                    expected: "'function' identity")
            }
            if !type.learnsFromObservations {
                throw node.error(
                    "\(type.name) from observations",
                    expected: "'kind' convolution or dense, or 'from: trajectory'")
            }
        }
        // A key without effect is not asked for, and refused.
        let surrogate = try S().with(&keys, except: source == .observations ? [] : ofObservations)
        if let fault = surrogate.fault(traits) { throw node.error(fault.problem, expected: fault.expected) }
        if !type.learnsFromObservations { try checkLength(surrogate.length, node) }
        try check(places: surrogate, &keys, setting.model)
        return ForecastPlan(name, surrogate, correcting: physics, from: source)
    }

    private static func checkLength(_ length: Int, _ node: ConfigurationNode) throws(InputError) {
        let held = length / 10
        if length - held < 10 || held <= 2 {
            throw node.error("\(length) times to learn from, a tenth of them held back", expected: "at least 30")
        }
    }

    /// The physical model of the truth with other parameters.
    private static func physics(
        _ keys: inout ConfigurationMapping, _ truth: SteppedModel
    ) throws(InputError) -> SteppedModel {
        var model = truth
        if let node = keys.optional("parameters") {
            var values: [String: Double] = [:]
            for (name, value) in try node.named() { values[name] = try value.number() }
            guard let equations = truth.model as? EquationsModel else {
                throw node.error("\(truth.name) has no parameters of equations", expected: "the model equations")
            }
            guard let changed = equations.with(equationParameters: values) else {
                throw node.error(
                    "a parameter that the equations do not have",
                    expected: Spelling.oneOf(equations.source.parameters.map(\.name)))
            }
            model.model = changed
        }
        for name in physicsParameters {
            guard let node = keys.optional(name) else { continue }
            guard type(of: truth.model).has(name) else {
                throw node.error(
                    "\(truth.name) has no \(name)",
                    expected: "one of its parameters: "
                        + type(of: truth.model).parameterDescriptions.map(\.name).joined(separator: ", "))
            }
            model = model.with(name, try keys.number(name))
        }
        return model
    }

    /// Distances and neighbours are of models whose variables have coordinates.
    private static func check(
        places surrogate: any Surrogate, _ keys: inout ConfigurationMapping, _ truth: SteppedModel
    ) throws(InputError) {
        for name in ["reach", "radius"] where type(of: surrogate).has(name) {
            guard let node = keys.optional(name) else { continue }
            guard truth.coordinates != nil else {
                throw node.error("\(truth.name) has no spatial coordinates", expected: "no \(name)")
            }
            let most = (truth.variables - 1) / 2
            if name == "reach", let reach = surrogate.value("reach"), Int(reach) > most {
                throw node.error(
                    "\(Int(reach)) of \(truth.variables) variables to each side", expected: "at most \(most)")
            }
        }
    }

    /// Parameters of the assimilation that takes turns with learning.
    private static let ofObservations = ["rounds", "members", "radius"]
    private static let kinds = [ForecastPlan.physicalKind] + Surrogates.all.map { $0.name }

    /// The keys of every model; those of one kind come from its parameters.
    static let keys = KeyTable(
        ConfigurationKey("kind", .choice(kinds), .required, "The kind of model."),
        .text(
            "name", .optional("the kind"), "Its name in results, tables and files, and for methods to forecast with."),
        .mapping(
            "physics", equationKeys + KeyTable(physicsKeys), .optional("nothing is known of the dynamics"),
            "The physical model, or the one that is corrected: that of the truth with other parameters."))

    /// The real parameters of all models, but for the step of their integrators.
    private static let physicsKeys: [ConfigurationKey] = {
        var keys: [ConfigurationKey] = []
        for type in TestModels.all {
            for description in type.parameterDescriptions {
                guard case .real(let range) = description.domain, description.name != "step",
                    !keys.contains(where: { $0.name == description.name })
                else { continue }
                keys.append(
                    .number(
                        description.name, .within(range), .optional("that of the truth"),
                        description.summary.dropLast() + ", \(type.name) alone."))
            }
        }
        return keys
    }()
    private static let equationKeys = KeyTable(
        ConfigurationKey(
            "parameters", .names(.number(.any)), .optional("those of the truth"),
            "Parameters of equations, equations alone."))
    private static var physicsParameters: [String] { physicsKeys.map(\.name) }

    fileprivate static let physicalKeys = KeyTable(
        .integer(
            "length", 1...10_000_000, .usual("2000"), unit: "observation times",
            "Times of the truth that its error is estimated from, a tenth of them."))

    /// The entries of `models`.
    static let entries = KeyVariants(
        by: "kind", keys,
        [
            KeyVariants.Variant(
                word: ForecastPlan.physicalKind, summary: ForecastPlan.physicalSummary, keys: physicalKeys)
        ] + Surrogates.all.map { KeyVariants.Variant(word: $0.name, summary: $0.summary, keys: $0.keys) })

    /// The name of the model of the truth.
    static let truthName = "truth"
}

extension Surrogate {
    /// The keys of a model of this kind, besides those of all.
    fileprivate static var keys: KeyTable {
        KeyTable(
            [
                .choice(
                    "from", SurrogateSource.self, .usual("trajectory"),
                    "A truth without errors, or its observations: networks alone."),
                .text(
                    "file", .optional("the model is learned"),
                    "A model file that another run has learned, from the folder of the configuration."),
            ] + keys(isListed: false))
    }
}

extension ForecastPlan {
    /// Its kind and its source.
    func text(file: String?) -> String {
        guard let surrogate else { return physics?.text ?? "" }
        var parts = [surrogate.summary]
        if let physics { parts.append("corrects \(physics.text)") }
        if let file {
            parts.append("read from \(FilePath.name(of: file))")
        } else {
            parts.append(
                "learned from \(surrogate.length) times of \(source == .trajectory ? "a truth" : "observations")")
        }
        return parts.joined(separator: "; ")
    }
}

extension SteppedModel {
    fileprivate var text: String {
        model.value("forcing").map { "\(name) with forcing \(NumberText.short($0))" } ?? name
    }
}
