import Assimilation
import Learning
import Studies
import Tensors
import Verification

/// Runs filters on truths that a model made, and says how far each stays from the truth.
///
/// What a method may be tuned to is tried on seeds of tuning, the same number of combinations for every method at most;
/// the scores are of test seeds, which nothing else sees.
public struct TwinExperiment: Experiment {
    let header: ExperimentHeader
    let configuration: TwinConfiguration

    public init(_ keys: inout ConfigurationMapping, common: ExperimentHeader) throws(InputError) {
        header = common
        if let credits = keys.optional("credits") {
            throw credits.error("a twin experiment has no data of others", expected: "no 'credits'")
        }
        configuration = try TwinConfiguration(&keys)
    }

    public var inputFiles: [String] { configuration.models.compactMap(\.file) }

    /// Trains models and methods that learn, or reads what an earlier run has learned; one after the other, each on all
    /// threads.
    func train(in folder: RunFolder, options: RunOptions) throws(InputError) -> LearnedParts {
        var models: [String: ForecastChoice] = [:]
        // Those of files first: a file that is refused is refused before anything is trained.
        for plan in configuration.models.filter({ $0.file != nil }) + configuration.models.filter({ $0.file == nil }) {
            models[plan.name] = try plan.trained(
                on: configuration.setting, seed: header.seed, in: folder, options: options)
        }
        return try study.train(models, FolderKeeper(folder: folder, options: options))
    }

    private var study: TwinStudy {
        TwinStudy(
            configuration.setting, configuration.methods, seed: header.seed,
            tuningSeeds: configuration.tuningSeeds.count, testSeeds: configuration.testSeeds.count)
    }

    public func run(in folder: RunFolder, options: RunOptions) throws(InputError) -> any ReportedResults {
        let methods = configuration.methods
        let learned = try train(in: folder, options: options)
        let scores = try study.run(learned, FolderKeeper(folder: folder, options: options))
        let records = scores.records
        folder.record { $0.add(scores.speeds, of: records) }
        var results = TwinResults(header, configuration.setting, methods: records)
        let trained = methods.indices.reduce(into: [String: TrainedMethod]()) { trained, method in
            trained[methods[method].name] = learned.methods[methods[method].name]?[scores.chosen[method]]
        }
        results.gains = try gains(trained, in: folder)
        (results.models, results.sensitivity) = try models(learned.models, trained, in: folder, options: options)
        results.robustness = try robustness(scores.chosen, records, learned, folder, options)
        return results
    }

    /// The scores away from the conditions of tuning and training, those there first.
    private func robustness(
        _ chosen: [Int], _ records: [TwinMethodRecord], _ learned: LearnedParts, _ folder: RunFolder,
        _ options: RunOptions
    ) throws(InputError) -> [RobustnessRecord] {
        guard let plan = configuration.robustness, !plan.conditions.isEmpty else { return [] }
        let methods = configuration.methods
        let seeds = configuration.testSeeds.prefix(plan.seeds)
        let tasks = plan.conditions.flatMap { condition in
            methods.indices.filter { condition.concerns(methods[$0]) }.flatMap { method in
                seeds.map {
                    (
                        condition,
                        StudyTask(method: method, candidate: chosen[method], purpose: .test, seed: header.seed + $0)
                    )
                }
            }
        }
        let progress = ProgressMeter(
            "\(plan.conditions.count) other conditions", total: tasks.count, isQuiet: options.isQuiet)
        let study = study
        let found = try concurrentMap(tasks.count, threads: options.threads) {
            (place) throws(InputError) -> TimedRun in
            let (condition, task) = tasks[place]
            defer { progress.advance() }
            let name = [
                "robustness", condition.name, methods[task.method].name, "\(task.candidate)", "\(task.seed)",
            ]
            return try folder.stage(name) { () throws(InputError) in
                study.record(task, condition.changed(configuration.setting), learned) { condition.changed($0) }
            }
        }
        progress.finish()
        let usual = records.map { RobustnessRecord($0.name, nil, runs: Array($0.runs.prefix(plan.seeds))) }
        let spinup = configuration.setting.spinUp
        let climatology = methods.firstIndex { $0.method is ClimatologyMethod } ?? 0
        return usual
            + plan.conditions.flatMap { condition in
                methods.indices.filter { condition.concerns(methods[$0]) }.map { method in
                    func own(_ method: Int) -> [TwinRunRecord] {
                        zip(tasks, found).filter { $0.0.1.method == method && $0.0.0 == condition }.map(\.1.run)
                    }
                    // The climate of the condition, or the usual one where it is the same.
                    let climate = own(climatology).isEmpty ? records[climatology].runs : own(climatology)
                    let runs = own(method).map { run in
                        var run = run
                        let climate = climate.first { $0.seed == run.seed }
                        run.isLost =
                            method != climatology && LostTruth.isLost(run, climate: climate, spinup: spinup)
                        return run
                    }
                    return RobustnessRecord(methods[method].name, condition, runs: runs)
                }
            }
    }
}

extension TwinExperiment: LearningExperiment {
    var learns: Bool { configuration.learns }

    func trainings(
        in folder: RunFolder, options: RunOptions
    ) throws(InputError) -> [(name: String, record: TrainingRecord)] {
        try train(in: folder, options: options).records
    }
}

/// Keeps a study in a run's folder.
struct FolderKeeper: StudyKeeper {
    let folder: RunFolder
    let options: RunOptions

    func stage<Value: Codable & Sendable>(
        _ name: [String], _ make: () throws(InputError) -> Value
    ) throws(InputError) -> Value { try folder.stage(name, compute: make) }

    var threads: Int { options.threads }

    func training(_ place: [String]) -> LearningFiles {
        LearningFiles(
            folder: folder, name: place.joined(separator: "/"), place: place, isQuiet: options.isQuiet)
    }

    func map<Value: Sendable>(
        _ count: Int, _ task: @escaping @Sendable (Int) throws(InputError) -> Value
    ) throws(InputError) -> [Value] { try concurrentMap(count, threads: options.threads, task) }

    func progress(_ title: String, total: Int) -> any StudyProgress {
        ProgressMeter(title, total: total, isQuiet: options.isQuiet)
    }
}

extension ProgressMeter: StudyProgress {
    public func advance() { advance(by: 1) }
}

extension RunTimes {
    /// Takes in the speeds of methods, which stand in the order of their records.
    mutating func add(_ speeds: [Double?], of methods: [TwinMethodRecord]) {
        for (method, speed) in zip(methods, speeds) { cyclesPerSecond[method.name] = speed }
        let known = zip(methods, speeds).compactMap { method, speed in speed.map { (method, $0) } }
        for (method, speed) in known where method.training != nil {
            guard let error = method.error, let training = seconds[method.name] else { continue }
            let rivals = known.filter { $0.0.training == nil && ($0.0.error ?? .infinity) <= 1.1 * error }
            guard let rival = rivals.map(\.1).max(), rival < speed else { continue }
            cyclesUntilTrainingPays[method.name] = training / (1 / rival - 1 / speed)
        }
    }

    /// The times as a table for the terminal; nil where there are none.
    public var table: TextTable? {
        let names = Set(seconds.keys).union(cyclesPerSecond.keys).sorted()
        if names.isEmpty { return nil }
        var table = TextTable(
            title: "Times",
            columns: [
                .init("Name"), .init("Training", units: "s"), .init("Cycles", units: "s-1"),
                .init("Cycles until training pays"),
            ])
        for name in names {
            table.add([
                .text(name), .number(seconds[name], decimals: 1), .number(cyclesPerSecond[name], decimals: 0),
                .number(cyclesUntilTrainingPays[name], decimals: 0),
            ])
        }
        return table
    }
}
