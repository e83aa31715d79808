import Learning

/// The kind of a learned model: linear, a network, or a network that corrects the linear model.
enum ModelKind: String, Codable, Sendable, CaseIterable {
    case linear, network, corrected

    var methodKind: MethodKind {
        switch self {
        case .linear: .linear
        case .network: .network
        case .corrected: .hybrid
        }
    }
    /// The order of simplicity: a linear model, a network, a linear model with a network. Filters have none.
    var complexity: Int {
        switch self {
        case .linear: 0
        case .network: 1
        case .corrected: 2
        }
    }
    var text: String {
        switch self {
        case .linear: "linear inverse model with memory and seasons, ridge regression"
        case .network: "mean of neural networks with memory and season, of the change from the last value"
        case .corrected: "linear inverse model corrected by the mean of neural networks"
        }
    }
}

/// A learned model in one of the ensemble filters.
struct LearnedMethod: Codable, Sendable, Hashable {
    let kind: ModelKind
    let filter: EnsembleFilter
    var name: String { "\(kind.rawValue)-\(filter.name)" }
}

/// The result of the selection: the hyperparameters, and the inflation of every method.
struct ChosenOptions: Codable, Sendable {
    var linear: SeasonalRegressionOptions
    var network: NetworkOptions?
    var correction: NetworkOptions?
    var inflations: [String: Double]
    var chosen: String
    var validation: [CandidateRecord]
    var folds: [FoldRecord]
}

/// Models of all kinds, learned from the same stretch of observations.
struct LearnedModels: Sendable {
    let linear: LinearLearner.Learned
    let networks: [NetworkLearner.Fold]
    let corrections: [NetworkLearner.Fold]
    let errors: ObservationModelErrors
    /// About so many evaluations of a likelihood are needed for the errors, for the telling of progress.
    static let mostEvaluations = 30

    /// - Parameters:
    ///   - end: only observations before it are learned from.
    ///   - known: models with the same linear part, learned from the same observations, if there are any.
    ///   - progress: called after every round of learning, and every evaluation of a likelihood.
    init(
        _ series: SeasonalSeries, before end: Int, _ chosen: ChosenOptions, _ configuration: ForecastConfiguration,
        key: Key,
        threads: Int, known: LearnedModels? = nil, progress: @escaping @Sendable () -> Void = {}
    ) {
        let learner = LinearLearner(
            chosen.linear, rounds: configuration.rounds, observationError: configuration.leastObservationError)
        let linear = known?.linear ?? learner.learn(series, before: end, eachRound: progress)
        self.linear = linear
        networks =
            chosen.network.map {
                NetworkLearner($0, folds: configuration.folds, key: key.folding(1)).learn(
                    linear.filled, threads: threads)
            } ?? []
        corrections =
            chosen.correction.map {
                NetworkLearner($0, correcting: chosen.linear, folds: configuration.folds, key: key.folding(2))
                    .learn(linear.filled, threads: threads)
            } ?? []
        errors =
            known?.errors
            ?? ObservationModelErrors(
                linear, of: series.prefix(end), leastObservationError: configuration.leastObservationError,
                eachEvaluation: progress)
    }

    func forecaster(
        _ method: LearnedMethod, inflation: Double, _ configuration: ForecastConfiguration, key: Key
    ) -> EnsembleForecaster {
        let (model, modelError) = model(method.kind)
        return EnsembleForecaster(
            model, climatology: linear.climatology, modelError: modelError, observationError: errors.observationError,
            inflation: inflation, filter: method.filter, members: configuration.members, key: key)
    }

    /// The model of one kind and the covariance of its one-step errors.
    func model(_ kind: ModelKind) -> (MemoryModel, Tensor) {
        let layout = linear.model.layout
        switch kind {
        case .linear: return (linear.model, errors.modelError)
        case .network:
            let memory = networks[0].memory
            let short = MemoryLayout(variables: layout.variables, memory: memory, season: layout.season)
            return (
                MemoryModel.persistence(short).adding(networks.map(\.network), memory: memory), networks.errorCovariance
            )
        case .corrected:
            return (
                linear.model.adding(corrections.map(\.network), memory: corrections[0].memory), errors.modelError
            )
        }
    }
}
