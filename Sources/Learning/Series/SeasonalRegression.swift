import Tensors

/// How a linear forecast with memory is regularised; chosen by cross-validation.
public struct SeasonalRegressionOptions: Sendable, Hashable, Codable, CustomStringConvertible {
    /// How many past values are used, τ.
    public let memory: Int
    /// Penalty λ of the squared coefficient at lag 1; at lag j it is `λ j^decay`.
    public let ridge: Double
    public let decay: Double
    /// How many of the newest lags have coefficients that follow the season; 0 for none.
    public let seasonalLags: Int
    public let seasonalRidge: Double
    /// Waves a year in those coefficients.
    public let harmonics: Int

    public init(memory: Int, ridge: Double, decay: Double, seasonalLags: Int, seasonalRidge: Double, harmonics: Int) {
        self.memory = memory
        self.ridge = ridge
        self.decay = decay
        self.seasonalLags = seasonalLags
        self.seasonalRidge = seasonalRidge
        self.harmonics = harmonics
    }

    public var description: String {
        let season = seasonalLags == 0 ? "no season" : "season on \(seasonalLags) lag(s), ridge \(seasonalRidge.short)"
        return "memory \(memory), ridge \(ridge.short)·j^\(decay.short), \(season)"
    }
}

extension Double {
    var short: String { self == rounded() && magnitude < 1e6 ? "\(Int(self))" : "\(self)" }
}

/// Linear regression of the next value on the past and the season, ridge, in closed form.
public struct SeasonalRegression: Sendable {
    public let model: MemoryModel
    /// Covariance of the residuals, corrected for the effective number of parameters, `[d, d]`; where the fit takes
    /// more than an eighth of the times, that of forecasts of blocks of time that are left out.
    public let residualCovariance: Tensor
    /// The variance of those forecasts' errors over that of the residuals; 1 where the fit takes less of the times.
    let errorGrowth: Double
    /// The trace of the matrix that makes fitted values of targets.
    let effectiveParameters: Double
    /// `[f, d]`
    private let coefficients: Tensor
    private let setting: SeasonalRegressionOptions
    /// A fit of a smaller share of the times has errors about as large as new forecasts.
    private static let smallShare = 0.125

    public init(_ moments: SeasonalMoments, _ setting: SeasonalRegressionOptions) {
        let layout = moments.layout
        precondition(setting.memory <= layout.memory, "memory \(setting.memory) of moments over \(layout.memory)")
        self.setting = setting
        let penalty = SeasonalRegression.penalty(layout, setting)
        let squares: Tensor
        let used: Double
        let leftOut: LeftOutBlocks
        switch moments.form {
        case .sums(let sums):
            let features = SeasonalRegression.features(layout, setting)
            let normal = NormalEquations(sums, features, variables: layout.variables)
            let factor = (normal.gram + penalty.diagonalMatrix()).cholesky()
            func solved(_ right: Tensor) -> Tensor {
                factor.triangularSolve(factor.triangularSolve(right), transposed: true)
            }
            let solution = solved(normal.cross)
            coefficients = solution
            used = solved(normal.gram).diagonal().sum().scalar
            squares = normal.residual(coefficients)
            model = SeasonalRegression.model(layout, setting, features, coefficients)
            leftOut = LeftOutBlocks({ moments.samples }, setting, factor, solution)
        case .samples(let samples):
            let fit =
                samples.hasSpread
                ? RidgeFit(primal: samples, setting, penalty) : RidgeFit(dual: samples, setting, penalty)
            (coefficients, used, squares, leftOut) = (fit.coefficients, fit.used, fit.squares, fit.leftOut)
            model = SeasonalRegression.model(layout, setting, coefficients)
        }
        let count = Double(moments.count)
        let freedom = max(count - used, 1)
        effectiveParameters = used
        if used > SeasonalRegression.smallShare * count {
            let larger = squares + leftOut.growth
            let variance = squares.trace().scalar
            // A fit without errors, but for rounding, has none that could grow.
            errorGrowth = variance > 0 ? larger.trace().scalar / variance : 1
            residualCovariance = (larger / Tensor(count)).shrunken(freedom: freedom)
        } else {
            errorGrowth = 1
            residualCovariance = (squares / Tensor(freedom)).shrunken(freedom: freedom)
        }
    }

    /// Gaussian log-score of one-step forecasts on other data: `−½ (N log det 2πQ + tr Q⁻¹ Σ e eᵀ)`.
    public func logScore(_ moments: SeasonalMoments) -> Double {
        let errors: Tensor
        switch moments.form {
        case .sums(let sums):
            let features = SeasonalRegression.features(moments.layout, setting)
            errors = NormalEquations(sums, features, variables: moments.layout.variables).residual(coefficients)
        case .samples(let samples):
            let residuals = samples.targets - samples.features(setting).matrixProduct(coefficients)
            errors = residuals.transposed.matrixProduct(residuals)
        }
        let determinant = (residualCovariance * Tensor(2 * Double.pi)).logDeterminant() * Double(moments.count)
        return -0.5 * (determinant + residualCovariance.symmetricSolve(errors).trace()).scalar
    }

    // MARK: - Features

    /// `[period, f, n]`: the features of the regression in the vector of the moments, by the season of the target.
    private static func features(_ layout: MemoryLayout, _ setting: SeasonalRegressionOptions) -> Tensor {
        let d = layout.variables
        let n = (layout.memory + 1) * d + 1
        let all = Tensor.identity(n)
        let past = all[d..<((setting.memory + 1) * d)]
        let newest = all[d..<((setting.seasonalLags + 1) * d)]
        let seasons = layout.waves(setting)
        return Tensor.stacked(
            (0..<layout.period).map { phase in
                let seasonal = (0..<seasons.shape[1]).map { newest * seasons[phase][$0] }
                return Tensor.concatenated([past] + seasonal + [all[(n - 1)..<n]])
            })
    }

    private static func penalty(_ layout: MemoryLayout, _ setting: SeasonalRegressionOptions) -> Tensor {
        func perLag(_ lags: Int, _ ridge: Double) -> [Double] {
            (0..<(lags * layout.variables)).map {
                ridge * Tensor(Double($0 / layout.variables + 1)).power(Tensor(setting.decay)).scalar
            }
        }
        let waves = setting.seasonalLags == 0 ? 0 : 2 * setting.harmonics
        let seasonal = (0..<waves).flatMap { _ in perLag(setting.seasonalLags, setting.seasonalRidge) }
        return Tensor(perLag(setting.memory, setting.ridge) + seasonal + [1e-6])
    }

    private static func model(
        _ layout: MemoryLayout, _ setting: SeasonalRegressionOptions, _ features: Tensor, _ coefficients: Tensor
    ) -> MemoryModel {
        let d = layout.variables
        let all = features.transposed.matrixProduct(coefficients)  // [period, n, d]
        let n = all.shape[1]
        let short = layout.remembering(setting.memory)
        return MemoryModel(
            layout: short, coefficients: all.slice(axis: 1, from: d, to: (setting.memory + 1) * d),
            offsets: all.element(n - 1, axis: 1))
    }

    /// The same without a matrix of features: one set of coefficients for all phases where no lag follows the season.
    private static func model(
        _ layout: MemoryLayout, _ setting: SeasonalRegressionOptions, _ coefficients: Tensor
    ) -> MemoryModel {
        let d = layout.variables
        let (plain, seasonal) = (setting.memory * d, setting.seasonalLags * d)
        let offset = coefficients[(coefficients.shape[0] - 1)]
        let short = layout.remembering(setting.memory)
        let past = coefficients[0..<plain]
        guard seasonal > 0 else {
            return MemoryModel(layout: short, coefficients: past.expanded(axis: 0), offsets: offset.expanded(axis: 0))
        }
        let waves = layout.waves(setting)
        let parts = (0..<layout.period).map { phase in
            let newest = (0..<waves.shape[1]).map {
                coefficients[(plain + $0 * seasonal)..<(plain + ($0 + 1) * seasonal)] * waves[phase][$0]
            }
            return past + newest.dropFirst().reduce(newest[0], +).padded(axis: 0, before: 0, after: plain - seasonal)
        }
        return MemoryModel(
            layout: short, coefficients: Tensor.stacked(parts),
            offsets: offset.expanded(axis: 0).broadcast(to: [layout.period, d]))
    }
}
