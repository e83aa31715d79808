import Learning
import Studies

/// A twin experiment as a configuration file has it.
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
///     long_run: 100000                   # steps of the run for long-run statistics
///     sensitivity: {error: [0.5, 2], missing: [0.5]}   # models learned from observations are learned in these
/// conditions too
///     robustness: {members: [10, 40], error: [0.5, 2], forcing: [7, 9], seeds: 2}   # scores away from these
/// conditions
///     methods:
///       - {method: etkf, members: 24, inflation: [1, 1.01, 1.02], rotates: 1}
///       - {name: surrogate, method: etkf, members: 24, model: network}
struct TwinConfiguration: Sendable {
    let setting: TwinSetting
    /// Seeds that tuning may see, and seeds that only the scores see.
    let tuningSeeds: [Int]
    private(set) var testSeeds: [Int]
    private(set) var methods: [ComparedMethod]
    /// Forecast models beside that of the truth.
    let models: [PlannedModel]
    /// Conditions in which methods that learn from observations are trained too.
    let sensitivity: RobustnessPlan?
    /// Steps of the run for the long-run statistics of a forecast model.
    let longRun: Int
    /// Conditions at which scores are taken too.
    let robustness: RobustnessPlan?

    /// Whether there is anything to train.
    var learns: Bool { models.contains { $0.plan.surrogate != nil } || methods.contains(where: \.isLearned) }

    /// The same with some of the methods and the baselines; and with another number of test seeds.
    func narrowed(to names: [String]?, seeds: Int?) -> TwinConfiguration {
        var result = self
        if let names { result.methods = methods.filter { names.contains($0.name) || $0.method.isBaseline } }
        if let seeds { result.testSeeds = Array(1...seeds) }
        return result
    }

    init(_ keys: inout ConfigurationMapping) throws(InputError) {
        keys.adopt(Self.keys)
        let setting = try TwinSetting(&keys)
        self.setting = setting
        (tuningSeeds, testSeeds) = try keys.mapping("seeds") { (keys) throws(InputError) in
            (Array(1...(try keys.integer("tuning"))), Array(1...(try keys.integer("test"))))
        }
        let tests = testSeeds.count
        robustness = try keys.optionalMapping("robustness") { (keys) throws(InputError) in
            try RobustnessPlan(&keys, setting, testSeeds: tests)
        }
        models = try Self.models(keys.optional("models"), setting)
        longRun = try models.isEmpty ? Self.usualLongRun : keys.integer("long_run")
        sensitivity = try Self.sensitivity(&keys, setting, models)
        let entries = try Self.entries(try keys.required("methods"), atMost: Self.mostMethods)
        methods = try Self.methods(entries, setting, models, budget: try keys.integer("budget"))
        try requireMachine(at: keys.node.place, methods: entries.map(\.place))
    }

    /// A setting with the methods published for it.
    init(published setting: TwinSetting) throws(InputError) {
        (self.setting, tuningSeeds, testSeeds) = (setting, [1], Array(1...5))
        (models, sensitivity, robustness, longRun) = ([], nil, nil, Self.usualLongRun)
        methods = Self.withBaselines(setting.methods)
        try requireMachine(at: .init(setting.name), methods: [])
    }

    private static func models(_ node: ConfigurationNode?, _ setting: TwinSetting) throws(InputError) -> [PlannedModel]
    {
        var models: [PlannedModel] = []
        for entry in try node.map({ (node) throws(InputError) in try entries(node, atMost: mostModels) }) ?? [] {
            let model = try PlannedModel(entry, setting)
            if models.contains(where: { $0.name == model.name }) {
                throw entry.error("duplicate model \(model.name.quoted)", expected: "each name once: add 'name'")
            }
            models.append(model)
        }
        return models
    }

    private static func sensitivity(
        _ keys: inout ConfigurationMapping, _ setting: TwinSetting, _ models: [PlannedModel]
    ) throws(InputError) -> RobustnessPlan? {
        if let node = keys.optional("sensitivity"), !models.contains(where: \.learnsFromObservations) {
            throw node.error("no model is learned from observations", expected: "one with 'from: observations'")
        }
        return try keys.optionalMapping("sensitivity") { (keys) throws(InputError) in
            try RobustnessPlan(sensitivity: &keys, setting)
        }
    }

    private static func methods(
        _ entries: [ConfigurationNode], _ setting: TwinSetting, _ models: [PlannedModel], budget: Int
    ) throws(InputError) -> [ComparedMethod] {
        var methods: [ComparedMethod] = []
        for entry in entries {
            let method = try ComparedMethod(entry, models: models.map(\.name), budget: budget)
            if methods.contains(where: { $0.name == method.name }) {
                throw entry.error("duplicate method \(method.name.quoted)", expected: "each name once: add 'name'")
            }
            try check(method, entry, setting, models)
            methods.append(method)
        }
        return withBaselines(methods)
    }

    /// With the least that any method must beat.
    private static func withBaselines(_ methods: [ComparedMethod]) -> [ComparedMethod] {
        let missing = Methods.baselines.filter { kind in !methods.contains { $0.method.name == kind.name } }
        return missing.map { ComparedMethod($0.init()) } + methods
    }

    private static func entries(
        _ node: ConfigurationNode, atMost most: Int
    ) throws(InputError) -> [ConfigurationNode] {
        let entries = try node.nonEmptyList()
        guard entries.count <= most else { throw node.error("\(entries.count) entries", expected: "at most \(most)") }
        return entries
    }

    private static func check(
        _ method: ComparedMethod, _ entry: ConfigurationNode, _ setting: TwinSetting, _ models: [PlannedModel]
    ) throws(InputError) {
        if method.isLearned, models.contains(where: { $0.name == method.name }) {
            throw entry.error(
                "a method that learns with the name of a model, \(method.name.quoted)",
                expected: "another name: both are files in models/")
        }
        let type = method.type
        if !type.takesMemory, models.contains(where: { $0.name == method.model && $0.hasMemory }) {
            throw entry.error(
                "\(type.name) with a model that remembers",
                expected: Methods.all.filter { $0.takesMemory }.map { $0.name }.joined(separator: ", "))
        }
        let traits = setting.traits
        for candidate in method.candidates {
            if let fault = type.requirements.lazy.compactMap({ $0.fault(traits, candidate.values) }).first {
                throw entry.error("\(type.name): \(fault.problem)", expected: fault.expected)
            }
        }
    }
}
