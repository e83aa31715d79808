import Assimilation
import Learning
import Networks
import Studies
import Tensors

/// A Gaussian process whose lengths, variance and noise are those of the largest marginal likelihood.
///
///     k(x, x') = s² κ(r),   r² = Σ (x − x')² / ℓ²,   K = k(X, X) + ν I
///     f(x) = c + k(x, X) K⁻¹ (y − c),   variance of a new value s² + ν − k(x, X) K⁻¹ k(X, x)
///
/// with `c` the mean of the targets. Cost: O(n³) a step of the search. Reference: Rasmussen & Williams, *Gaussian
/// processes for machine learning* (2006), sections 2.2, 4.2 and 5.4.1.
public struct GaussianProcessModel: SupervisedModel {
    public static let name = "gaussian-process"
    public static let summary = "a Gaussian process of the largest marginal likelihood"
    public static let reference = "Rasmussen & Williams, Gaussian processes for machine learning (2006)"
    public static let tasks: Set<SupervisedTask> = [.regression]
    public static let parameters: [Parameter<Self>] = [
        .kernel(\.kernel),
        .flag("own-lengths", \.hasOwnLengths, "Whether every input has a length of its own."),
        .integer("steps", \.steps, 0...10_000, "Most steps of the search for lengths, variance and noise; 0: none."),
        .real("length", \.length, 1e-3...1e6, "The first length, in standard deviations of inputs."),
        .real("noise", \.noise, 1e-12...1e6, "The first variance of the noise, over that of the targets."),
    ]

    public var kernel = KernelShape.gaussian, hasOwnLengths = false, steps = 100, length = 1.0, noise = 0.1

    public init() {}
    public init(
        kernel: KernelShape = .gaussian, length: Double = 1, noise: Double = 0.1, hasOwnLengths: Bool = false,
        steps: Int = 100
    ) {
        (self.kernel, self.length, self.noise) = (kernel, length, noise)
        (self.hasOwnLengths, self.steps) = (hasOwnLengths, steps)
    }

    public var complexity: Double { hasOwnLengths ? 1 : 0 }

    static let mostSamples = 5000

    public func fault(_ layout: SampleLayout) -> (problem: String, expected: String)? {
        layout.count <= Self.mostSamples
            ? nil : ("a Gaussian process on \(layout.count) samples", "at most \(Self.mostSamples)")
    }

    public func template(_ layout: SampleLayout) -> ProcessPredictor {
        ProcessPredictor(
            mean: KernelPredictor(
                kernel: kernel, points: Tensor.zeros([layout.count, layout.features]),
                weights: Tensor.zeros([layout.count]),
                length: Tensor.ones([hasOwnLengths ? layout.features : 1]), offset: 0),
            factor: Tensor.zeros([layout.count, layout.count]), signalVariance: 1, noiseVariance: 1)
    }

    public func fitted(to samples: Samples, _ setting: FitSetting) -> FittedModel<ProcessPredictor> {
        let (x, y) = (samples.matrix, samples.targets.tensor)
        let mean = y.mean()
        let values = y - mean
        let spread = max(values.squared().mean().scalar, .leastNormalMagnitude)
        let start = ProcessScales(
            logLengths: Tensor.filled(length, [hasOwnLengths ? x.shape[1] : 1]).log(), logSignal: Tensor(spread).log(),
            logNoise: Tensor(noise * spread).log())
        var (scales, outcome) = (start, Outcome.completed)
        if steps > 0 {
            let kernel = kernel
            let found = QuasiNewton(maximumSteps: steps, tolerance: 1e-7).compiledMinimum(
                from: start, given: Pair(x, values)
            ) { scales, data in -scales.logMarginalLikelihood(kernel, data.first, data.second) }
            if found.search.outcome == .diverged {
                outcome = .diverged(step: found.search.steps)
            } else {
                scales = found.point
            }
        }
        let predictor = ProcessPredictor.known(kernel, scales, x, y)
        if !predictor.mean.weights.values.allSatisfy(\.isFinite) { outcome = .diverged(step: 0) }
        return FittedModel(predictor, outcome: outcome)
    }
}

/// What the marginal likelihood decides on.
struct ProcessScales: Tree {
    /// `log ℓ`, `[1]` or `[features]`
    var logLengths: Tensor
    /// `log s²`
    var logSignal: Tensor
    /// `log ν`
    var logNoise: Tensor

    /// The Cholesky factor of `K`; the diagonal has 10⁻¹⁰ of the signal's variance more, so that equal points do no harm.
    func factor(_ kernel: KernelShape, _ x: Tensor) -> Tensor {
        let noise = logNoise.exp() + 1e-10 * logSignal.exp()
        return (logSignal.exp() * kernel(x, x, length: logLengths.exp()) + noise * Tensor.identity(x.shape[0]))
            .cholesky()
    }

    func logMarginalLikelihood(_ kernel: KernelShape, _ x: Tensor, _ values: Tensor) -> Tensor {
        let factor = factor(kernel, x)
        let white = factor.triangularSolve(values.expanded(axis: -1))
        return -0.5 * white.squared().sum() - factor.diagonal().log().sum()
            - Tensor(0.9189385332046727 * Double(x.shape[0]))  // ½ log 2π
    }

    mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&logLengths, "logLengths")
        visitor.visit(&logSignal, "logSignal")
        visitor.visit(&logNoise, "logNoise")
    }
}

public struct ProcessPredictor: Predictor {
    public var mean: KernelPredictor
    /// The Cholesky factor of `K`, `[M, M]`.
    public var factor: Tensor
    /// `s²`
    public var signalVariance: Tensor
    /// `ν`
    public var noiseVariance: Tensor

    public func callAsFunction(_ x: Tensor) -> Tensor { mean(x) }
    public func predictions(_ x: Tensor) -> Tensor { mean.predictions(x) }

    public func deviation(_ x: Tensor) -> Tensor? {
        inParts(x, of: max(1, 4_000_000 / factor.shape[0])) { part in
            let rows = part.reshaped([part.shape[0], mean.points.shape[1]]).cast(to: .float64)
            let near = signalVariance * mean.kernel(mean.points, rows, length: mean.length)
            let known = factor.triangularSolve(near).squared().sum(axes: [0])
            return (signalVariance + noiseVariance - known).maximum(0).sqrt()
        }
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&mean, "mean")
        visitor.visit(&factor, "factor")
        visitor.visit(&signalVariance, "signalVariance")
        visitor.visit(&noiseVariance, "noiseVariance")
    }
}

extension ProcessPredictor {
    /// The process of known scales.
    static func known(_ kernel: KernelShape, _ scales: ProcessScales, _ x: Tensor, _ y: Tensor) -> ProcessPredictor {
        let mean = y.mean()
        let factor = scales.factor(kernel, x)
        let white = factor.triangularSolve((y - mean).expanded(axis: -1))
        let weights = factor.triangularSolve(white, transposed: true).reshaped([x.shape[0]])
        return ProcessPredictor(
            mean: KernelPredictor(
                kernel: kernel, points: x, weights: scales.logSignal.exp() * weights, length: scales.logLengths.exp(),
                offset: mean),
            factor: factor, signalVariance: scales.logSignal.exp(), noiseVariance: scales.logNoise.exp())
    }

    /// Of the samples that it was fitted to.
    func logMarginalLikelihood(_ samples: Samples) -> Double {
        let scales = ProcessScales(
            logLengths: mean.length.log(), logSignal: signalVariance.log(), logNoise: noiseVariance.log())
        let y = samples.targets.tensor
        return scales.logMarginalLikelihood(mean.kernel, samples.matrix, y - y.mean()).scalar
    }
}
