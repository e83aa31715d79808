import Learning

/// What a configuration file says of a twin experiment.
///
///     setting: sakov2008                 # a published one; the keys below change it, or spell one out
///     model: {name: lorenz96, variables: 40, forcing: 8, step: 0.05, steps_between: 1}
///     observe: {every: 2, function: identity, error: 1, missing: 0.1}     # or {variables: [0, 5, 7]}
///     model_error: 0.01                  # variance that each interval adds
///     cycles: 1500
///     spinup: 300
///     seeds: {tuning: 1, test: 5}
///     budget: 24                         # of combinations that each method may try
///     models:                            # forecast models beside that of the truth, for methods to name
///       - {name: network, kind: convolution, from: observations}
///     long_run: 100000                   # steps that show what a model does in the long run
///     sensitivity: {error: [0.5, 2], missing: [0.5]}   # models learned from observations are learned in these conditions too
///     robustness: {members: [10, 40], error: [0.5, 2], forcing: [7, 9], seeds: 2}   # scores away from these conditions
///     methods:
///       - {method: etkf, members: 24, inflation: [1, 1.01, 1.02], rotates: 1}
///       - {name: surrogate, method: etkf, members: 24, model: network}
struct TwinConfiguration: Sendable {
    let setting: TwinSetting
    /// Seeds that tuning may see, and seeds that only the scores see.
    let tuningSeeds: [Int]
    private(set) var testSeeds: [Int]
    private(set) var methods: [TwinMethod]
    /// Forecast models beside that of the truth.
    let models: [TwinModelPlan]
    /// Conditions in which what is learned from observations is learned too.
    let sensitivity: RobustnessPlan?
    /// Steps of the run that shows what a forecast model does in the long run.
    let longRun: Int
    /// Conditions at which scores are taken too.
    let robustness: RobustnessPlan?

    /// Whether there is anything to train.
    var learns: Bool { models.contains { $0.kind != .physical } || methods.contains(where: \.kind.isLearned) }

    /// The same with some of the methods, and what costs nothing; and with another number of test seeds.
    func narrowed(to names: [String]?, seeds: Int?) -> TwinConfiguration {
        var result = self
        if let names { result.methods = methods.filter { names.contains($0.name) || $0.kind.isBaseline } }
        if let seeds { result.testSeeds = Array(1...seeds) }
        return result
    }

    init(_ keys: inout ConfigurationMapping) throws(InputError) {
        var setting = try Self.published(keys.optional("setting"))
        if let node = keys.optional("model") { try Self.read(model: node, into: &setting) }
        try Self.read(observe: keys.optional("observe"), into: &setting)
        if let node = keys.optional("model_error") { setting.modelError = try node.number(.nonNegative) }
        if let node = keys.optional("cycles") { setting.cycles = try node.integer(.within(2...10_000_000)) }
        if let node = keys.optional("spinup") {
            setting.spinup = try node.integer(.within(0...10_000_000))
            guard setting.spinup < setting.cycles else {
                throw node.error("\(setting.spinup) of \(setting.cycles) cycles", expected: "fewer than 'cycles'")
            }
        }
        self.setting = setting
        (tuningSeeds, testSeeds) = try Self.seeds(keys.optional("seeds"))
        let budget = try keys.optional("budget")?.integer(.within(1...10_000)) ?? 24
        robustness =
            if let node = keys.optional("robustness") {
                try RobustnessPlan(node, setting, testSeeds: testSeeds.count)
            } else { nil }
        longRun = try keys.optional("long_run")?.integer(.within(1000...100_000_000)) ?? 100_000
        models = try Self.models(keys.optional("models"), setting)
        sensitivity = try Self.sensitivity(keys.optional("sensitivity"), setting, models)
        methods = try Self.methods(try keys.required("methods"), setting, models, budget: budget)
    }

    private static func models(_ node: ConfigurationNode?, _ setting: TwinSetting) throws(InputError) -> [TwinModelPlan]
    {
        var models: [TwinModelPlan] = []
        for entry in try node?.nonEmptyList() ?? [] {
            let model = try TwinModelPlan(entry, setting)
            if models.contains(where: { $0.name == model.name }) {
                throw entry.error("duplicate model \(model.name.quoted)", expected: "each name once: add 'name'")
            }
            models.append(model)
        }
        return models
    }

    private static func sensitivity(
        _ node: ConfigurationNode?, _ setting: TwinSetting, _ models: [TwinModelPlan]
    ) throws(InputError) -> RobustnessPlan? {
        guard let node else { return nil }
        guard models.contains(where: \.learnsFromObservations) else {
            throw node.error("no model is learned from observations", expected: "one with 'from: observations'")
        }
        return try RobustnessPlan(node, setting, keys: [.error, .missing], testSeeds: 1)
    }

    private static func published(_ node: ConfigurationNode?) throws(InputError) -> TwinSetting {
        guard let node else {
            var free = TwinSetting.sakov2008
            (free.name, free.title, free.reference, free.published) = ("own", "A setting of one's own", "", [])
            return free
        }
        let name: PublishedSettingName = try node.choice()
        return name.setting
    }

    private static func read(model node: ConfigurationNode, into setting: inout TwinSetting) throws(InputError) {
        let before = setting.model
        let model = try node.mapping { (keys) throws(InputError) in
            var model = before
            if let node = keys.optional("name") { model.name = try node.choice() }
            if model.name == .lorenz63 { model.variables = 3 }
            if let node = keys.optional("variables") { model.variables = try variables(node, model.name) }
            if let node = keys.optional("forcing") { model.forcing = try node.number() }
            if let node = keys.optional("step") { model.step = try node.number(.within(1e-6...1)) }
            if let node = keys.optional("steps_between") { model.stepsBetween = try node.integer(.within(1...100_000)) }
            return model
        }
        setting.model = model
        if model.variables != before.variables { setting.observed = Array(0..<model.variables) }
        // What was published is of another model.
        if model != before { setting.published = [] }
    }

    private static func variables(
        _ node: ConfigurationNode, _ name: PhysicalModelName
    ) throws(InputError) -> Int {
        let count = try node.integer(.within(3...100_000))
        switch name {
        case .lorenz63 where count != 3: throw node.error("\(count) variables of lorenz63", expected: "3")
        case .kuramotoSivashinsky where count % 2 != 0 || count < 4:
            throw node.error("\(count) points", expected: "an even number, at least 4")
        case .lorenz96 where count < 4: throw node.error("\(count) variables of lorenz96", expected: "at least 4")
        case .lorenz63, .kuramotoSivashinsky, .lorenz96: return count
        }
    }

    private static func read(
        observe node: ConfigurationNode?, into setting: inout TwinSetting
    ) throws(InputError) {
        guard let node else { return }
        let count = setting.model.variables
        let before = setting
        setting = try node.mapping { (keys) throws(InputError) in
            var setting = before
            if let every = keys.optional("every") {
                setting.observed = Array(stride(from: 0, to: count, by: try every.integer(.within(1...count))))
            }
            if let list = keys.optional("variables") {
                setting.observed = []
                for entry in try list.nonEmptyList() {
                    let index = try entry.integer(.within(0...(count - 1)))
                    if setting.observed.contains(index) {
                        throw entry.error("variable \(index) a second time", expected: "each variable once")
                    }
                    setting.observed.append(index)
                }
            }
            if let node = keys.optional("function") { setting.function = try node.choice() }
            if let node = keys.optional("error") { setting.error = try node.number(.within(1e-9...1e9)) }
            if let node = keys.optional("missing") { setting.missing = try node.number(.within(0...0.99)) }
            return setting
        }
        setting.published = []
    }

    private static func seeds(_ node: ConfigurationNode?) throws(InputError) -> (tuning: [Int], test: [Int]) {
        guard let node else { return ([1], Array(1...5)) }
        let (tuning, test) = try node.mapping { (keys) throws(InputError) in
            (
                try keys.optional("tuning")?.integer(.within(1...10_000)) ?? 1,
                try keys.optional("test")?.integer(.within(1...10_000)) ?? 5
            )
        }
        return (Array(1...tuning), Array(1...test))
    }

    private static func methods(
        _ node: ConfigurationNode, _ setting: TwinSetting, _ models: [TwinModelPlan], budget: Int
    ) throws(InputError) -> [TwinMethod] {
        var methods: [TwinMethod] = []
        for entry in try node.nonEmptyList() {
            let method = try TwinMethod(entry, models: models.map(\.name), budget: budget)
            if methods.contains(where: { $0.name == method.name }) {
                throw entry.error("duplicate method \(method.name.quoted)", expected: "each name once: add 'name'")
            }
            if method.kind.isLearned, models.contains(where: { $0.name == method.name }) {
                throw entry.error(
                    "a method that learns with the name of a model, \(method.name.quoted)",
                    expected: "another name: both are files in models/")
            }
            if !method.kind.takesMemory, models.contains(where: { $0.name == method.model && $0.kind == .reservoir }) {
                throw entry.error(
                    "\(method.kind.rawValue) with a model that remembers",
                    expected: TwinMethodKind.allCases.filter(\.takesMemory).map(\.rawValue).joined(separator: ", "))
            }
            if method.kind.parameters.contains(.radius), setting.model.coordinates == nil {
                throw entry.error(
                    "\(setting.model.name.rawValue) has no places to localise by", expected: "a method without radius")
            }
            if method.kind == .optimalParticles, setting.modelError == 0 || setting.function != .identity {
                throw entry.error(
                    "the optimal proposal needs model error and a linear observation",
                    expected: "'model_error' above 0 and the function identity")
            }
            let fewest = GainNetwork.fewestPlaces
            let isNetwork = method.kind == .residualNetwork || method.kind == .jointNetworks
            if isNetwork, setting.model.coordinates == nil || setting.model.variables < fewest {
                throw entry.error(
                    "a network along the places of \(setting.model.variables) variables of \(setting.model.name.rawValue)",
                    expected: "a model with places, at least \(fewest)")
            }
            if method.kind == .setTransformer, setting.model.variables < 12 {
                throw entry.error(
                    "a network along the places of \(setting.model.variables) variables", expected: "at least 12")
            }
            if isNetwork, setting.function != .identity {
                throw entry.error(
                    "\(method.kind.rawValue) for observations through \(setting.function.rawValue)",
                    expected: "'function' identity")
            }
            methods.append(method)
        }
        // The least that any method must beat.
        let missing = TwinMethodKind.allCases.filter { kind in
            kind.isBaseline && !methods.contains { $0.kind == kind }
        }
        return missing.map { TwinMethod($0) } + methods
    }
}
