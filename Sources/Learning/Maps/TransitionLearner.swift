import Networks
import Tensors

/// Estimates of states at successive times, and how much they are worth: a training set for models of the next state.
public struct StateEstimates: Tree {
    /// `[T, n]`
    public var states: Tensor
    /// The variance of each, `[T, n]`; zeros where they are exact.
    public var variances: Tensor

    public init(_ states: Tensor, variances: Tensor? = nil) {
        precondition(
            states.rank == 2 && (variances ?? states).shape == states.shape,
            "states of shape \(states.shape) and variances of shape \(variances?.shape ?? [])")
        self.states = states
        self.variances = variances ?? Tensor.zeros(states.shape)
    }

    /// The number of times, `T`.
    public var count: Int { states.shape[0] }
    public subscript(_ times: Range<Int>) -> StateEstimates { mappingLeaves { $0[times] } }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&states, "states")
        visitor.visit(&variances, "variances")
    }
}

/// Learns a model of the next state by gradients of the squared error of its forecasts over one step or several.
///
///     Σ w[t, l, i] (Mˡ(x[t]) − x[t + l])²ᵢ,   w = 1 / (v + variance of x[t + l]ᵢ) of mean one
///
/// The states are estimates: those that are worth more count more, with `v` the mean of their variances, which keeps
/// single ones from counting alone. The last part of the times is held back:
/// the model that forecasts them best is kept.
///
/// Reference: Brajard, Carrassi, Bocquet & Bertino, J. Comput. Sci. 44 (2020), 101171, equation 5.
public struct TransitionLearner: Sendable {
    public var rate = 1e-3
    public var batchSize = 256
    public var epochs = 30
    /// How many epochs without a better score on what is held back end the training; nil: none do.
    public var patience: Int?
    /// Over how many steps errors are followed.
    public var leads = 1
    /// The fraction of the times that is held back.
    public var held = 0.1
    /// The element type in which it computes.
    public var type = ElementType.float32

    public init() {}

    /// - Parameters:
    ///   - start: the parameters that learning starts from.
    ///   - model: the next states `[..., n]` of states, by parameters; what it captures is not learned.
    public func callAsFunction<Parameters: Tree>(
        _ start: Parameters, _ estimates: StateEstimates, key: Key,
        progress: (LearningProgress) -> Void = { _ in },
        model: @escaping @Sendable (Parameters, Tensor) -> Tensor
    ) -> TrainingState<Parameters> {
        training(like: start, estimates, model: model)(start, key: key, progress: progress)
    }

    /// The training itself, to be followed epoch by epoch.
    public func training<Parameters: Tree>(
        like start: Parameters, _ estimates: StateEstimates, model: @escaping @Sendable (Parameters, Tensor) -> Tensor
    ) -> Training<BatchLoss<Parameters, Samples>, Adam> {
        let cut = Int((1 - held) * Double(estimates.count))
        let (learn, stop) = (samples(estimates[0..<cut]), samples(estimates[cut..<estimates.count]))
        let steps = epochs * (learn.states.shape[0] / batchSize)
        let optimizer = Adam(rate: Schedule(rate, decay: .cosine(steps: steps, final: 0.01)))
        let objective = BatchLoss(learn, validation: stop, batchSize: batchSize) {
            (parameters: Parameters, samples: Samples) in
            samples.loss { model(parameters, $0) }
        }
        return Training(objective, optimizer, epochs: epochs, patience: patience, like: start)
    }

    /// The samples of one gradient, stacked along the first axis.
    public struct Samples: Tree {
        /// `[samples, n]`
        var states: Tensor
        /// `[samples, leads, n]`
        var targets: Tensor
        var weights: Tensor

        func loss(_ model: (Tensor) -> Tensor) -> Tensor {
            var (state, total) = (states, Tensor?.none)
            for lead in 0..<targets.shape[1] {
                state = model(state)
                let error = (state - targets.element(lead, axis: 1)).squared() * weights.element(lead, axis: 1)
                total = total.map { $0 + error.mean() } ?? error.mean()
            }
            return (total ?? 0) / Tensor(floatLiteral: Double(targets.shape[1]))
        }
        public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
            visitor.visit(&states, "states")
            visitor.visit(&targets, "targets")
            visitor.visit(&weights, "weights")
        }
    }

    func samples(_ estimates: StateEstimates) -> Samples {
        let count = estimates.count - leads
        precondition(count >= batchSize || count > 0, "TransitionLearner: \(estimates.count) times for \(leads) leads")
        let ahead = { (x: Tensor) in
            Tensor.stacked((1...leads).map { x[$0..<($0 + count)] }, axis: 1).cast(to: type)
        }
        let worth = 1 / (estimates.variances + estimates.variances.mean() + 1e-12)
        return Samples(
            states: estimates.states[0..<count].cast(to: type), targets: ahead(estimates.states),
            weights: ahead(worth / worth.mean()))
    }
}
