import Studies

/// An experiment with methods or models that are trained.
protocol LearningExperiment: Experiment {
    /// Whether anything is.
    var learns: Bool { get }

    /// Trains all of them in the folder of the run, or reads what an earlier run has learned.
    func trainings(
        in folder: RunFolder, options: RunOptions
    ) throws(InputError) -> [(name: String, record: TrainingRecord)]
}

extension AssimilateExperiment: LearningExperiment {
    var learns: Bool { methods.contains { $0.trainable != nil } }

    func trainings(
        in folder: RunFolder, options: RunOptions
    ) throws(InputError) -> [(name: String, record: TrainingRecord)] {
        try train(prepared().problems, in: folder, options: options).map { ($0.name, $0.record) }
    }

    /// Trains methods on twins: truths of the model with observations at the times, places and gaps of the real ones.
    func train(
        _ problems: SystemProblems, in folder: RunFolder, options: RunOptions
    ) throws(InputError) -> [(name: String, method: any TrainableMethod, record: TrainingRecord)] {
        var worlds: [Bool: SystemTwins] = [:]
        var trained: [(name: String, method: any TrainableMethod, record: TrainingRecord)] = []
        for method in methods {
            guard let trainable = method.trainable else { continue }
            let files = LearningFiles(folder: folder, name: method.name, isQuiet: options.isQuiet)
            let twins: SystemTwins
            if let known = worlds[method.isCorrected] {
                twins = known
            } else {
                twins = try self.twins(problems, method)
            }
            worlds[method.isCorrected] = twins
            let found = try twins.train(trainable, seed: header.seed, files)
            trained.append((method.name, found.method, found.record))
        }
        return trained
    }

    private func twins(_ problems: SystemProblems, _ method: NamedInference) throws(InputError) -> SystemTwins {
        do {
            return try SystemTwins(header.name, problems[method], sizes: problems.sizes(method), seed: header.seed)
        } catch {
            throw read.node.error(
                "the model diverges from \(error.draws - error.whole) of \(error.draws) draws of its priors",
                expected: "priors from which learned methods can be trained")
        }
    }
}
