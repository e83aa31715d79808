import Assimilation
import Foundation
import Learning
import Studies
import Supervised
import Tensors

/// From samples to results.
struct SupervisedRun: Sendable {
    let header: ExperimentHeader
    let configuration: SupervisedConfiguration

    /// Samples before the test, and the test.
    private struct Parts: Sendable {
        let training, test: SupervisedData
        let testRows: [Int]
        let warnings: [String]
    }

    func results(in folder: RunFolder, options: RunOptions) throws(InputError) -> SupervisedResults {
        let parts = try parts()
        let (data, folds) = (parts.training, try self.folds(parts.training))
        try check(data, folds)
        var models: [SupervisedModelRecord] = []
        var best: (place: Int, cost: Double)?
        for entry in configuration.entries {
            guard let selection = try select(entry, data, folds, folder, options) else {
                throw entry.place.error(
                    "no setting of \(entry.name.quoted) could be fitted", expected: "settings that fit the samples")
            }
            let record = try final(entry, selection, parts, folds, folder, options)
            let mean = record.candidates[record.choice].score ?? .nan
            let cost = configuration.score.isLowerBetter ? mean : -mean
            if cost < best?.cost ?? .infinity { best = (models.count, cost) }
            models.append(record)
        }
        let chosen = best?.place ?? 0
        var results = start(
            data, parts.test, testRows: parts.testRows, warnings: parts.warnings, models, chosen)
        results.comparisons = comparisons(parts.test, models, chosen)
        results.learningCurve = try curve(configuration.entries[chosen], models[chosen], data, folds, folder, options)
        (results.mostWrong, results.pictures) = mostWrong(
            parts.test, rows: parts.testRows, models[chosen])
        return results
    }

    // MARK: - Samples

    private func parts() throws(InputError) -> Parts {
        let (source, task) = (configuration.data, configuration.task)
        let all = try SupervisedSet(source, task, configuration.preprocessing)
        switch configuration.test {
        case .split(let split):
            guard let fold = split.fold(all.data.targets, groups: all.data.groups) else {
                let fault = split.fault(all.data.targets, groups: all.data.groups)
                throw InputError(
                    .data, at: .init(source.file), fault?.problem ?? "too few samples",
                    expected: fault?.expected ?? "more")
            }
            let training = all.data.taking(fold.training)
            try requireClasses(training)
            return Parts(
                training: training, test: all.data.taking(fold.held), testRows: fold.held.map { all.rows[$0] + 1 },
                warnings: all.warnings)
        case .file(let other):
            var names: [String]?
            if case .classes(_, let classes) = all.data.targets { names = classes }
            let test = try SupervisedSet(other, task, configuration.preprocessing, classes: names)
            try requireSameShape(all.data, test.data, other.file)
            return Parts(
                training: all.data, test: test.data, testRows: test.rows.map { $0 + 1 },
                warnings: all.warnings + test.warnings)
        }
    }

    private func requireClasses(_ data: SupervisedData) throws(InputError) {
        guard case .classes(let classes, let names) = data.targets else { return }
        let present = Set(classes)
        if let absent = names.indices.first(where: { !present.contains($0) }) {
            throw InputError(
                .data, at: .init(configuration.data.file), "the class \(names[absent].quoted) has no training examples",
                expected: "samples of every class before the test")
        }
    }

    private func requireSameShape(_ a: SupervisedData, _ b: SupervisedData, _ file: String) throws(InputError) {
        switch (a.inputs, b.inputs) {
        case (.pictures(let first), .pictures(let second)):
            let (own, other) = (first.shape.dropFirst(), second.shape.dropFirst())
            if own != other {
                throw InputError(
                    .data, at: .init(file), "pictures of \(other.map(String.init).joined(separator: " × "))",
                    expected: "\(own.map(String.init).joined(separator: " × ")), as in training")
            }
        case (.table(let first), .table(let second)):
            let names = first.columns.map(\.name)
            if second.columns.map(\.name) != names {
                throw InputError(
                    .data, at: .init(file), "the columns \(second.columns.map(\.name).joined(separator: ", "))",
                    expected: "those of training: \(names.joined(separator: ", "))")
            }
            for (one, other) in zip(first.columns, second.columns) {
                switch (one.values, other.values) {
                case (.numbers, .numbers), (.words, .words): break
                default:
                    throw InputError(
                        .data, at: .init(file, path: one.name), "numbers in one file, words in the other",
                        expected: "the same in both; 'categories' takes numbers for words")
                }
            }
        default:
            throw InputError(.data, at: .init(file), "a table beside pictures", expected: "the same as in training")
        }
    }

    private func folds(_ data: SupervisedData) throws(InputError) -> [Fold] {
        if let fault = configuration.folds.fault(data.targets, groups: data.groups) {
            let place = configuration.foldsPlace
            throw place?.error(fault.problem, expected: fault.expected)
                ?? InputError(.data, at: .init(configuration.data.file), fault.problem, expected: fault.expected)
        }
        return configuration.folds.all(data.targets, groups: data.groups)
    }

    /// Whether all models suit the samples of the smallest fold.
    private func check(_ data: SupervisedData, _ folds: [Fold]) throws(InputError) {
        guard let smallest = folds.min(by: { $0.training.count < $1.training.count }) else { return }
        let fitted = configuration.preprocessing.fitted(to: data.inputs, rows: smallest.training)
        if case .table = data.inputs, fitted.names.isEmpty {
            throw InputError(
                .data, at: .init(configuration.data.file), "no input column has two values",
                expected: "inputs that differ")
        }
        let numbers = Double(fitted.names.count) * Double(data.count)
        guard numbers <= 2.5e8 else {
            throw InputError(
                .data, at: .init(configuration.data.file),
                "\(fitted.names.count) columns of features, categories counted, of \(data.count) samples",
                expected: "at most 250000000 numbers: fewer categories, or 'leave_out'")
        }
        let first = fitted.features(data.inputs.taking([0]))
        let layout = SampleLayout(
            shape: Array(first.shape.dropFirst()), task: configuration.task, outputs: data.targets.outputs,
            count: smallest.training.count)
        for entry in configuration.entries {
            for model in entry.candidates {
                if let fault = model.fault(layout) ?? model.fault(data.targets) {
                    throw entry.place.error(fault.problem, expected: fault.expected)
                }
            }
        }
    }

    // MARK: - Choice

    private func select(
        _ entry: SupervisedConfiguration.Entry, _ data: SupervisedData, _ folds: [Fold], _ folder: RunFolder,
        _ options: RunOptions
    ) throws(InputError) -> ModelSelection? {
        let candidates = entry.candidates
        let isInTime = configuration.folds.kind == .blocked || configuration.folds.kind == .expanding
        let (score, preprocessing, seed) = (configuration.score, configuration.preprocessing, header.seed)
        return try configuration.search.select(
            among: candidates.map { $0.complexity }, folds: folds.count, score: score
        ) { (trials) throws(InputError) in
            let progress = ProgressMeter("Choosing \(entry.name)", total: trials.count, isQuiet: options.isQuiet)
            defer { progress.finish() }
            return try concurrentMap(trials.count, threads: options.threads) { (index) throws(InputError) in
                defer { progress.advance(by: 1) }
                let trial = trials[index]
                let place = ["trials", entry.name, "\(trial.candidate) \(trial.fold) \(trial.permille)"]
                return try folder.stage(place) { () throws(InputError) in
                    let key = Key(seed).folding(trial.fold)
                    let fold = folds[trial.fold].withTraining(
                        permille: trial.permille, inTime: isInTime, key: key.folding(-1))
                    let found = judge(candidates[trial.candidate], data, fold, score, preprocessing, key: key)
                    return TrialScore(held: found.held, training: found.training)
                }
            }
        }
    }

    private func curve(
        _ entry: SupervisedConfiguration.Entry, _ record: SupervisedModelRecord, _ data: SupervisedData,
        _ folds: [Fold], _ folder: RunFolder, _ options: RunOptions
    ) throws(InputError) -> [LearningCurvePoint] {
        let model = entry.candidates[record.choice]
        let isInTime = configuration.folds.kind == .blocked || configuration.folds.kind == .expanding
        let (score, preprocessing, seed) = (configuration.score, configuration.preprocessing, header.seed)
        let shares = configuration.shares
        let tasks = shares.indices.flatMap { share in folds.indices.map { (share, $0) } }
        let progress = ProgressMeter("Learning curve", total: tasks.count, isQuiet: options.isQuiet)
        let found = try concurrentMap(tasks.count, threads: options.threads) { (index) throws(InputError) in
            defer { progress.advance(by: 1) }
            let (share, number) = tasks[index]
            let permille = Int((1000 * shares[share]).rounded())
            return try folder.stage("curve", entry.name, "\(record.choice) \(permille) \(number)") {
                () throws(InputError) -> TrialScore in
                let key = Key(seed).folding(number)
                let fold = folds[number].withTraining(permille: permille, inTime: isInTime, key: key.folding(-1))
                guard isFitting(model, data, fold) else { return TrialScore(held: nil, training: nil) }
                let scores = judge(model, data, fold, score, preprocessing, key: key)
                return TrialScore(held: scores.held, training: scores.training)
            }
        }
        progress.finish()
        return shares.indices.map { share in
            let own = zip(tasks, found).filter { $0.0.0 == share }.map(\.1)
            let validation = CrossValidation(scores: own.map(\.held), trainingScores: own.map(\.training))
            let samples = max(2, Int(shares[share] * Double(folds[0].training.count)))
            return LearningCurvePoint(
                samples: samples, score: validation.mean, standardError: validation.standardError,
                trainingScore: validation.trainingMean)
        }
    }

    /// Whether few samples are still enough for a model.
    private func isFitting(_ model: any SupervisedModel, _ data: SupervisedData, _ fold: Fold) -> Bool {
        let fitted = configuration.preprocessing.fitted(to: data.inputs, rows: fold.training)
        if case .table = data.inputs, fitted.names.isEmpty { return false }
        let shape = Array(fitted.features(data.inputs.taking([fold.training[0]])).shape.dropFirst())
        let layout = SampleLayout(
            shape: shape, task: data.task, outputs: data.targets.outputs, count: fold.training.count)
        return model.fault(layout) == nil && model.fault(data.targets.taking(fold.training)) == nil
    }

    // MARK: - The last fit

    private func final(
        _ entry: SupervisedConfiguration.Entry, _ selection: ModelSelection, _ parts: Parts, _ folds: [Fold],
        _ folder: RunFolder, _ options: RunOptions
    ) throws(InputError) -> SupervisedModelRecord {
        let chosen = selection.chosen
        return try folder.stage("final", entry.name, "\(chosen)") { () throws(InputError) in
            let model = entry.candidates[chosen]
            let (data, test) = (parts.training, parts.test)
            let whole = joined(data, test)
            let fitted = FittedPipeline(
                model, whole, rows: Array(0..<data.count), preprocessing: configuration.preprocessing,
                watched: Array(data.count..<whole.count), setting: FitSetting(key: Key(header.seed).folding(-7)))
            var record = SupervisedModelRecord(
                name: entry.name, model: model.name, parameters: model.parameterText,
                candidates: selection.candidates.map { candidate(entry.candidates[$0.candidate], $0) },
                choice: selection.candidates.firstIndex { $0.candidate == chosen } ?? 0, outcome: "completed", test: [],
                training: [], losses: fitted.losses.map(\.finite), testLosses: fitted.watchedLosses.map(\.finite),
                coefficients: coefficients(fitted, data), confusion: nil, reliability: nil, intervals: nil, crps: nil,
                predictions: [])
            if case .diverged(let step) = fitted.outcome { record.outcome = "the fit failed at step \(step)" }
            let (found, own) = (fitted.predictions(test.inputs), fitted.predictions(data.inputs))
            guard found.isFinite, own.isFinite else {
                record.outcome = "predictions are not finite"
                return record
            }
            let bootstrap = ScoreBootstrap(
                samples: test.count, resamples: configuration.resamples, seed: header.seed)
            for score in SupervisedScore.all(configuration.task) {
                let interval = bootstrap.interval(score, found, test.targets)
                record.test.append(.init(name: score, value: interval.value, low: interval.low, high: interval.high))
                record.training.append(.init(name: score, value: score.value(own, data.targets), low: nil, high: nil))
            }
            (record.confusion, record.reliability) = (found.confusion(test.targets), found.reliability(test.targets))
            switch found {
            case .numbers(let values):
                record.predictions = values
                (record.intervals, record.crps) = intervals(model, data, folds, values, test.targets)
            case .probabilities(let values, _): record.predictions = values
            }
            try SupervisedFile.write(fitted, data, entry.name, configuration, half: record.intervals, in: folder)
            return record
        }
    }

    private func joined(_ a: SupervisedData, _ b: SupervisedData) -> SupervisedData {
        let inputs: Inputs
        switch (a.inputs, b.inputs) {
        case (.pictures(let first), .pictures(let second)): inputs = .pictures(Tensor.concatenated([first, second]))
        case (.table(let first), .table(let second)): inputs = .table(first.appending(second))
        default: preconditionFailure("a table beside pictures")
        }
        switch (a.targets, b.targets) {
        case (.numbers(let first), .numbers(let second)): return SupervisedData(inputs, .numbers(first + second))
        case (.classes(let first, let names), .classes(let second, _)):
            return SupervisedData(inputs, .classes(first + second, names: names))
        default: preconditionFailure("numbers beside classes")
        }
    }

    private func candidate(_ model: any SupervisedModel, _ scored: ScoredCandidate) -> SupervisedModelRecord.Candidate {
        let values = type(of: model).parameterDescriptions.map { ($0.name, model.value($0.name) ?? 0) }
        return .init(
            parameters: Dictionary(uniqueKeysWithValues: values), text: model.parameterText,
            score: scored.validation.mean, standardError: scored.validation.standardError,
            trainingScore: scored.validation.trainingMean, foldScores: scored.validation.scores,
            share: Double(scored.permille) / 1000)
    }

    private func coefficients(
        _ fitted: FittedPipeline, _ data: SupervisedData
    ) -> [SupervisedModelRecord.Coefficient] {
        guard let weights = fitted.predictor.coefficients, weights.shape[0] == fitted.preprocessing.names.count else {
            return []
        }
        let (values, width) = (weights.values, weights.shape[1])
        var names: [String]?
        if case .classes(_, let classes) = data.targets { names = classes }
        return fitted.preprocessing.names.enumerated().flatMap { row, feature in
            (0..<width).map { .init(feature: feature, output: names?[$0], value: values[row * width + $0]) }
        }
    }

    /// Conformal intervals from the errors of cross-validation, and the score of the distribution that they make.
    private func intervals(
        _ model: any SupervisedModel, _ data: SupervisedData, _ folds: [Fold], _ found: [Double], _ truth: Targets
    ) -> (SupervisedModelRecord.Intervals, Double?) {
        guard case .numbers(let numbers) = truth, case .numbers(let known) = data.targets else {
            return (.init(coverage: configuration.coverage, halfWidth: nil, covered: nil), nil)
        }
        var errors: [Double] = []
        for (number, fold) in folds.enumerated() {
            let fitted = FittedPipeline(
                model, data, rows: fold.training, preprocessing: configuration.preprocessing,
                setting: FitSetting(key: Key(header.seed).folding(number)))
            guard case .numbers(let values) = fitted.predictions(data.inputs.taking(fold.held)) else { continue }
            errors += zip(values, fold.held).map { known[$1] - $0 }.filter(\.isFinite)
        }
        let interval = ConformalInterval(errors, coverage: configuration.coverage)
        let inside = zip(found, numbers).count { abs($0 - $1) <= interval.halfWidth }
        // Errors by quantiles, where there are many.
        let sorted = errors.sorted()
        let kept = sorted.count <= 500 ? sorted : (0..<500).map { sorted[$0 * (sorted.count - 1) / 499] }
        let crps = kept.isEmpty ? nil : DistributionScore.rankedProbability(found, errors: kept, numbers)
        return (
            .init(
                coverage: configuration.coverage, halfWidth: interval.halfWidth.finite,
                covered: interval.halfWidth.isFinite ? Double(inside) / Double(numbers.count) : nil), crps
        )
    }
}
