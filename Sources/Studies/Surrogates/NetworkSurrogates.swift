import Assimilation
import Kernels
import Learning
import Networks
import Tensors

/// A surrogate that gradients find.
public protocol NetworkSurrogate: Surrogate where Model == TendencyModel<Field> {
    associatedtype Field: StateMap
    var training: NetworkTraining { get set }
}

/// The parameters of a network's training.
public struct NetworkTraining: Sendable {
    public var length = 2000, epochs = 30, rate = 0.003, leads = 2, batch = 64, patience = 0
    /// Of the assimilation that takes turns with learning.
    public var rounds = 6, members = 20, radius = 4.0

    var learner: TransitionLearner {
        var learner = TransitionLearner()
        (learner.epochs, learner.batchSize, learner.rate, learner.leads) = (epochs, batch, rate, leads)
        learner.patience = patience > 0 ? patience : nil
        return learner
    }
}

extension NetworkSurrogate {
    public static var learnsFromObservations: Bool { true }
    public var length: Int { training.length }

    static var trainingParameters: [Parameter<Self>] {
        [
            .integer("epochs", \.training.epochs, 1...1_000_000, "Passes over the times."),
            .rate(\.training.rate),
            .integer(
                "leads", \.training.leads, 1...100, unit: "observation times",
                "Steps ahead over which errors are followed in training."),
            .batch(\.training.batch), .patience(\.training.patience),
            .integer(
                "rounds", \.training.rounds, 1...100, "How often assimilation and learning take turns."),
            .integer("members", \.training.members, 2...1_000_000, "Members of the ensemble, or particles."),
            .real(
                "radius", \.training.radius, 0.1...1e6, unit: "distances of neighbouring variables",
                "Radius of Gaspari and Cohn's weights: about exp(-1/2) there, 0 from 3.64 radii on."),
        ]
    }

    func batchFault() -> (problem: String, expected: String)? {
        let held = Int(0.1 * Double(length))
        return length - held < training.batch + training.leads || held <= training.leads
            ? (
                "\(length) times to learn from, a tenth of them held back",
                "enough for a batch of \(training.batch) and \(training.leads) leads"
            ) : nil
    }

    public func learned<Keeper: TrainingKeeper>(
        from start: Model, _ task: SurrogateTask, _ draw: TwinDraw, _ description: inout ModelDescription,
        _ keeper: Keeper
    ) throws(Keeper.Failure) -> LearnedSurrogate<Model> {
        let learner = training.learner
        switch task.source {
        case .trajectory:
            let training = learner.training(like: start, StateEstimates(draw.twin.truth)) { $0($1) }
            let (state, seconds) = try keeper.learn(
                training.start(start, key: task.key), isFinished: training.isFinished,
                progress: { ($0.epochs, learner.epochs, $0.losses.values[max(0, $0.epochs - 1)]) },
                advance: { training.advance(&$0) })
            return LearnedSurrogate(
                model: state.best, losses: Array(state.losses.values.prefix(state.epochs)),
                stepsPerEpoch: training.objective.stepsPerEpoch, outcome: state.outcome, seconds: seconds)
        case .observations:
            // Where variables have no coordinates, nothing is localised.
            let radius = task.hasCoordinates ? training.radius : 1e6
            let analysis = LocalizedStochasticEnKF(
                Localization(
                    GaspariCohn(radius: Tensor(radius)), task.setting.geometry.coordinates,
                    observing: task.setting.observed))
            var alternation = AlternatingLearning<Model, LocalizedStochasticEnKF<GaspariCohn>, ObservedPart>(
                analysis, learner: learner
            ) { $0($1) }
            alternation.rounds = training.rounds
            alternation.spinUp = min(100, length / 10)
            let keys = task.key.split(3)
            let noise = keys[0].normal([training.members, description.variables])
            let background = Ensemble(
                members: Tensor(description.center) + Tensor(description.scale) * noise, key: keys[1])
            let rounds = alternation.rounds(background: background, draw.twin.observations, key: keys[2])
            let first = alternation.start(.init(start, modelError: 0.15 * description.scale))
            let (session, seconds) = try keeper.learn(
                first, isFinished: alternation.isFinished,
                progress: { ($0.rounds.count, alternation.rounds, $0.rounds.last?.validation ?? .nan) },
                advance: { rounds.advance(&$0) })
            description.modelError = session.learned.modelError.scalar
            let steps = learner.epochs * (length - alternation.spinUp) * 9 / 10 / learner.batchSize
            return LearnedSurrogate(
                model: session.learned.parameters, losses: session.rounds.map(\.validation), stepsPerEpoch: steps,
                outcome: session.rounds.last?.outcome ?? .completed, seconds: seconds)
        }
    }

    func networkArrays(_ variables: Int, layers: Int, width: Int) -> [ArraySizes] {
        let batch = training.batch * training.leads
        return [
            ArraySizes(["batch × leads": batch, "layers": layers, "width": width, "variables": variables], bytes: 4)
        ]
    }
}

/// A convolutional network with products, the same at every place, as tendency or correction.
public struct ConvolutionSurrogate: NetworkSurrogate {
    public typealias Field = ConvolutionField
    public typealias Model = TendencyModel<Field>
    public static let name = "convolution"
    public static let summary =
        "a convolutional network with products, the same at every place, as tendency or correction"
    public static let reference =
        "Brajard, Carrassi, Bocquet & Bertino, J. Comput. Sci. 44 (2020)"
    public static let tensorName = "convolution"
    public static let parameters: [Parameter<Self>] =
        [.length(\.training.length), .width(\.width)] + trainingParameters
    public static let requirements: [Requirement] = [.coordinates, .variables(6)]

    public var width = 32, training = NetworkTraining()

    public init() {}

    public func fault(_ traits: ProblemTraits) -> (problem: String, expected: String)? {
        width % 2 != 0 ? ("a width of \(width)", "an even one: half are products") : batchFault()
    }
    public func fewestNumbers(_ variables: Int) -> Int { 5 * width }
    public func arrays(_ variables: Int) -> [ArraySizes] { networkArrays(variables, layers: 2, width: width) }

    public func start(_ task: SurrogateTask, _ description: ModelDescription) -> Model {
        let keys = task.key.split(3)
        let field = ConvolutionField.startingAtZero(
            width: width, center: description.center, scale: description.scale,
            outputScale: description.outputScale, keys[0], keys[1])
        return TendencyModel(field: field, physics: task.physics?.map, interval: description.interval)
    }
}

/// A dense network on the whole state, as tendency or correction.
public struct DenseSurrogate: NetworkSurrogate {
    public typealias Field = FieldNetwork<DenseNetwork>
    public typealias Model = TendencyModel<Field>
    public static let name = "dense"
    public static let summary = "a dense network on the whole state, as tendency or correction"
    public static let reference =
        "multilayer perceptron of the whole state"
    public static let tensorName = "dense"
    public static let parameters: [Parameter<Self>] =
        [.length(\.training.length), .width(\.width), .depth(\.depth)] + trainingParameters

    public var width = 32, depth = 4, training = NetworkTraining()

    public init() {}

    public func fault(_ traits: ProblemTraits) -> (problem: String, expected: String)? { batchFault() }
    public func fewestNumbers(_ variables: Int) -> Int { 2 * variables * width + (depth - 1) * width * width }
    public func arrays(_ variables: Int) -> [ArraySizes] { networkArrays(variables, layers: depth, width: width) }

    public func start(_ task: SurrogateTask, _ description: ModelDescription) -> Model {
        let count = description.variables
        let widths = [count] + [Int](repeating: width, count: depth) + [count]
        let network = DenseNetwork(
            widths: widths, activation: .silu, key: task.key.split(3)[0], startingAtZero: true, type: .float32)
        let field = FieldNetwork(
            network, center: description.center, scale: description.scale, outputScale: description.outputScale)
        return TendencyModel(field: field, physics: task.physics?.map, interval: description.interval)
    }
}

extension ModelDescription {
    /// The size of a tendency, or of a tendency's error.
    var outputScale: Double { scale * (physics == nil ? 3 : 1) }
}
