import Learning

/// Which cycles the climatology of a forecast experiment follows: `season: {year: 3, week: 1, day: 2}`, or `none`.
struct SeasonPlan: Sendable {
    enum Cycle: String, CaseIterable, Sendable {
        case year, week, day

        /// The mean Gregorian year has 365.2425 days.
        var seconds: Double {
            switch self {
            case .year: 365.2425 * 86_400
            case .week: 7 * 86_400
            case .day: 86_400
            }
        }
    }

    /// Harmonics of each cycle; nil where the step decides.
    let harmonics: [Cycle: Int]?
    /// Harmonics of the year that multiply the waves of the day; nil for one, where both have waves.
    let dayByYear: Int?
    /// The place of the key, for errors.
    let place: ConfigurationNode?

    static let keys = KeyTable(
        .integer("year", 0...100, .usual("0"), unit: "harmonics", "Waves of the year of 365.2425 days."),
        .integer("week", 0...50, .usual("0"), unit: "harmonics", "Waves of the week."),
        .integer("day", 0...100, .usual("0"), unit: "harmonics", "Waves of the day of 24 hours, in UTC."),
        .integer(
            "day_by_year", 0...10, .optional("1 with waves of the year and of the day"), unit: "harmonics",
            "Waves of the year that multiply those of the day: its course changes with the season."))

    /// Reads the key; nil where it is absent.
    init(_ node: ConfigurationNode?) throws(InputError) {
        place = node
        guard let node else {
            (harmonics, dayByYear) = (nil, nil)
            return
        }
        guard node.isMapping else {
            _ = try node.choice(among: ["none"])
            (harmonics, dayByYear) = ([:], nil)
            return
        }
        (harmonics, dayByYear) = try node.mapping(Self.keys) { (keys) throws(InputError) in
            var harmonics: [Cycle: Int] = [:]
            for cycle in Cycle.allCases { harmonics[cycle] = try keys.integer(cycle.rawValue) }
            guard let count = try keys.optionalInteger("day_by_year"), let product = keys.optional("day_by_year") else {
                return (harmonics, nil)
            }
            let (year, day) = (harmonics[.year] ?? 0, harmonics[.day] ?? 0)
            guard count <= year, day > 0 else {
                throw product.error(
                    "\(count) harmonics with \(year) of the year and \(day) of the day",
                    expected: day > 0 && year > 0 ? "at most \(year)" : "waves of 'year' and of 'day'")
            }
            return (harmonics, count)
        }
    }

    /// Whether the normals are means of phases, which coefficients can follow too.
    func hasPhases(_ step: TimeStep) -> Bool { harmonics == nil && SeasonPlan.hasPhases(step) }

    /// Whether steps are followed phase by phase: months that divide the year, and years.
    static func hasPhases(_ step: TimeStep) -> Bool {
        switch step.unit {
        case .month, .quarter: step.stepsPerYear == step.stepsPerYear.rounded()
        case .year: true
        case .week, .day, .hour, .minute, .second: false
        }
    }

    /// The season of a series whose step 0 is at `first`.
    ///
    /// - Parameter training: the number of steps that it is learned from.
    func season(_ step: TimeStep, from first: Instant, training: Int) throws(InputError) -> Season {
        guard let harmonics else { return SeasonPlan.usualSeason(step, from: first, training: training) }
        for cycle in Cycle.allCases {
            let length = cycle.seconds / SeasonPlan.seconds(step)
            guard let count = harmonics[cycle], count > 0, let place else { continue }
            guard 2 * Double(count) <= length + 1e-9 else {
                throw place.error(
                    "\(count) harmonics of a \(cycle.rawValue) with a step of '\(step)'",
                    expected: "at most \(max(0, Int(length / 2 + 1e-9)))")
            }
            guard Double(training) >= length else {
                throw place.error(
                    "waves of a \(cycle.rawValue) from \(training) steps of training",
                    expected: "at least one \(cycle.rawValue), \(Int(length.rounded(.up))) steps")
            }
        }
        return SeasonPlan.season(harmonics, dayByYear: dayByYear, step, from: first)
    }

    /// Months by phases; else three waves of a year that training holds twice (one of a year that it holds once), and
    /// two of the day, whose course changes with the year.
    private static func usualSeason(_ step: TimeStep, from first: Instant, training: Int) -> Season {
        if hasPhases(step) {
            let period = step.unit == .year ? 1 : max(1, Int(step.stepsPerYear))
            return .phases(period: period, first: first.phase(of: period))
        }
        func harmonics(_ cycle: Cycle, _ wanted: Int) -> Int {
            let length = cycle.seconds / seconds(step)
            let known = Double(training) / length
            return known < 1 ? 0 : min(known < 2 ? 1 : wanted, Int(length / 2 + 1e-9))
        }
        return season([.year: harmonics(.year, 3), .day: harmonics(.day, 2)], step, from: first)
    }

    private static func season(
        _ harmonics: [Cycle: Int], dayByYear: Int? = nil, _ step: TimeStep, from first: Instant
    ) -> Season {
        let modulation = min(dayByYear ?? 1, harmonics[.year] ?? 0)
        let cycles = Cycle.allCases.compactMap { cycle -> SeasonalCycle? in
            guard let count = harmonics[cycle], count > 0 else { return nil }
            let shape = SeasonalCycle(
                length: cycle.seconds / seconds(step), start: 0, harmonics: count,
                modulation: cycle == .day ? modulation : 0)
            return SeasonPlan.cycle(shape, from: first, step)
        }
        return cycles.isEmpty ? .none : .waves(cycles)
    }

    /// A cycle at the place where an instant finds it.
    private static func cycle(_ shape: SeasonalCycle, from first: Instant, _ step: TimeStep) -> SeasonalCycle {
        let cycles = first.secondsSince1970 / (shape.length * seconds(step))
        let place = cycles - cycles.rounded(.down)
        return SeasonalCycle(
            length: shape.length, start: place < 1 ? place : 0, harmonics: shape.harmonics,
            modulation: shape.modulation)
    }

    /// The season of a model on a time axis that begins at another instant; nil where the step cannot have that season.
    static func season(like known: Season, _ step: TimeStep, from first: Instant) -> Season? {
        switch known {
        case .phases(let period, _):
            if period == 1 { return known }
            guard hasPhases(step), step.unit == .month, Int(step.stepsPerYear) == period else { return nil }
            return .phases(period: period, first: first.phase(of: period))
        case .waves(let cycles):
            let lengths = Cycle.allCases.map { $0.seconds / seconds(step) }
            guard cycles.allSatisfy({ cycle in lengths.contains { abs($0 - cycle.length) <= 1e-9 * $0 } }) else {
                return nil
            }
            return .waves(cycles.map { cycle($0, from: first, step) })
        }
    }

    private static func seconds(_ step: TimeStep) -> Double { Cycle.year.seconds / step.stepsPerYear }
}

extension TimeStep {
    /// The unit of a lead: `months`, or `steps of 6 hours`.
    var leadUnit: String { count == 1 ? "\(unit.rawValue)s" : "steps of \(self)" }
}
