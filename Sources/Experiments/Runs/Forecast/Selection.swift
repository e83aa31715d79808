import Learning
import Studies
import Verification

/// Chooses hyperparameters by time-blocked cross-validation, and memory, inflation and method by forecasts of the
/// validation period. Nothing after that period is looked at.
struct Selection: Sendable {
    let configuration: ForecastConfiguration
    let data: ForecastData
    let key: Key
    let options: RunOptions

    func choose() -> ChosenOptions {
        let (linear, linearFolds) = crossValidateLinear()
        let (memory, models) = chooseMemory(linear)
        let (networks, networkFolds) = crossValidateNetworks(correcting: memory)
        var chosen = ChosenOptions(
            linear: memory, network: networks.network, correction: networks.correction, inflations: [:], chosen: "",
            validation: [], folds: linearFolds + networkFolds)
        chooseMethod(&chosen, models)
        return chosen
    }

    var methods: [LearnedMethod] {
        ModelKind.allCases.filter { kind in
            switch kind {
            case .linear: true
            case .network: !configuration.network.isEmpty
            case .corrected: !configuration.correction.isEmpty
            }
        }.flatMap { kind in configuration.filters.map { LearnedMethod(kind: kind, filter: $0) } }
    }

    // MARK: - Cross-validation

    /// The best options of every memory, by the log-score of one-step forecasts of held-out blocks.
    private func crossValidateLinear() -> ([SeasonalRegressionOptions], [FoldRecord]) {
        let memory = configuration.linear.map(\.memory).max() ?? 1
        let known = data.series.prefix(data.end).interpolated()
        let layout = MemoryLayout(variables: known.variables, memory: memory, season: known.season)
        let folds = TimeBlocks(Array(memory..<data.end), count: configuration.folds).folds
        let progress = ProgressMeter("Cross-validating linear models", total: folds.count, isQuiet: options.isQuiet)
        let candidates = configuration.linear
        let scores = concurrentMap(folds.count, threads: options.threads) { index -> [Double] in
            let fold = folds[index]
            let anomalies = Climatology(known, over: Array(0..<memory) + fold.training).anomalies(of: known)
            let training = SeasonalMoments(anomalies, layout: layout, targets: fold.training)
            let heldOut = SeasonalMoments(anomalies, layout: layout, targets: fold.heldOut)
            defer { progress.advance() }
            return candidates.map { SeasonalRegression(training, $0).logScore(heldOut) }
        }
        progress.finish()
        let totals = candidates.indices.map { i in scores.map { $0[i] }.reduce(0.0, +) }
        let best = Set(candidates.map(\.memory)).sorted().compactMap { memory in
            candidates.indices.filter { candidates[$0].memory == memory }.max { totals[$0] < totals[$1] }
        }
        let records = best.flatMap { i in
            folds.indices.map { record("linear", candidates[i].description, $0, folds[$0].heldOut, scores[$0][i]) }
        }
        return (best.map { candidates[$0] }, records)
    }

    /// The fold's negative log-score a step: lower is better.
    private func record(
        _ candidate: String, _ text: String, _ fold: Int, _ heldOut: [Int], _ score: Double
    ) -> FoldRecord {
        let ends = [heldOut.first ?? 0, heldOut.last ?? 0].map { data.times[$0].date }
        let years = ends.map { "\($0.year)" }
        // Blocks of a year are told apart by their days.
        let period = Set(years).count == 1 ? ends.map { "\(Instant($0, secondsOfDay: 0))" } : years
        return FoldRecord(
            candidate: candidate, configuration: text, fold: fold + 1,
            period: period.joined(separator: "–"), score: -score / Double(heldOut.count))
    }

    private func crossValidateNetworks(
        correcting base: SeasonalRegressionOptions
    ) -> (candidates: (network: NetworkOptions?, correction: NetworkOptions?), records: [FoldRecord]) {
        guard !configuration.network.isEmpty || !configuration.correction.isEmpty else { return ((nil, nil), []) }
        let known = data.series.prefix(data.end)
        let progress = ProgressMeter("Estimating missing values", total: configuration.rounds, isQuiet: options.isQuiet)
        let filled = LinearLearner(
            base, rounds: configuration.rounds, observationError: configuration.leastObservationError
        )
        .learn(known, before: data.end) { progress.advance() }.filled
        progress.finish()
        let (network, first) = best(configuration.network, correcting: nil, filled, "network", 1)
        let (correction, second) = best(configuration.correction, correcting: base, filled, "corrected", 2)
        return ((network, correction), first + second)
    }

    private func best(
        _ candidates: [NetworkOptions], correcting base: SeasonalRegressionOptions?, _ filled: SeasonalSeries,
        _ name: String, _ number: Int
    ) -> (NetworkOptions?, [FoldRecord]) {
        let tasks = candidates.flatMap { one in (0..<configuration.folds).map { (one, $0) } }
        let progress = ProgressMeter("Training \(name) models", total: tasks.count, isQuiet: options.isQuiet)
        let folds = concurrentMap(tasks.count, threads: options.threads) { i -> (score: Double, heldOut: [Int]) in
            let learner = NetworkLearner(
                tasks[i].0, correcting: base, folds: configuration.folds, key: key.folding(number))
            let fold = learner.fold(tasks[i].1, filled)
            progress.advance()
            return (fold.logScore.isFinite ? fold.logScore : -.infinity, fold.heldOut)
        }
        progress.finish()
        let count = configuration.folds
        let totals = candidates.indices.map { i in folds[(i * count)..<((i + 1) * count)].map(\.score).reduce(0.0, +) }
        let records = candidates.indices.flatMap { i in
            (0..<count).map { k in
                record(name, candidates[i].description, k, folds[i * count + k].heldOut, folds[i * count + k].score)
            }
        }
        return (candidates.indices.max { totals[$0] < totals[$1] }.map { candidates[$0] }, records)
    }

    // MARK: - Validation

    private var scorer: ForecastScorer {
        ForecastScorer(
            data: data, targets: data.validation, split: "validation", leads: configuration.leads,
            interval: configuration.startInterval,
            bootstrap: BlockBootstrap(resamples: 100, seed: UInt64(configuration.resamples)))
    }

    /// The memory whose filtered forecasts of the target have the smallest mean CRPS over the decisive leads,
    /// with the weights that were learned with it.
    ///
    /// - Parameter candidates: the longest memory last; it takes longest, and so it begins.
    private func chooseMemory(
        _ candidates: [SeasonalRegressionOptions]
    ) -> (configuration: SeasonalRegressionOptions, models: LearnedModels?) {
        guard candidates.count > 1 else { return (candidates[0], nil) }
        let (learning, judging) = (stepsOfLearning, stepsOfJudging)
        let progress = ProgressMeter(
            "Choosing the memory", total: candidates.count * (learning + judging), isQuiet: options.isQuiet)
        let judged = concurrentMap(candidates.count, threads: options.threads) { place in
            let chosen = ChosenOptions(
                linear: candidates[candidates.count - 1 - place], network: nil, correction: nil, inflations: [:],
                chosen: "", validation: [], folds: [])
            let share = ProgressShare(of: progress, steps: learning)
            let models = learned(chosen, threads: 1) { share.advance() }
            share.finish()
            let method = LearnedMethod(kind: .linear, filter: configuration.filters[0])
            let judgement = judge(method, models, ProgressShare(of: progress, steps: judging))
            return (score: judgement.candidate.score ?? .infinity, models: models)
        }
        progress.finish()
        let best =
            candidates.indices.min { judged[candidates.count - 1 - $0].score < judged[candidates.count - 1 - $1].score }
            ?? 0
        return (candidates[best], judged[candidates.count - 1 - best].models)
    }

    /// Inflation of every method, and the method: the simplest of those within one standard error of the lowest score.
    ///
    /// - Parameter known: the linear model of the choice, if it has been learned.
    private func chooseMethod(_ chosen: inout ChosenOptions, _ known: LearnedModels?) {
        let methods = self.methods
        let (learning, judging) = (stepsOfLearning, stepsOfJudging)
        let progress = ProgressMeter(
            "Choosing the method", total: learning + methods.count * judging, isQuiet: options.isQuiet)
        let share = ProgressShare(of: progress, steps: learning)
        let models = learned(chosen, threads: options.threads, known) { share.advance() }
        share.finish()
        let judged = concurrentMap(methods.count, threads: options.threads) { i in
            judge(methods[i], models, ProgressShare(of: progress, steps: judging))
        }
        progress.finish()
        for (method, found) in zip(methods, judged) { chosen.inflations[method.name] = found.inflation }
        let bootstrap = BlockBootstrap(resamples: configuration.resamples, seed: scorer.bootstrap.seed)
        let candidates = judged.map(\.candidate)
        let choice = ParsimoniousChoice(candidates, bootstrap)
        chosen.validation = CandidateRecord.all(methods.map(\.name), candidates, choice)
        chosen.chosen = methods[choice?.chosen ?? 0].name
    }

    /// The inflation under which the innovations of the validation period are most probable, and with it the CRPS of
    /// the target at the decisive leads.
    private func judge(
        _ method: LearnedMethod, _ models: LearnedModels, _ progress: ProgressShare
    ) -> (inflation: Double, candidate: ParsimoniousChoice.Candidate) {
        defer { progress.finish() }
        let series = data.series.prefix(data.end)
        let runs = configuration.inflations.map { inflation in
            let forecaster = models.forecaster(method, inflation: inflation, configuration, key: key.folding(4))
            let run = forecaster.filter(series, keeping: scorer.starts, judging: data.validation) { progress.advance() }
            let likelihood = run.logLikelihood(of: data.validation)
            return (inflation, forecaster, run, likelihood.isFinite ? likelihood : -.infinity)
        }
        guard let (inflation, forecaster, run, _) = runs.max(by: { $0.3 < $1.3 }) else {
            return (1, ParsimoniousChoice.Candidate(complexity: method.kind.complexity, scores: []))
        }
        let forecasts = scorer.learned(method.name, .none, forecaster, run, threads: 1)
        let scores = forecasts.leads[data.target].filter { configuration.decisiveLeads.contains($0.lead) }.map {
            found in
            LeadScores(starts: found.targets.map { $0 - found.lead }, found.crps)
        }
        return (inflation, ParsimoniousChoice.Candidate(complexity: method.kind.complexity, scores: scores))
    }

    /// Steps of progress of learning: rounds, and some evaluations of a likelihood, which wide tables have not.
    private var stepsOfLearning: Int { configuration.rounds + 4 }
    /// Steps of progress of a judgement: some segments of each filter, and the scores.
    private var stepsOfJudging: Int { 4 * configuration.inflations.count + 2 }

    private func learned(
        _ chosen: ChosenOptions, threads: Int, _ known: LearnedModels? = nil,
        progress: @escaping @Sendable () -> Void
    ) -> LearnedModels {
        LearnedModels(
            data.series, before: data.training.upperBound, chosen, configuration, key: key.folding(3), threads: threads,
            known: known, progress: progress)
    }
}

extension Instant {
    /// The year and month.
    var monthText: String {
        let month = date.month
        return "\(date.year)-\(month < 10 ? "0" : "")\(month)"
    }
}
