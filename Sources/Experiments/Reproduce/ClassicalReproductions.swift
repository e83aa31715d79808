import Studies

/// The published scores of a setting: every expectation, with its parameters, on truths of its own.
struct ClassicalReproduction: Reproduction {
    let row: Int
    private let setting: TwinSetting
    private let isQuick: Bool

    /// - Parameter isQuick: a third of the scored times, and twice the tolerance.
    init(row: Int, _ setting: TwinSetting, isQuick: Bool) {
        var setting = setting
        if isQuick { setting.cycles = setting.spinUp + (setting.cycles - setting.spinUp) / 3 }
        (self.row, self.setting, self.isQuick) = (row, setting, isQuick)
    }

    var title: String { setting.name }
    var length: Double { Double(setting.expectations.count * setting.cycles * setting.model.variables) / 1e5 }

    var claims: [Claim] {
        setting.expectations.map { expectation in
            let (method, parameters) = (expectation.method.name, expectation.method.parameterText)
            return Claim(
                what: ["\(setting.name): \(method)", parameters].filter { !$0.isEmpty }.joined(separator: ", "),
                method: PublishedMethod(setting: setting.name, method: method, parameters: parameters),
                published: expectation.error,
                criterion: .medianNear(
                    expectation.error, within: (isQuick ? 2 : 1) * expectation.tolerance))
        }
    }

    func measure(seed: Int, advance: @escaping @Sendable (Double) -> Void) -> Measured {
        let methods = setting.expectations.enumerated().map { number, expectation in
            ComparedMethod(expectation.method, name: "\(number)")
        }
        let study = TwinStudy(setting, methods, seed: seed - 1, testSeeds: 1)
        guard let results = try? study.run(LearnedParts(), StudyInMemory()) else { return Measured(values: []) }
        let records = methods.compactMap { method in results.records.first { $0.name == method.name } }
        return Measured(values: records.map(\.error), isLost: records.map { $0.lost > 0 })
    }
}
