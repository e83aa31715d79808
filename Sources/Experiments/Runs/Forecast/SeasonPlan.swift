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
    /// The place of the key, for errors.
    let place: ConfigurationNode?

    static let keys = KeyTable(
        .integer("year", 0...100, .usual("0"), unit: "harmonics", "Waves of the year of 365.2425 days."),
        .integer("week", 0...50, .usual("0"), unit: "harmonics", "Waves of the week."),
        .integer("day", 0...100, .usual("0"), unit: "harmonics", "Waves of the day of 24 hours, in UTC."))

    /// Reads the key; nil where it is absent.
    init(_ node: ConfigurationNode?) throws(InputError) {
        place = node
        guard let node else {
            harmonics = nil
            return
        }
        guard node.isMapping else {
            _ = try node.choice(among: ["none"])
            harmonics = [:]
            return
        }
        harmonics = try node.mapping(Self.keys) { (keys) throws(InputError) in
            var harmonics: [Cycle: Int] = [:]
            for cycle in Cycle.allCases { harmonics[cycle] = try keys.integer(cycle.rawValue) }
            return harmonics
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
        return SeasonPlan.season(harmonics, step, from: first)
    }

    /// Months by phases; else three waves of a year that training holds twice (one of a year that it holds once), and
    /// two of the day.
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

    private static func season(_ harmonics: [Cycle: Int], _ step: TimeStep, from first: Instant) -> Season {
        let cycles = Cycle.allCases.compactMap { cycle -> SeasonalCycle? in
            guard let count = harmonics[cycle], count > 0 else { return nil }
            return SeasonPlan.cycle(cycle.seconds / seconds(step), harmonics: count, from: first, step)
        }
        return cycles.isEmpty ? .none : .waves(cycles)
    }

    /// A cycle of a number of steps at the place where an instant finds it.
    private static func cycle(_ length: Double, harmonics: Int, from first: Instant, _ step: TimeStep) -> SeasonalCycle
    {
        let cycles = first.secondsSince1970 / (length * seconds(step))
        let place = cycles - cycles.rounded(.down)
        return SeasonalCycle(length: length, start: place < 1 ? place : 0, harmonics: harmonics)
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
            return .waves(cycles.map { cycle($0.length, harmonics: $0.harmonics, from: first, step) })
        }
    }

    private static func seconds(_ step: TimeStep) -> Double { Cycle.year.seconds / step.stepsPerYear }
}

extension TimeStep {
    /// The unit of a lead: `months`, or `steps of 6 hours`.
    var leadUnit: String { count == 1 ? "\(unit.rawValue)s" : "steps of \(self)" }

    /// A time of the series: the month alone where steps are months or years.
    func text(_ time: Instant) -> String {
        switch unit {
        case .month, .quarter, .year: time.monthText
        case .week, .day, .hour, .minute, .second: time.description
        }
    }
}
