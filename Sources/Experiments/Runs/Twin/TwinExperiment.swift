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

    /// Trains models and methods that learn, or reads what an earlier run has learned; one after the other,
    /// each on all threads.
    func train(in folder: RunFolder, options: RunOptions) throws(InputError) -> TwinLearned {
        var learned = TwinLearned()
        // Those of files first: a file that is refused is refused before anything is trained.
        for plan in configuration.models.filter({ $0.file != nil }) + configuration.models.filter({ $0.file == nil }) {
            learned.models[plan.name] = try plan.trained(
                on: configuration.setting, seed: header.seed, in: folder, options: options)
        }
        for method in configuration.methods {
            for (number, candidate) in method.candidates.enumerated() {
                guard let trainable = candidate as? any TrainableMethod else { continue }
                let keeper = LearningFiles(
                    folder: folder, name: method.trainingName(number), place: method.trainingPlace(number),
                    isQuiet: options.isQuiet)
                let trained = try train(trainable, learned.model(of: method, configuration.setting), keeper)
                learned.methods[method.name, default: []].append(trained)
            }
        }
        return learned
    }

    private func train<Method: TrainableMethod>(
        _ method: Method, _ forecast: ForecastChoice, _ keeper: LearningFiles
    ) throws(InputError) -> TrainedMethod {
        let (weights, record) = try train(method, forecast.model, forecast.modelError, keeper)
        return TrainedMethod(name: keeper.name, method: method.with(weights: weights), record: record)
    }

    private func train<Method: TrainableMethod, Model: ForecastMap>(
        _ method: Method, _ model: Model, _ modelError: ModelError?, _ keeper: LearningFiles
    ) throws(InputError) -> (Method.Weights, TrainingRecord) {
        let task = TrainingTask(configuration.setting, model: model, modelError: modelError, seed: header.seed)
        let (weights, record) = try method.trained(task, keeper)
        return (weights, record)
    }

    /// The result of a task.
    private struct TimedRun: Codable, Sendable {
        var run: TwinRunRecord
        /// Analyses and forecasts in a second.
        var cyclesPerSecond: Double?
    }

    /// One run of the plan: a method with some parameters on one seed.
    private struct Task: Sendable {
        let method: Int
        let candidate: Int
        let purpose: SeedPurpose
        let seed: Int
        /// Another one than that of tuning and training.
        var condition: RobustnessCondition?

        /// Of its stage.
        func name(_ method: ComparedMethod) -> [String] {
            (condition.map { ["robustness", $0.name] } ?? [purpose.rawValue]) + [
                method.name, "\(candidate)", "\(seed)",
            ]
        }
    }

    public func run(in folder: RunFolder, options: RunOptions) throws(InputError) -> any ExperimentResults {
        let methods = configuration.methods
        let learned = try train(in: folder, options: options)
        let tuning = methods.indices.filter { methods[$0].candidates.count > 1 }.flatMap { method in
            methods[method].candidates.indices.flatMap { candidate in
                configuration.tuningSeeds.map {
                    Task(method: method, candidate: candidate, purpose: .tuning, seed: header.seed + $0)
                }
            }
        }
        let progress = ProgressMeter(
            "\(methods.count) methods", total: tuning.count + methods.count * configuration.testSeeds.count,
            isQuiet: options.isQuiet)
        let tried = try runs(tuning, learned, folder, progress, options)
        let chosen = methods.indices.map { method in
            choice(zip(tuning, tried).filter { $0.0.method == method }.map { ($0.0.candidate, $0.1.run) })
        }
        let tests = methods.indices.flatMap { method in
            configuration.testSeeds.map {
                Task(method: method, candidate: chosen[method], purpose: .test, seed: header.seed + $0)
            }
        }
        let tested = try runs(tests, learned, folder, progress, options)
        progress.finish()
        // What a filter must beat to know anything.
        let climate = zip(tests, tested).filter { methods[$0.0.method].isClimatology }.map(\.1.run)
        let records = methods.indices.map { method in
            TwinMethodRecord(
                methods[method], chosen: chosen[method], setting: configuration.setting,
                tried: zip(tuning, tried).filter { $0.0.method == method }.map { ($0.0.candidate, $0.1.run) },
                tested: zip(tests, tested).filter { $0.0.method == method }.map(\.1.run), climate: climate,
                training: learned.methods[methods[method].name]?[chosen[method]].record)
        }
        let speeds = methods.indices.map { method in
            zip(tests, tested).filter { $0.0.method == method }.compactMap(\.1.cyclesPerSecond).max()
        }
        folder.record { $0.add(speeds, of: records) }
        var results = TwinResults(header, configuration.setting, methods: records)
        let trained = methods.indices.reduce(into: [String: TrainedMethod]()) { trained, method in
            trained[methods[method].name] = learned.methods[methods[method].name]?[chosen[method]]
        }
        results.gains = try gains(trained, in: folder)
        (results.models, results.sensitivity) = try models(learned.models, trained, in: folder, options: options)
        results.robustness = try robustness(chosen, records, learned, folder, options)
        return results
    }

    /// The scores away from the conditions of tuning and training, those there first.
    private func robustness(
        _ chosen: [Int], _ records: [TwinMethodRecord], _ learned: TwinLearned, _ folder: RunFolder,
        _ options: RunOptions
    ) throws(InputError) -> [RobustnessRecord] {
        guard let plan = configuration.robustness, !plan.conditions.isEmpty else { return [] }
        let methods = configuration.methods
        let seeds = configuration.testSeeds.prefix(plan.seeds)
        let tasks = plan.conditions.flatMap { condition in
            methods.indices.filter { condition.concerns(methods[$0]) }.flatMap { method in
                seeds.map {
                    Task(
                        method: method, candidate: chosen[method], purpose: .test, seed: header.seed + $0,
                        condition: condition)
                }
            }
        }
        let progress = ProgressMeter(
            "\(plan.conditions.count) other conditions", total: tasks.count, isQuiet: options.isQuiet)
        let found = try runs(tasks, learned, folder, progress, options)
        progress.finish()
        let usual = records.map { RobustnessRecord($0.name, nil, runs: Array($0.runs.prefix(plan.seeds))) }
        let (spinup, climatology) = (configuration.setting.spinUp, methods.firstIndex(where: \.isClimatology) ?? 0)
        return usual
            + plan.conditions.flatMap { condition in
                methods.indices.filter { condition.concerns(methods[$0]) }.map { method in
                    func own(_ method: Int) -> [TwinRunRecord] {
                        zip(tasks, found).filter { $0.0.method == method && $0.0.condition == condition }.map(\.1.run)
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

    /// The candidate of the lowest mean error over the seeds of tuning; one that failed on a seed is the last resort.
    private func choice(_ tried: [(candidate: Int, run: TwinRunRecord)]) -> Int {
        var sums: [Int: Double] = [:]
        for (candidate, run) in tried { sums[candidate, default: 0] += run.error ?? .infinity }
        return sums.min { ($0.value, $0.key) < ($1.value, $1.key) }?.key ?? 0
    }

    private func runs(
        _ tasks: [Task], _ learned: TwinLearned, _ folder: RunFolder, _ progress: ProgressMeter,
        _ options: RunOptions
    ) throws(InputError) -> [TimedRun] {
        try concurrentMap(tasks.count, threads: options.threads) { (place) throws(InputError) -> TimedRun in
            let task = tasks[place]
            let method = configuration.methods[task.method]
            defer { progress.advance() }
            return try folder.stage(task.name(method)) { () throws(InputError) in record(task, method, learned) }
        }
    }

    private func record(_ task: Task, _ method: ComparedMethod, _ learned: TwinLearned) -> TimedRun {
        let condition = task.condition
        let setting = condition?.changed(configuration.setting) ?? configuration.setting
        let candidate = learned.methods[method.name]?[task.candidate].method ?? method.candidates[task.candidate]
        let draw = setting.draw(task.purpose, seed: task.seed)
        let forecast = learned.model(of: method, setting)
        let run = run(
            condition?.changed(candidate) ?? candidate, forecast.model, forecast.modelError, setting, draw)
        // Whole series of one seed are enough for the figures.
        let keepsStates =
            task.purpose == .test && condition == nil && task.seed == header.seed + configuration.testSeeds[0]
        let record = TwinRunRecord(
            run.series, truth: draw.twin.truth, spinUp: setting.spinUp, seed: task.seed, keepsStates: keepsStates,
            tolerance: candidate.value("tolerance") ?? 0)
        return TimedRun(
            run: record, cyclesPerSecond: run.seconds > 0 ? Double(record.errors.count) / run.seconds : nil)
    }

    private func run<Model: ForecastMap>(
        _ method: any AssimilationMethod, _ model: Model, _ modelError: ModelError?, _ setting: TwinSetting,
        _ draw: TwinDraw
    ) -> ScoredRun {
        method.run(setting.problem(draw, forecastingWith: model, modelError: modelError))
    }
}

/// A method with its learned weights, and how these came about; of a method with several combinations of parameters, one of them.
struct TrainedMethod: Sendable {
    /// Of its files.
    let name: String
    let method: any TrainableMethod
    let record: TrainingRecord
}

extension ComparedMethod {
    var isClimatology: Bool { method is ClimatologyMethod }
}

/// What the models and the methods of a twin experiment have learned.
struct TwinLearned: Sendable {
    var models: [String: ForecastChoice] = [:]
    /// By name, one for each combination of parameters.
    var methods: [String: [TrainedMethod]] = [:]

    var records: [(name: String, record: TrainingRecord)] {
        models.compactMap { name, model in model.record.map { (name, $0) } }
            + methods.values.flatMap { $0.map { ($0.name, $0.record) } }
    }

    /// The model that a method forecasts with; that of the truth, where it names none.
    func model(of method: ComparedMethod, _ setting: TwinSetting) -> ForecastChoice {
        method.model.flatMap { models[$0] }
            ?? ForecastChoice(setting.model.map, modelError: setting.noise)
    }
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
