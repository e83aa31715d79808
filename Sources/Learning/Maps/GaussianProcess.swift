import Assimilation
import Tensors

/// A Gaussian process: the regression of a function of the state on its values at points, with how far it may be wrong.
///
///     k(z, z') = s² exp(−½ Σᵢ (zᵢ − z'ᵢ)² / ℓᵢ²),   K = k(Z, Z) + s² ν I
///     f(x) = c + k(z, Z) K⁻¹ (Y − c),   variance s² (1 + ν) − k(z, Z) K⁻¹ k(Z, z)
///
/// with `z` what is seen at a place. All outputs share the lengths `ℓ` and the noise `ν`; each has its own variance
/// `s²` and mean `c`. Lengths and noise are those of the largest marginal likelihood, by its gradient; `s²` is then
/// known in closed form. The variance is that of a new value, noise included:
/// what a forecast with the mean needs as model error.
///
/// Shapes: `[..., n]` to `[..., n]`. Cost, for M points: O(M · inputs) a place for the mean, O(M²) for the variance;
/// a fit O(M³) a step.
///
/// Reference: Rasmussen & Williams, *Gaussian processes for machine learning* (MIT Press, 2006),
/// sections 2.2 and 5.4.1.
public struct GaussianProcess: RegressionMap {
    public let view: PlaceView
    /// The most points that are kept of a sample.
    public let maximumPoints: Int
    /// Which samples are kept.
    private let seed: Int
    /// `Z`, `[M, inputs]`
    public var points: Tensor
    /// `s² K⁻¹ (Y − c)`, `[M, outputs]`.
    public var weights: Tensor
    /// The Cholesky factor of `K / s²`, `[M, M]`.
    public var factor: Tensor
    /// `s²`, `[outputs]`
    public var signalVariance: Tensor
    /// `c`, `[outputs]`
    public var offset: Tensor
    public var kernel: Kernel

    /// The hyperparameters, which maximise the marginal likelihood.
    public struct Kernel: Tree {
        /// `log ℓ`, `[inputs]`
        public var logLengths: Tensor
        /// `log ν`
        public var logNoise: Tensor

        public init(logLengths: Tensor, logNoise: Tensor) { (self.logLengths, self.logNoise) = (logLengths, logNoise) }

        /// `k / s²` between points `[..., inputs]` and `[M, inputs]`.
        func callAsFunction(_ a: Tensor, _ b: Tensor) -> Tensor {
            let scale = (-logLengths).exp()
            let (a, b) = (a * scale, b * scale)
            let cross = a.reshaped([-1, a.shape[a.rank - 1]]).matrixProduct(b.transposed)
            let squares = b.squared().sum(axes: [-1])
            return
                (cross.reshaped(a.shape.dropLast() + [b.shape[0]]) - 0.5 * squares
                - 0.5 * a.squared().sum(axes: [-1]).expanded(axis: -1)).exp()
        }

        /// The Cholesky factor of `K / s²`.
        func factor(_ points: Tensor) -> Tensor {
            (self(points, points) + (logNoise.exp() + 1e-10) * Tensor.identity(points.shape[0])).cholesky()
        }

        public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
            visitor.visit(&logLengths, "logLengths")
            visitor.visit(&logNoise, "logNoise")
        }
    }

    /// A process that knows nothing yet: its mean is zero.
    ///
    /// - Parameters:
    ///   - states: a sample, `[samples, n]`, for the first lengths: two standard deviations of the inputs.
    ///   - key: of which samples are kept, where there are more than `maximumPoints`.
    public init(
        maximumPoints: Int = 400, view: PlaceView = .wholeState, noise: Double = 1e-4, like states: Tensor,
        seed: Int = 1
    ) {
        precondition(maximumPoints > 1 && noise > 0 && states.rank == 2, "\(maximumPoints) points, noise \(noise)")
        (self.view, self.maximumPoints, self.seed) = (view, maximumPoints, seed)
        let seen = view.rows(view.inputs(states))
        let outputs = view == .wholeState ? seen.shape[1] : 1
        kernel = Kernel(logLengths: (2 * seen.variance(axes: [0]).sqrt()).log(), logNoise: Tensor(noise).log())
        points = seen[0..<1]
        factor = kernel.factor(points)
        weights = Tensor.zeros([1, outputs])
        (signalVariance, offset) = (Tensor.ones([outputs]), Tensor.zeros([outputs]))
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        let near = kernel(view.inputs(x), points)
        let sum = near.reshaped([-1, near.shape[near.rank - 1]]).matrixProduct(weights)
        return view.state(sum.reshaped(near.shape.dropLast() + [weights.shape[1]]) + offset)
    }

    /// The variance of a new value of the function at a state `[..., n]`, `[..., n]`.
    public func variance(_ x: Tensor) -> Tensor {
        let near = kernel(view.inputs(x), points)
        let white = factor.triangularSolve(near.reshaped([-1, points.shape[0]]).transposed)
        let known = white.squared().sum(axes: [0]).reshaped(near.shape.dropLast() + [1])
        return view.state(signalVariance * (1 + kernel.logNoise.exp() - known))
    }

    /// The error of a model made with this mean: the mean over states `[samples, n]` of the variance,
    /// without correlations.
    public func modelError(at states: Tensor) -> ModelError {
        ModelError(factors: variance(states).mean(axes: [0]).sqrt().diagonalMatrix())
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&points, "points")
        visitor.visit(&weights, "weights")
        visitor.visit(&factor, "factor")
        visitor.visit(&signalVariance, "signalVariance")
        visitor.visit(&offset, "offset")
        visitor.visit(&kernel, "kernel")
    }
}

// MARK: - Learning

extension GaussianProcess {
    /// `log p(Y | Z)` of values `[M, outputs]` at points `[M, inputs]`, where `s²` is the best and `c` the mean.
    public static func logMarginalLikelihood(_ kernel: Kernel, _ points: Tensor, _ values: Tensor) -> Tensor {
        let (count, outputs) = (Double(points.shape[0]), Double(values.shape[1]))
        let factor = kernel.factor(points)
        let white = factor.triangularSolve(values - values.mean(axes: [0]))
        let variance = white.squared().mean(axes: [0])
        let perOutput = (2 * Double.pi * variance).log() + 1
        return -0.5 * count * perOutput.sum() - outputs * factor.diagonal().log().sum()
    }

    public func fitted(to targets: Tensor, at states: Tensor) -> GaussianProcess {
        fitted(to: targets, at: states, steps: 30)
    }

    /// - Parameter steps: of the search for lengths and noise at most; 0: they stay.
    public func fitted(to targets: Tensor, at states: Tensor, steps: Int) -> GaussianProcess {
        precondition(
            states.rank == 2 && states.shape == targets.shape,
            "states of shape \(states.shape) and targets of shape \(targets.shape)")
        let (seen, said) = (view.rows(view.inputs(states)), view.rows(view.outputs(targets)))
        let count = min(maximumPoints, seen.shape[0])
        let kept = Key(seed).permutation(seen.shape[0])[0..<count]
        var result = self
        let values = said.taking(kept)
        result.points = seen.taking(kept)
        if steps > 0 {
            let minimizer = QuasiNewton(maximumSteps: steps, tolerance: 1e-3)
            result.kernel =
                minimizer.compiledMinimum(from: kernel, given: Pair(result.points, values)) {
                    -GaussianProcess.logMarginalLikelihood($0, $1.first, $1.second)
                }.point
        }
        result.factor = result.kernel.factor(result.points)
        result.offset = values.mean(axes: [0])
        let white = result.factor.triangularSolve(values - result.offset)
        result.weights = result.factor.triangularSolve(white, transposed: true)
        result.signalVariance = white.squared().mean(axes: [0])
        return result
    }
}
