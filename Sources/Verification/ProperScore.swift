import Tensors

/// Scores that are least in expectation for the distribution that truths are drawn from: of numbers, for series of
/// verification, and of tensors, for beliefs and as losses, with derivatives.
///
/// Reference: Gneiting & Raftery 2007, *J. Am. Stat. Assoc.* 102, 359–378.
public enum ProperScore {}

extension ProperScore {
    /// The continuous ranked probability score of normal distributions, of each element.
    ///
    ///     σ (z erf(z / √2) + 2 φ(z) − 1 / √π),   z = (t − m) / σ
    ///
    /// `departure` is t − m. Reference: Gneiting et al. 2005, *Mon. Weather Rev.* 133, 1098, eq. 5.
    public static func crps(departure: Tensor, deviation: Tensor) -> Tensor {
        let z = departure / deviation
        let density = (-0.5 * z.squared()).exp() * (2 / Double.pi).squareRoot()
        return deviation * (z * (z * 0.5.squareRoot()).erf() + density - 1 / Double.pi.squareRoot())
    }

    /// The fair score of an ensemble `[N, ...]`, of each element of the truth `[...]`, by order statistics:
    /// `mean |x − t| − Σ (2i − N − 1) x₍ᵢ₎ / (N (N − 1))`.
    public static func crps(members: Tensor, truth: Tensor) -> Tensor {
        let count = members.shape[0]
        let size = Double(count)
        let order = 2 * Tensor.range(count).cast(to: members.type) + Tensor(floatLiteral: 1 - size)
        let apart = (order.expanded(axis: -1) * members.sorted(axis: 0)).sum(axes: [0])
        return (members - truth).absolute().mean(axes: [0]) - apart * Tensor(floatLiteral: 1 / (size * (size - 1)))
    }

    /// The score of states `[N, n]` with weights `[N]` that add up to one, of each element of the truth `[n]`; for equal
    /// weights the fair one.
    ///
    ///     Σ w |x − t| − Σ w₍ᵢ₎ x₍ᵢ₎ (2 C₍ᵢ₎ − w₍ᵢ₎ − 1) / (1 − Σ w²),   C the sums of the weights in order of the states
    public static func crps(states: Tensor, weights: Tensor, truth: Tensor) -> Tensor {
        let columns = weights.expanded(axis: -1).broadcast(to: states.shape)
        let order = states.argsort(axis: 0)
        let (sorted, share) = (states.gathered(order, axis: 0), columns.gathered(order, axis: 0))
        let apart = (share * sorted * (2 * share.cumulativeSum(axis: 0) - share - 1)).sum(axes: [0])
        return (columns * (states - truth).absolute()).sum(axes: [0]) - apart / different(weights)
    }

    /// The fair energy score of ensembles `[..., N, n]` for truths `[..., n]`, the mean over them.
    ///
    /// `mean |xᵢ − t| − ½ mean over i ≠ j of |xᵢ − xⱼ|`, which does not depend on `N`. Cost O(N² n).
    public static func energy(members: Tensor, truth: Tensor) -> Tensor {
        let count = members.shape[members.rank - 2]
        precondition(
            count > 1 && members.shape.dropLast(2) + [members.shape[members.rank - 1]] == truth.shape[...],
            "an energy score of ensembles of shape \(members.shape) for truths of shape \(truth.shape)")
        let pairs = norms(members.expanded(axis: -3) - members.expanded(axis: -2)).mean()
        let share = Tensor(floatLiteral: 0.5 * Double(count) / Double(count - 1))
        return norms(members - truth.expanded(axis: -2)).mean() - share * pairs
    }

    /// The energy score of states `[N, n]` with weights `[N]` that add up to one, for a truth `[n]`; for equal weights
    /// the fair one. Cost O(N² n).
    public static func energy(states: Tensor, weights: Tensor, truth: Tensor) -> Tensor {
        let distances = norms(states.expanded(axis: 0) - states.expanded(axis: 1))
        let pairs = (weights.outerProduct(weights) * distances).sum()
        return (weights * norms(states - truth)).sum() - 0.5 * pairs / different(weights)
    }

    /// The energy score of a point, its distance from the truth.
    public static func energy(point: Tensor, truth: Tensor) -> Tensor { norms(point - truth) }

    /// How probable it is that two states drawn by their weights are different ones.
    private static func different(_ weights: Tensor) -> Tensor { (1 - weights.squared().sum()).maximum(1e-12) }

    /// Euclidean norms along the last axis, with derivative zero at zero.
    private static func norms(_ x: Tensor) -> Tensor {
        let squares = x.squared().sum(axes: [-1])
        let isThere = squares .> 0
        return select(isThere, select(isThere, squares, 1).sqrt(), 0)
    }
}
