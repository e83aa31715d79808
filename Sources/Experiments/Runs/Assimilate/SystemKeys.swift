import Dynamics
import Formulas
import Studies

/// A model of one's own with its unknowns in a configuration.
///
///     model:
///       states: {hare: {bounds: [0, inf]}, lynx: {bounds: [0, inf]}}
///       parameters: {alpha: {prior: "normal(1, 0.5)", bounds: [0, inf]}, gamma: 0.8}
///       equations: {hare: (alpha - beta * lynx) * hare, …}     # or map: the next state
///       time_unit: year
///       integrator: {method: tsit5, tolerance: 1e-6}
///       start: {time: 1900, hare: "lognormal(log(10), 1)", lynx: "lognormal(log(10), 1)"}
///       error: {hare: 0.1, lynx: {estimate: "lognormal(-1, 1)"}}
enum SystemKeys {
    static let table = KeyTable(
        ConfigurationKey(
            "name", .choice(namedModels), .optional("equations of one's own"),
            "A model of the list in place of 'states' and 'equations'; 'parameters' change its usual ones."),
        .integer(
            "variables", 4...100_000, .optional("the usual number"), "Of a model with a 'name' that has any number."),
        ConfigurationKey(
            "states", .either(.named(stateKeys), .list(.text)), .optional("those of the model with a 'name'"),
            "The variables, in their order: numbers, or fields over the axes x, or y and x; a list of names alone."),
        ConfigurationKey(
            "parameters", .names(.either(.number(.any), .mapping(parameterKeys))), .optional("none"),
            "Parameters of the equations: values, or priors of unknown ones."),
        ConfigurationKey(
            "definitions", .names(.text), .optional("none"), "Formulas that others can name; their order is free."),
        ConfigurationKey(
            "equations", .names(.text), .optional("'map'"),
            "The change of each variable in a time of 1, a formula."),
        ConfigurationKey(
            "map", .names(.text), .optional("'equations'"), "The value of each variable a step later, a formula."),
        ConfigurationKey(
            "corrections", .list(.mapping(Correction.keys)), .optional("none"),
            "Learned terms of equations, by networks whose weights are unknown parameters."),
        ConfigurationKey(
            "forcings", .list(.mapping(forcingKeys)), .optional("none"),
            "Values from tables that formulas can name."),
        .choice(
            "time_unit", TimeUnitName.self, .optional("none: the times of tables are numbers"),
            "The unit of time of the equations, where the times of tables are dates. In formulas t is the year with its "
                + "fraction, months since the year 0, or the time since 1970 in the other units."),
        .mapping("integrator", integratorKeys, .usual("{}"), "The way from one time to the next."),
        ConfigurationKey(
            "start", .names(.either(.text, .list(.number(.any)))), .optional("0 for all"),
            "The first value of each state: a number, a distribution or 'diffuse', of a field also a list; and 'time', "
                + "by default that of the first observation."),
        ConfigurationKey(
            "error", .names(.either(.number(.nonNegative), .mapping(sizeKeys))), .optional("none"),
            unit: "standard deviation per square root of time",
            "Model error of each state, of its logarithm where it is bounded, or of its logit between two bounds; "
                + "'covariance' in place of them is a matrix over all, in squares of this unit."))

    /// The models that are known as formulas.
    static let namedModels = TestModels.all.filter { $0.init().formulation != nil }.map { $0.name }

    static let stateKeys = KeyTable(
        .mapping("x", EquationsSource.axisKeys, .optional("a number"), "The axis x, the faster one in memory."),
        .mapping("y", EquationsSource.axisKeys, .optional("no second axis"), "The axis y of a field over two."),
        boundsKey)
    static let parameterKeys = KeyTable(
        .text("prior", .required, "Its distribution, as normal(1, 0.5) or lognormal(log(10), 1)."), boundsKey,
        .number(
            "drift", .nonNegative, .usual("0"), unit: "standard deviation per square root of time",
            "Its random walk in filters that have it in their state; of its logarithm where it is bounded."))
    static let forcingKeys =
        KeyTable(
            .text("name", .required, "Its name in formulas."),
            ConfigurationKey(
                "interpolation", .choice(["linear", "held"]), .usual("linear"),
                "Between rows; 'held': that of the row before."))
        + ObservedTable.sourceKeys
        + KeyTable(.text("column", .optional("the name"), "The column, or the variable of a NetCDF file."))
    static let sizeKeys = KeyTable(
        .text("estimate", .required, "The prior of a standard deviation, as lognormal(-1, 1)."))
    static let integratorKeys = KeyTable(
        ConfigurationKey(
            "method", .choice(["tsit5", "rk4", "heun", "euler", "rodas4"]), .usual("tsit5"),
            "tsit5: order 5 with adaptive steps; rodas4: for stiff equations; the others have a step."),
        .number("step", .positive, .optional("tsit5 and rodas4 find it; a map: 1"), unit: "time", "The longest step."),
        .number("tolerance", .within(1e-13...0.1), .optional("1e-6"), unit: "share", "Relative error of a step."),
        .number("absolute", .nonNegative, .optional("a thousandth of the tolerance"), "Absolute error of a step."),
        .integer("most", 1...1_000_000, .usual("10000"), unit: "steps", "Most steps from one time to the next."))
    static let boundsKey = ConfigurationKey(
        "bounds", .list(.text), .optional("none"), "[least, greatest], of which one may be inf or -inf.")

    /// Names that formulas have already.
    static let reserved = ["pi", "and", "or", "not", "t", "time", "covariance"]

    static func bounds(_ keys: inout ConfigurationMapping) throws(InputError) -> ClosedRange<Double> {
        guard let node = keys.optional("bounds") else { return -.infinity ... .infinity }
        let ends = try node.list()
        guard ends.count == 2 else { throw node.error("\(ends.count) bounds", expected: "[least, greatest]") }
        var values: [Double] = []
        for end in ends {
            switch try end.string() {
            case "inf", "+inf", ".inf": values.append(.infinity)
            case "-inf", "-.inf": values.append(-.infinity)
            default: values.append(try end.number())
            }
        }
        guard values[0] < values[1] else {
            throw node.error("\(values[0]) is not below \(values[1])", expected: "[least, greatest]")
        }
        return values[0]...values[1]
    }

    static func distribution(_ node: ConfigurationNode) throws(InputError) -> Distribution {
        let text = try node.string()
        do { return try Distribution(text) } catch { throw node.error(error) }
    }

    /// A standard deviation: a number, or one that is estimated.
    static func size(_ node: ConfigurationNode) throws(InputError) -> DynamicalSystem.Size {
        guard node.isMapping else { return .given(try node.number(.nonNegative)) }
        return try node.mapping(sizeKeys) { (keys) throws(InputError) in
            .unknown(try positive(try keys.required("estimate")))
        }
    }

    /// The prior of a standard deviation.
    static func positive(_ node: ConfigurationNode) throws(InputError) -> Distribution {
        let prior = try distribution(node)
        guard SystemUnknowns.isPossible(.init("", prior, bounds: 0...(.infinity))) else {
            throw node.error("a standard deviation below 0", expected: "a distribution of positive numbers")
        }
        return prior
    }
}

/// The units in which a model counts time.
enum TimeUnitName: String, CaseIterable, Sendable {
    case second, minute, hour, day, week, month, year

    /// The time of an instant: a year or month by the calendar, other units since 1970.
    func time(_ instant: Instant) -> Double {
        switch self {
        case .year: instant.decimalYear
        case .month: 12 * Double(instant.date.year) + Double(instant.date.month - 1) + instant.partOfMonth
        case .second: instant.secondsSince1970
        case .minute: instant.secondsSince1970 / 60
        case .hour: instant.secondsSince1970 / 3600
        case .day: instant.secondsSince1970 / 86_400
        case .week: instant.secondsSince1970 / 604_800
        }
    }

    /// The instant of a time, to a millisecond; nil outside the calendar.
    func instant(_ time: Double) -> Instant? {
        let seconds: Double
        switch self {
        case .year, .month:
            let whole = self == .year ? time : time / 12
            guard abs(whole) < 90_000 else { return nil }
            let (year, part) = (Int(whole.rounded(.down)), whole - whole.rounded(.down))
            if self == .month {
                let months = time - 12 * Double(year)
                let month = min(Int(months.rounded(.down)), 11)
                let first = Instant(year: year, month: month + 1)
                let next = month == 11 ? Instant(year: year + 1) : Instant(year: year, month: month + 2)
                let length = next.secondsSince1970 - first.secondsSince1970
                seconds = first.secondsSince1970 + (months - Double(month)) * length
            } else {
                let (first, next) = (Instant(year: year), Instant(year: year + 1))
                seconds = first.secondsSince1970 + part * (next.secondsSince1970 - first.secondsSince1970)
            }
        case .second: seconds = time
        case .minute: seconds = 60 * time
        case .hour: seconds = 3600 * time
        case .day: seconds = 86_400 * time
        case .week: seconds = 604_800 * time
        }
        let rounded = (1000 * seconds).rounded() / 1000
        return Instant.representableSeconds.contains(rounded) ? Instant(secondsSince1970: rounded) : nil
    }
}

extension Instant {
    /// How much of its month has passed, 0 ..< 1.
    fileprivate var partOfMonth: Double {
        let (year, month) = (date.year, date.month)
        let first = Instant(year: year, month: month).secondsSince1970
        let next = month == 12 ? Instant(year: year + 1) : Instant(year: year, month: month + 1)
        return (secondsSince1970 - first) / (next.secondsSince1970 - first)
    }
}
