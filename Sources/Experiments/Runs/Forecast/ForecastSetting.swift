import Learning

/// What a configuration file says of a forecast experiment.
struct ForecastSetting: Sendable {
    let data: DataSource
    let step: TimeStep
    let season: SeasonPlan
    let split: Split
    /// The variable that choices are made for.
    let target: String
    let leads: Int
    /// The leads whose mean score decides.
    let decisiveLeads: [Int]
    let members: Int
    let folds: Int
    let linear: [SeasonalRegressionSetting]
    let network: [NetworkSetting]
    let correction: [NetworkSetting]
    let filters: [EnsembleFilter]
    let inflations: [Double]
    /// The smallest standard deviation of the observation error, in units of that of the anomalies.
    let leastObservationError: Double
    /// Rounds of smoothing and regression when there are gaps.
    let rounds: Int
    let gaps: [GapSetting]
    let resamples: Int

    struct Split: Sendable {
        let train: Range<Instant>
        let validation: Range<Instant>
        let test: Range<Instant>
        let place: ConfigurationNode
    }

    /// The most past values that any model sees.
    var longestMemory: Int {
        max(linear.map(\.memory).max() ?? 1, (network + correction).map(\.memory).max() ?? 1)
    }

    init(_ keys: inout ConfigurationMapping) throws(InputError) {
        let dataNode = try keys.required("data")
        data = try DataSource(dataNode)
        guard let step = data.step else {
            throw dataNode.error("learning a forecast needs a regular step", expected: "a key 'step' such as 'month'")
        }
        guard data.truths.isEmpty || data.truths.count == data.variables.count else {
            let known = data.truths.map(\.variable.name)
            let missing = data.variables.map(\.variable.name).filter { !known.contains($0) }
            throw dataNode.error(
                "\(missing.joined(separator: ", ")): no truth, but other variables have one",
                expected: "a key 'truth' for every variable, or for none")
        }
        self.step = step
        season = try ForecastSetting.season(keys.optional("season"))
        split = try Split(try keys.required("split"))
        target = try ForecastSetting.target(&keys, data)
        let forecast = try keys.required("forecast").mapping { (keys) throws(InputError) in
            let leads = try keys.required("leads").integer(.within(1...1000))
            let decisive = try integers(keys.optional("decisive_leads"), default: [leads], .within(1...leads))
            return (leads, decisive, try keys.optional("members")?.integer(.within(8...100_000)) ?? 128)
        }
        (leads, decisiveLeads, members) = forecast
        folds =
            try keys.optional("cross_validation")?.mapping { (keys) throws(InputError) in
                try keys.required("folds").integer(.within(3...50))
            } ?? 8
        linear = try keys.required("linear").mapping(ForecastSetting.linear)
        network = try keys.optional("network")?.mapping(ForecastSetting.networks) ?? []
        correction = try ForecastSetting.correction(&keys, linear)
        let assimilation = try keys.optional("assimilation")?.mapping { (keys) throws(InputError) in
            var filters: [EnsembleFilter] = []
            for node in try keys.optional("filters")?.nonEmptyList() ?? [] {
                filters.append(try node.choice())
                if Set(filters).count < filters.count { throw node.error("a filter twice", expected: "each once") }
            }
            return (
                filters.isEmpty ? EnsembleFilter.allCases : filters,
                try numbers(keys.optional("inflation"), default: [1], .positive),
                try keys.optional("least_observation_error")?.number(.positive) ?? 1e-3,
                try keys.optional("smoothing_rounds")?.integer(.within(1...50)) ?? 4
            )
        }
        (filters, inflations, leastObservationError, rounds) = assimilation ?? (EnsembleFilter.allCases, [1], 1e-3, 4)
        gaps = try GapSetting.all(keys.optional("gaps"), data)
        resamples =
            try keys.optional("bootstrap")?.mapping { (keys) throws(InputError) in
                try keys.required("resamples").integer(.within(100...100_000))
            } ?? 1000
    }

    private static func season(_ node: ConfigurationNode?) throws(InputError) -> SeasonPlan {
        guard let node else { return .usual }
        guard node.isMapping else {
            _ = try node.choice(among: ["none"])
            return SeasonPlan(harmonics: [:], place: node)
        }
        return try node.mapping(SeasonPlan.keys) { (keys) throws(InputError) in
            var harmonics: [SeasonPlan.Cycle: Int] = [:]
            for cycle in SeasonPlan.Cycle.allCases { harmonics[cycle] = try keys.integer(cycle.rawValue) }
            return SeasonPlan(harmonics: harmonics, place: node)
        }
    }

    private static func target(_ keys: inout ConfigurationMapping, _ data: DataSource) throws(InputError) -> String {
        let node = try keys.required("target")
        return try variable(node, data)
    }

    static func variable(_ node: ConfigurationNode, _ data: DataSource) throws(InputError) -> String {
        let name = try node.string()
        let names = data.variables.map(\.variable.name)
        guard names.contains(name) else {
            throw node.error(
                "\(name.quoted) is not a variable of the data\(Spelling.suggestion(for: name, among: names))",
                expected: Spelling.oneOf(names))
        }
        return name
    }

    private static func linear(_ keys: inout ConfigurationMapping) throws(InputError) -> [SeasonalRegressionSetting] {
        let memories = try integers(keys.required("memory"), default: [], .positive)
        let ridges = try numbers(keys.required("ridge"), default: [], .positive)
        let decays = try numbers(keys.optional("ridge_decay"), default: [2], .nonNegative)
        let lagsNode = keys.optional("seasonal_lags")
        let seasonalLags = try integers(lagsNode, default: [0], .nonNegative)
        if let lagsNode, let least = seasonalLags.min(), let longest = memories.min(), least > longest {
            throw lagsNode.error(
                "seasonal coefficients of \(least) lags with a memory of \(longest)", expected: "at most \(longest)")
        }
        let seasonalRidges = try numbers(keys.optional("seasonal_ridge"), default: [300], .positive)
        let harmonics = try integers(keys.optional("harmonics"), default: [2], .positive)
        var all: [SeasonalRegressionSetting] = []
        for memory in memories {
            for ridge in ridges {
                for decay in decays {
                    for lags in seasonalLags where lags <= memory {
                        for (i, seasonal) in seasonalRidges.enumerated() where lags > 0 || i == 0 {
                            for (j, waves) in harmonics.enumerated() where lags > 0 || j == 0 {
                                all.append(
                                    SeasonalRegressionSetting(
                                        memory: memory, ridge: ridge, decay: decay, seasonalLags: lags,
                                        seasonalRidge: seasonal, harmonics: waves))
                            }
                        }
                    }
                }
            }
        }
        return all
    }

    /// A network that corrects a linear model sees no more of the past than that model.
    private static func correction(
        _ keys: inout ConfigurationMapping, _ linear: [SeasonalRegressionSetting]
    ) throws(InputError) -> [NetworkSetting] {
        guard let node = keys.optional("correction") else { return [] }
        let settings = try node.mapping(networks)
        let shortest = linear.map(\.memory).min() ?? 1
        if let longest = settings.map(\.memory).max(), longest > shortest {
            throw node.error(
                "a network with a memory of \(longest) that corrects a linear model with one of \(shortest)",
                expected: "memories of at most \(shortest), the least under 'linear'")
        }
        return settings
    }

    private static func networks(_ keys: inout ConfigurationMapping) throws(InputError) -> [NetworkSetting] {
        var hidden: [[Int]] = []
        for node in try keys.required("hidden").nonEmptyList() {
            hidden.append(try integers(node, default: [], .within(1...4096)))
        }
        let memories = try integers(keys.required("memory"), default: [], .positive)
        let ridges = try numbers(keys.optional("ridge"), default: [0.01], .nonNegative)
        let rate = try keys.optional("learning_rate")?.number(.positive) ?? 2e-3
        let batch = try keys.optional("batch_size")?.integer(.positive) ?? 64
        let epochs = try keys.optional("epochs")?.integer(.positive) ?? 300
        let patience = try keys.optional("patience")?.integer(.positive) ?? 25
        return hidden.flatMap { hidden in
            memories.flatMap { memory in
                ridges.map {
                    NetworkSetting(
                        hidden: hidden, memory: memory, ridge: $0, learningRate: rate, batchSize: batch,
                        maximumEpochs: epochs, patience: patience)
                }
            }
        }
    }
}

extension ForecastSetting.Split {
    init(_ node: ConfigurationNode) throws(InputError) {
        place = node
        (train, validation, test) = try node.mapping { (keys) throws(InputError) in
            (
                try period(try keys.required("train")), try period(try keys.required("validation")),
                try period(try keys.required("test"))
            )
        }
        guard train.upperBound <= validation.lowerBound, validation.upperBound <= test.lowerBound else {
            throw node.error(
                "the periods overlap or are out of order", expected: "train before validation before test")
        }
    }
}

/// `[1990-01, 2010-12]`: from the begin of the first to the end of the second.
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

func numbers(
    _ node: ConfigurationNode?, default standard: [Double], _ bounds: Bounds<Double>
) throws(InputError) -> [Double] {
    guard let node else { return standard }
    var values: [Double] = []
    for entry in try node.listOrSingle() { values.append(try entry.number(bounds)) }
    return values
}
