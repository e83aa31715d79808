import Assimilation
import Learning
import Tensors

/// A method that is trained, on truths that no test sees, before it is tuned and tested.
public protocol TrainableMethod: AssimilationMethod {
    associatedtype Weights: Tree
    /// The losses that it can be trained by, the usual first; empty where it has one of its own.
    static var losses: [FilterLoss] { get }
    var loss: FilterLoss { get set }
    /// The learned weights; nil before training.
    var weights: Weights? { get set }

    /// Trains it, or reads weights that were trained before.
    ///
    /// - Parameter keeper: keeps checkpoints and results.
    func trained<World, Model, Keeper: TrainingKeeper>(
        _ training: TrainingTask<World, Model>, _ keeper: Keeper
    ) throws(Keeper.Failure) -> (weights: Weights, record: TrainingRecord)

    /// The mean of the gain over states of the climate, `[n, m]`; nil where it is different for every ensemble.
    func gain(on setting: TwinSetting, seed: Int) -> Tensor?
    /// The forecast model that was learned together with the analysis.
    var forecastModel: (any ForecastMap)? { get }
}

extension TrainableMethod {
    public static var losses: [FilterLoss] { [] }
    public var loss: FilterLoss {
        get { Self.losses.first ?? .squaredError }
        set {}
    }
    public func gain(on setting: TwinSetting, seed: Int) -> Tensor? { nil }
    public var forecastModel: (any ForecastMap)? { nil }

    /// The same with its weights.
    public func with(weights: Weights) -> Self {
        var result = self
        result.weights = weights
        return result
    }

    func requireWeights() -> Weights {
        guard let weights else { preconditionFailure("\(Self.name) runs before it was trained") }
        return weights
    }
}

/// The parameters of training by gradients through the cycles of a filter.
public struct GradientTraining: Sendable {
    public var steps = 3000
    public var rate = 0.003
    /// Cycles that the gradient goes back through.
    public var truncation = 4
    /// Passes without a better score after which training ends; 0: it never does.
    public var patience = 0

    public init() {}
}

/// A method that is trained by gradients through the cycles of a filter.
public protocol GradientTrained: TrainableMethod {
    var gradient: GradientTraining { get set }
}

extension GradientTrained {
    /// The parameters of the training, in the order of tables.
    static var trainingParameters: [Parameter<Self>] {
        [
            .steps(\.gradient.steps), .rate(\.gradient.rate), .truncation(\.gradient.truncation),
            .patience(\.gradient.patience),
        ]
    }
}

extension TrainableMethod {
    func record<Parameters: Tree>(
        _ state: TrainingState<Parameters>, of start: Parameters, in setting: String, stepsPerEpoch: Int
    ) -> TrainingRecord {
        TrainingRecord(
            kind: name, setting: setting, given: values, of: start,
            losses: Array(state.losses.values.prefix(state.epochs)), stepsPerEpoch: stepsPerEpoch,
            outcome: state.outcome)
    }

    /// The loss of a filter on all twins.
    ///
    /// - Parameter start: the belief before the first observation, by the mean that ``TrainingWorld/start(of:)`` gives.
    func objective<Parameters: Tree, F: Forecast, A: Analysis, World, Model>(
        _ training: TrainingTask<World, Model>, segment: Int, start: @escaping @Sendable (Tensor, Key) -> F.State,
        filter: @escaping @Sendable (Parameters) -> Cycle<F, A>
    ) -> FilterObjective<Parameters, F, A, World.Operator> where F.State == A.State {
        let twins = training.twins()
        let first = Tensor.stacked(twins.learned.map { training.world.start(of: $0.truth) })
        var objective = FilterObjective(
            twins.learned.map(\.observations), truths: twins.learned.map(\.truth), loss: loss, segment: segment,
            held: twins.held, scale: training.lossScale, start: { start(first[0], $0) }, filter: filter)
        objective.start = { start(first.taking($1)[0], $0) }
        return objective
    }

    /// Follows the gradient; the weights that are best on twins that no gradient sees are kept.
    func descend<O: Objective, World, Model, Keeper: TrainingKeeper>(
        _ objective: O, from start: O.Parameters, _ gradient: GradientTraining, _ task: TrainingTask<World, Model>,
        _ keeper: Keeper, describing: (O.Parameters) -> String? = { _ in nil }
    ) throws(Keeper.Failure) -> (O.Parameters, TrainingRecord) {
        let epochs = max(1, gradient.steps / objective.stepsPerEpoch)
        let steps = epochs * objective.stepsPerEpoch
        // Adam's first steps are as long as any: networks that forecast would run away.
        let rates = Schedule(gradient.rate, warmup: min(100, steps / 10), decay: .cosine(steps: steps, final: 0.02))
        let rule = Adam(rate: rates)
        let training = Training(
            objective, rule.clipped(to: .norm(1)), epochs: epochs,
            patience: gradient.patience > 0 ? gradient.patience : nil, like: start)
        let (state, seconds) = try keeper.learn(
            training.start(start, key: task.key), isFinished: training.isFinished,
            progress: { ($0.epochs, epochs, $0.losses.values[max(0, $0.epochs - 1)]) },
            advance: { training.advance(&$0) })
        var record = record(state, of: start, in: task.world.name, stepsPerEpoch: objective.stepsPerEpoch)
        record.found = describing(state.best)
        let isStart = zip(state.best.leaves, start.leaves).allSatisfy { $0.values == $1.values }
        record.learnedNothing = isStart ? true : nil
        try keeper.save(state.best, record, seconds: seconds, tag: loss.word)
        return (state.best, record)
    }

    /// An analysis of ensembles, learned through the cycles.
    func trainedEnsemble<Parameters: Tree, A: Analysis, World, Model, Keeper: TrainingKeeper>(
        from start: Parameters, members: Int, _ gradient: GradientTraining, _ task: TrainingTask<World, Model>,
        _ keeper: Keeper, describing: (Parameters) -> String? = { _ in nil },
        analysis: @escaping @Sendable (Parameters) -> A
    ) throws(Keeper.Failure) -> (Parameters, TrainingRecord) where A.State == Ensemble {
        if let saved = try keeper.saved(like: start) { return (saved.model, saved.record) }
        let variables = task.variables
        let forecast = EachMember(task.model, modelError: task.modelError)
        let spread = task.world.startSpread(task.climate)
        let objective = objective(task, segment: gradient.truncation) { mean, key in
            let keys = key.split(2)
            return Ensemble(members: mean + spread * keys[0].normal([members, variables]), key: keys[1])
        } filter: { (parameters: Parameters) in
            Cycle(forecast, analysis(parameters))
        }
        return try descend(objective, from: start, gradient, task, keeper, describing: describing)
    }
}

extension FilterLoss {
    /// The word of a configuration.
    public var word: String {
        switch self {
        case .squaredError: "squared-error"
        case .crps: "crps"
        case .energyScore: "energy-score"
        case .likelihood: "likelihood"
        case .predictionError: "prediction-error"
        case .predictionCRPS: "prediction-crps"
        case .predictionEnergyScore: "prediction-energy-score"
        }
    }
}

// MARK: - Parameters that many have

extension Parameter where Subject: Parameterized {
    static func width(_ path: WritableKeyPath<Subject, Int> & Sendable) -> Self {
        .integer("width", path, 1...4096, "Channels, or units, of each hidden layer.")
    }
    static func depth(_ path: WritableKeyPath<Subject, Int> & Sendable) -> Self {
        .integer("depth", path, 1...64, "Number of hidden layers, or of blocks.")
    }
    static func steps(_ path: WritableKeyPath<Subject, Int> & Sendable) -> Self {
        .integer("steps", path, 1...10_000_000, "Steps of the gradient.")
    }
    static func rate(_ path: WritableKeyPath<Subject, Double> & Sendable) -> Self {
        .real("rate", path, 1e-8...10, "Size of a step of the gradient at its highest.")
    }
    static func truncation(_ path: WritableKeyPath<Subject, Int> & Sendable) -> Self {
        .integer("truncation", path, 1...1000, unit: "cycles", "Cycles that the gradient goes back through.")
    }
    static func batch(_ path: WritableKeyPath<Subject, Int> & Sendable) -> Self {
        .integer("batch", path, 1...4096, "Trajectories or times in a step of the gradient.")
    }
    static func patience(_ path: WritableKeyPath<Subject, Int> & Sendable) -> Self {
        .integer(
            "patience", path, 0...1_000_000,
            "Passes without a better validation after which training ends; 0: it never ends early.")
    }
    static func length(_ path: WritableKeyPath<Subject, Int> & Sendable) -> Self {
        .integer(
            "length", path, 1...10_000_000, unit: "observation times",
            "Times of the truth, or of its observations, to learn from; a tenth is held back.")
    }
}
