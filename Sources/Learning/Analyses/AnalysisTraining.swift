import Kernels
import Networks
import Tensors

/// The error of a residual analysis over a few cycles, from where the cycles before have left truth and forecast.
///
///     a[k] = analysis(f[k], y[k]),   f[k + 1] = M(a[k]),   loss = mean (a[k] − x[k])²
///
/// What it leaves behind are truth and forecast. A forecast that is lost, farther from the truth than the climate's mean is, starts
/// again from an observation, so that one trajectory does not end the training of all.
///
/// Many trajectories go side by side, as the first axis. The cycles are not a loop but one after the other in the program, which
/// can so be cut into tiles of the batch.
struct CyclesObjective<Network: Map>: Objective where Network.Input == Tensor, Network.Output == Tensor {
    /// `[B, n]`
    var truth: Tensor
    /// `[B, n]`
    var forecast: Tensor
    /// Of the observations, `[B, cycles, n]`.
    var errors: Tensor
    /// `[B, cycles, n]`, 1 where a variable is observed.
    var mask: Tensor
    let model: @Sendable (Tensor) -> Tensor

    var stepsPerEpoch: Int { 1 }
    func epoch(_ key: Key) -> (carry: Pair<Tensor, Tensor>, steps: Nothing) { (Pair(truth, forecast), Nothing()) }

    func loss(
        _ analysis: ResidualAnalysis<Network>, _ carry: Pair<Tensor, Tensor>, _ step: Nothing, key: Key
    ) -> (value: Tensor, carry: Pair<Tensor, Tensor>) {
        var (x, f, losses) = (carry.first, carry.second, [Tensor]())
        for cycle in 0..<errors.shape[1] {
            let isSeen = mask.element(cycle, axis: 1)
            let innovation = isSeen * (x + errors.element(cycle, axis: 1) - f)
            let a = f + analysis.increment(f, innovation, isSeen)
            losses.append((a - x).squared().mean())
            (x, f) = (model(x), model(a))
        }
        let total = losses.dropFirst().reduce(losses[0], +)
        let observed = x + errors.element(errors.shape[1] - 1, axis: 1)
        let farthest = Tensor(floatLiteral: analysis.scale * analysis.scale)
        let isNear = (f - x).squared().mean(axes: [1]).expanded(axis: 1) .<= farthest
        return (total / Tensor(floatLiteral: Double(losses.count)), Pair(x, selecting(isNear, f, observed)))
    }

    mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&truth, "truth")
        visitor.visit(&forecast, "forecast")
        visitor.visit(&errors, "errors")
        visitor.visit(&mask, "mask")
    }
}

/// Trains a residual analysis through the cycles of twin experiments that never end: after each step of the gradient all
/// trajectories go on from where they are, so that no observation is seen twice and the forecasts are those of the analysis itself.
/// Back-propagation is truncated to `cycles`.
public struct AnalysisTraining: Sendable {
    /// How many trajectories there are.
    public var batch = 32
    public var cycles = 4
    /// Of the gradient.
    public var steps = 3000
    /// Of matrices and of others, at its highest.
    public var rate = 5e-3
    public var observationError = 1.0
    /// The fraction of variables that are observed, others at each time.
    public var observed = 1.0

    public init() {}

    /// Training under way: saved and restored, it goes on to the same bits.
    public struct Session<Network: Map>: Tree where Network.Input == Tensor, Network.Output == Tensor {
        public var state: TrainingState<ResidualAnalysis<Network>>
        /// Where the trajectories are, and what is forecast of them, `[batch, n]`.
        public var truth: Tensor
        public var forecast: Tensor

        public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
            visitor.visit(&state, "state")
            visitor.visit(&truth, "truth")
            visitor.visit(&forecast, "forecast")
        }
    }

    /// Trains to the end.
    ///
    /// - Parameters:
    ///   - start: the analysis that training starts from.
    ///   - truth: states on the attractor, `[batch, n]`, in the element type in which everything is to be computed.
    ///   - spread: the standard deviation of the first forecasts' error.
    ///   - model: the next states of states `[batch, n]`.
    public func callAsFunction<Network: Map>(
        _ start: ResidualAnalysis<Network>, from truth: Tensor, spread: Double = 1, key: Key,
        progress: (LearningProgress) -> Void = { _ in }, model: @escaping @Sendable (Tensor) -> Tensor
    ) -> TrainingState<ResidualAnalysis<Network>> {
        let trainer = AnalysisTrainer(self, like: start, truth: truth, model: model)
        var session = trainer.start(start, from: truth, spread: spread, key: key)
        while !trainer.isFinished(session) {
            trainer.advance(&session)
            progress(trainer.progress(session))
        }
        return session.state
    }
}

/// The compiled programs of a training of a residual analysis, one step of the gradient at a time.
public struct AnalysisTrainer<Network: Map>: Sendable where Network.Input == Tensor, Network.Output == Tensor {
    public typealias Session = AnalysisTraining.Session<Network>

    private let settings: AnalysisTraining
    private let training: Training<CyclesObjective<Network>, Clipped<Muon>>
    private let draw: Compiled<Key, Pair<Tensor, Tensor>>

    public init(
        _ settings: AnalysisTraining, like start: ResidualAnalysis<Network>, truth: Tensor,
        model: @escaping @Sendable (Tensor) -> Tensor
    ) {
        precondition(
            truth.rank == 2 && truth.shape[0] == settings.batch, "\(truth.signature) for \(settings.batch) trajectories"
        )
        let next = Program.tracing([truth.signature]) { [model($0[0])] }.resultSignatures[0]
        precondition(next == truth.signature, "the model makes \(next) of states \(truth.signature)")
        self.settings = settings
        let (type, shape) = (truth.type, [settings.batch, settings.cycles, truth.shape[1]])
        draw = compile(like: Key(0)) { key in
            let keys = key.split(2)
            let errors = Tensor(settings.observationError) * keys[0].normal(shape)
            let mask = keys[1].uniform(shape) .< Tensor(settings.observed)
            return Pair(errors.cast(to: type), mask.cast(to: type))
        }
        let empty = Tensor.zeros(shape, type: type)
        let objective = CyclesObjective<Network>(
            truth: truth, forecast: truth, errors: empty, mask: empty, model: model)
        let rates = Schedule(settings.rate, warmup: 50, decay: .cosine(steps: settings.steps, final: 0.01))
        training = Training(
            objective, Muon(rate: rates).clipped(to: .norm(1)), epochs: settings.steps, like: start)
    }

    public func start(
        _ analysis: ResidualAnalysis<Network>, from truth: Tensor, spread: Double = 1, key: Key
    ) -> Session {
        let errors = (Tensor(spread) * key.folding(-1).normal(truth.shape)).cast(to: truth.type)
        return Session(state: training.start(analysis, key: key), truth: truth, forecast: truth + errors)
    }

    public func isFinished(_ session: Session) -> Bool { training.isFinished(session.state) }

    /// One step of the gradient, and all trajectories some cycles on.
    public func advance(_ session: inout Session) {
        let drawn = draw(session.state.epochs == 0 ? session.state.key : session.state.key.folding(session.state.epoch))
        var training = training
        (training.objective.truth, training.objective.forecast) = (session.truth, session.forecast)
        (training.objective.errors, training.objective.mask) = (drawn.first, drawn.second)
        let next = training.advance(&session.state)
        (session.truth, session.forecast) = (next.first, next.second)
    }

    public func progress(_ session: Session) -> LearningProgress {
        LearningProgress(
            step: session.state.epochs, of: settings.steps, loss: session.state.losses.values[session.state.epochs - 1])
    }
}
