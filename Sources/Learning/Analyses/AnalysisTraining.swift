import Kernels
import Networks
import Tensors

/// The error of a residual analysis, in expectation over the errors of the observations that it takes up.
///
///     loss = mean over trajectories and cycles of √(E |a − x|² / n),
///     E |a − x|² = |(I − K) (f − x) + b|² + σ² tr K Kᵀ,   K, b = gain(f),   f ← M(a)
///
/// An increment is affine in the innovation, so that the expectation is known, given the forecast. A sample of it, as
/// one observation gives it, is mostly noise: the innovation is mostly the observation's error. The forecasts after the
/// first are of the sampled analyses, and derivatives go through them.
///
/// Many trajectories go side by side, as the first axis. The cycles are not a loop but one after the other in the
/// program, which can so be cut into tiles of the batch. What a step leaves behind is the forecast. One that is lost,
/// its analysis farther from the truth than the climate's mean is, starts again from an observation, so that one
/// trajectory does not end the training of all.
struct CyclesObjective: Objective {
    /// `[B, n]`
    var forecast: Tensor
    var stretch: Stretch
    /// `σ`
    let observationError: Double
    let model: @Sendable (Tensor) -> Tensor

    var stepsPerEpoch: Int { 1 }
    func epoch(_ key: Key) -> (carry: Tensor, steps: Nothing) { (forecast, Nothing()) }

    func loss(
        _ analysis: ResidualAnalysis, _ carry: Tensor, _ step: Nothing, key: Key
    ) -> (value: Tensor, carry: Tensor) {
        let cycles = stretch.truth.shape[1]
        let variance = Tensor(floatLiteral: observationError * observationError)
        let farthest = Tensor(floatLiteral: analysis.scale * analysis.scale)
        var (f, losses) = (carry, [Tensor]())
        for cycle in 0..<cycles {
            let (x, y) = (stretch.truth.element(cycle, axis: 1), stretch.values.element(cycle, axis: 1))
            let isSeen = stretch.coverage.element(cycle, axis: 1)
            let gain = analysis.gain(f, isSeen)
            let bias = f + gain.increment(isSeen * (x - f)) - x
            let expected = (bias.squared() + variance * gain.errorVariance(isSeen)).mean(axes: [1])
            losses.append((expected + 1e-12).sqrt().mean())
            var a = f + gain.increment(isSeen * (y - f))
            if cycle == cycles - 1 {
                let isNear = (a - x).squared().mean(axes: [1]).expanded(axis: 1) .<= farthest
                a = select(isNear, a, y)
            }
            f = model(a)
        }
        let total = losses.dropFirst().reduce(losses[0], +)
        return (total / Tensor(floatLiteral: Double(cycles)), f)
    }

    mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&forecast, "forecast")
        visitor.visit(&stretch, "stretch")
    }
}

/// Some cycles of true trajectories and of their observations, `[B, cycles, n]` each.
struct Stretch: Tree {
    var truth: Tensor
    /// The observations, errors included, also of places that are masked.
    var values: Tensor
    /// 1 where a variable is observed.
    var coverage: Tensor

    mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&truth, "truth")
        visitor.visit(&values, "values")
        visitor.visit(&coverage, "coverage")
    }
}

/// Trains a residual analysis through the cycles of twin experiments that never end: after each step of the gradient
/// all trajectories go on from where they are, so that no observation is seen twice and the forecasts are those of the
/// analysis itself. Back-propagation is truncated to `cycles`.
public struct AnalysisTraining: Sendable {
    /// How many trajectories there are.
    public var batch = 64
    public var cycles = 1
    /// Of the gradient.
    public var steps = 8000
    /// Of matrices and of others, at its highest.
    public var rate = 5e-3
    public var observationError = 1.0
    /// The variables that are observed; nil: all.
    public var places: [Int]?
    /// The fraction of them that is, others at each time.
    public var observed = 1.0
    /// The variance that model error adds to every variable of the truth in a cycle.
    public var modelError = 0.0

    public init() {}

    /// Training under way: saved and restored, it goes on to the same bits.
    public struct Session: Tree {
        public var state: TrainingState<ResidualAnalysis>
        /// The true states of the trajectories and their forecasts, `[batch, n]`.
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
    public func callAsFunction(
        _ start: ResidualAnalysis, from truth: Tensor, spread: Double = 1, key: Key,
        progress: (LearningProgress) -> Void = { _ in }, model: @escaping @Sendable (Tensor) -> Tensor
    ) -> TrainingState<ResidualAnalysis> {
        let trainer = AnalysisTrainer(self, like: start, truth: truth, model: model)
        var session = trainer.start(start, from: truth, spread: spread, key: key)
        while !trainer.isFinished(session) {
            trainer.advance(&session)
            progress(trainer.progress(session))
        }
        return session.state
    }

    /// The next cycles of trajectories, and where they are afterwards.
    func stretch(
        from start: Tensor, _ key: Key, _ model: (Tensor) -> Tensor
    ) -> Pair<Stretch, Tensor> {
        let keys = key.split(2)
        let shape = [batch, cycles, start.shape[1]]
        var states = [start]
        for cycle in 0..<cycles {
            let next = model(states[cycle])
            let noise =
                modelError > 0 ? Tensor(modelError.squareRoot()) * key.folding(-1 - cycle).normal(start.shape) : nil
            states.append(noise.map { next + $0.cast(to: start.type) } ?? next)
        }
        let truth = Tensor.stacked(states.dropLast(), axis: 1)
        let errors = Tensor(observationError) * keys[0].normal(shape)
        let isThere = keys[1].uniform(shape) .< Tensor(observed)
        let isObserved = Tensor((0..<shape[2]).map { places?.contains($0) == false ? 0 : 1 })
        let stretch = Stretch(
            truth: truth, values: truth + errors.cast(to: start.type),
            coverage: (isThere.cast(to: .float64) * isObserved).cast(to: start.type))
        return Pair(stretch, states[cycles])
    }
}

/// The compiled programs of a training of a residual analysis, one step of the gradient at a time.
public struct AnalysisTrainer: Sendable {
    public typealias Session = AnalysisTraining.Session

    private let settings: AnalysisTraining
    private let training: Training<CyclesObjective, Clipped<Muon>>
    private let next: Compiled<Pair<Tensor, Key>, Pair<Stretch, Tensor>>

    /// - Parameter forecast: the next states of analyses, where that is not the model of the truth: a surrogate.
    public init(
        _ settings: AnalysisTraining, like start: ResidualAnalysis, truth: Tensor,
        forecast: (@Sendable (Tensor) -> Tensor)? = nil, model: @escaping @Sendable (Tensor) -> Tensor
    ) {
        precondition(
            truth.rank == 2 && truth.shape[0] == settings.batch, "\(truth.signature) for \(settings.batch) trajectories"
        )
        let made = Program.tracing([truth.signature]) { [model($0[0])] }.resultSignatures[0]
        precondition(made == truth.signature, "the model makes \(made) of states \(truth.signature)")
        self.settings = settings
        next = compile(like: Pair(truth, Key(0))) { settings.stretch(from: $0.first, $0.second, model) }
        let empty = Tensor.zeros([settings.batch, settings.cycles, truth.shape[1]], type: truth.type)
        let objective = CyclesObjective(
            forecast: truth, stretch: Stretch(truth: empty, values: empty, coverage: empty),
            observationError: settings.observationError, model: forecast ?? model)
        let rates = Schedule(settings.rate, warmup: 50, decay: .cosine(steps: settings.steps, final: 0.01))
        training = Training(
            objective, Muon(rate: rates).clipped(to: .norm(1)), epochs: settings.steps, like: start)
    }

    public func start(
        _ analysis: ResidualAnalysis, from truth: Tensor, spread: Double = 1, key: Key
    ) -> Session {
        let errors = (Tensor(spread) * key.folding(-1).normal(truth.shape)).cast(to: truth.type)
        return Session(state: training.start(analysis, key: key), truth: truth, forecast: truth + errors)
    }

    public func isFinished(_ session: Session) -> Bool { training.isFinished(session.state) }

    /// One step of the gradient, and all trajectories some cycles on.
    public func advance(_ session: inout Session) {
        let key = session.state.epochs == 0 ? session.state.key : session.state.key.folding(session.state.epoch)
        let drawn = next(Pair(session.truth, key))
        var training = training
        (training.objective.forecast, training.objective.stretch) = (session.forecast, drawn.first)
        (session.forecast, session.truth) = (training.advance(&session.state), drawn.second)
    }

    public func progress(_ session: Session) -> LearningProgress {
        LearningProgress(
            step: session.state.epochs, of: settings.steps, loss: session.state.losses.values[session.state.epochs - 1])
    }
}
