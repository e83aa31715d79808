import Assimilation

/// What is changed to see how a method stands it, by its word in a configuration.
enum RobustnessKey: String, CaseIterable, Sendable, Codable {
    /// Members of ensembles, N.
    case members
    /// The standard deviation of the observations' errors, σ.
    case error
    /// Steps of the model between observations, which make Δt.
    case stepsBetween = "steps_between"
    /// The share of the observed values that is missing.
    case missing
    /// The forcing F of the truth and of every model of it.
    case forcing

    var title: String {
        switch self {
        case .members: "Members"
        case .error: "Observation error σ"
        case .stepsBetween: "Steps between observations"
        case .missing: "Share of values missing"
        case .forcing: "Forcing F"
        }
    }

    var bounds: Bounds<Double> {
        switch self {
        case .members: MethodParameterKey.members.bounds
        case .error: .within(1e-9...1e9)
        case .stepsBetween: .within(1...100_000)
        case .missing: .within(0...0.99)
        case .forcing: .any
        }
    }

    var isWhole: Bool { self == .members || self == .stepsBetween }

    /// The value that everything was chosen and trained at; nil where methods have different ones.
    func usual(_ setting: TwinSetting) -> Double? {
        switch self {
        case .members: nil
        case .error: setting.error
        case .stepsBetween: Double(setting.model.stepsBetween)
        case .missing: setting.missing
        case .forcing: setting.model.forcing
        }
    }
}

/// A condition other than that of tuning and training. Methods keep their parameters and what they have learned; they are told the
/// error of the observations and get the model of the condition, as classical methods ask for.
struct RobustnessCondition: Sendable, Equatable {
    let key: RobustnessKey
    let value: Double

    var name: String { "\(key.rawValue)-\(NumberText.short(value))" }

    func changed(_ setting: TwinSetting) -> TwinSetting {
        var setting = setting
        switch key {
        case .members: break
        case .error: setting.error = value
        case .stepsBetween: setting.model.stepsBetween = Int(value)
        case .missing: setting.missing = value
        case .forcing: setting.model.forcing = value
        }
        return setting
    }

    func changed(_ candidate: MethodCandidate) -> MethodCandidate {
        var candidate = candidate
        if key == .members { candidate[.members] = value }
        return candidate
    }

    /// Whether it means anything to a method. A model that is not that of the truth has one time between observations.
    func concerns(_ method: TwinMethod) -> Bool {
        switch key {
        case .members: method.kind.parameters.contains(.members)
        case .stepsBetween: method.model == nil && method.kind != .jointNetworks
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

    /// - Parameter known: what can be changed.
    init(
        _ node: ConfigurationNode, _ setting: TwinSetting, keys known: [RobustnessKey] = RobustnessKey.allCases,
        testSeeds: Int
    ) throws(InputError) {
        (conditions, seeds) = try node.mapping { (keys) throws(InputError) in
            var conditions: [RobustnessCondition] = []
            for key in known {
                guard let list = keys.optional(key.rawValue) else { continue }
                if key == .forcing, setting.model.name != .lorenz96 {
                    throw list.error("\(setting.model.name.rawValue) has no forcing", expected: "the model lorenz96")
                }
                for entry in try list.listOrSingle() {
                    let value = key.isWhole ? Double(try entry.integer(.any)) : try entry.number()
                    guard key.bounds.contains(value) else {
                        throw entry.error("\(value) is out of range", expected: key.bounds.description)
                    }
                    conditions.append(RobustnessCondition(key: key, value: value))
                }
            }
            let seeds = try keys.optional("seeds")?.integer(.within(1...testSeeds)) ?? min(2, testSeeds)
            return (conditions, seeds)
        }
    }
}

/// The scores of a method in one condition.
struct RobustnessRecord: Codable, Sendable, Equatable {
    var method: String
    /// nil: that of tuning and training.
    var key: RobustnessKey?
    var value: Double?
    /// The mean over the seeds of the error of analyses; nil where it diverged on all.
    var error: Double?
    /// Seeds on which it diverged.
    var failed: Int

    init(_ method: String, _ condition: RobustnessCondition?, errors: [Double?]) {
        (self.method, key, value) = (method, condition?.key, condition?.value)
        let known = errors.compactMap { $0 }
        error = known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
        failed = errors.count - known.count
    }
}
