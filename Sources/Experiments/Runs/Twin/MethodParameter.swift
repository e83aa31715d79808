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
    /// How often a window is linearised, at most.
    case iterations
    /// The change of the weights below which a window is not linearised again; 0: as often as `iterations`.
    case tolerance
    /// Whether an iterative smoother allows for the sampling error of few members: 0 or 1.
    case finiteSize = "finite-size"
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
        case .rotates, .jitter, .freeTaper, .patience, .tolerance, .finiteSize: 0
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
        case .rotates, .freeTaper, .finiteSize, .tolerance: .within(0...1)
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
        case .members, .lag, .iterations, .rotates, .finiteSize, .freeTaper, .diffusionSteps, .width, .depth, .steps,
            .truncation, .batch, .length, .epochs, .leads, .rounds, .reach, .features, .points, .units, .patience:
            true
        case .inflation, .radius, .scale, .threshold, .jitter, .finalScale, .initialVariance, .rate, .sparsity,
            .tolerance:
            false
        }
    }

    /// The key of a configuration.
    ///
    /// - Parameter isListed: whether a list of values to choose from may be given.
    func key(isListed: Bool) -> ConfigurationKey {
        let value: ConfigurationKey.Value
        if isWhole, case .within(let range) = bounds {
            value = .integer(.within(Int(range.lowerBound)...Int(range.upperBound)))
        } else {
            value = .number(bounds)
        }
        return ConfigurationKey(
            rawValue, isListed ? .list(value) : value, .usual(NumberText.short(usual)), unit: unit, summary)
    }

    /// The values of the key, or its default.
    func values(_ keys: inout ConfigurationMapping) throws(InputError) -> [Double] {
        try isWhole ? keys.integers(rawValue).map(Double.init) : keys.numbers(rawValue)
    }

    /// The single value of the key, or its default.
    func value(_ keys: inout ConfigurationMapping) throws(InputError) -> Double {
        try isWhole ? Double(keys.integer(rawValue)) : keys.number(rawValue)
    }
}

extension MethodParameterKey {
    private var unit: String? {
        switch self {
        case .inflation: "factor of standard deviations"
        case .radius: "distances of neighbouring variables"
        case .scale: "share of a variance"
        case .lag: "observation times"
        case .initialVariance: "variance, in squares of the state's unit"
        case .jitter: "widths of Scott's kernel"
        case .threshold: "share of the particles"
        case .finalScale: "share of the state"
        case .length: "observation times"
        case .truncation: "cycles"
        case .leads: "observation times"
        case .reach: "variables to each side"
        case .tolerance: "standard deviations of the prior weights"
        case .members, .freeTaper, .iterations, .rotates, .finiteSize, .diffusionSteps, .width, .depth, .patience,
            .steps, .rate,
            .batch, .epochs, .rounds, .features, .points, .units, .sparsity:
            nil
        }
    }

    /// One sentence.
    private var summary: String {
        switch self {
        case .members: "Members of the ensemble, or particles."
        case .inflation: "Factor of the anomalies after each analysis; the variance is multiplied by its square."
        case .radius: "Radius of Gaspari and Cohn's weights: about exp(-1/2) there, 0 from 3.64 radii on."
        case .freeTaper: "1: the localisation learns a weight for each distance; 0: its radius alone."
        case .scale: "Background covariance, as a share of the climate's."
        case .lag: "Length of the window, less one."
        case .iterations: "Most iterations of one analysis."
        case .tolerance: "Iterations end when the weights change by less; 0: all iterations are made."
        case .finiteSize: "1: the prior allows for the sampling error of few members; 0: it does not."
        case .rotates: "1: anomalies are rotated at random after each analysis; 0: they are not."
        case .threshold: "Particles are resampled where fewer than this share are effective."
        case .jitter: "Width of the noise that separates copies of a particle; 0: none."
        case .finalScale: "Share of a state that is left at the end of the diffusion."
        case .initialVariance: "Variance of the noise at the start of the diffusion."
        case .diffusionSteps: "Steps of the reversed diffusion."
        case .width: "Channels, or units, of each hidden layer."
        case .depth: "Number of hidden layers, or of blocks."
        case .patience: "Passes without a better validation after which training ends; 0: it never ends early."
        case .steps: "Steps of the gradient."
        case .rate: "Size of a step of the gradient at its highest."
        case .truncation: "Cycles that the gradient goes back through."
        case .batch: "Trajectories or times in a step of the gradient."
        case .length: "Times of the truth, or of its observations, to learn from; a tenth is held back."
        case .epochs: "Passes over the times."
        case .leads: "Steps ahead over which errors are followed in training."
        case .rounds: "How often assimilation and learning take turns."
        case .reach: "Neighbours that the model sees."
        case .features: "Number of random features."
        case .points: "Most points of the Gaussian process."
        case .units: "Units of the reservoir."
        case .sparsity: "Coefficients smaller than this are left out."
        }
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
