import Tensors

/// The probability distribution of the state, as a tree.
public protocol Belief: Tree {
    /// The expected state, `[n]`.
    var mean: Tensor { get }
    /// The variance of each variable, `[n]`.
    var variance: Tensor { get }

    /// The continuous ranked probability score of every variable, `[n]`, in its unit: least in expectation for the
    /// distribution that truths are drawn from.
    func crpsOfVariables(of truth: Tensor) -> Tensor
    /// The same for all variables at once, a scalar (Gneiting & Raftery 2007, J. Amer. Stat. Assoc. 102,
    /// 359–378, section 4.3).
    func energyScore(of truth: Tensor) -> Tensor
    /// What it says of an observation that it has not seen: values `[m]`, the observation's errors included, as far as
    /// a belief of this kind can say it; where values are missing it says zero.
    func predicting<H: StateMap>(_ observation: Observation<H>) -> Self
    /// Mean and variance of a function of the state, `[m]` each: exact for members, to first order for a `Gaussian`.
    func moments<H: StateMap>(of function: H) -> (mean: Tensor, variance: Tensor)
}

extension Belief {
    /// Of the expected state alone.
    public func moments<H: StateMap>(of function: H) -> (mean: Tensor, variance: Tensor) {
        let value = function(mean)
        return (value, Tensor.zeros(value.shape, type: value.type))
    }
}

/// A normal distribution: mean `[n]` and covariance `[n, n]`.
public struct Gaussian: Belief {
    public var mean: Tensor
    public var covariance: Tensor

    public init(mean: Tensor, covariance: Tensor) {
        let n = mean.count
        precondition(
            mean.rank >= 1 && covariance.shape == mean.shape + [mean.shape[mean.rank - 1]],
            "a mean of shape \(mean.shape) and a covariance of shape \(covariance.shape), \(n) variables")
        self.mean = mean
        self.covariance = covariance
    }

    public var variance: Tensor { covariance.diagonal() }

    public func moments<H: StateMap>(of function: H) -> (mean: Tensor, variance: Tensor) {
        let rows = function.matrix(at: mean)
        return (function(mean), (rows.matrixProduct(covariance) * rows).sum(axes: [1]))
    }

    /// Members drawn from the distribution.
    public func ensemble(of count: Int, key: Key) -> Ensemble {
        let keys = key.split(2)
        let noise = NoiseSampling.independent.draw(keys[0], [count, mean.count])
        return Ensemble(
            members: mean + noise.matrixProduct(covariance.sqrtm()), key: keys[1])
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&mean, "mean")
        visitor.visit(&covariance, "covariance")
    }
}

/// Equally probable members `[N, n]`, with the key of the random numbers that their next steps draw.
public struct Ensemble: Belief {
    public var members: Tensor
    public var key: Key

    public init(members: Tensor, key: Key) {
        self.members = members
        self.key = key
    }

    /// The number of members, `N`.
    public var count: Int { members.shape[members.rank - 2] }
    public var mean: Tensor { members.mean(axes: [-2]) }
    public var variance: Tensor { members.variance(axes: [-2], correction: 1) }
    public func moments<H: StateMap>(of function: H) -> (mean: Tensor, variance: Tensor) {
        let seen = vmap { (x: Tensor) in function(x) }(members)
        return (seen.mean(axes: [0]), seen.variance(axes: [0], correction: 1))
    }
    /// Deviations of the members from their mean, `[N, n]`.
    public var anomalies: Tensor { members - mean.expanded(axis: -2) }
    /// The sample covariance `[n, n]`, normalised by `N − 1`.
    public var covariance: Tensor {
        let anomalies = self.anomalies
        return anomalies.transposed.matrixProduct(anomalies) / Tensor(Double(count - 1))
    }
    public var gaussian: Gaussian { Gaussian(mean: mean, covariance: covariance) }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&members, "members")
        visitor.visit(&key, "key")
    }
}
