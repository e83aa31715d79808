import Networks
import Tensors

/// A regression on random functions of the state: what is inside of a network of one layer is drawn, and only what
/// comes out is learned, by ridge regression in closed form.
///
///     f(x) = (z, φ(z A + a)) W + b,   φ = cos or tanh
///
/// at every place, with `z` what is seen there. With cosines of normal frequencies it tends to the regression with a
/// Gaussian kernel as features become more. Shapes: `[..., n]` to `[..., n]`. Cost: O(inputs · features) a place;
/// a fit O(samples · features²).
///
/// References: Rahimi & Recht, *Random features for large-scale kernel machines* (NIPS 2007); Gottwald & Reich,
/// *Supervised learning from noisy observations: combining machine-learning techniques with data assimilation*,
/// Physica D 423 (2021), 132911.
public struct RandomFeatures: RegressionMap {
    public enum Kind: String, Sendable, Codable, CaseIterable {
        case cosine
        case tanh
    }

    public let view: PlaceView
    public let kind: Kind
    /// Penalty of the squared weights, for a mean squared error.
    public let ridge: Double
    /// Frequencies `A` and phases `a`, `[inputs, features]`.
    public var hidden: Dense
    /// `W` and `b`, `[inputs + features, outputs]`.
    public var readout: Dense

    /// Features whose values change over a distance of `length` standard deviations of the inputs;
    /// they say zero before a fit.
    ///
    /// - Parameter states: a sample, `[samples, n]`, for the scale of the inputs.
    public init(
        _ count: Int, kind: Kind = .cosine, view: PlaceView = .wholeState, length: Double = 3, ridge: Double = 1e-9,
        like states: Tensor, key: Key
    ) {
        precondition(
            count > 0 && length > 0 && ridge >= 0 && states.rank == 2,
            "RandomFeatures: \(count) features of length \(length), ridge \(ridge), states of shape \(states.shape)")
        (self.view, self.kind, self.ridge) = (view, kind, ridge)
        let seen = view.rows(view.inputs(states))
        let inputs = seen.shape[1]
        let keys = key.split(2)
        let frequencies =
            keys[0].normal([inputs, count]) / (length * seen.variance(axes: [0]).sqrt()).expanded(axis: -1)
        let phases = (2 * keys[1].uniform([count]) - 1) * Tensor(kind == .cosine ? Double.pi : 1)
        hidden = Dense(
            weight: frequencies,
            bias: phases - seen.mean(axes: [0]).expanded(axis: 0).matrixProduct(frequencies).flattened())
        let outputs = view == .wholeState ? inputs : 1
        readout = Dense(weight: Tensor.zeros([inputs + count, outputs]), bias: Tensor.zeros([outputs]))
    }

    /// `(z, φ(z A + a))` at every place, `[..., places, inputs + features]`.
    public func features(_ x: Tensor) -> Tensor {
        let seen = view.inputs(x)
        let phase = hidden(seen)
        return Tensor.concatenated([seen, kind == .cosine ? phase.cos() : phase.tanh()], axis: -1)
    }

    public func callAsFunction(_ x: Tensor) -> Tensor { view.state(readout(features(x))) }

    public func fitted(to targets: Tensor, at states: Tensor) -> RandomFeatures {
        precondition(
            states.rank == 2 && states.shape == targets.shape,
            "states of shape \(states.shape) and targets of shape \(targets.shape)")
        var result = self
        result.readout = ridgeRegression(view.rows(features(states)), view.rows(view.outputs(targets)), ridge)
        return result
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&hidden, "hidden")
        visitor.visit(&readout, "readout")
    }
}

/// `min Σ |y − x W − b|² / samples + ridge · |W|²`.
func ridgeRegression(_ features: Tensor, _ targets: Tensor, _ ridge: Double) -> Dense {
    LinearRegression(penalties: Tensor(ridge * Double(features.shape[0]))).fit(features, targets).map
}
