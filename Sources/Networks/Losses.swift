import RealModule
import Tensors
import Verification

/// A training loss. Every one is the weighted mean over all elements of prediction and target (which have
/// one shape); weights broadcast, may be truth values, and where they are zero the target may be anything, NaN too.
public enum Loss {
    /// `mean (prediction − target)²`.
    public static func meanSquaredError(_ prediction: Tensor, _ target: Tensor, weights: Tensor? = nil) -> Tensor {
        mean(deviation(prediction, target, weights).squared(), weights)
    }

    /// `mean ½ ((target − mean)² / v + log v + log 2π)` for `v = exp(logVariance)`.
    public static func gaussian(
        mean prediction: Tensor, logVariance: Tensor, _ target: Tensor, weights: Tensor? = nil
    ) -> Tensor {
        let square = deviation(prediction, target, weights).squared()
        let total = square * (-logVariance).exp() + logVariance + Double.log(2 * .pi)
        return 0.5 * mean(total, weights)
    }

    /// The same for a variance, which must be positive.
    public static func gaussian(
        mean: Tensor, variance: Tensor, _ target: Tensor, weights: Tensor? = nil
    ) -> Tensor {
        gaussian(mean: mean, logVariance: variance.log(), target, weights: weights)
    }

    /// The mean continuous ranked probability score of normal forecasts with the given standard deviation, in the units
    /// of the target.
    public static func crps(
        mean prediction: Tensor, deviation sigma: Tensor, _ target: Tensor, weights: Tensor? = nil
    ) -> Tensor {
        mean(ProperScore.crps(departure: deviation(prediction, target, weights), deviation: sigma), weights)
    }

    /// The fair energy score of ensembles `[..., N, n]` for targets `[..., n]`, the mean over them: least where the
    /// members are drawn from the distribution that the targets are from, whatever that is. Cost O(N² n).
    public static func energyScore(_ members: Tensor, _ target: Tensor) -> Tensor {
        ProperScore.energy(members: members, truth: target)
    }

    /// `−mean log p[class]` with `p` the softmax of the logits `[..., classes]`, for integer classes `[...]`.
    public static func crossEntropy(logits: Tensor, classes: Tensor, weights: Tensor? = nil) -> Tensor {
        precondition(
            Array(logits.shape.dropLast()) == classes.shape,
            "crossEntropy: logits of shape \(logits.shape) and classes of shape \(classes.shape)")
        let chosen = logits.gathered(classes.expanded(axis: -1), axis: -1).reshaped(classes.shape)
        return mean(logits.logSumExp() - chosen, weights)
    }

    /// The same for a distribution over the classes as target: `−mean Σ q log p`.
    public static func crossEntropy(logits: Tensor, probabilities: Tensor, weights: Tensor? = nil) -> Tensor {
        requireEqual(logits, probabilities)
        let logarithms = logits - logits.logSumExp().expanded(axis: -1)
        return mean(-(probabilities * logarithms).sum(axes: [-1]), weights)
    }

    /// `prediction − target`, zero where the weight is zero, so that what is not there has no derivative either.
    private static func deviation(_ prediction: Tensor, _ target: Tensor, _ weights: Tensor?) -> Tensor {
        requireEqual(prediction, target)
        guard let weights else { return prediction - target }
        return select(weights .!= Tensor.zeros(type: weights.type), prediction - target, 0)
    }

    private static func requireEqual(_ prediction: Tensor, _ target: Tensor) {
        precondition(
            prediction.shape == target.shape,
            "a loss of a prediction of shape \(prediction.shape) and a target of shape \(target.shape)")
    }

    /// The weighted mean; zero when all weights are zero.
    private static func mean(_ x: Tensor, _ weights: Tensor?) -> Tensor {
        guard let weights else { return x.mean() }
        let spread = weights.cast(to: x.type).broadcast(to: x.shape)
        let total = spread.sum()
        return (x * spread).sum() / select(total .> 0, total, 1)
    }
}
