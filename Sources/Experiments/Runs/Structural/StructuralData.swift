import Learning

/// The series of a structural experiment from the beginning of training to the end of the test.
struct StructuralData: Sendable {
    let variable: ObservationTable.Variable
    let times: [Instant]
    /// The times as results state them.
    let texts: [String]
    /// The clock of the times, where the data tell it.
    let clock: TableClock?
    /// Warnings about the data, one sentence each.
    let warnings: [String]
    /// NaN where missing.
    let values: [Double]
    /// Standard deviations of the errors of the values, where the configuration has them.
    let errors: [Double]?
    /// The values without those that are withheld.
    let given: [Double]
    /// The positions of values that exist and are withheld.
    let withheld: [Int]
    /// All cycles of the candidates, each with the most harmonics that any has.
    let cycles: [StructuralCycle]
    let training: Range<Int>
    let validation: Range<Int>
    let test: Range<Int>

    init(_ configuration: StructuralConfiguration) throws(InputError) {
        let whole = try configuration.data.read().observations
        let split = configuration.split
        let first = try whole.rows(of: "training", in: split.train, at: split.place).lowerBound
        _ = try whole.rows(of: "validation", in: split.validation, at: split.place)
        let table = whole[first..<(try whole.rows(of: "test", in: split.test, at: split.place)).upperBound]
        variable = table.variables[0]
        warnings = table.warnings
        times = table.times
        texts = table.times.map(table.text)
        clock = table.clock
        let values = table.numbers.column(0)
        self.values = values
        errors = table.deviations?.column(0)
        cycles = Self.cycles(configuration)
        (training, validation, test) = (
            table.rows(in: split.train), table.rows(in: split.validation), table.rows(in: split.test)
        )
        let all =
            cycles.isEmpty
            ? [BaseCycle(name: StructuralCycle.yearName, period: configuration.step.stepsPerYear)]
            : cycles.map { BaseCycle(name: $0.name, period: $0.period) }
        let steps = Double(training.count)
        baseCycle = all.filter { 2 * $0.period <= steps }.max { $0.period < $1.period }
        let period = configuration.withheld.map { table.rows(in: $0) } ?? 0..<0
        let withheld = period.filter { !values[$0].isNaN }
        self.withheld = withheld
        var given = values
        for time in withheld { given[time] = .nan }
        self.given = given
        try requireEnough(configuration)
    }

    /// The steps before the test.
    var history: Range<Int> { 0..<test.lowerBound }

    /// The longest cycle of which the training period holds two, or the year where no candidate has a cycle: what
    /// baselines count in.
    let baseCycle: BaseCycle?

    /// The first time before which so many values are given.
    func begin(after count: Int) -> Int {
        var known = 0
        return given.firstIndex { value in
            known += value.isNaN ? 0 : 1
            return known > count
        } ?? given.count
    }

    /// The cycles of the variants, each once.
    private static func cycles(_ configuration: StructuralConfiguration) -> [StructuralCycle] {
        let all = configuration.variants.flatMap(\.cycles)
        let names = all.map(\.name)
        let each = names.indices.filter { names.firstIndex(of: names[$0]) == $0 }.map { first in
            all.filter { $0.name == names[first] }.max { $0.harmonics < $1.harmonics } ?? all[first]
        }
        return each
    }

    private func requireEnough(_ configuration: StructuralConfiguration) throws(InputError) {
        let place = configuration.split.place
        let known = training.count { !given[$0].isNaN }
        let states = configuration.variants.map(\.stateCount).max() ?? 0
        let season = cycles.first { $0.name == StructuralCycle.yearName }?.period ?? 0
        let needed = max(Int((2 * season).rounded(.up)), 4 * states)
        guard known >= needed else {
            throw place.error(
                "the training period holds \(known) values",
                expected: "at least \(needed): " + (season > 0 ? "two years, and " : "")
                    + "four for each of the \(states) variables of the state")
        }
        if let longest = cycles.max(by: { $0.period < $1.period }), Double(training.count) < 1.5 * longest.period {
            throw place.error(
                "a training period of \(training.count) steps for a cycle of \(longest.name)",
                expected: "at least \(Int((1.5 * longest.period).rounded(.up))): one and a half cycles")
        }
        if let longest = configuration.leads.last, configuration.innovations != .gaussian {
            let left = (longest..<max(longest, validation.lowerBound)).count { !given[$0].isNaN }
            let fewest = ErrorDistribution.fewest + 2 * states
            guard left >= fewest else {
                throw place.error(
                    "\(left) values after a lead of \(longest) steps",
                    expected: "at least \(fewest) to learn the shape of errors from ('innovations')")
            }
        }
        try requireMemory(configuration, states)
        try requireVariation(configuration)
        if let longest = configuration.leads.last, longest >= validation.lowerBound {
            throw place.error(
                "a lead of \(longest) steps after \(validation.lowerBound) steps of training", expected: "shorter leads"
            )
        }
        for (name, period) in [("validation", validation), ("test", test)]
        where period.count(where: { !values[$0].isNaN }) < 2 {
            throw place.error(
                "the \(name) period holds fewer than two values", expected: "values to check forecasts with")
        }
        if let node = configuration.withheldPlace, let period = configuration.withheld, withheld.isEmpty {
            throw node.error(
                "no value lies in the withheld period \(period.lowerBound) to \(period.upperBound)",
                expected: "a period within \(times[0]) to \(times[times.count - 1]) with values")
        }
    }

    /// Beliefs of filter and smoother, and stored values of the gradient, at every time.
    private func requireMemory(_ configuration: StructuralConfiguration, _ states: Int) throws(InputError) {
        let matrices = MemoryNeed(["times": times.count, "variables of the state": states, "variables": states])
        let numbers = MemoryNeed([
            "leads": configuration.leads.count, "methods": configuration.variants.count, "times": times.count,
        ])
        try MemoryNeed.check(
            [matrices.times(20), numbers.times(200)], .configuration, at: configuration.split.place.place)
    }

    /// A constant has no likelihood, and one whose variations are near the least numbers none that can be computed
    /// with.
    private func requireVariation(_ configuration: StructuralConfiguration) throws(InputError) {
        let known = training.map { given[$0] }.filter { !$0.isNaN }
        guard let least = known.min(), let most = known.max(), most - least > 1e-10 * max(abs(least), abs(most)),
            most - least > SeriesConverter.leastVariation
        else {
            throw InputError(
                .data, at: .init(configuration.data.file),
                "the variable \(variable.name.quoted) does not vary in the training period",
                expected: "variations above \(SeriesConverter.leastVariation); the key 'scale' changes the unit")
        }
    }
}
