import Tensors

/// `Σ x xᵀ`, `Σ x yᵀ` and `Σ y yᵀ` of features `x` and targets `y`.
struct NormalEquations {
    let gram: Tensor
    let cross: Tensor
    let targets: Tensor

    /// From sums over the vectors of the targets, `[period, n, n]`, and the features of each phase, `[period, f, n]`.
    init(_ sums: Tensor, _ features: Tensor, variables d: Int) {
        let seen = features.matrixProduct(sums)
        gram = seen.matrixProduct(features.transposed).sum(axes: [0])
        cross = seen.slice(axis: 2, from: 0, to: d).sum(axes: [0])
        targets = sums.slice(axis: 1, from: 0, to: d).slice(axis: 2, from: 0, to: d).sum(axes: [0])
    }

    /// From samples `x`, `[N, f]`, and `y`, `[N, d]`, and the moments of the errors of estimates, `[f + d, f + d]`.
    init(_ x: Tensor, _ y: Tensor, spread: Tensor) {
        let (f, m) = (x.shape[1], x.shape[1] + y.shape[1])
        let features = spread[0..<f]
        gram = x.transposed.matrixProduct(x) + features.slice(axis: 1, from: 0, to: f)
        cross = x.transposed.matrixProduct(y) + features.slice(axis: 1, from: f, to: m)
        targets = y.transposed.matrixProduct(y) + spread[f..<m].slice(axis: 1, from: f, to: m)
    }

    /// `Σ (y − Bᵀ x)(y − Bᵀ x)ᵀ`
    func residual(_ b: Tensor) -> Tensor {
        let mixed = b.transposed.matrixProduct(cross)
        return targets - mixed - mixed.transposed + b.transposed.matrixProduct(gram).matrixProduct(b)
    }
}

/// Ridge regression on samples with penalties `Λ` of the squared coefficients: `B = (Xᵀ X + Λ)⁻¹ Xᵀ Y`.
struct RidgeFit {
    /// `[f, d]`
    let coefficients: Tensor
    /// The effective number of parameters, the trace of the matrix that makes fitted values of targets.
    let used: Double
    /// `Σ e eᵀ` of the residuals, `[d, d]`.
    let squares: Tensor
    let leftOut: LeftOutBlocks

    /// `B = Λ⁻¹ Xᵀ A` with `(X Λ⁻¹ Xᵀ + I) A = Y`, whose solution is the residuals too: O(N² (f + d) + N³).
    init(dual samples: SeasonalSamples, _ setting: SeasonalRegressionOptions, _ penalty: Tensor) {
        let scale = penalty.sqrt()
        let x = samples.features(setting) / scale
        let count = x.shape[0]
        let inverse = (x.matrixProduct(x.transposed) + Tensor.identity(count)).symmetricInverse()
        let residuals = inverse.matrixProduct(samples.targets)
        coefficients = x.transposed.matrixProduct(residuals) / scale.expanded(axis: -1)
        used = Double(count) - inverse.trace().scalar
        squares = residuals.transposed.matrixProduct(residuals)
        leftOut = LeftOutBlocks { (residuals, { inverse[$0].slice(axis: 1, from: $0.lowerBound, to: $0.upperBound) }) }
    }

    /// With estimates whose errors add to the products: O(N f² + f³).
    init(primal samples: SeasonalSamples, _ setting: SeasonalRegressionOptions, _ penalty: Tensor) {
        let normal = NormalEquations(
            samples.features(setting), samples.targets, spread: samples.spread(setting))
        let factor = (normal.gram + penalty.diagonalMatrix()).cholesky()
        let solution = factor.triangularSolve(factor.triangularSolve(normal.cross), transposed: true)
        coefficients = solution
        // The diagonal of the inverse, from its factor.
        let variances = factor.triangularSolve(Tensor.identity(penalty.count)).squared().sum(axes: [0])
        used = Double(penalty.count) - (variances * penalty).sum().scalar
        squares = normal.residual(solution)
        leftOut = LeftOutBlocks({ samples }, setting, factor, solution)
    }
}

/// Forecasts of blocks of time by the regression on all others, without another fit.
///
///     e[b] = (I − H[b, b])⁻¹ r[b],   H = X (Xᵀ X + Λ)⁻¹ Xᵀ
///
/// for the residuals r of the fit: exact where no value is an estimate. Blocks, and not single times, since neighbours
/// tell of each other. Cost: a fit more.
struct LeftOutBlocks {
    private static let count = 16
    /// The residuals, `[N, d]`, and the part of `I − H` of some samples.
    private let parts: () -> (residuals: Tensor, complement: (Range<Int>) -> Tensor)

    init(_ parts: @escaping () -> (residuals: Tensor, complement: (Range<Int>) -> Tensor)) { self.parts = parts }

    /// - Parameter factor: the Cholesky factor of `Xᵀ X + Λ`, with what estimates add.
    init(
        _ samples: @escaping () -> SeasonalSamples, _ setting: SeasonalRegressionOptions, _ factor: Tensor,
        _ coefficients: Tensor
    ) {
        self.init {
            let samples = samples()
            let x = samples.features(setting)
            let whitened = factor.triangularSolve(x.transposed)
            return (
                samples.targets - x.matrixProduct(coefficients),
                { block in
                    let columns = whitened.slice(axis: 1, from: block.lowerBound, to: block.upperBound)
                    return Tensor.identity(block.count) - columns.transposed.matrixProduct(columns)
                }
            )
        }
    }

    /// `Σ e eᵀ − Σ r rᵀ`, `[d, d]`.
    var growth: Tensor {
        let (residuals, complement) = parts()
        let n = residuals.shape[0]
        let blocks = min(LeftOutBlocks.count, n)
        let sums = (0..<blocks).map { b -> Tensor in
            let block = (b * n / blocks)..<((b + 1) * n / blocks)
            let fitted = residuals[block]
            let forecast = complement(block).symmetricSolve(fitted)
            return forecast.transposed.matrixProduct(forecast) - fitted.transposed.matrixProduct(fitted)
        }
        return sums.dropFirst().reduce(sums[0], +)
    }
}

extension Tensor {
    /// A covariance of `freedom` degrees of freedom with its correlations shrunken where they are too few for its size,
    /// fewer than ten a variable; positive definite, and unchanged elsewhere.
    ///
    ///     s[i, j] ← (1 − λ) s[i, j] for i ≠ j,   λ = Σ Var(r[i, j]) / Σ r[i, j]²,   Var(r) ≈ (1 − r²)² / freedom
    ///
    /// Reference: Schäfer & Strimmer, Stat. Appl. Genet. Mol. Biol. 4 (2005), 32, with the variance of normal data.
    func shrunken(freedom: Double) -> Tensor {
        let d = shape[0]
        guard d > 1, freedom < 10 * Double(d) else { return self }
        let deviations = diagonal().sqrt()
        let off = 1 - Tensor.identity(d)
        let correlations = (self / deviations.outerProduct(deviations).maximum(1e-300)) * off
        let squares = correlations.squared().sum().scalar
        let variances = ((1 - correlations.squared()).squared() * off).sum().scalar / freedom
        let intensity = squares > 0 ? Swift.min(1, Swift.max(variances / squares, 1e-3)) : 1
        return self * (Tensor(1 - intensity) * off + Tensor.identity(d))
    }
}
