import Kernels
import Networks
import Tensors

/// Training by gradients: an objective, a rule that follows its gradient, and when to stop.
///
/// An epoch is one compiled program: gradients and updates of all its steps, and the score at its end. Between epochs
/// the state is a tree in the caller's hand, to be shown, saved, or given up:
///
///     let training = Training(objective, Adam(rate: 1e-3).clipped(to: .norm(1)), epochs: 100, patience: 10)
///     var state = training.start(parameters, key: Key(1))
///     while !training.isFinished(state) {
///         training.advance(&state)
///         save(state)
///     }
///     use(state.trained.model)
///
/// or `training(parameters, key: Key(1)).trained` for all of it. It ends after `epochs`, after `patience` epochs
/// without a better score, or when a loss, a gradient or a score is not finite; that is in `state.outcome`, and the
/// best parameters are kept in every case. The state depends on nothing but the arguments: resumed,
/// it goes on to the same bits.
public struct Training<O: Objective, Rule: Optimizer>: Sendable {
    public var objective: O
    public var optimizer: Rule
    /// How many epochs there are at most.
    public let epochs: Int
    /// How many epochs without a better score end the training; nil: none do.
    public let patience: Int?
    private let program: Compiled<Arguments, Results>

    /// - Parameter parameters: of the shapes that are to be learned; their values do not matter here.
    public init(
        _ objective: O, _ optimizer: Rule, epochs: Int, patience: Int? = nil, like parameters: O.Parameters
    ) {
        precondition(epochs > 0 && (patience ?? 1) > 0, "Training: \(epochs) epochs, a patience of \(patience ?? 0)")
        (self.objective, self.optimizer, self.epochs, self.patience) = (objective, optimizer, epochs, patience)
        let arguments = Arguments(
            objective: objective, optimizer: optimizer, parameters: parameters, state: optimizer.start(parameters),
            key: Key(0))
        program = compile(like: arguments) { $0.epoch() }
    }

    /// The state before the first epoch.
    public func start(_ parameters: O.Parameters, key: Key) -> TrainingState<O.Parameters> {
        let score = objective.validation(parameters).map { min($0.scalar, .greatestFiniteMagnitude) } ?? .infinity
        return TrainingState(
            parameters: parameters, optimizer: optimizer.start(parameters), key: key,
            epoch: Tensor(integer: 0),
            best: parameters, bestEpoch: Tensor(integer: 0),
            losses: Tensor([Double](repeating: .nan, count: epochs)),
            scores: Tensor([score] + [Double](repeating: .nan, count: epochs)), isSpoilt: 0)
    }

    public func isFinished(_ state: TrainingState<O.Parameters>) -> Bool {
        state.epochs >= epochs || state.isSpoilt.scalar != 0
            || patience.map { state.epochs - state.bestEpoch.integer >= $0 } ?? false
    }

    /// Learns for one epoch; returns the carry of its last step.
    @discardableResult
    public func advance(_ state: inout TrainingState<O.Parameters>) -> O.Carry {
        let results = program(
            Arguments(
                objective: objective, optimizer: optimizer, parameters: state.parameters, state: state.optimizer,
                key: state.key.folding(state.epoch)))
        let number = state.epochs + 1
        let isFinite = results.squares.values.allSatisfy(\.isFinite)
        let loss = isFinite ? results.losses.mean().scalar : .nan
        let score = results.score?.scalar ?? loss
        state.losses = state.losses.replacing(number - 1, with: loss)
        state.scores = state.scores.replacing(number, with: score)
        state.epoch = Tensor(integer: number)
        if !loss.isFinite || !score.isFinite { state.isSpoilt = 1 }
        (state.parameters, state.optimizer) = (results.parameters, results.state)
        if state.isSpoilt.scalar == 0, !(score >= state.scores.values[state.bestEpoch.integer]) {
            (state.best, state.bestEpoch) = (results.parameters, state.epoch)
        }
        return results.carry
    }

    /// Learns to the end, from the start or from a saved state.
    public func callAsFunction(
        from start: TrainingState<O.Parameters>, progress: (LearningProgress) -> Void = { _ in }
    ) -> TrainingState<O.Parameters> {
        var state = start
        while !isFinished(state) {
            advance(&state)
            let score = state.scores.values[state.epochs]
            progress(
                LearningProgress(
                    step: state.epochs, of: epochs, loss: state.losses.values[state.epochs - 1], score: score))
        }
        return state
    }

    public func callAsFunction(
        _ parameters: O.Parameters, key: Key, progress: (LearningProgress) -> Void = { _ in }
    ) -> TrainingState<O.Parameters> { self(from: start(parameters, key: key), progress: progress) }
}

// MARK: - The program of an epoch

extension Training {
    fileprivate struct Arguments: Tree {
        var objective: O
        var optimizer: Rule
        var parameters: O.Parameters
        var state: OptimizerState
        var key: Key

        mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
            visitor.visit(&objective, "objective")
            visitor.visit(&optimizer, "optimizer")
            visitor.visit(&parameters, "parameters")
            visitor.visit(&state, "state")
            visitor.visit(&key, "key")
        }

        func epoch() -> Results {
            let keys = key.split(2)
            let (carry, steps) = objective.epoch(keys[0])
            let start = Learner(parameters: parameters, state: state, carry: carry)
            let (end, record) = run(start, steps, count: objective.stepsPerEpoch, key: keys[1])
            return Results(
                parameters: end.parameters, state: end.state, carry: end.carry, losses: record.first,
                squares: record.second, score: objective.validation(end.parameters))
        }

        /// All steps of an epoch. A single one is no loop, so that its program can be cut into tiles of a batch.
        private func run(
            _ start: Learner, _ steps: O.Step, count: Int, key: Key
        ) -> (Learner, Pair<Tensor, Tensor>) {
            if count == 1 {
                let (end, record) = step(start, steps.mappingLeaves { $0[0] }, key: key.folding(Tensor.range(1)[0]))
                return (end, record.mappingLeaves { $0.expanded(axis: 0) })
            }
            let (end, record) = scan(
                over: Pair(Tensor.range(count), steps), from: start, checkpoints: .everyStep
            ) { learner, now in
                step(learner, now.second, key: key.folding(now.first))
            }
            return (end, record)
        }

        private func step(_ learner: Learner, _ step: O.Step, key: Key) -> (Learner, Pair<Tensor, Tensor>) {
            let (value, carry, gradient) = valueAndGradient(keeping: { (parameters: O.Parameters) in
                let (value, carry) = objective.loss(parameters, learner.carry, step, key: key)
                return (value: value, rest: carry)
            })(learner.parameters)
            let (parameters, state) = optimizer.update(learner.parameters, gradient: gradient, state: learner.state)
            let squares = gradient.leaves.filter(\.type.isReal).map { $0.squared().sum().cast(to: .float64) }
            let next = Learner(parameters: parameters, state: state, carry: carry)
            return (next, Pair(value.cast(to: .float64), squares.reduce(0 as Tensor, +)))
        }
    }

    fileprivate struct Learner: Tree {
        var parameters: O.Parameters
        var state: OptimizerState
        var carry: O.Carry

        mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
            visitor.visit(&parameters, "parameters")
            visitor.visit(&state, "state")
            visitor.visit(&carry, "carry")
        }
    }

    fileprivate struct Results: Tree {
        var parameters: O.Parameters
        var state: OptimizerState
        var carry: O.Carry
        /// The loss of each step, and the squared norm of its gradient.
        var losses: Tensor
        var squares: Tensor
        var score: Tensor?

        mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
            visitor.visit(&parameters, "parameters")
            visitor.visit(&state, "state")
            visitor.visit(&carry, "carry")
            visitor.visit(&losses, "losses")
            visitor.visit(&squares, "squares")
            visitor.visit(&score, "score")
        }
    }
}
