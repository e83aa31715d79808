import Studies

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
                "methods", .list(.variants(ComparedMethod.entries)), .required,
                "The methods; a parameter may be a list, from which seeds of tuning choose."),
            ConfigurationKey(
                "models", .list(.variants(PlannedModel.entries)), .optional("the model of the truth alone"),
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
    /// The keys of the model, of the observations and of their number.
    static let keys = KeyTable(
        ConfigurationKey(
            "setting", .choice(Literature.all.map(\.name)),
            .optional("one of your own, which starts from sakov2008"),
            "A setting of the literature; the other keys change it."),
        ConfigurationKey(
            "model", .variants(modelEntries), .optional("that of the setting"), "The model that makes the truth."),
        .mapping("observe", observeKeys, .optional("that of the setting"), "The observations of the truth."),
        .number(
            "model_error", .within(0...1e9), .optional("that of the setting, 0"), unit: "variance",
            "What each interval between observations adds to every variable at random."),
        .number(
            "start_error", .within(1e-9...1e9), .optional("that of an observation"),
            unit: "standard deviation, in units of the state",
            "Error of the first states; that of the climate where it is less."),
        .integer(
            "cycles", 2...1_000_000, .optional("that of the setting"), unit: "observation times",
            "Length of a truth."),
        .integer(
            "spinup", 0...1_000_000, .optional("that of the setting"), unit: "observation times",
            "Times at the start that are not scored."))

    private static let modelKeys = KeyTable(
        ConfigurationKey(
            "name", .choice(TestModels.all.map { $0.name }), .optional("that of the setting"), "The model."),
        .integer(
            "steps_between", 1...100_000, .optional("that of the setting"), unit: "steps",
            "Steps from one observation to the next."))

    /// A parameter that is left out is that of the setting, whose model may be another one.
    private static let modelEntries = KeyVariants(
        by: "name", modelKeys,
        TestModels.all.map { type in
            KeyVariants.Variant(word: type.name, summary: type.summary, keys: table(type))
        })

    fileprivate static func table(_ type: any TestModel.Type) -> KeyTable {
        let parameters = KeyTable(type.modelKeys)
        return type is EquationsModel.Type ? EquationsSource.keys + parameters : parameters
    }

    private static let observeKeys = KeyTable(
        .integer("every", 1...100_000, .optional("as 'variables'"), "Every such variable is observed, from the first."),
        .integers(
            "variables", 0...99_999, .optional("those of the setting"), "Numbers of the observed variables, from 0."),
        .choice("function", ObservedFunction.self, .optional("identity"), "What is observed of a variable."),
        .number(
            "error", .within(1e-9...1e9), .optional("that of the setting"), unit: "standard deviation",
            "Error of the observations."),
        .number("missing", .within(0...0.99), .optional("0"), unit: "share", "Values that are missing at random."))

    /// Reads a published setting, and changes of it.
    init(_ keys: inout ConfigurationMapping) throws(InputError) {
        let names = Literature.all.map(\.name)
        if let word = try keys.optional("setting")?.choice(among: names),
            let setting = Literature.all.first(where: { $0.name == word })
        {
            self = setting
        } else {
            self = .sakov2008
            (name, title, reference) = ("own", "Custom setting", "")
            (expectations, alsoCompared) = ([], [])
        }
        let before = self
        if let node = keys.optional("model") {
            let model = try node.mapping(Self.modelKeys) { (keys) throws(InputError) in
                try SteppedModel(&keys, before: before.model)
            }
            if model != self.model {
                if model.variables != self.model.variables { observed = Array(0..<model.variables) }
                self.model = model
            }
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
        startError = try keys.optionalNumber("start_error") ?? startError
        cycles = try keys.optionalInteger("cycles") ?? cycles
        spinUp = try keys.optionalInteger("spinup") ?? spinUp
        if spinUp >= cycles {
            throw (keys.optional("spinup") ?? keys.optional("cycles") ?? keys.node).error(
                "\(spinUp) of \(cycles) cycles are not scored", expected: "'spinup' less than 'cycles'")
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
                throw list.error("a variable is listed twice", expected: "each variable once")
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

extension SteppedModel {
    /// Reads `{name: lorenz96, variables: 40, forcing: 8, step: 0.05, steps_between: 1}`; what is left out is as
    /// before.
    fileprivate init(_ keys: inout ConfigurationMapping, before: SteppedModel) throws(InputError) {
        let word = try keys.optional("name")?.choice(among: TestModels.all.map { $0.name }) ?? before.name
        guard let type = TestModels.all.first(where: { $0.name == word }) else {
            preconditionFailure("no model \(word)")
        }
        keys.adopt(TwinSetting.table(type))
        var start: any TestModel = type.init()
        if type is EquationsModel.Type {
            let known = before.model as? EquationsModel
            guard let source = try EquationsSource.read(&keys) ?? known?.source,
                let model = try? EquationsModel(source)
            else {
                throw keys.node.error("a model of equations without any", expected: "'states' and 'equations'")
            }
            start = model
        }
        let model = try start.changed(from: before.model).reading(&keys)
        let steps = try keys.optionalInteger("steps_between") ?? before.steps
        if let fault = model.fault {
            throw (keys.optional("variables") ?? keys.node).error(fault.problem, expected: fault.expected)
        }
        self.init(model, steps: steps)
    }
}

extension TestModel {
    /// The parameters as keys of a setting's model.
    fileprivate static var modelKeys: [ConfigurationKey] {
        keys(isListed: false).map {
            ConfigurationKey($0.name, $0.value, .optional("that of the setting"), unit: $0.unit, $0.summary)
        }
    }

    /// The same with the values of parameters that another model has too.
    fileprivate func changed(from other: any TestModel) -> any TestModel { with(other.values) }

    fileprivate func reading(_ keys: inout ConfigurationMapping) throws(InputError) -> any TestModel {
        try with(&keys)
    }
}
