import Networks
import Tensors

/// Linear least squares with an optional ridge: the coefficients `β` and the intercept `b` that make
/// `Σᵢ wᵢ ‖yᵢ − b − xᵢ β‖² + Σⱼ λⱼ ‖βⱼ‖²` least; the intercept is not penalised.
///
/// Columns are centred and scaled, and the ridge is appended as rows, so that a QR decomposition solves it without
/// squaring the condition number. Every step is a tensor operation: a fit can be differentiated, by its penalties too.
///
/// Reference: Hastie, Tibshirani & Friedman 2009, sections 3.2 and 3.4.1. Cost: `O((n + p) p²)`.
public struct LinearRegression: Sendable {
    public let hasIntercept: Bool
    /// `λ`, a scalar or one for each feature, in the units of the features.
    public let penalties: Tensor

    public init(hasIntercept: Bool = true, penalties: Tensor = 0) {
        precondition(penalties.rank <= 1, "LinearRegression: penalties of shape \(penalties.shape)")
        self.hasIntercept = hasIntercept
        self.penalties = penalties
    }

    /// Fits features `[n, p]` to targets `[n, q]` or `[n]`, in double precision.
    ///
    /// - Parameter weights: `w`, of shape `[n]`, not negative, for instance inverse variances or truth values; a row
    ///   whose weight is zero may hold anything, NaN too.
    public func fit(_ features: Tensor, _ targets: Tensor, weights: Tensor? = nil) -> LinearFit {
        let y = targets.rank == 1 ? targets.expanded(axis: -1) : targets
        precondition(
            features.rank == 2 && y.rank == 2 && features.shape[0] == y.shape[0]
                && (weights.map { $0.shape == [y.shape[0]] } ?? true)
                && (penalties.rank == 0 || penalties.shape[0] == features.shape[1]),
            "LinearRegression: features of shape \(features.shape), targets of shape \(targets.shape), weights of shape "
                + "\(weights?.shape ?? []), penalties of shape \(penalties.shape)")
        let w = (weights ?? Tensor.ones([y.shape[0]])).cast(to: .float64).expanded(axis: -1)
        return solved(Sample(features, w, hasIntercept), Sample(y, w, hasIntercept), w)
    }

    private func solved(_ x: Sample, _ y: Sample, _ w: Tensor) -> LinearFit {
        let (n, p) = (x.rows.shape[0], x.rows.shape[1])
        let square = x.rows.squared().sum(axes: [0])
        let scale = select(square .> 0, select(square .> 0, square, 1).sqrt(), 1)
        let ridge = (root(penalties).broadcast(to: [p]) / scale).diagonalMatrix()
        let (q, r) = Tensor.concatenated([x.rows / scale, ridge]).qr()
        let upper = q[0..<n]
        let lower = r.transposed
        let projected = upper.transposed.matrixProduct(y.rows)
        let coefficients = lower.triangularSolve(projected, transposed: true) / scale.expanded(axis: -1)
        let residuals = y.rows - x.rows.matrixProduct(coefficients)
        let count = (w .> 0).cast(to: .float64).sum()
        let freedom = count - upper.squared().sum() - (hasIntercept ? 1 : 0)
        let covariance = residuals.transposed.matrixProduct(residuals) / freedom
        // Cov β = R⁻¹ Q₁ᵀ Q₁ R⁻ᵀ for each output, times its residual variance.
        let unscaled = lower.triangularSolve(upper.transposed, transposed: true) / scale.expanded(axis: -1)
        let spread = unscaled.matrixProduct(unscaled.transposed)
        let ofMean = x.mean.matrixProduct(spread).matrixProduct(x.mean.transposed) + (hasIntercept ? 1 / w.sum() : 0)
        let deviation = covariance.diagonal().sqrt()
        return LinearFit(
            map: Dense(
                weight: coefficients, bias: (y.mean - x.mean.matrixProduct(coefficients)).reshaped([y.rows.shape[1]])),
            coefficientDeviations: spread.diagonal().sqrt().outerProduct(deviation),
            interceptDeviations: ofMean.reshaped([]).sqrt() * deviation, residualCovariance: covariance,
            determination: 1 - residuals.squared().sum(axes: [0]) / y.rows.squared().sum(axes: [0]),
            degreesOfFreedom: freedom, reciprocalCondition: conditioning(r.diagonal()))
    }

    private func conditioning(_ diagonal: Tensor) -> Tensor {
        let largest = diagonal.maximum()
        return select(largest .> 0, diagonal.minimum() / select(largest .> 0, largest, 1), 0)
    }
}

/// `√x` with a derivative of zero at zero.
private func root(_ x: Tensor) -> Tensor { select(x .> 0, select(x .> 0, x, 1).sqrt(), 0) }

/// The columns of a table, made free of their weighted mean and multiplied by the root of the weights.
private struct Sample {
    let rows: Tensor
    /// Of shape `[1, columns]`; zeros without an intercept.
    let mean: Tensor

    init(_ table: Tensor, _ w: Tensor, _ isCentered: Bool) {
        let values = select(w .> 0, table.cast(to: .float64), 0)
        let total = isCentered ? w.sum() : Tensor(1.0)
        mean = isCentered ? (w * values).sum(axes: [0]).expanded(axis: 0) / total : Tensor.zeros([1, table.shape[1]])
        rows = root(w) * (values - mean)
    }
}

/// A linear map with the covariance of its errors.
public struct LinearFit: Tree {
    /// The fit itself: weight `β` of shape `[p, q]`, bias `b` of shape `[q]`.
    public var map: Dense
    /// The standard deviations of `β`, of shape `[p, q]`, under errors of equal variance (over the weights).
    public var coefficientDeviations: Tensor
    /// The standard deviations of `b`, of shape `[q]`; zeros without an intercept.
    public var interceptDeviations: Tensor
    /// The covariance of the residuals, of shape `[q, q]`, over the degrees of freedom.
    public var residualCovariance: Tensor
    /// R² of each output, about the mean with an intercept and about zero without.
    public var determination: Tensor
    /// Rows with a weight, less the parameters; with a ridge, less the trace of the hat matrix.
    public var degreesOfFreedom: Tensor
    /// The smallest over the largest diagonal element of `R`, of scaled columns; zero if the features are dependent.
    public var reciprocalCondition: Tensor

    /// Whether the data determine the coefficients; if not, those are not finite or meaningless.
    public var isDetermined: Bool { reciprocalCondition.scalar > 1e-12 }
    /// The standard deviation of the residuals of each output.
    public var residualDeviations: Tensor { residualCovariance.diagonal().sqrt() }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&map, "map")
        visitor.visit(&coefficientDeviations, "coefficientDeviations")
        visitor.visit(&interceptDeviations, "interceptDeviations")
        visitor.visit(&residualCovariance, "residualCovariance")
        visitor.visit(&determination, "determination")
        visitor.visit(&degreesOfFreedom, "degreesOfFreedom")
        visitor.visit(&reciprocalCondition, "reciprocalCondition")
    }
}
