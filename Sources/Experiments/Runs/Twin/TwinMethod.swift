import Learning

/// The methods of twin experiments, by their words in a configuration.
enum TwinMethodKind: String, CaseIterable, Sendable, Codable {
    case climatology
    case optimalInterpolation = "optimal-interpolation"
    case threeDVar = "3dvar"
    case extendedKalman = "extended-kalman"
    case stochasticEnKF = "stochastic-enkf"
    case etkf
    case deterministicEnKF = "denkf"
    case serialEnSRF = "serial-ensrf"
    case enKFN = "enkf-n"
    case letkf
    case localStochasticEnKF = "local-stochastic-enkf"
    case fourDVar = "4dvar"
    case iterativeEnKS = "ienks"
    case bootstrapParticles = "bootstrap-particles"
    case optimalParticles = "optimal-particles"
    case scoreFilter = "score-filter"
    case learnedGain = "learned-gain"
    case learnedEnsembleGain = "learned-ensemble-gain"
    case residualNetwork = "residual-network"
    case learnedLocalization = "learned-localization"
    case jointNetworks = "joint-networks"
    case setTransformer = "set-transformer"

    /// Whether it is trained, on seeds of training, before it is tuned and tested.
    var isLearned: Bool {
        switch self {
        case .learnedGain, .learnedEnsembleGain, .residualNetwork, .learnedLocalization, .jointNetworks,
            .setTransformer:
            true
        case .climatology, .optimalInterpolation, .threeDVar, .extendedKalman, .stochasticEnKF, .etkf,
            .deterministicEnKF, .serialEnSRF, .enKFN, .letkf, .localStochasticEnKF, .fourDVar, .iterativeEnKS,
            .bootstrapParticles, .optimalParticles, .scoreFilter:
            false
        }
    }

    var text: String {
        switch self {
        case .climatology: "the mean of a free run, without observations"
        case .optimalInterpolation: "analyses of the climate's mean and covariance, without a forecast"
        case .threeDVar: "one forecast and a constant background covariance, a share of the climate's"
        case .extendedKalman: "Kalman filter with the model linearised about the mean"
        case .stochasticEnKF: "ensemble Kalman filter with perturbed observations"
        case .etkf: "ensemble transform Kalman filter, symmetric square root"
        case .deterministicEnKF: "deterministic ensemble Kalman filter with half the gain for anomalies"
        case .serialEnSRF: "ensemble square root filter, one observation after the other"
        case .enKFN: "finite-size ensemble Kalman filter, which needs no inflation"
        case .letkf: "local ensemble transform Kalman filter"
        case .localStochasticEnKF: "ensemble Kalman filter with perturbed observations and localised covariances"
        case .fourDVar: "strong-constraint four-dimensional variational assimilation over a sliding window"
        case .iterativeEnKS: "iterative ensemble Kalman smoother over a sliding window"
        case .bootstrapParticles: "particle filter that weights by the likelihood and resamples"
        case .optimalParticles: "particle filter with the optimal proposal; needs model error"
        case .scoreFilter: "ensemble drawn by a reversed diffusion along the scores of background and likelihood"
        case .learnedGain: "3D-Var whose gain is learned by gradients through the cycles"
        case .learnedEnsembleGain:
            "ensemble with perturbed observations and one gain, learned by gradients through the cycles"
        case .residualNetwork:
            "one forecast, corrected by a gain that a network sees in it; trained through cycles"
        case .learnedLocalization:
            "localised ensemble Kalman filter whose inflation and localisation are learned by gradients through the cycles"
        case .jointNetworks:
            "forecast model and analysis by networks, learned together from observations alone"
        case .setTransformer:
            "localised ensemble filter with learned inflation, taper and gain, corrected by a network that sees the members as a set"
        }
    }

    /// Whether it stands in every table, since any method must beat it.
    var isBaseline: Bool { self == .climatology || self == .optimalInterpolation }

    /// Whether it forecasts with a model that is given to it and that may be another one than that of the truth.
    var takesModel: Bool { !isBaseline && self != .jointNetworks }

    /// Whether its forecast model may have a state that is longer than that of the truth, by what it remembers.
    var takesMemory: Bool {
        switch self {
        case .stochasticEnKF, .etkf, .deterministicEnKF, .serialEnSRF, .enKFN, .letkf, .localStochasticEnKF,
            .bootstrapParticles:
            true
        case .climatology, .optimalInterpolation, .threeDVar, .extendedKalman, .fourDVar, .iterativeEnKS,
            .optimalParticles, .scoreFilter, .learnedGain, .learnedEnsembleGain, .residualNetwork, .learnedLocalization,
            .jointNetworks,
            .setTransformer:
            false
        }
    }

    /// What can be set, and chosen from lists.
    var parameters: [MethodParameterKey] {
        switch self {
        case .climatology, .optimalInterpolation: []
        case .threeDVar: [.scale]
        case .extendedKalman: [.inflation]
        case .stochasticEnKF, .deterministicEnKF: [.members, .inflation]
        case .etkf, .serialEnSRF: [.members, .inflation, .rotates]
        case .enKFN: [.members, .rotates]
        case .letkf: [.members, .inflation, .radius, .rotates]
        case .localStochasticEnKF: [.members, .inflation, .radius]
        case .fourDVar: [.scale, .lag, .iterations]
        case .iterativeEnKS: [.members, .inflation, .lag, .iterations, .tolerance, .rotates, .finiteSize]
        case .bootstrapParticles, .optimalParticles: [.members, .threshold, .jitter]
        case .scoreFilter: [.members, .inflation, .finalScale, .initialVariance, .diffusionSteps]
        case .learnedGain: [.scale, .steps, .rate, .truncation, .patience]
        case .learnedEnsembleGain: [.members, .scale, .steps, .rate, .truncation, .patience]
        case .residualNetwork: [.width, .depth, .steps, .rate, .truncation, .batch]
        case .learnedLocalization:
            [.members, .inflation, .radius, .freeTaper, .steps, .rate, .truncation, .patience]
        case .jointNetworks: [.length, .width, .depth, .steps, .rate, .truncation, .batch, .patience]
        case .setTransformer:
            [.members, .inflation, .radius, .width, .depth, .steps, .rate, .truncation, .patience]
        }
    }

    /// What it may make small when it is trained, the usual first.
    var losses: [TwinLoss] {
        switch self {
        case .learnedGain: [.squaredError, .predictionError]
        case .learnedEnsembleGain, .learnedLocalization, .setTransformer: TwinLoss.allCases
        case .jointNetworks: [.predictionError, .predictionRankedScore, .predictionEnergyScore]
        case .climatology, .optimalInterpolation, .threeDVar, .extendedKalman, .stochasticEnKF, .etkf,
            .deterministicEnKF, .serialEnSRF, .enKFN, .letkf, .localStochasticEnKF, .fourDVar, .iterativeEnKS,
            .bootstrapParticles, .optimalParticles, .scoreFilter, .residualNetwork:
            []
        }
    }
}

/// What training makes small, by its word in a configuration; `FilterLoss` says what each is.
enum TwinLoss: String, CaseIterable, Sendable {
    case squaredError = "squared-error"
    case rankedScore = "crps"
    case energyScore = "energy-score"
    case likelihood
    case predictionError = "prediction-error"
    case predictionRankedScore = "prediction-crps"
    case predictionEnergyScore = "prediction-energy-score"

    var loss: FilterLoss {
        switch self {
        case .squaredError: .squaredError
        case .rankedScore: .rankedScore
        case .energyScore: .energyScore
        case .likelihood: .likelihood
        case .predictionError: .predictionError
        case .predictionRankedScore: .predictionRankedScore
        case .predictionEnergyScore: .predictionEnergyScore
        }
    }
}

/// A method of a configuration: what it is, and what it may be tuned to.
struct TwinMethod: Sendable {
    let name: String
    let kind: TwinMethodKind
    /// All combinations of the listed values; more than one are chosen from with seeds for tuning.
    let candidates: [MethodCandidate]
    /// Which model forecasts; nil: that of the truth.
    var model: String?
    /// What training makes small.
    var loss = TwinLoss.squaredError

    /// Of the training with one of the combinations.
    func trainingName(_ number: Int) -> String { trainingPlace(number).joined(separator: "/") }

    /// The folders and the name of its files.
    func trainingPlace(_ number: Int) -> [String] { candidates.count == 1 ? [name] : [name, "\(number + 1)"] }

    /// A method without anything to choose.
    init(_ kind: TwinMethodKind) { (name, self.kind, candidates) = (kind.rawValue, kind, [MethodCandidate()]) }

    /// Reads `{name: …, method: …, members: 20, inflation: [1, 1.02]}`.
    ///
    /// - Parameter budget: the most combinations of listed values.
    init(_ node: ConfigurationNode, models: [String], budget: Int) throws(InputError) {
        (name, kind, candidates, model, loss) = try node.mapping(Self.keys) { (keys) throws(InputError) in
            let kind: TwinMethodKind = try keys.choice("method")
            keys.adopt(kind.keys)
            let model = try kind.takesModel ? keys.optional("model")?.choice(among: models) : nil
            let name = try keys.optionalText("name") ?? (kind.rawValue + (model.map { "-\($0)" } ?? ""))
            let candidates = try Self.candidates(kind, &keys, budget: budget)
            var loss = kind.losses.first ?? .squaredError
            if !kind.losses.isEmpty, let word = keys.optional("loss") {
                loss = try word.choice()
                guard kind.losses.contains(loss) else {
                    throw word.error(
                        "\(kind.rawValue) by \(loss.rawValue)",
                        expected: "one of: " + kind.losses.map(\.rawValue).joined(separator: ", "))
                }
            }
            return (name, kind, candidates, model, loss)
        }
    }

    private static func candidates(
        _ kind: TwinMethodKind, _ keys: inout ConfigurationMapping, budget: Int
    ) throws(InputError) -> [MethodCandidate] {
        var values: [(key: MethodParameterKey, values: [Double])] = []
        for key in kind.parameters { values.append((key, try key.values(&keys))) }
        // Counted before they are made.
        let count = values.reduce(1.0) { $0 * Double($1.values.count) }
        guard count <= Double(budget) else {
            throw keys.node.error(
                "\(NumberText.short(count)) combinations of the listed values",
                expected: "at most \(budget), the budget of tuning that every method has ('budget')")
        }
        return values.reduce([MethodCandidate()]) { candidates, listed in
            candidates.flatMap { candidate in
                listed.values.map { value in
                    var changed = candidate
                    changed[listed.key] = value
                    return changed
                }
            }
        }
    }
}

extension TwinMethod {
    /// The keys of every method; those of one kind come from ``TwinMethodKind/keys``.
    static let keys = KeyTable(
        .choice("method", TwinMethodKind.self, .required, "The kind of method."),
        .text("name", .optional("the method, and its model"), "Its name in results, tables and files."))

    /// The entries of `methods`.
    static let entries = KeyVariants(
        by: "method", keys,
        TwinMethodKind.allCases.map { KeyVariants.Variant(word: $0.rawValue, summary: $0.text, keys: $0.keys) })
}

extension TwinMethodKind {
    /// The keys of a method of this kind, besides those of all.
    var keys: KeyTable {
        var keys = parameters.map { $0.key(isListed: true) }
        if takesModel {
            keys.append(
                .text(
                    "model", .optional("the model of the truth"),
                    "The name of the model under 'models' to forecast with."))
        }
        if let usual = losses.first {
            keys.append(
                ConfigurationKey(
                    "loss", .choice(losses.map(\.rawValue)), .usual(usual.rawValue),
                    "The function that training makes small."))
        }
        return KeyTable(keys)
    }
}
