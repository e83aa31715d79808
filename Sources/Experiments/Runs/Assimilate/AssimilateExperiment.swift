import Assimilation
import Studies
import Tensors

/// A model of one's own and observations at their own times: states and unknowns by several methods.
public struct AssimilateExperiment: Experiment {
    let header: ExperimentHeader
    let read: ReadSystem
    let tables: [ObservedTable]
    var methods: [NamedInference]
    let leads: Int
    let every: Double?
    /// In standard deviations of the innovation.
    let rejection: Double?
    let correlations: [ErrorCorrelation]
    /// The column whose labels tell systems apart that have one model; nil: there is one system.
    let each: String?
    private let eachNode: ConfigurationNode?
    /// Of methods by values that are withheld; nil: none is.
    var validation: ValidationPlan?

    static let forecastKeys = KeyTable(
        .integer("leads", 0...100_000, .required, "Number of forecast times behind the last observation."),
        .number(
            "every", .positive, .optional("the median time between observations; of a map its step"), unit: "time",
            "The time between them."))
    static let qualityKeys = KeyTable(
        .number(
            "background", .positive, .optional("no value is rejected"), unit: "standard deviations",
            "Filters do not use values that are farther from their forecasts, in units of the innovation's deviation."))
    static let keys = KeyTable(
        .mapping("model", SystemKeys.table, .required, "The model with its unknowns."),
        .mappings("observations", ObservedTable.keys, .required, "The observations, a table each."),
        .text(
            "each", .optional("one system"),
            "A column whose labels, as those of stations, tell systems apart that have one model without unknowns; of "
                + "'kalman' alone."),
        .mappings(
            "correlations", ErrorCorrelation.keys, .optional("independent errors"),
            "Correlations of the errors of several observations at the same time."),
        ConfigurationKey(
            "methods", .list(.variants(NamedInference.entries)), .required, "The methods, which are compared."),
        .mapping("forecast", forecastKeys, .optional("no forecast"), "Times behind the last observation."),
        .mapping("quality", qualityKeys, .usual("{}"), "The control of values."),
        .mapping(
            "validation", ValidationPlan.keys, .optional("no value is withheld; 'apus compare': by time"),
            "The judgement of methods by values that are withheld from them, fold by fold."))

    public init(_ keys: inout ConfigurationMapping, common: ExperimentHeader) throws(InputError) {
        keys.adopt(Self.keys)
        header = common
        let model = try keys.required("model")
        let plain = try ReadSystem(model)
        var tables: [ObservedTable] = []
        for entry in try keys.required("observations").nonEmptyList() {
            let table = try ObservedTable(entry, hasUnit: plain.unit != nil)
            if tables.contains(where: { $0.name == table.name }) {
                throw entry.error("the name \(table.name.quoted) is listed twice", expected: "a key 'name' of its own")
            }
            tables.append(table)
        }
        self.tables = tables
        let biases = tables.compactMap { table in
            table.bias.map { DynamicalSystem.Parameter(table.biasName, .unknown($0)) }
        }
        read = biases.isEmpty ? plain : try ReadSystem(model, with: biases)
        eachNode = keys.optional("each")
        each = try eachNode?.string()
        var correlations: [ErrorCorrelation] = []
        for entry in try keys.optional("correlations")?.nonEmptyList() ?? [] {
            correlations.append(try ErrorCorrelation(entry, among: tables.map(\.name)))
        }
        self.correlations = correlations
        var methods: [NamedInference] = []
        for entry in try keys.required("methods").nonEmptyList() {
            let method = try NamedInference(entry)
            if methods.contains(where: { $0.name == method.name }) {
                throw entry.error("the name \(method.name.quoted) is listed twice", expected: "a key 'name' of its own")
            }
            methods.append(method)
        }
        self.methods = methods
        (leads, every) =
            try keys.optionalMapping("forecast") { (keys) throws(InputError) in
                (try keys.integer("leads"), try keys.optionalNumber("every"))
            } ?? (0, nil)
        validation = try keys.optional("validation").map { (node) throws(InputError) in try ValidationPlan(node) }
        rejection = try keys.mapping("quality") { (keys) throws(InputError) in try keys.optionalNumber("background") }
    }

    /// Tables may grow: their part that a run has seen is held against its checkpoints.
    public var inputFiles: [String] { read.files }

    public func run(in folder: RunFolder, options: RunOptions) throws(InputError) -> any ReportedResults {
        if let each, let eachNode { return try run(each: each, eachNode) }
        let (data, problems) = try prepared()
        let trained = try train(problems, in: folder, options: options)
        let methods = methods.map { method in
            trained.first { $0.name == method.name }.map { method.with($0.method) } ?? method
        }
        let progress = ProgressMeter(
            "Assimilating with \(methods.count) method\(methods.count == 1 ? "" : "s")", total: methods.count,
            isQuiet: options.isQuiet)
        var found: [(method: NamedInference, inference: Inference, problem: SystemProblem)] = []
        let store = BeliefStore(folder: folder)
        var changed: [String] = []
        for method in methods {
            let (problem, sizes) = (problems[method], method.isFilter ? problems.sizes(method) : nil)
            var keeping: BeliefKeeping?
            if method.isFilter {
                let found = try store.keeping(
                    method.name, problem, sizes: sizes?.values.sizes.values ?? [], observedCount: data.observedCount)
                keeping = found.keeping
                if found.pastChanged { changed.append(method.name) }
            }
            found.append((method, method.infer(problem, sizes, keeping), problem))
            progress.advance()
        }
        progress.finish()
        var results = AssimilateResults(header, self, data, found)
        results.trainings = trained.map { .init($0.name, $0.record) }
        if !changed.isEmpty {
            results.warnings.append(
                "Observations before the last run, or errors that are estimated, have changed: "
                    + "\(changed.joined(separator: ", ")) began anew.")
        }
        results.judgement = try validation.map { (plan) throws(InputError) in
            try plan.judge(methods, problems, data, in: folder, options: options)
        }
        return results
    }

    /// Observations and unknowns, checked.
    func prepared() throws(InputError) -> (data: AssimilationData, problems: SystemProblems) {
        let data = try AssimilationData(read, tables, correlations, leads: leads, every: every)
        let problems = SystemProblems(read, data.observations, rejection: rejection, key: Key(header.seed))
        for method in methods {
            if let fault = method.fault(problems[method]) {
                throw method.node.error(fault.problem, expected: fault.expected)
            }
        }
        try requireEffects()
        try requireMemory(data)
        return (data, problems)
    }

    private func run(each column: String, _ node: ConfigurationNode) throws(InputError) -> any ReportedResults {
        guard methods.count == 1, case .inference(let method) = methods[0].kind, method is KalmanInference else {
            let names = methods.map(\.name).joined(separator: ", ")
            throw node.error("'each' with \(names)", expected: "the method kalman")
        }
        if !correlations.isEmpty { throw node.error("'correlations' beside 'each'", expected: "independent errors") }
        if rejection != nil { throw node.error("'quality' beside 'each'", expected: "no control of values") }
        if validation != nil { throw node.error("'validation' beside 'each'", expected: "one of them") }
        let data = try EachData(read, tables, column: column, leads: leads, every: every)
        let run = EachRun(read, tables, data, key: Key(header.seed))
        if let fault = run.systems.fault { throw node.error(fault.problem, expected: fault.expected) }
        return EachResults(header, self, column, run)
    }

    /// Refuses keys that no method reads.
    private func requireEffects() throws(InputError) {
        if rejection != nil, !methods.contains(where: \.rejectsValues) {
            throw read.node.error(
                "'quality.background' without a filter", expected: "a method that forecasts each value")
        }
        if read.uncorrected == nil, let method = methods.first(where: { !$0.isCorrected }) {
            throw method.node.error("'corrected' without corrections", expected: "'corrections' of the model")
        }
        if read.uncorrected != nil, methods.allSatisfy({ !$0.isCorrected }) {
            throw read.node.error("corrections that no method has", expected: "a method without 'corrected: false'")
        }
        let parameters = read.system.unknownParameters.map { read.system.parameters[$0] }
        if let drifting = parameters.first(where: { $0.drift > 0 }), !methods.contains(where: \.hasParametersInState) {
            throw read.node.error(
                "the drift of \(drifting.name.quoted) without a filter",
                expected: "a method with parameters in its state")
        }
    }

    private func requireMemory(_ data: AssimilationData) throws(InputError) {
        let (times, values) = (data.observations.times.count, read.system.count + read.system.unknownParameters.count)
        var needs = methods.map { method in
            MemoryNeed(["times": times, "values of the state": values]).times(12 + method.membersKept)
        }
        let square: KeyValuePairs = ["values of the state": values, "values of the state": values]
        // Matrices of covariances, and of factors of model error.
        let isSquare = read.system.states.contains { if case .given(0) = $0.error { false } else { true } }
        needs.append(MemoryNeed(square).times(methods.contains(where: \.hasCovariances) || isSquare ? 10 : 0))
        let keeps = methods.contains(where: \.isKalman)
        needs.append(
            MemoryNeed(["times": times, "values of the state": values, "values of the state": values])
                .times(keeps ? 6 : 0))
        let m = data.observations.channels.count
        needs.append(
            MemoryNeed(["times": data.observations.steadyDeviations == nil ? times : 1, "values": m, "values": m])
                .times(4))
        if learns {
            // Truths and observations to learn from, and the covariance of their climate.
            needs.append(
                MemoryNeed(["truths": SystemTwins.draws(times: times), "times": times, "values": values + m]).times(3))
            needs.append(MemoryNeed(square).times(3))
        }
        try MemoryNeed.check(needs, .configuration, at: read.node.place)
    }
}
