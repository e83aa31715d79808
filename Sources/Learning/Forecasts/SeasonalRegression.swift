import Tensors

/// How a linear forecast with memory is regularised; chosen by cross-validation.
public struct SeasonalRegressionSetting: Sendable, Hashable, Codable, CustomStringConvertible {
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

/// Sums of products of a state with itself, by season: all that linear regression needs to know of the data.
///
/// The vector is `(z[t], z[t−1], …, z[t−τ], 1)`. When values are estimates with an error covariance, that is added, so that
/// the regression is the M-step of expectation–maximisation.
public struct SeasonalMoments: Sendable {
    /// `[period, n, n]` with `n = (τ + 1) d + 1`
    let sums: Tensor
    let count: Int
    let layout: MemoryLayout

    /// - Parameters:
    ///   - times: the targets; each must have `layout.memory` values before it.
    ///   - covariances: of the estimates `(z[t], …, z[t−τ])`, `[T, (τ+1) d, (τ+1) d]`.
    public init(_ series: SeasonalSeries, layout: MemoryLayout, targets times: [Int], covariances: Tensor? = nil) {
        self.layout = layout
        let times = times.filter { $0 >= layout.memory }
        count = times.count
        let n = (layout.memory + 1) * layout.variables + 1
        let extended = layout.remembering(layout.memory + 1)
        let parts = (0..<layout.period).map { phase -> Tensor in
            let chosen = times.filter { series.phase($0) == phase }
            guard !chosen.isEmpty else { return Tensor.zeros([n, n]) }
            let rows = Tensor(rows: chosen.map { extended.state(series.values, at: $0) + [1] })
            let products = rows.transposed.matrixProduct(rows)
            guard let covariances else { return products }
            let spread = covariances.taking(Tensor(integers: chosen)).sum(axes: [0])
            return products + spread.padded(axis: 0, before: 0, after: 1).padded(axis: 1, before: 0, after: 1)
        }
        sums = Tensor.stacked(parts)
    }
}

/// Linear regression of the next value on the past and the season, ridge, in closed form.
public struct SeasonalRegression: Sendable {
    public let model: MemoryModel
    /// Covariance of the residuals, corrected for the effective number of parameters, `[d, d]`.
    public let residualCovariance: Tensor
    /// `[f, d]`
    private let coefficients: Tensor
    private let setting: SeasonalRegressionSetting

    public init(_ moments: SeasonalMoments, _ setting: SeasonalRegressionSetting) {
        let layout = moments.layout
        precondition(setting.memory <= layout.memory, "memory \(setting.memory) of moments over \(layout.memory)")
        self.setting = setting
        let features = SeasonalRegression.features(layout, setting)
        let normal = NormalEquations(moments, features)
        let system = normal.gram + SeasonalRegression.penalty(layout, setting).diagonalMatrix()
        coefficients = system.symmetricSolve(normal.cross)
        let used = system.symmetricSolve(normal.gram).diagonal().sum().scalar
        residualCovariance = normal.residual(coefficients) / Tensor(max(Double(moments.count) - used, 1))
        model = SeasonalRegression.model(layout, setting, features, coefficients)
    }

    /// Gaussian log-score of one-step forecasts on other data: `−½ (N log det 2πQ + tr Q⁻¹ Σ e eᵀ)`.
    public func logScore(_ moments: SeasonalMoments) -> Double {
        let normal = NormalEquations(moments, SeasonalRegression.features(moments.layout, setting))
        let errors = normal.residual(coefficients)
        let determinant = (residualCovariance * Tensor(2 * Double.pi)).logDeterminant() * Double(moments.count)
        return -0.5 * (determinant + residualCovariance.symmetricSolve(errors).diagonalSum()).scalar
    }

    // MARK: - Features

    /// `[period, f, n]`: what the regression sees of the vector of the moments, by the season of the target.
    private static func features(_ layout: MemoryLayout, _ setting: SeasonalRegressionSetting) -> Tensor {
        let d = layout.variables
        let n = (layout.memory + 1) * d + 1
        let all = Tensor.identity(n)
        let past = all[d..<((setting.memory + 1) * d)]
        let newest = all[d..<((setting.seasonalLags + 1) * d)]
        let seasons = layout.seasons(harmonics: setting.seasonalLags == 0 ? 0 : setting.harmonics)
        return Tensor.stacked(
            (0..<layout.period).map { phase in
                let seasonal = (0..<seasons.shape[1]).map { newest * seasons[phase][$0] }
                return Tensor.concatenated([past] + seasonal + [all[(n - 1)..<n]])
            })
    }

    private static func penalty(_ layout: MemoryLayout, _ setting: SeasonalRegressionSetting) -> Tensor {
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
        _ layout: MemoryLayout, _ setting: SeasonalRegressionSetting, _ features: Tensor, _ coefficients: Tensor
    ) -> MemoryModel {
        let d = layout.variables
        let all = features.transposed.matrixProduct(coefficients)  // [period, n, d]
        let n = all.shape[1]
        let short = layout.remembering(setting.memory)
        return MemoryModel(
            layout: short, coefficients: all.slice(axis: 1, from: d, to: (setting.memory + 1) * d),
            offsets: all.element(n - 1, axis: 1))
    }
}

/// `Σ x xᵀ`, `Σ x yᵀ` and `Σ y yᵀ` of features `x` and targets `y`.
private struct NormalEquations {
    let gram: Tensor
    let cross: Tensor
    let targets: Tensor

    init(_ moments: SeasonalMoments, _ features: Tensor) {
        let d = moments.layout.variables
        let seen = features.matrixProduct(moments.sums)
        gram = seen.matrixProduct(features.transposed).sum(axes: [0])
        cross = seen.slice(axis: 2, from: 0, to: d).sum(axes: [0])
        targets = moments.sums.slice(axis: 1, from: 0, to: d).slice(axis: 2, from: 0, to: d).sum(axes: [0])
    }

    /// `Σ (y − Bᵀ x)(y − Bᵀ x)ᵀ`
    func residual(_ b: Tensor) -> Tensor {
        let mixed = b.transposed.matrixProduct(cross)
        return targets - mixed - mixed.transposed + b.transposed.matrixProduct(gram).matrixProduct(b)
    }
}
