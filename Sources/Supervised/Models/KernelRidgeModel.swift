import Studies
import Tensors

/// Ridge regression in the space of a kernel: `f(x) = k(x, X) (K + penalty I)⁻¹ y`, about the mean of the targets.
///
/// Cost: O(n³) once, O(n features) a prediction. Reference: Saunders, Gammerman & Vovk 1998 (ICML).
public struct KernelRidgeModel: SupervisedModel {
    public static let name = "kernel-ridge"
    public static let summary = "ridge regression in the space of a kernel"
    public static let reference = "Saunders, Gammerman & Vovk, ICML (1998)"
    public static let tasks: Set<SupervisedTask> = [.regression]
    public static let parameters: [Parameter<Self>] = [
        .kernel(\.kernel),
        .real("length", \.length, 1e-3...1e6, "Distance over which values change, in standard deviations of inputs."),
        .real("penalty", \.penalty, 1e-12...1e6, "What is added to the diagonal of the kernel's matrix."),
    ]

    public var kernel = KernelShape.gaussian, length = 1.0, penalty = 0.1

    public init() {}
    public init(kernel: KernelShape = .gaussian, length: Double, penalty: Double) {
        (self.kernel, self.length, self.penalty) = (kernel, length, penalty)
    }

    public var complexity: Double { -penalty }

    static let mostSamples = 10_000

    public func fault(_ layout: SampleLayout) -> (problem: String, expected: String)? {
        layout.count <= Self.mostSamples
            ? nil
            : (
                "a kernel's matrix of \(layout.count) samples",
                "at most \(Self.mostSamples); random-features has no limit"
            )
    }

    public func template(_ layout: SampleLayout) -> KernelPredictor {
        KernelPredictor(
            kernel: kernel, points: Tensor.zeros([layout.count, layout.features]),
            weights: Tensor.zeros([layout.count]), length: Tensor([1]), offset: 0)
    }

    public func fitted(to samples: Samples, _ setting: FitSetting) -> FittedModel<KernelPredictor> {
        let (x, y) = (samples.matrix, samples.targets.tensor)
        let (lengths, mean) = (Tensor([length]), y.mean())
        let matrix = kernel(x, x, length: lengths) + Tensor(penalty) * Tensor.identity(x.shape[0])
        let weights = matrix.symmetricSolve((y - mean).expanded(axis: -1)).reshaped([x.shape[0]])
        let isFinite = weights.values.allSatisfy(\.isFinite)
        return FittedModel(
            KernelPredictor(kernel: kernel, points: x, weights: weights, length: lengths, offset: mean),
            outcome: isFinite ? .completed : .diverged(step: 0))
    }
}

/// `f(x) = c + k(x, X) w`
public struct KernelPredictor: Predictor {
    public let kernel: KernelShape
    /// `X`, `[M, features]`
    public var points: Tensor
    /// `w`, `[M]`
    public var weights: Tensor
    /// `[1]` or `[features]`
    public var length: Tensor
    /// `c`
    public var offset: Tensor

    public func callAsFunction(_ x: Tensor) -> Tensor {
        let rows = x.reshaped([x.shape[0], points.shape[1]]).cast(to: .float64)
        return offset + kernel(rows, points, length: length).vectorProduct(weights)
    }

    public func predictions(_ x: Tensor) -> Tensor { inParts(x, of: max(1, 4_000_000 / points.shape[0])) { self($0) } }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&points, "points")
        visitor.visit(&weights, "weights")
        visitor.visit(&length, "length")
        visitor.visit(&offset, "offset")
    }
}
