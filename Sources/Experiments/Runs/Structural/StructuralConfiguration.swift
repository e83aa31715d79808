import Learning
import Studies

/// The configuration of a structural experiment.
struct StructuralConfiguration: Sendable {
    let data: DataSource
    let step: TimeStep
    let split: ForecastConfiguration.Split
    /// The candidates, in the order of the tables.
    let variants: [StructuralOptions]
    /// In steps, ascending.
    let leads: [Int]
    /// The shape of the forecasts' distributions.
    let innovations: InnovationShape
    /// The withheld period, to be estimated from the rest.
    let withheld: Range<Instant>?
    let withheldPlace: ConfigurationNode?
    let resamples: Int

    static let splitKeys = KeyTable(
        ConfigurationKey("train", .period, .required, "What models are fitted to for the choice among them."),
        ConfigurationKey("validation", .period, .required, "Where the candidates' forecasts are compared."),
        ConfigurationKey("test", .period, .required, "Where the chosen model, fitted anew to all before, is scored."))
    static let componentKeys = KeyTable(
        ConfigurationKey(
            "trend", .list(.choice(StructuralTrend.allCases.map(\.rawValue))), .usual("linear"),
            "linear: level and slope that change; level: a level that changes; none: a constant; a list to choose from."
        ),
        .integers(
            "harmonics", 0...20, .usual("0"), "Numbers of harmonics of the year to choose from; 0 for no season."),
        .integers("remainder", 0...12, .usual("0"), "Orders of the autoregressive remainder to choose from."),
        .mappings("cycles", StructuralCycles.keys, .optional("none"), "Cycles of every candidate beside the year."))
    static let forecastKeys = KeyTable(
        .integers("leads", 1...100_000, .required, unit: "steps", "The leads of the forecasts."),
        .choice(
            "innovations", InnovationShape.self, .usual("gaussian"),
            "The shape of forecasts: normal, Student's distribution, or that of the errors before the period, by lead."
        ))
    static let bootstrapKeys = KeyTable(
        .integer("resamples", 100...100_000, .usual("1000"), "Resamples of the block bootstrap."))
    static let keys = KeyTable(
        ConfigurationKey(
            "data", .mapping(DataSource.keys), .required, "Where the observations are; one variable, at a regular step."
        ),
        .mapping("split", splitKeys, .required, "Three stretches of time, one after the other."),
        .mapping("components", componentKeys, .required, "The components of the candidates."),
        .mapping("forecast", forecastKeys, .required, "Which forecasts are made."),
        ConfigurationKey(
            "withhold", .period, .optional("nothing"), "What no fit and no filter uses, to be estimated from the rest."),
        .mapping("bootstrap", bootstrapKeys, .usual("{}"), "Confidence intervals of scores."))

    init(_ keys: inout ConfigurationMapping) throws(InputError) {
        keys.adopt(Self.keys)
        let dataNode = try keys.required("data")
        data = try DataSource(dataNode)
        guard let step = data.step else {
            throw dataNode.error("a structural model needs a regular step", expected: "a key 'step' such as 'week'")
        }
        guard data.variables.count == 1 else {
            throw dataNode.error(
                "\(data.variables.count) variables", expected: "one: a structural model is of one series")
        }
        guard data.truths.isEmpty else {
            throw dataNode.error(
                "the key 'truth' in a structural experiment",
                expected: "no 'truth': forecasts are compared with later values of the series itself")
        }
        if data.variables[0].transform != nil {
            throw dataNode.error("a structural model has no 'transform'", expected: "the variable as it is")
        }
        self.step = step
        split = try ForecastConfiguration.Split(try keys.required("split"))
        let hasGivenErrors = data.variables[0].error != nil
        let place = try keys.required("components")
        variants = try keys.mapping("components") { (keys) throws(InputError) in
            try Self.variants(&keys, place, step, hasGivenErrors: hasGivenErrors)
        }
        (leads, innovations) = try keys.mapping("forecast") { (keys) throws(InputError) in
            (Set(try keys.integers("leads")).sorted(), try keys.choice("innovations"))
        }
        withheldPlace = keys.optional("withhold")
        if let withheldPlace { withheld = try period(withheldPlace) } else { withheld = nil }
        resamples = try keys.mapping("bootstrap") { (keys) throws(InputError) in try keys.integer("resamples") }
    }

    /// Every trend with every number of harmonics and every order of the remainder.
    private static func variants(
        _ keys: inout ConfigurationMapping, _ node: ConfigurationNode, _ step: TimeStep, hasGivenErrors: Bool
    ) throws(InputError) -> [StructuralOptions] {
        var trends: [StructuralTrend] = []
        for entry in try keys.value("trend").listOrSingle() { trends.append(try entry.choice()) }
        let harmonics = try keys.integers("harmonics")
        let orders = try keys.integers("remainder")
        let cycles = try StructuralCycles.read(keys.optional("cycles"), step)
        try node.combinations(
            ["trends": trends.count, "harmonics": harmonics.count, "remainders": orders.count], atMost: 100)
        let year = step.stepsPerYear
        if let most = harmonics.max(), most > 0, Double(2 * most) >= year {
            throw node.error(
                "\(most) harmonics of a year of \(NumberText.fixed(year, decimals: 1)) steps",
                expected: "fewer than half as many as steps in a year")
        }
        if harmonics.contains(where: { $0 > 0 }), let twice = cycles.first(where: { $0.period == year }) {
            throw node.error("the cycle \(twice.name.quoted) is the year", expected: "one of 'harmonics' and 'cycles'")
        }
        var all: [StructuralOptions] = []
        for trend in trends {
            for order in orders {
                for count in harmonics {
                    let seasons =
                        count == 0 ? [] : [StructuralCycle(StructuralCycle.yearName, period: year, harmonics: count)]
                    let variant = StructuralOptions(
                        trend: trend, cycles: seasons + cycles, remainderOrder: order, hasGivenErrors: hasGivenErrors)
                    guard variant.varianceCount > 0 else {
                        throw node.error(
                            "a constant with a given error has nothing to learn",
                            expected: "a trend, a season, a cycle or a remainder")
                    }
                    if !all.contains(variant) { all.append(variant) }
                }
            }
        }
        return all
    }
}

/// The cycles of a configuration: days, weeks, periods of one's own.
enum StructuralCycles {
    static let keys = KeyTable(
        .text("period", .required, "Such as day, week or 5.6 years; a number alone counts steps."),
        .integer("harmonics", 1...20, .usual("1"), "The number of harmonics."))

    static func read(_ node: ConfigurationNode?, _ step: TimeStep) throws(InputError) -> [StructuralCycle] {
        guard let node else { return [] }
        var cycles: [StructuralCycle] = []
        for entry in try node.nonEmptyList() {
            let cycle: StructuralCycle = try entry.mapping(Self.keys) { (keys) throws(InputError) in
                let place = try keys.value("period")
                return try Self.cycle(place, harmonics: try keys.integer("harmonics"), step)
            }
            if cycles.contains(where: { $0.period == cycle.period || $0.name == cycle.name }) {
                throw entry.error("the cycle \(cycle.name.quoted) is listed twice", expected: "each period once")
            }
            guard cycles.count < 10 else { throw entry.error("more than 10 cycles", expected: "at most 10") }
            cycles.append(cycle)
        }
        return cycles
    }

    private static func cycle(
        _ node: ConfigurationNode, harmonics: Int, _ step: TimeStep
    ) throws(InputError) -> StructuralCycle {
        let text = try node.string()
        guard let steps = steps(text, step), steps.isFinite, steps > 0, steps <= 1e7 else {
            throw node.error(
                "\(text.quoted) is no period",
                expected: "such as 'day', '5.6 years' or a number of steps, at most 10000000")
        }
        guard Double(2 * harmonics) < steps else {
            throw node.error(
                "\(harmonics) harmonic\(harmonics == 1 ? "" : "s") of a period of "
                    + "\(NumberText.fixed(steps, decimals: 1)) steps",
                expected: "fewer than half as many as steps in the period")
        }
        return StructuralCycle(text, period: steps, harmonics: harmonics)
    }

    /// A period such as `5.6 years` in steps; months and years by the calendar's mean where steps have a fixed length.
    static func steps(_ text: String, _ step: TimeStep) -> Double? {
        let words = text.split(separator: " ").map { $0.lowercased() }
        guard let last = words.last, words.count <= 2 else { return nil }
        if words.count == 1, let count = Double(last) { return count }
        guard let unit = TimeStep(last), unit.count == 1, let count = words.count == 2 ? Double(words[0]) : 1 else {
            return nil
        }
        switch (unit.length, step.length) {
        case (.months(let whole), .months(let part)): return count * Double(whole) / Double(part)
        case (.seconds(let whole), .seconds(let part)): return count * whole / part
        default: return count * step.stepsPerYear / unit.stepsPerYear
        }
    }
}

extension StructuralOptions {
    /// The name of the method, as `3 harmonics + AR(1)` or `level + day (2 harmonics)`.
    var name: String {
        let year = cycles.first { $0.name == StructuralCycle.yearName }
        let season = year.map { ["\($0.harmonics) harmonic\($0.harmonics == 1 ? "" : "s")"] } ?? []
        let own = cycles.filter { $0.name != StructuralCycle.yearName }.map { cycle in
            cycle.harmonics == 1 ? cycle.name : "\(cycle.name) (\(cycle.harmonics) harmonics)"
        }
        let remainder = remainderOrder == 0 ? [] : ["AR(\(remainderOrder))"]
        let level: [String] =
            switch trend {
            case .linear: season.isEmpty ? ["trend"] : []
            case .level: ["level"]
            case .none: ["constant"]
            }
        return (level + season + own + remainder).joined(separator: " + ")
    }

    /// One sentence that describes the method.
    var text: String {
        let level =
            switch trend {
            case .linear: "local linear trend"
            case .level: "local level"
            case .none: "constant"
            }
        let seasons = cycles.map { cycle in
            let harmonics = "\(cycle.harmonics) harmonic\(cycle.harmonics == 1 ? "" : "s")"
            return cycle.name == StructuralCycle.yearName
                ? " and a season of \(harmonics) that may change"
                : " and a cycle of \(cycle.name) with \(harmonics) that may change"
        }.joined()
        let remainder = remainderOrder == 0 ? "" : " and an autoregressive remainder of order \(remainderOrder)"
        let errors = hasGivenErrors ? "; errors of the values as given" : ""
        return "\(level)\(seasons)\(remainder)\(errors); "
            + "variances by maximum likelihood of the Kalman filter's innovations"
    }

    /// The name of a part with a variance.
    func name(of part: Part) -> String {
        switch part {
        case .irregular: "irregular"
        case .level: "level"
        case .slope: "slope"
        case .remainder: "remainder"
        case .harmonic(let cycle, let number):
            cycles[cycle].name == StructuralCycle.yearName
                ? "harmonic \(number + 1)"
                : cycles[cycle].harmonics == 1 ? cycles[cycle].name : "\(cycles[cycle].name) \(number + 1)"
        }
    }
}

extension StructuralCycle {
    /// The season: its harmonics are called so without more.
    static let yearName = "season"
}
