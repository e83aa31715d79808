import Kernels
import Networks
import Tensors

/// The error of a residual analysis over a few cycles, from where the cycles before have left truth and forecast.
///
///     a[k] = analysis(f[k], y[k]),   f[k + 1] = M(a[k]),   loss = mean (a[k] − x[k])²
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
    func epoch(_ key: Key) -> (carry: Nothing, steps: Nothing) { (Nothing(), Nothing()) }

    func loss(
        _ analysis: ResidualAnalysis<Network>, _ carry: Nothing, _ step: Nothing, key: Key
    ) -> (value: Tensor, carry: Nothing) {
        (run(analysis).value, Nothing())
    }

    /// The loss, and truth and forecast after the last cycle.
    func run(_ analysis: ResidualAnalysis<Network>) -> (value: Tensor, end: Pair<Tensor, Tensor>) {
        var (x, f, losses) = (truth, forecast, [Tensor]())
        for cycle in 0..<errors.shape[1] {
            let isSeen = mask.element(cycle, axis: 1)
            let innovation = isSeen * (x + errors.element(cycle, axis: 1) - f)
            let a = f + analysis.increment(f, innovation, isSeen)
            losses.append((a - x).squared().mean())
            (x, f) = (model(x), model(a))
        }
        let total = losses.dropFirst().reduce(losses[0], +)
        return (total / Tensor(floatLiteral: Double(losses.count)), Pair(x, f))
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
    public var batch = 64
    public var cycles = 4
    /// Of the gradient.
    public var steps = 3000
    public var rate = 3e-3
    public var observationError = 1.0
    /// The fraction of variables that are observed, others at each time.
    public var observed = 1.0

    public init() {}

    /// - Parameters:
    ///   - start: the analysis that training starts from.
    ///   - truth: states on the attractor, `[batch, n]`, in the element type in which everything is to be computed.
    ///   - spread: the standard deviation of the first forecasts' error.
    ///   - model: the next states of states `[batch, n]`.
    public func callAsFunction<Network: Map>(
        _ start: ResidualAnalysis<Network>, from truth: Tensor, spread: Double = 1, key: Key,
        progress: (LearningProgress) -> Void = { _ in }, model: @escaping @Sendable (Tensor) -> Tensor
    ) -> TrainingState<ResidualAnalysis<Network>> {
        precondition(truth.rank == 2 && truth.shape[0] == batch, "\(truth.signature) for \(batch) trajectories")
        let (type, n) = (truth.type, truth.shape[1])
        let draw = compile(like: key) { key in
            let keys = key.split(2)
            let errors = Tensor(observationError) * keys[0].normal([batch, cycles, n])
            let mask = keys[1].uniform([batch, cycles, n]) .< Tensor(observed)
            return Pair(errors.cast(to: type), mask.cast(to: type))
        }
        let drawn = draw(key)
        let first = truth + (Tensor(spread) * key.folding(-1).normal([batch, n])).cast(to: type)
        let objective = CyclesObjective<Network>(
            truth: truth, forecast: first, errors: drawn.first, mask: drawn.second, model: model)
        let rates = Schedule(rate, warmup: 50, decay: .cosine(steps: steps, final: 0.01))
        var training = Training(objective, Adam(rate: rates).clipped(to: .norm(1)), epochs: steps, like: start)
        let advance = compile(like: Pair(start, objective)) { $0.second.run($0.first).end }
        var state = training.start(start, key: key)
        while !training.isFinished(state) {
            let analysis = state.parameters
            training.advance(&state)
            let next = advance(Pair(analysis, training.objective))
            (training.objective.truth, training.objective.forecast) = (next.first, next.second)
            let drawn = draw(key.folding(state.epochs))
            (training.objective.errors, training.objective.mask) = (drawn.first, drawn.second)
            progress(LearningProgress(step: state.epochs, of: steps, loss: state.losses.values[state.epochs - 1]))
        }
        return state
    }
}
