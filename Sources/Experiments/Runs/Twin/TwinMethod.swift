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
        case .iterativeEnKS: [.members, .inflation, .lag, .iterations]
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

/// What a method or a learned model may be given, by its word in a configuration.
enum MethodParameterKey: String, CaseIterable, Sendable, Codable {
    /// Members of an ensemble, or particles.
    case members
    /// The factor of the anomalies after each analysis; of the covariance's roots in the extended Kalman filter.
    case inflation
    /// The radius of the localisation, in distances of neighbouring variables.
    case radius
    /// Whether a learned localisation has free weights at all distances, and not a radius only: 0 or 1.
    case freeTaper = "free-taper"
    /// The background covariance as a share of the climate's.
    case scale
    /// The length of a window in observations, less one.
    case lag
    case iterations
    /// Whether anomalies are turned at random after each analysis: 0 or 1.
    case rotates
    /// The share of effective particles below which is resampled.
    case threshold
    /// The size of the noise that parts resampled particles.
    case jitter
    /// What the end of a diffusion leaves of a state, and the variance of the noise at its start.
    case finalScale = "final-scale"
    case initialVariance = "initial-variance"
    case diffusionSteps = "diffusion-steps"
    /// Channels of a network's hidden layers, and how many there are.
    case width, depth
    /// How many passes without a better score end a training; 0: none do.
    case patience
    /// Steps of the gradient; their size; the cycles that it goes back through; trajectories side by side.
    case steps, rate, truncation, batch
    /// Times that a model is learned from; passes over them; the steps ahead over which its errors are followed.
    case length, epochs, leads
    /// How often assimilation and learning take turns.
    case rounds
    /// How many places to each side a model sees; what it is made of.
    case reach, features, points, units
    /// Coefficients smaller than this are left out.
    case sparsity

    var usual: Double {
        switch self {
        case .members: 20
        case .inflation, .scale: 1
        case .radius: 4
        case .lag: 1
        case .iterations: 3
        case .rotates, .jitter, .freeTaper, .patience: 0
        case .threshold, .finalScale: 0.5
        case .initialVariance: 0.025
        case .diffusionSteps: 500
        case .width: 32
        case .depth: 4
        case .steps: 3000
        case .rate: 0.003
        case .truncation: 4
        case .batch: 64
        case .length: 2000
        case .epochs: 30
        case .leads: 2
        case .rounds: 6
        case .reach: 2
        case .features: 300
        case .points: 300
        case .units: 100
        case .sparsity: 0.1
        }
    }

    var bounds: Bounds<Double> {
        switch self {
        case .members: .within(2...1_000_000)
        case .inflation: .within(0.5...10)
        case .radius: .within(0.1...1e6)
        case .scale: .within(1e-6...1e3)
        case .lag: .within(0...1000)
        case .iterations: .within(1...1000)
        case .rotates, .freeTaper: .within(0...1)
        case .threshold: .within(0...1)
        case .jitter: .within(0...100)
        case .finalScale: .within(1e-6...1)
        case .initialVariance: .within(1e-9...1)
        case .diffusionSteps: .within(1...1e6)
        case .width, .batch: .within(1...4096)
        case .depth: .within(1...64)
        case .steps, .length: .within(1...1e7)
        case .epochs: .within(1...1e6)
        case .patience: .within(0...1e6)
        case .leads, .rounds: .within(1...100)
        case .reach: .within(1...1000)
        case .features, .points, .units: .within(2...100_000)
        case .sparsity: .within(0...1e6)
        case .rate: .within(1e-8...10)
        case .truncation: .within(1...1000)
        }
    }

    var isWhole: Bool {
        switch self {
        case .members, .lag, .iterations, .rotates, .freeTaper, .diffusionSteps, .width, .depth, .steps, .truncation,
            .batch, .length, .epochs, .leads, .rounds, .reach, .features, .points, .units, .patience:
            true
        case .inflation, .radius, .scale, .threshold, .jitter, .finalScale, .initialVariance, .rate, .sparsity: false
        }
    }

    /// One value of a configuration.
    func value(_ node: ConfigurationNode) throws(InputError) -> Double {
        let value = isWhole ? Double(try node.integer(.any)) : try node.number()
        guard bounds.contains(value) else {
            throw node.error("\(value) is out of range", expected: bounds.description)
        }
        return value
    }
}

/// Values for a method's parameters.
struct MethodCandidate: Codable, Sendable, Hashable {
    private var values: [String: Double] = [:]

    subscript(_ key: MethodParameterKey) -> Double {
        get { values[key.rawValue] ?? key.usual }
        set { values[key.rawValue] = newValue }
    }
    func whole(_ key: MethodParameterKey) -> Int { Int(self[key]) }
    var patience: Int? { self[.patience] > 0 ? whole(.patience) : nil }

    /// As `members 20, inflation 1.04`, of the parameters that a method has.
    func text(_ kind: TwinMethodKind) -> String {
        kind.parameters.map { "\($0.rawValue) \(NumberText.short(self[$0]))" }.joined(separator: ", ")
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

    /// Of the training with one of the combinations, and of its files.
    func trainingName(_ number: Int) -> String { candidates.count == 1 ? name : "\(name)/\(number + 1)" }

    /// A method without anything to choose.
    init(_ kind: TwinMethodKind) { (name, self.kind, candidates) = (kind.rawValue, kind, [MethodCandidate()]) }

    /// Reads `{name: …, method: …, members: 20, inflation: [1, 1.02]}`.
    init(_ node: ConfigurationNode, models: [String], budget: Int) throws(InputError) {
        (name, kind, candidates, model, loss) = try node.mapping { (keys) throws(InputError) in
            let kind: TwinMethodKind = try keys.required("method").choice()
            let model = try kind.takesModel ? keys.optional("model")?.choice(among: models) : nil
            let name = try keys.optional("name")?.string() ?? (kind.rawValue + (model.map { "-\($0)" } ?? ""))
            var all = [MethodCandidate()]
            for key in kind.parameters {
                let values = try Self.values(keys.optional(key.rawValue), key)
                all = all.flatMap { candidate in
                    values.map { value in
                        var changed = candidate
                        changed[key] = value
                        return changed
                    }
                }
            }
            guard all.count <= budget else {
                throw node.error(
                    "\(all.count) combinations of the listed values",
                    expected: "at most \(budget), the budget of tuning that every method has ('budget')")
            }
            var loss = kind.losses.first ?? .squaredError
            if let node = kind.losses.isEmpty ? nil : keys.optional("loss") {
                loss = try node.choice()
                guard kind.losses.contains(loss) else {
                    throw node.error(
                        "\(kind.rawValue) by \(loss.rawValue)",
                        expected: "one of: " + kind.losses.map(\.rawValue).joined(separator: ", "))
                }
            }
            return (name, kind, all, model, loss)
        }
    }

    private static func values(
        _ node: ConfigurationNode?, _ key: MethodParameterKey
    ) throws(InputError) -> [Double] {
        guard let node else { return [key.usual] }
        var values: [Double] = []
        for entry in try node.listOrSingle() { values.append(try key.value(entry)) }
        return values
    }
}
