/// A scenario of withheld observations, as a configuration names and describes it.
///
///     gaps:
///       random: {fraction: 0.3}                                       # of all values, drawn at random
///       blackout: {variable: nino34, period: [1997-03, 1998-02]}      # all values of a variable
struct GapConfiguration: Sendable {
    enum Rule: Sendable {
        case random(fraction: Double)
        case period(variable: String, Range<Instant>, place: ConfigurationNode)
    }

    let name: Gaps
    let rule: Rule

    /// The scenarios of the key `gaps`, in its order. Names become names of files.
    static func all(_ node: ConfigurationNode?, _ data: [VariableMapping]) throws(InputError) -> [GapConfiguration] {
        var scenarios: [GapConfiguration] = []
        for (key, node) in try node?.named() ?? [] {
            // Earlier versions had one scenario at random, with a number in its name.
            let name = key == "random30" ? "random" : key
            guard scenarios.count < 20 else { throw node.error("more than 20 scenarios", expected: "at most 20") }
            guard name != Gaps.none.rawValue, name.count <= 64,
                name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9_-]*/) != nil
            else {
                throw node.error(
                    "\(key.quoted) is no name of a scenario",
                    expected: "letters, digits, '-' and '_', another name than 'none'")
            }
            if scenarios.contains(where: { $0.name.rawValue == name }) {
                throw node.error("the scenario \(name.quoted) is listed twice", expected: "each name once")
            }
            scenarios.append(try GapConfiguration(Gaps(rawValue: name), node, data))
        }
        return scenarios
    }

    static let keys = KeyTable(
        .number(
            "fraction", .within(0.001...0.9), .optional("a period of one variable"), unit: "share",
            "Values that are withheld at random."),
        .text("variable", .optional("'fraction'"), "The variable that is withheld."),
        ConfigurationKey("period", .period, .optional("'fraction'"), "The time in which it is."))

    private init(_ name: Gaps, _ node: ConfigurationNode, _ data: [VariableMapping]) throws(InputError) {
        self.name = name
        rule = try node.mapping(Self.keys) { (keys) throws(InputError) in
            if let fraction = try keys.optionalNumber("fraction") { return .random(fraction: fraction) }
            let period = try keys.required("period")
            return .period(
                variable: try ForecastConfiguration.variable(try keys.required("variable"), data),
                try Experiments.period(period), place: period)
        }
    }
}
