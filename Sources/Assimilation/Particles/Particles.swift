import Tensors

/// Weighted states `[N, n]`: a belief of any shape, with the key of the random numbers that their next steps draw.
public struct Particles: Belief {
    /// `[N, n]`
    public var states: Tensor
    /// The logarithms of weights that sum to one, `[N]`.
    public var logWeights: Tensor
    public var key: Key

    public init(states: Tensor, logWeights: Tensor, key: Key) {
        precondition(
            logWeights.shape == Array(states.shape.dropLast()),
            "states of shape \(states.shape) with weights of shape \(logWeights.shape)")
        (self.states, self.logWeights, self.key) = (states, logWeights, key)
    }
    /// Equal weights.
    public init(_ ensemble: Ensemble) {
        let shape = Array(ensemble.members.shape.dropLast())
        let logWeight = -Tensor(Double(ensemble.count)).log()
        self.init(states: ensemble.members, logWeights: logWeight.broadcast(to: shape), key: ensemble.key)
    }

    /// The number of particles, `N`.
    public var count: Int { states.shape[states.rank - 2] }
    public var weights: Tensor { logWeights.exp() }
    public var mean: Tensor { (weights.expanded(axis: -1) * states).sum(axes: [-2]) }
    public var variance: Tensor {
        (weights.expanded(axis: -1) * (states - mean.expanded(axis: -2)).squared()).sum(axes: [-2])
    }
    public func moments<H: StateMap>(of function: H) -> (mean: Tensor, variance: Tensor) {
        let seen = vmap { (x: Tensor) in function(x) }(states)
        let column = weights.expanded(axis: -1)
        let mean = (column * seen).sum(axes: [0])
        return (mean, (column * (seen - mean).squared()).sum(axes: [0]))
    }
    /// `1 / Σ w²`: how many equally weighted particles would tell as much, between 1 and `N`.
    public var effectiveSize: Tensor { (-(2 * logWeights).logSumExp()).exp() }
    /// Deviations from the mean, scaled such that `Fᵀ F` is the weighted sample covariance `[n, n]`: `[N, n]`.
    var covarianceFactor: Tensor {
        let effective = effectiveSize.expanded(axis: -1).expanded(axis: -1)
        // Divides by 1 − Σ w², as N − 1 does for equal weights; a lone particle has no spread.
        let correction = effective / (effective - 1).maximum(1e-12)
        return (0.5 * logWeights).exp().expanded(axis: -1) * correction.sqrt() * (states - mean.expanded(axis: -2))
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&states, "states")
        visitor.visit(&logWeights, "logWeights")
        visitor.visit(&key, "key")
    }
}
