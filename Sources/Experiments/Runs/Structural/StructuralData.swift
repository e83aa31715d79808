import Learning

/// The series of a structural experiment from the beginning of training to the end of the test.
struct StructuralData: Sendable {
    let variable: ObservationTable.Variable
    let times: [Instant]
    /// NaN where missing.
    let values: [Double]
    /// The values without those that are withheld.
    let given: [Double]
    /// The positions of values that exist and are withheld.
    let withheld: [Int]
    let training: Range<Int>
    let validation: Range<Int>
    let test: Range<Int>

    init(_ setting: StructuralConfiguration) throws(InputError) {
        let all = try setting.data.read().observations
        try Self.requireInside(all, setting)
        let first = all.rows(in: setting.split.train).lowerBound
        let table = all[first..<all.rows(in: setting.split.test).upperBound]
        variable = table.variables[0]
        times = table.times
        let values = table.series(0).map { $0 ?? .nan }
        self.values = values
        (training, validation, test) = (
            table.rows(in: setting.split.train), table.rows(in: setting.split.validation),
            table.rows(in: setting.split.test)
        )
        let period = setting.withheld.map { table.rows(in: $0) } ?? 0..<0
        let withheld = period.filter { !values[$0].isNaN }
        self.withheld = withheld
        var given = values
        for time in withheld { given[time] = .nan }
        self.given = given
        try requireEnough(setting)
    }

    /// What may be looked at before the test.
    var history: Range<Int> { 0..<test.lowerBound }

    private static func requireInside(
        _ table: ObservationTable, _ setting: StructuralConfiguration
    ) throws(InputError) {
        guard let first = table.times.first, let last = table.times.last else {
            throw InputError(.data, at: .init(setting.data.file), "the file holds no times")
        }
        let end = setting.step.advance(last, by: 1)
        let split = setting.split
        for (name, period) in [("training", split.train), ("validation", split.validation), ("test", split.test)] {
            // A period names whole units of the calendar, and a series may begin or end within one.
            let rows = table.rows(in: period)
            guard !rows.isEmpty, period.lowerBound < end, setting.step.advance(period.lowerBound, by: 1) > first else {
                throw split.place.error(
                    "the \(name) period \(period.lowerBound) to \(period.upperBound) is outside the data",
                    expected: "periods within \(first) to \(last)")
            }
        }
        guard split.test.upperBound <= setting.step.advance(end, by: 1) else {
            throw split.place.error(
                "the test period ends at \(split.test.upperBound), after the data", expected: "an end by \(end)")
        }
    }

    private func requireEnough(_ setting: StructuralConfiguration) throws(InputError) {
        let place = setting.split.place
        let known = training.count { !given[$0].isNaN }
        let states = setting.variants.map(\.stateCount).max() ?? 0
        let needed = max(Int((2 * setting.step.stepsPerYear).rounded(.up)), 4 * states)
        guard known >= needed else {
            throw place.error(
                "the training period holds \(known) values",
                expected: "at least \(needed): two years, and four for each of "
                    + "the \(states) variables of the state")
        }
        try requireVariation(setting)
        if let longest = setting.leads.last, longest >= validation.lowerBound {
            throw place.error(
                "a lead of \(longest) steps after \(validation.lowerBound) steps of training", expected: "shorter leads"
            )
        }
        for (name, period) in [("validation", validation), ("test", test)]
        where period.count(where: { !values[$0].isNaN }) < 2 {
            throw place.error(
                "the \(name) period holds fewer than two values", expected: "values to check forecasts with")
        }
        if let node = setting.withheldPlace, let period = setting.withheld, withheld.isEmpty {
            throw node.error(
                "no value lies in the withheld period \(period.lowerBound) to \(period.upperBound)",
                expected: "a period within \(times[0]) to \(times[times.count - 1]) with values")
        }
    }

    /// A constant has no likelihood, and one whose variations are near the least numbers none that can be computed with.
    private func requireVariation(_ setting: StructuralConfiguration) throws(InputError) {
        let known = training.map { given[$0] }.filter { !$0.isNaN }
        guard let least = known.min(), let most = known.max(), most - least > 1e-10 * max(abs(least), abs(most)),
            most - least > SeriesConverter.leastVariation
        else {
            throw InputError(
                .data, at: .init(setting.data.file),
                "the variable \(variable.name.quoted) does not vary in the training period",
                expected: "variations above \(SeriesConverter.leastVariation); the key 'scale' changes the unit")
        }
    }
}
