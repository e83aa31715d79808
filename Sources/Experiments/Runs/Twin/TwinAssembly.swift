import Studies

extension TwinResults {
    /// The results of methods on a setting, without those of gains, models and other conditions.
    init(_ header: ExperimentHeader, _ setting: TwinSetting, methods: [TwinMethodRecord]) {
        let usual = RobustnessKey.allCases.compactMap { key in key.usual(setting).map { (key.rawValue, $0) } }
        self.init(
            name: header.name, title: header.title, summary: header.summary, version: ApusVersion.text,
            seed: header.seed, setting: "\(setting.name): \(setting.title)", reference: setting.reference,
            variables: setting.model.variables, observed: setting.observed.count, interval: setting.model.interval,
            cycles: setting.cycles, spinup: setting.spinUp, methods: methods, comparisons: methods.compared(),
            usualConditions: Dictionary(uniqueKeysWithValues: usual))
    }
}
