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
        let split = setting.split
        let first = try all.rows(of: "training", in: split.train, at: split.place).lowerBound
        _ = try all.rows(of: "validation", in: split.validation, at: split.place)
        let table = all[first..<(try all.rows(of: "test", in: split.test, at: split.place)).upperBound]
        variable = table.variables[0]
        times = table.times
        let values = table.series(0).map { $0 ?? .nan }
        self.values = values
        (training, validation, test) = (
            table.rows(in: split.train), table.rows(in: split.validation), table.rows(in: split.test)
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
