import Learning

extension TwinConfiguration {
    static let mostMethods = 100
    static let mostModels = 30
    static let usualLongRun = 100_000

    /// The keys of a twin experiment.
    static let keys =
        TwinSetting.keys
        + KeyTable(
            .mapping(
                "seeds",
                KeyTable(
                    .integer("tuning", 1...1000, .usual("1"), "Truths on which listed values are chosen."),
                    .integer("test", 1...1000, .usual("5"), "Truths on which scores are taken.")), .usual("{}"),
                "How many truths there are, apart from those of training."),
            .integer("budget", 1...10_000, .usual("24"), "Most combinations of listed values of a method."),
            ConfigurationKey(
                "methods", .list(.variants(TwinMethod.entries)), .required,
                "The methods; a parameter may be a list, from which seeds of tuning choose."),
            ConfigurationKey(
                "models", .list(.variants(TwinModelPlan.entries)), .optional("the model of the truth alone"),
                "Forecast models beside that of the truth, for methods to name."),
            .integer(
                "long_run", 1000...10_000_000, .usual("\(usualLongRun)"), unit: "observation times",
                "Length of the run that shows the climate of each model."),
            .mapping(
                "sensitivity", RobustnessPlan.sensitivityKeys, .optional("one condition"),
                "Conditions in which models learned from observations are learned too."),
            .mapping(
                "robustness", RobustnessPlan.keys, .optional("one condition"),
                "Conditions in which scores are taken too; methods keep what they have chosen and learned."))
}

extension TwinSetting {
    /// The keys of the model, of what is observed and for how long.
    static let keys = KeyTable(
        .choice(
            "setting", PublishedSettingName.self, .optional("one of your own, which starts from sakov2008"),
            "A setting of the literature; the other keys change it."),
        .mapping("model", modelKeys, .optional("that of the setting"), "The model that makes the truth."),
        .mapping("observe", observeKeys, .optional("that of the setting"), "The observations of the truth."),
        .number(
            "model_error", .within(0...1e9), .optional("that of the setting, 0"), unit: "variance",
            "What each interval between observations adds to every variable at random."),
        .integer(
            "cycles", 2...1_000_000, .optional("that of the setting"), unit: "observation times",
            "Length of a truth."),
        .integer(
            "spinup", 0...1_000_000, .optional("that of the setting"), unit: "observation times",
            "Times at the start that are not scored."))

    private static let modelKeys = KeyTable(
        .choice("name", PhysicalModelName.self, .optional("that of the setting"), "The model."),
        .integer(
            "variables", 3...100_000, .optional("that of the setting; 3 of lorenz63"),
            "Number of variables, or of points."),
        .number("forcing", .within(-1e4...1e4), .optional("that of the setting, 8"), "Forcing of lorenz96."),
        .number(
            "step", .within(1e-4...1), .optional("that of the setting"), unit: "model time", "Step of the integrator."),
        .integer(
            "steps_between", 1...100_000, .optional("that of the setting"), unit: "steps",
            "Steps from one observation to the next."))

    private static let observeKeys = KeyTable(
        .integer("every", 1...100_000, .optional("as 'variables'"), "Every such variable is observed, from the first."),
        .integers(
            "variables", 0...99_999, .optional("those of the setting"), "Numbers of the observed variables, from 0."),
        .choice("function", ObservedFunction.self, .optional("identity"), "What is observed of a variable."),
        .number(
            "error", .within(1e-9...1e9), .optional("that of the setting"), unit: "standard deviation",
            "Error of the observations."),
        .number("missing", .within(0...0.99), .optional("0"), unit: "share", "Values that are missing at random."))

    /// Reads a published setting, and what changes it.
    init(_ keys: inout ConfigurationMapping) throws(InputError) {
        if keys.optional("setting") != nil {
            self = try keys.choice("setting", PublishedSettingName.self).setting
        } else {
            self = .sakov2008
            (name, title, reference, published) = ("own", "A setting of one's own", "", [])
        }
        let before = self
        if let model = try keys.optionalMapping(
            "model",
            { (keys) throws(InputError) in
                try ModelChoice(&keys, before: before.model)
            }), model != self.model
        {
            if model.variables != self.model.variables { observed = Array(0..<model.variables) }
            self.model = model
        }
        let changed = self
        if let observing = try keys.optionalMapping(
            "observe",
            { (keys) throws(InputError) in
                try changed.observing(&keys)
            })
        {
            self = observing
        }
        modelError = try keys.optionalNumber("model_error") ?? modelError
        cycles = try keys.optionalInteger("cycles") ?? cycles
        spinup = try keys.optionalInteger("spinup") ?? spinup
        if spinup >= cycles {
            throw (keys.optional("spinup") ?? keys.optional("cycles") ?? keys.node).error(
                "\(spinup) of \(cycles) cycles are not scored", expected: "'spinup' less than 'cycles'")
        }
        self = renamed(from: before)
    }

    private func observing(_ keys: inout ConfigurationMapping) throws(InputError) -> TwinSetting {
        var setting = self
        let count = model.variables
        if let list = keys.optional("variables") {
            setting.observed = try keys.integers("variables")
            for (place, entry) in try list.listOrSingle().enumerated() {
                let index = setting.observed[place]
                guard index < count else { throw entry.error("variable \(index) of \(count), counted from 0") }
            }
            guard Set(setting.observed).count == setting.observed.count else {
                throw list.error("a variable a second time", expected: "each variable once")
            }
        } else if let node = keys.optional("every") {
            let every = try keys.integer("every")
            guard every <= count else { throw node.error("every \(every) of \(count) variables") }
            setting.observed = Array(stride(from: 0, to: count, by: every))
        }
        if let node = keys.optional("function") { setting.function = try node.choice() }
        setting.error = try keys.optionalNumber("error") ?? error
        setting.missing = try keys.optionalNumber("missing") ?? missing
        return setting
    }
}

extension ModelChoice {
    fileprivate init(_ keys: inout ConfigurationMapping, before: ModelChoice) throws(InputError) {
        self = before
        if let node = keys.optional("name") { name = try node.choice() }
        if name == .lorenz63 { variables = 3 }
        let count = try keys.optionalInteger("variables") ?? variables
        try setVariables(count, keys.optional("variables") ?? keys.node)
        if let node = keys.optional("forcing") {
            guard name == .lorenz96 else { throw node.error("\(name.rawValue) has no forcing", expected: "lorenz96") }
            forcing = try keys.number("forcing")
        }
        step = try keys.optionalNumber("step") ?? step
        stepsBetween = try keys.optionalInteger("steps_between") ?? stepsBetween
    }

    private mutating func setVariables(_ count: Int, _ node: ConfigurationNode) throws(InputError) {
        switch name {
        case .lorenz63 where count != 3: throw node.error("\(count) variables of lorenz63", expected: "3")
        case .kuramotoSivashinsky where count % 2 != 0 || count < 4:
            throw node.error("\(count) points", expected: "an even number, at least 4")
        case .lorenz96 where count < 4: throw node.error("\(count) variables of lorenz96", expected: "at least 4")
        case .lorenz63, .kuramotoSivashinsky, .lorenz96: variables = count
        }
    }
}
