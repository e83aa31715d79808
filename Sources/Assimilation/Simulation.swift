import Tensors

/// A truth and observations of it, both made by a model: a twin experiment.
public struct Twin<Operator: StateMap>: Tree {
    /// The states at the times of the observations, `[T, n]`.
    public var truth: Tensor
    public var observations: Observations<Operator>

    public init(truth: Tensor, observations: Observations<Operator>) {
        precondition(
            truth.rank == 2 && truth.shape[0] == observations.count,
            "a truth of shape \(truth.shape) for \(observations.count) times of observation")
        (self.truth, self.observations) = (truth, observations)
    }

    /// The root-mean-square error over the variables of estimates `[T, n]`, one for each time, `[T]`.
    public func errors(of estimates: Tensor) -> Tensor { (estimates - truth).squared().mean(axes: [-1]).sqrt() }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&truth, "truth")
        visitor.visit(&observations, "observations")
    }
}

/// Draws a truth from a model, and observations of it: a twin experiment.
///
///     x[0] = state,   x[t+1] = M(x[t]) + F ξ[t],   y[t] = h(x[t]) + R^½ ε[t],   ξ, ε ~ N(0, I)
///
/// A model that is observed every `k` steps is the model `.repeated(k)`.
/// `Cycle` takes a belief about `x[0]` as its background.
///
/// - Parameters:
///   - modelError: the random part of every step; none by default.
///   - state: the truth at the time of the first observation, `[n]`.
///   - errorCovariance: of the observations, `[m, m]`, or `[steps, m, m]` where it varies.
///   - mask: `[steps, m]`, 1 where a value exists and 0 where it is missing; all exist by default.
///   - steps: the number of times of observation, `T`.
///   - firstStep: the number of the first step, for models that depend on time.
///   - key: of all random numbers; those of the observations do not depend on the model.
public func simulate<Model: ForecastModel, Operator: StateMap>(
    _ model: Model, modelError: ModelError? = nil, from state: Tensor, observing operator: Operator,
    errorCovariance: Tensor, mask: Tensor? = nil, steps: Int, firstStep: Int = 0, key: Key
) -> Twin<Operator> {
    let keys = key.split(2)
    let times = Tensor.range(steps) + Tensor(integer: firstStep)
    let truth = scan(over: times, from: state) { state, step in
        var next = model(state, step: step)
        if let modelError {
            let factor = modelError.factor(step: step)
            next = next + factor.vectorProduct(keys[0].folding(step).normal([factor.shape[1]]))
        }
        return (next, state)
    }.outputs
    let m = errorCovariance.shape[errorCovariance.rank - 1]
    let errors = errorCovariance.sqrtm().vectorProduct(keys[1].normal([steps, m]))
    let values = vmap { (x: Tensor) in `operator`(x) }(truth) + errors
    return Twin(
        truth: truth,
        observations: Observations(
            values: mask.map { $0 * values } ?? values, mask: mask, errorCovariance: errorCovariance,
            operator: `operator`))
}

/// The twin experiment of a model that does not depend on time.
public func simulate<Model: StateMap, Operator: StateMap>(
    _ model: Model, modelError: ModelError? = nil, from state: Tensor, observing operator: Operator,
    errorCovariance: Tensor, mask: Tensor? = nil, steps: Int, key: Key
) -> Twin<Operator> {
    simulate(
        Autonomous(model), modelError: modelError, from: state, observing: `operator`,
        errorCovariance: errorCovariance, mask: mask, steps: steps, key: key)
}
