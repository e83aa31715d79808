import Assimilation
import Tensors

/// Methods on one setting, under one protocol: trained on seeds of training, tuned on seeds of tuning, scored on seeds
/// of test.
///
/// Listed values are tried on seeds of tuning; the values with the smallest mean error are scored on test seeds, which
/// nothing else sees.
public struct TwinStudy: Sendable {
    public let setting: TwinSetting
    /// With the baselines, which stand in every table.
    public let methods: [ComparedMethod]
    /// Of random numbers; seeds count from it.
    public let seed: Int
    /// How many truths tuning sees, and how many the scores are taken on.
    public let (tuningSeeds, testSeeds): (Int, Int)

    public init(
        _ setting: TwinSetting, _ methods: [ComparedMethod], seed: Int = 0, tuningSeeds: Int = 1, testSeeds: Int = 5
    ) {
        self.setting = setting
        self.methods = Self.withBaselines(methods)
        (self.seed, self.tuningSeeds, self.testSeeds) = (seed, tuningSeeds, testSeeds)
        precondition(tuningSeeds > 0 && testSeeds > 0, "TwinStudy: \(tuningSeeds) and \(testSeeds) seeds")
    }

    /// The methods with the baselines that are not among them in front.
    public static func withBaselines(_ methods: [ComparedMethod]) -> [ComparedMethod] {
        Methods.baselines.filter { kind in !methods.contains { $0.method.name == kind.name } }
            .map { ComparedMethod($0.init()) } + methods
    }
}

/// The learned models and methods of a study.
public struct LearnedParts: Sendable {
    /// Forecast models by name.
    public var models: [String: ForecastChoice]
    /// By the name of the method, one for each combination of parameters.
    public var methods: [String: [TrainedMethod]] = [:]

    public init(models: [String: ForecastChoice] = [:]) { self.models = models }

    /// The records of all trainings.
    public var records: [(name: String, record: TrainingRecord)] {
        models.compactMap { name, model in model.record.map { (name, $0) } }
            + methods.values.flatMap { $0.map { ($0.name, $0.record) } }
    }

    /// The model that a method forecasts with; that of the truth, where it names none.
    public func model(of method: ComparedMethod, _ setting: TwinSetting) -> ForecastChoice {
        method.model.flatMap { models[$0] } ?? ForecastChoice(setting.model.map, modelError: setting.noise)
    }
}

extension ComparedMethod {
    var isClimatology: Bool { method is ClimatologyMethod }
}

/// A method with its learned weights, and how these came about; of a method with several combinations of parameters,
/// one of them.
public struct TrainedMethod: Sendable {
    /// Of its files.
    public let name: String
    public let method: any TrainableMethod
    public let record: TrainingRecord
}

// MARK: - Training

extension TwinStudy {
    /// Trains the methods that learn, one after the other.
    public func train<Keeper: StudyKeeper>(
        _ models: [String: ForecastChoice], _ keeper: Keeper
    ) throws(Keeper.Failure) -> LearnedParts {
        var learned = LearnedParts(models: models)
        for method in methods {
            for (number, candidate) in method.candidates.enumerated() {
                guard let trainable = candidate as? any TrainableMethod else { continue }
                let files = keeper.training(method.trainingPlace(number))
                let forecast = learned.model(of: method, setting)
                let trained = try trained(trainable, method.trainingName(number), forecast, files)
                learned.methods[method.name, default: []].append(trained)
            }
        }
        return learned
    }

    private func trained<Method: TrainableMethod, Keeper: TrainingKeeper>(
        _ method: Method, _ name: String, _ forecast: ForecastChoice, _ keeper: Keeper
    ) throws(Keeper.Failure) -> TrainedMethod {
        let (weights, record) = try weights(method, forecast.model, forecast.modelError, keeper)
        return TrainedMethod(name: name, method: method.with(weights: weights), record: record)
    }

    private func weights<Method: TrainableMethod, Model: ForecastMap, Keeper: TrainingKeeper>(
        _ method: Method, _ model: Model, _ modelError: ModelError?, _ keeper: Keeper
    ) throws(Keeper.Failure) -> (Method.Weights, TrainingRecord) {
        let task = TrainingTask(setting, model: model, modelError: modelError, seed: seed)
        let (weights, record) = try method.trained(task, keeper)
        return (weights, record)
    }
}

// MARK: - Runs

/// One run of a study: a method with some parameters on one seed.
public struct StudyTask: Sendable {
    /// The numbers of the method and of the combination of its parameters.
    public let method: Int
    public let candidate: Int
    public let purpose: SeedPurpose
    public let seed: Int

    public init(method: Int, candidate: Int, purpose: SeedPurpose, seed: Int) {
        (self.method, self.candidate, self.purpose, self.seed) = (method, candidate, purpose, seed)
    }
}

/// The scores of a run, and its speed.
public struct TimedRun: Codable, Sendable {
    public var run: TwinRunRecord
    /// Analyses and forecasts in a second; nil for a method that does nothing.
    public var cyclesPerSecond: Double?
}

/// The scores of a study.
public struct StudyResults: Sendable {
    public let records: [TwinMethodRecord]
    /// Of each method, the number of the chosen combination of its parameters.
    public let chosen: [Int]
    /// Of each method, the cycles in a second.
    public let speeds: [Double?]
}

extension TwinStudy {
    /// Tunes and scores all methods.
    public func run<Keeper: StudyKeeper>(
        _ learned: LearnedParts, _ keeper: Keeper
    ) throws(Keeper.Failure) -> StudyResults {
        let tuning = methods.indices.filter { methods[$0].candidates.count > 1 }.flatMap { method in
            methods[method].candidates.indices.flatMap { candidate in
                (1...tuningSeeds).map {
                    StudyTask(method: method, candidate: candidate, purpose: .tuning, seed: seed + $0)
                }
            }
        }
        let progress = keeper.progress(
            "\(methods.count) methods", total: tuning.count + methods.count * testSeeds)
        let tried = try runs(tuning, learned, progress, keeper)
        let chosen = methods.indices.map { method in
            choice(zip(tuning, tried).filter { $0.0.method == method }.map { ($0.0.candidate, $0.1.run) })
        }
        let tests = methods.indices.flatMap { method in
            (1...testSeeds).map {
                StudyTask(method: method, candidate: chosen[method], purpose: .test, seed: seed + $0)
            }
        }
        let tested = try runs(tests, learned, progress, keeper)
        progress.finish()
        // The reference for filters that lose the truth.
        let climate = zip(tests, tested).filter { methods[$0.0.method].isClimatology }.map(\.1.run)
        let records = methods.indices.map { method in
            TwinMethodRecord(
                methods[method], chosen: chosen[method], setting: setting,
                tried: zip(tuning, tried).filter { $0.0.method == method }.map { ($0.0.candidate, $0.1.run) },
                tested: zip(tests, tested).filter { $0.0.method == method }.map(\.1.run), climate: climate,
                training: learned.methods[methods[method].name]?[chosen[method]].record)
        }
        let speeds = methods.indices.map { method in
            zip(tests, tested).filter { $0.0.method == method }.compactMap(\.1.cyclesPerSecond).max()
        }
        return StudyResults(records: records, chosen: chosen, speeds: speeds)
    }

    /// The candidate of the lowest mean error over the seeds of tuning; one that failed on a seed is the last resort.
    private func choice(_ tried: [(candidate: Int, run: TwinRunRecord)]) -> Int {
        var sums: [Int: Double] = [:]
        for (candidate, run) in tried { sums[candidate, default: 0] += run.error ?? .infinity }
        return sums.min { ($0.value, $0.key) < ($1.value, $1.key) }?.key ?? 0
    }

    private func runs<Keeper: StudyKeeper>(
        _ tasks: [StudyTask], _ learned: LearnedParts, _ progress: any StudyProgress, _ keeper: Keeper
    ) throws(Keeper.Failure) -> [TimedRun] {
        // Seed by seed, so that all methods of a seed share its draw.
        let order = tasks.indices.sorted { (tasks[$0].seed, $0) < (tasks[$1].seed, $1) }
        let draws = SharedDraws(setting, most: keeper.threads + 1)
        let done = try keeper.map(tasks.count) { (turn) throws(Keeper.Failure) -> TimedRun in
            let task = tasks[order[turn]]
            let name = [task.purpose.rawValue, methods[task.method].name, "\(task.candidate)", "\(task.seed)"]
            defer { progress.advance() }
            // Whole series of one seed are enough for the figures.
            let keepsStates = task.purpose == .test && task.seed == seed + 1
            return try keeper.stage(name) { () throws(Keeper.Failure) -> TimedRun in
                record(
                    task, setting, draws.draw(task.purpose, seed: task.seed), learned, keepsStates: keepsStates
                ) { $0 }
            }
        }
        return zip(order, done).sorted { $0.0 < $1.0 }.map(\.1)
    }

    /// Runs one task.
    ///
    /// - Parameters:
    ///   - setting: that of the study, or one that was changed from it.
    ///   - change: of the method, with the setting.
    public func record(
        _ task: StudyTask, _ setting: TwinSetting, _ learned: LearnedParts,
        change: (any AssimilationMethod) -> any AssimilationMethod
    ) -> TimedRun {
        record(task, setting, setting.draw(task.purpose, seed: task.seed), learned, keepsStates: false, change: change)
    }

    private func record(
        _ task: StudyTask, _ setting: TwinSetting, _ draw: TwinDraw, _ learned: LearnedParts, keepsStates: Bool,
        change: (any AssimilationMethod) -> any AssimilationMethod
    ) -> TimedRun {
        let method = methods[task.method]
        let candidate = learned.methods[method.name]?[task.candidate].method ?? method.candidates[task.candidate]
        let forecast = learned.model(of: method, setting)
        let run = scored(change(candidate), forecast.model, forecast.modelError, setting, draw)
        let record = TwinRunRecord(
            run.series, truth: draw.twin.truth, spinUp: setting.spinUp, seed: task.seed, keepsStates: keepsStates,
            tolerance: candidate.value("tolerance") ?? 0)
        return TimedRun(
            run: record, cyclesPerSecond: run.seconds > 0 ? Double(record.errors.count) / run.seconds : nil)
    }

    private func scored<Model: ForecastMap>(
        _ method: any AssimilationMethod, _ model: Model, _ modelError: ModelError?, _ setting: TwinSetting,
        _ draw: TwinDraw
    ) -> MethodRun {
        method.run(setting.problem(draw, forecastingWith: model, modelError: modelError))
    }
}
