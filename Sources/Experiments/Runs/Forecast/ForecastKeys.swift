import Learning

extension ForecastConfiguration {
    static let splitKeys = KeyTable(
        ConfigurationKey("train", .period, .required, "Models are learned from it, before anything is chosen."),
        ConfigurationKey("validation", .period, .required, "Memory, inflation and method are chosen by its forecasts."),
        ConfigurationKey("test", .period, .required, "Forecasts of it are scored; nothing is fitted to it."))

    static let forecastKeys = KeyTable(
        .integers(
            "leads", 1...10_000, .required, unit: "steps",
            "The longest lead, for all leads up to it; or a list of the leads that are forecast and scored."),
        .integers(
            "decisive_leads", 1...10_000, .optional("the longest lead"), unit: "steps",
            "The leads whose mean CRPS chooses memory and method."),
        .mapping(
            "starts",
            KeyTable(
                .integer(
                    "every", 1...1_000_000, .usual("1"), unit: "steps", "From one start of a forecast to the next.")),
            .usual("{}"), "The starts of the forecasts that are scored; the last step before the period is one."),
        .integer("members", 8...100_000, .usual("128"), "Members of the ensembles."))

    static let assimilationKeys = KeyTable(
        ConfigurationKey(
            "filters", .list(.choice(EnsembleFilter.all.map(\.name))), .usual("[etkf, enkf]"),
            "Ensemble filters to choose from."),
        .numbers(
            "inflation", .positive, .usual("1"),
            "Factors to choose from, of the standard deviation of the model error."),
        .number(
            "least_observation_error", .positive, .usual("0.001"), unit: "standard deviations of the anomalies",
            "The smallest standard deviation of the observation error where the data state none."),
        .integer(
            "smoothing_rounds", 1...50, .usual("4"), "Rounds of smoothing and regression where values are missing."))

    static let keys = KeyTable(
        ConfigurationKey(
            "data", .mapping(DataSource.keys), .required, "Where the observations are, at a regular step."),
        ConfigurationKey(
            "season", .either(.choice(["none"]), .mapping(SeasonPlan.keys)),
            .optional("months by phase; else up to 3 waves of the year and 2 of the day"),
            "The cycles of the normals: harmonics by least squares on the training, or none."),
        .mapping("split", splitKeys, .required, "The periods, in this order."),
        .text("target", .required, "The variable that choices are made for."),
        ConfigurationKey(
            "inputs", .list(.either(.text, .mapping(InputConfiguration.keys))), .optional("none"),
            "Variables of the data that drive the others and are not forecast."),
        .mapping("forecast", forecastKeys, .required, "Leads, starts and size of the forecasts."),
        .mapping(
            "cross_validation",
            KeyTable(.integer("folds", 3...50, .usual("8"), "Blocks of time, each held out once.")), .usual("{}"),
            "Cross-validation of hyperparameters before the test."),
        .mapping("linear", LinearCandidates.keys, .required, "The linear models with memory to choose from."),
        .mapping("network", NetworkCandidates.keys, .optional("no networks"), "Networks alone."),
        .mapping(
            "correction", NetworkCandidates.keys, .optional("no corrections"),
            "Networks that correct the linear model; of at most its memory."),
        .mapping("assimilation", assimilationKeys, .usual("{}"), "The filters that the models run in."),
        ConfigurationKey(
            "gaps", .named(GapConfiguration.keys), .optional("none"), "Scenarios of withheld values, by name."),
        .mapping(
            "bootstrap", KeyTable(.integer("resamples", 100...100_000, .usual("1000"), "Resamples of the scores.")),
            .usual("{}"), "Confidence intervals of the scores, by blocks of time."))
}

/// The options of the linear models that a configuration lists.
enum LinearCandidates {
    static let keys = KeyTable(
        .integers("memory", 1...10_000, .required, unit: "steps", "How many past values the model has."),
        .numbers("ridge", .positive, .required, "Penalty λ of the squared coefficients at lag 1."),
        .numbers("ridge_decay", .nonNegative, .usual("2"), "At lag j the penalty is λ j^decay."),
        .integers(
            "seasonal_lags", 0...10_000, .usual("0"), unit: "steps",
            "How many of the newest lags have coefficients that follow the season of months."),
        .numbers("seasonal_ridge", .positive, .usual("300"), "Penalty of the seasonal coefficients."),
        .integers("harmonics", 1...100, .usual("2"), "Waves a year of the seasonal coefficients."))

    static func read(_ keys: inout ConfigurationMapping) throws(InputError) -> [SeasonalRegressionOptions] {
        let memories = try keys.integers("memory")
        let ridges = try keys.numbers("ridge")
        let decays = try keys.numbers("ridge_decay")
        let lagsNode = keys.optional("seasonal_lags")
        let seasonalLags = try keys.integers("seasonal_lags")
        if let lagsNode, let least = seasonalLags.min(), let longest = memories.min(), least > longest {
            throw lagsNode.error(
                "seasonal coefficients of \(least) lags with a memory of \(longest)", expected: "at most \(longest)")
        }
        let seasonalRidges = try keys.numbers("seasonal_ridge")
        let harmonics = try keys.integers("harmonics")
        if seasonalLags.allSatisfy({ $0 == 0 }),
            let node = keys.optional("seasonal_ridge") ?? keys.optional("harmonics")
        {
            throw node.error("no coefficient follows the season", expected: "'seasonal_lags' above 0, or no such key")
        }
        if memories.allSatisfy({ $0 == 1 }), let node = keys.optional("ridge_decay") {
            throw node.error("no lag beyond the first", expected: "a 'memory' above 1, or no such key")
        }
        try keys.node.combinations(
            [
                "memories": memories.count, "ridges": ridges.count, "ridge decays": decays.count,
                "seasonal lags": seasonalLags.count, "seasonal ridges": seasonalRidges.count,
                "harmonics": harmonics.count,
            ], atMost: 10_000)
        var all: [SeasonalRegressionOptions] = []
        for memory in memories {
            for ridge in ridges {
                for decay in decays {
                    for lags in seasonalLags where lags <= memory {
                        for (i, seasonal) in seasonalRidges.enumerated() where lags > 0 || i == 0 {
                            for (j, waves) in harmonics.enumerated() where lags > 0 || j == 0 {
                                all.append(
                                    SeasonalRegressionOptions(
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
}

/// The options of the networks that a configuration lists.
enum NetworkCandidates {
    static let keys = KeyTable(
        ConfigurationKey(
            "hidden", .list(.list(.integer(.within(1...4096)))), .required,
            "Lists of the units of each hidden layer; at most ten layers."),
        .integers("memory", 1...10_000, .required, unit: "steps", "How many past values the network has."),
        .numbers("ridge", .nonNegative, .usual("0.01"), "Penalty of the squared weights."),
        .number("learning_rate", .positive, .usual("0.002"), "Of Adam."),
        .integer("batch_size", 1...1_000_000, .usual("64"), "Samples of a gradient."),
        .integer("epochs", 1...100_000, .usual("300"), "The most passes through the samples."),
        .integer("patience", 1...100_000, .usual("25"), "Epochs without improvement before training stops."))

    static func read(_ keys: inout ConfigurationMapping) throws(InputError) -> [NetworkOptions] {
        var hidden: [[Int]] = []
        for node in try keys.required("hidden").nonEmptyList() {
            let widths = try integers(node, default: [], .within(1...4096))
            guard widths.count <= 10 else { throw node.error("\(widths.count) layers", expected: "at most 10") }
            hidden.append(widths)
        }
        let memories = try keys.integers("memory")
        let ridges = try keys.numbers("ridge")
        let rate = try keys.number("learning_rate")
        let batch = try keys.integer("batch_size")
        let epochs = try keys.integer("epochs")
        let patience = try keys.integer("patience")
        try keys.node.combinations(
            ["networks": hidden.count, "memories": memories.count, "ridges": ridges.count], atMost: 1000)
        return hidden.flatMap { hidden in
            memories.flatMap { memory in
                ridges.map {
                    NetworkOptions(
                        hidden: hidden, memory: memory, ridge: $0, learningRate: rate, batchSize: batch,
                        maximumEpochs: epochs, patience: patience)
                }
            }
        }
    }

    /// A network that corrects a linear model has no more of the past than that model.
    static func correction(
        _ keys: inout ConfigurationMapping, _ linear: [SeasonalRegressionOptions]
    ) throws(InputError) -> [NetworkOptions] {
        guard let node = keys.optional("correction") else { return [] }
        let candidates = try keys.mapping("correction", read)
        let shortest = linear.map(\.memory).min() ?? 1
        if let longest = candidates.map(\.memory).max(), longest > shortest {
            throw node.error(
                "a network with a memory of \(longest) that corrects a linear model with one of \(shortest)",
                expected: "memories of at most \(shortest), the least under 'linear'")
        }
        return candidates
    }
}
