import Assimilation
import Studies

extension RobustnessKey {
    var bounds: Bounds<Double> {
        switch self {
        case .members: .within(2...1_000_000)
        case .error: .within(1e-9...1e9)
        case .stepsBetween: .within(1...100_000)
        case .missing: .within(0...0.99)
        case .forcing: .within(-1e4...1e4)
        }
    }

    var isWhole: Bool { self == .members || self == .stepsBetween }

    /// The value that everything was chosen and trained at; nil where methods have different ones.
    func usual(_ setting: TwinSetting) -> Double? {
        switch self {
        case .members: nil
        case .error: setting.error
        case .stepsBetween: Double(setting.model.steps)
        case .missing: setting.missing
        case .forcing: setting.model.model.value("forcing")
        }
    }
}

/// A condition other than that of tuning and training. Methods keep their parameters and what they have learned; they
/// are told the error of the observations and get the model of the condition, as classical methods ask for.
struct RobustnessCondition: Sendable, Equatable {
    let key: RobustnessKey
    let value: Double

    var name: String { "\(key.rawValue)-\(value)" }

    func changed(_ setting: TwinSetting) -> TwinSetting {
        var setting = setting
        switch key {
        case .members: break
        case .error: setting.error = value
        case .stepsBetween: setting.model.steps = Int(value)
        case .missing: setting.missing = value
        case .forcing: setting.model = setting.model.with("forcing", value)
        }
        return setting
    }

    func changed(_ method: any AssimilationMethod) -> any AssimilationMethod {
        key == .members ? method.changed("members", value) : method
    }

    /// Whether it means anything to a method. A model that is not that of the truth has one time between observations.
    func concerns(_ method: ComparedMethod) -> Bool {
        switch key {
        case .members: method.type.has("members")
        case .stepsBetween: method.model == nil && !(method.method is JointNetworksMethod)
        case .error, .missing, .forcing: true
        }
    }
}

/// Which conditions are tried.
///
///     robustness: {members: [10, 40], error: [0.5, 2], steps_between: [2], missing: [0.5], forcing: [7, 9], seeds: 2}
struct RobustnessPlan: Sendable, Equatable {
    let conditions: [RobustnessCondition]
    /// How many of the test seeds see them.
    let seeds: Int

    init(_ keys: inout ConfigurationMapping, _ setting: TwinSetting, testSeeds: Int) throws(InputError) {
        seeds = try keys.optionalInteger("seeds") ?? min(2, testSeeds)
        if let node = keys.optional("seeds"), seeds > testSeeds {
            throw node.error("\(seeds) seeds of \(testSeeds) test seeds", expected: "at most \(testSeeds)")
        }
        conditions = try Self.conditions(RobustnessKey.allCases, &keys, setting)
    }

    /// The conditions in which models are learned too.
    init(sensitivity keys: inout ConfigurationMapping, _ setting: TwinSetting) throws(InputError) {
        conditions = try Self.conditions(Self.ofObservations, &keys, setting)
        seeds = 1
    }

    private static func conditions(
        _ known: [RobustnessKey], _ keys: inout ConfigurationMapping, _ setting: TwinSetting
    ) throws(InputError) -> [RobustnessCondition] {
        var conditions: [RobustnessCondition] = []
        for key in known {
            guard let list = keys.optional(key.rawValue) else { continue }
            if key == .forcing, !type(of: setting.model.model).has("forcing") {
                throw list.error("\(setting.model.name) has no forcing", expected: "the model lorenz96")
            }
            let values =
                try key.isWhole ? keys.integers(key.rawValue).map(Double.init) : keys.numbers(key.rawValue)
            conditions += values.map { RobustnessCondition(key: key, value: $0) }
        }
        try keys.requireKnownKeys()
        guard !conditions.isEmpty, conditions.count <= mostConditions else {
            throw keys.node.error("\(conditions.count) conditions", expected: "1 to \(mostConditions)")
        }
        let names = conditions.map(\.name)
        guard Set(names).count == names.count else {
            throw keys.node.error("a condition twice", expected: "each once, to six digits")
        }
        return conditions
    }

    private static let ofObservations = [RobustnessKey.error, .missing]
    private static let mostConditions = 100

    static let keys =
        KeyTable(RobustnessKey.allCases.map(\.key))
        + KeyTable(
            .integer(
                "seeds", 1...10_000, .optional("2, or as many as there are"), "Test seeds that see the conditions."))
    static let sensitivityKeys = KeyTable(ofObservations.map(\.key))
}

extension RobustnessKey {
    fileprivate var key: ConfigurationKey {
        let name = rawValue
        let absent = ConfigurationKey.Presence.optional("not changed")
        switch self {
        case .members:
            return .integers(name, 2...1_000_000, absent, "Members of ensembles.")
        case .error:
            return .numbers(name, bounds, absent, unit: "standard deviation", "Error of the observations.")
        case .stepsBetween:
            return .integers(name, 1...100_000, absent, unit: "steps", "Steps of the model between observations.")
        case .missing: return .numbers(name, bounds, absent, unit: "share", "Values that are missing at random.")
        case .forcing: return .numbers(name, bounds, absent, "Forcing of the truth and of every model of it.")
        }
    }
}

extension RobustnessRecord {
    /// The mean error and the failures of a method in a condition.
    init(_ method: String, _ condition: RobustnessCondition?, runs: [TwinRunRecord]) {
        let known = runs.compactMap(\.error)
        self.init(
            method: method, key: condition?.key, value: condition?.value,
            error: known.isEmpty ? nil : known.reduce(0, +) / Double(known.count),
            failed: runs.count(where: \.hasDiverged), lost: runs.count(where: \.isLost),
            broken: runs.count(where: \.truthHasDiverged))
    }
}
