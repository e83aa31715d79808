import Learning

/// The configuration of a forecast experiment.
struct ForecastConfiguration: Sendable {
    /// With inputs as its last variables.
    let data: DataSource
    let inputs: [InputConfiguration]
    let step: TimeStep
    let season: SeasonPlan
    let split: Split
    /// The variable that choices are made for.
    let target: String
    /// Increasing.
    let leads: [Int]
    /// The leads whose mean score decides.
    let decisiveLeads: [Int]
    /// Steps from one start of a forecast to the next.
    let startInterval: Int
    let members: Int
    let folds: Int
    let linear: [SeasonalRegressionOptions]
    let network: [NetworkOptions]
    let correction: [NetworkOptions]
    let filters: [EnsembleFilter]
    let inflations: [Double]
    /// The smallest standard deviation of the observation error, in units of that of the anomalies.
    let leastObservationError: Double
    /// Rounds of smoothing and regression when there are gaps.
    let rounds: Int
    let gaps: [GapConfiguration]
    let resamples: Int
    let places: Places

    struct Split: Sendable {
        let train: Range<Instant>
        let validation: Range<Instant>
        let test: Range<Instant>
        let place: ConfigurationNode
    }

    /// Where the sizes stand, for errors about their products.
    struct Places: Sendable {
        let forecast: ConfigurationNode
        let linear: ConfigurationNode
        let network: ConfigurationNode?
    }

    /// The longest memory of any model.
    var longestMemory: Int {
        max(linear.map(\.memory).max() ?? 1, (network + correction).map(\.memory).max() ?? 1)
    }
    var longestLead: Int { leads.last ?? 1 }

    init(_ keys: inout ConfigurationMapping) throws(InputError) {
        keys.adopt(Self.keys)
        let dataNode = try keys.required("data")
        var data = try DataSource(dataNode)
        guard let step = data.step else {
            throw dataNode.error("learning a forecast needs a regular step", expected: "a key 'step' such as 'month'")
        }
        target = try ForecastConfiguration.variable(try keys.required("target"), data.variables)
        let inputs = try InputConfiguration.all(keys.optional("inputs"), data, target: target)
        data.putLast(inputs.map(\.name))
        let outputs = data.variables.dropLast(inputs.count)
        (self.data, self.inputs) = (data, inputs)
        guard data.truths.isEmpty || data.truths.count == outputs.count else {
            let known = data.truths.map(\.variable.name)
            let missing = outputs.map(\.variable.name).filter { !known.contains($0) }
            throw dataNode.error(
                "\(missing.joined(separator: ", ")): no truth, but other variables have one",
                expected: "a key 'truth' for every variable, or for none")
        }
        self.step = step
        season = try SeasonPlan(keys.optional("season"))
        split = try Split(try keys.required("split"))
        let forecastNode = try keys.required("forecast")
        (leads, decisiveLeads, startInterval, members) = try keys.mapping("forecast", ForecastConfiguration.forecast)
        folds = try keys.mapping("cross_validation") { (keys) throws(InputError) in try keys.integer("folds") }
        let linearNode = try keys.required("linear")
        linear = try keys.mapping("linear", LinearCandidates.read)
        if let node = season.place ?? linearNode as ConfigurationNode?, !season.hasPhases(step),
            linear.contains(where: { $0.seasonalLags > 0 })
        {
            throw node.error(
                "seasonal coefficients of the linear model need a season of phases, which a step of '\(step)' has not",
                expected: "'seasonal_lags: 0', or steps of months without the key 'season'")
        }
        let networkNode = keys.optional("network") ?? keys.optional("correction")
        network = try keys.optionalMapping("network", NetworkCandidates.read) ?? []
        correction = try NetworkCandidates.correction(&keys, linear)
        (filters, inflations, leastObservationError, rounds) = try keys.mapping(
            "assimilation", ForecastConfiguration.assimilation)
        gaps = try GapConfiguration.all(keys.optional("gaps"), Array(outputs))
        resamples = try keys.mapping("bootstrap") { (keys) throws(InputError) in try keys.integer("resamples") }
        places = Places(forecast: forecastNode, linear: linearNode, network: networkNode)
    }

    /// A variable of the data.
    static func variable(_ node: ConfigurationNode, _ variables: [VariableMapping]) throws(InputError) -> String {
        let name = try node.string()
        let names = variables.map(\.variable.name)
        guard names.contains(name) else {
            throw node.error(
                "\(name.quoted) is not a variable of the data\(Spelling.suggestion(for: name, among: names))",
                expected: Spelling.oneOf(names))
        }
        return name
    }

    private static func forecast(
        _ keys: inout ConfigurationMapping
    ) throws(InputError) -> (leads: [Int], decisive: [Int], interval: Int, members: Int) {
        let node = try keys.required("leads")
        let listed = try keys.integers("leads")
        let leads = node.isList ? listed : Array(1...listed[0])
        guard zip(leads, leads.dropFirst()).allSatisfy(<) else {
            throw node.error("the leads do not increase", expected: "increasing leads, or the longest alone")
        }
        var decisive = [leads[leads.count - 1]]
        if let place = keys.optional("decisive_leads") {
            decisive = try keys.integers("decisive_leads")
            if let other = decisive.first(where: { !leads.contains($0) }) {
                throw place.error(
                    "the lead \(other) is not forecast",
                    expected: node.isList && leads.count < 20
                        ? "of \(leads.map(String.init).joined(separator: ", "))"
                        : "leads of \(leads[0]) to \(leads[leads.count - 1])")
            }
        }
        let interval = try keys.mapping("starts") { (keys) throws(InputError) in try keys.integer("every") }
        return (leads, decisive, interval, try keys.integer("members"))
    }

    private static func assimilation(
        _ keys: inout ConfigurationMapping
    ) throws(InputError) -> (filters: [EnsembleFilter], inflations: [Double], least: Double, rounds: Int) {
        var filters: [EnsembleFilter] = []
        for node in try keys.value("filters").listOrSingle() {
            let word = try node.choice(among: EnsembleFilter.all.map(\.name))
            filters += EnsembleFilter.all.filter { $0.name == word }
            if Set(filters).count < filters.count { throw node.error("a filter twice", expected: "each once") }
        }
        return (
            filters, try keys.numbers("inflation"), try keys.number("least_observation_error"),
            try keys.integer("smoothing_rounds")
        )
    }
}

extension ForecastConfiguration.Split {
    init(_ node: ConfigurationNode) throws(InputError) {
        place = node
        (train, validation, test) = try node.mapping(ForecastConfiguration.splitKeys) { (keys) throws(InputError) in
            (
                try period(try keys.required("train")), try period(try keys.required("validation")),
                try period(try keys.required("test"))
            )
        }
        guard train.upperBound <= validation.lowerBound, validation.upperBound <= test.lowerBound else {
            throw place.error(
                "the periods overlap or are out of order", expected: "train before validation before test")
        }
    }
}

/// `[1990-01, 2010-12]`: from the start of the first to the end of the second.
func period(_ node: ConfigurationNode) throws(InputError) -> Range<Instant> {
    let ends = try node.list()
    guard ends.count == 2 else { throw node.error("\(ends.count) dates", expected: "[first, last]") }
    let (first, last) = (try ends[0].period(), try ends[1].period())
    guard first.lowerBound < last.upperBound else {
        throw node.error("the period ends before it begins", expected: "[first, last]")
    }
    return first.lowerBound..<last.upperBound
}

func integers(
    _ node: ConfigurationNode?, default standard: [Int], _ bounds: Bounds<Int>
) throws(InputError) -> [Int] {
    guard let node else { return standard }
    var values: [Int] = []
    for entry in try node.listOrSingle() { values.append(try entry.integer(bounds)) }
    return values
}

extension DataSource {
    /// Moves some variables behind the others.
    mutating func putLast(_ names: [String]) {
        let last = names.compactMap { name in variables.first { $0.variable.name == name } }
        variables = variables.filter { !names.contains($0.variable.name) } + last
    }
}
