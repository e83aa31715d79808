/// Trains, tunes and scores methods on a setting, beside climatology and optimal interpolation.
///
///     let scores = compare([MyAnalysis(), LETKFMethod(members: 20, radius: 4)], on: TwinSetting(model: MyModel(), …))
///     print(scores.table.rendered(color: false))
///
/// - Parameters:
///   - tuningSeeds: truths on which listed values are chosen.
///   - testSeeds: truths on which scores are taken; intervals need three.
///   - threads: seeds side by side; no number depends on it.
public func compare(
    _ methods: [ComparedMethod], on setting: TwinSetting, seed: Int = 0, tuningSeeds: Int = 1, testSeeds: Int = 5,
    threads: Int = 1
) -> MethodScores {
    for method in methods {
        for (requirement, candidate) in method.type.requirements.flatMap({ requirement in
            method.candidates.map { (requirement, $0) }
        }) {
            if let fault = requirement.fault(setting.traits, candidate.values) {
                preconditionFailure("\(method.name): \(fault.problem), expected \(fault.expected)")
            }
        }
    }
    let study = TwinStudy(setting, methods, seed: seed, tuningSeeds: tuningSeeds, testSeeds: testSeeds)
    let keeper = StudyInMemory(threads: threads)
    guard let learned = try? study.train([:], keeper), let results = try? study.run(learned, keeper) else {
        preconditionFailure("compare: a study in memory cannot fail")
    }
    return MethodScores(setting, results.records)
}

/// The same with methods that have nothing to choose.
public func compare(
    _ methods: [any AssimilationMethod], on setting: TwinSetting, seed: Int = 0, tuningSeeds: Int = 1,
    testSeeds: Int = 5, threads: Int = 1
) -> MethodScores {
    compare(
        methods.map { ComparedMethod($0) }, on: setting, seed: seed, tuningSeeds: tuningSeeds, testSeeds: testSeeds,
        threads: threads)
}

/// The scores of methods on a setting.
public struct MethodScores: ScoredMethods, Codable, Sendable {
    public let setting: String
    public let cycles: Int
    public let methods: [TwinMethodRecord]
    /// Differences of the errors of all pairs of methods over the seeds.
    public let comparisons: [TwinComparisonRecord]

    init(_ setting: TwinSetting, _ methods: [TwinMethodRecord]) {
        self.setting = setting.title.isEmpty ? setting.name : "\(setting.name): \(setting.title)"
        (cycles, self.methods, comparisons) = (setting.cycles, methods, methods.compared())
    }

    public var table: TextTable { scoreTable }
}
