import Assimilation
import Foundation
import Tensors

/// Which components a structural time series has.
public struct StructuralSetting: Sendable, Codable, Hashable {
    /// The steps in a cycle of the season, such as 12 for months in a year; need not be whole.
    public let period: Double
    /// The number of harmonics of the season, with frequencies 2πh / period.
    public let harmonics: Int
    /// The order of the autoregressive remainder; 0 for none.
    public let remainderOrder: Int

    /// - Precondition: `2 · harmonics < period`.
    public init(period: Double, harmonics: Int, remainderOrder: Int = 0) {
        precondition(
            period > 0 && harmonics >= 0 && remainderOrder >= 0 && Double(2 * harmonics) < period,
            "\(harmonics) harmonics of a period of \(period) steps, a remainder of order \(remainderOrder)")
        (self.period, self.harmonics, self.remainderOrder) = (period, harmonics, remainderOrder)
    }

    /// The number of variables of the state: level, slope, a pair for each harmonic, lags of the remainder.
    public var stateCount: Int { 2 + 2 * harmonics + remainderOrder }
    /// The number of variances: irregular, level, slope, each harmonic, remainder.
    public var varianceCount: Int { 3 + harmonics + min(remainderOrder, 1) }
}

/// A series as trend, season, learned remainder and noise, in the form of a linear Gaussian system.
///
///     y = level + Σₕ cₕ + remainder + irregular
///     level⁺ = level + slope + noise,   slope⁺ = slope + noise
///     (cₕ, sₕ)⁺ = rotation by 2πh / period · (cₕ, sₕ) + noise
///     remainder⁺ = φ₁ remainder + … + φₚ remainder (p − 1 steps ago) + noise
///
/// What is learned are the logarithms of the variances, in units of `scale`, and the remainder's partial autocorrelations
/// by inverse hyperbolic tangents: every vector of numbers is a model, with a stationary remainder. Reference: Harvey,
/// *Forecasting, Structural Time Series Models and the Kalman Filter* (1989), §2.3; Barndorff-Nielsen & Schou (1973).
public struct StructuralModel: Tree {
    public let setting: StructuralSetting
    /// The variance that logarithms of variances are relative to, in squared units of the series.
    public let scale: Double
    /// Irregular, level, slope, each harmonic, remainder if there is one: `[varianceCount]`.
    public var logVariances: Tensor
    /// Inverse hyperbolic tangents of the remainder's partial autocorrelations over 0.99, `[remainderOrder]`.
    public var remainder: Tensor

    public init(_ setting: StructuralSetting, scale: Double, logVariances: Tensor, remainder: Tensor) {
        precondition(
            logVariances.shape == [setting.varianceCount] && remainder.shape == [setting.remainderOrder],
            "\(setting) with variances \(logVariances.shape) and a remainder of \(remainder.shape)")
        (self.setting, self.scale) = (setting, scale)
        (self.logVariances, self.remainder) = (logVariances, remainder)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&logVariances, "logVariances")
        visitor.visit(&remainder, "remainder")
    }

    /// The variances in squared units of the series; a floor of 10⁻¹⁰ `scale` keeps them positive where the likelihood would
    /// have them vanish.
    public var variances: Tensor { Tensor(scale) * (logVariances.exp() + 1e-10) }

    /// The variance of a measurement about level, season and remainder, a scalar.
    public var irregularVariance: Tensor { variances[0] }

    /// The remainder's coefficients φ, `[remainderOrder]`: Durbin's recursion from partial autocorrelations, which are kept
    /// below 0.99 in size; what comes nearer to a random walk is the level's.
    public var coefficients: Tensor {
        let partial = 0.99 * remainder.tanh()
        var coefficients = Tensor.zeros([0])
        for order in 0..<setting.remainderOrder {
            let next = partial[order..<(order + 1)]
            let backwards = Tensor.concatenated((0..<order).reversed().map { coefficients[$0..<($0 + 1)] } + [next])
            coefficients =
                order == 0 ? next : Tensor.concatenated([coefficients - next * backwards[0..<order], next])
        }
        return coefficients
    }

    /// The matrix of one step, `[n, n]`.
    public var transition: Tensor {
        let n = setting.stateCount
        var fixed = [Double](repeating: 0, count: n * n)
        func set(_ row: Int, _ column: Int, _ value: Double) { fixed[row * n + column] = value }
        for i in 0..<2 { set(i, i, 1) }
        set(0, 1, 1)
        for harmonic in 0..<setting.harmonics {
            let angle = 2 * Double.pi * Double(harmonic + 1) / setting.period
            let i = 2 + 2 * harmonic
            set(i, i, cos(angle))
            set(i, i + 1, sin(angle))
            set(i + 1, i, -sin(angle))
            set(i + 1, i + 1, cos(angle))
        }
        let first = n - setting.remainderOrder
        for lag in 0..<max(setting.remainderOrder - 1, 0) { set(first + lag + 1, first + lag, 1) }
        let matrix = Tensor(fixed, shape: [n, n])
        guard setting.remainderOrder > 0 else { return matrix }
        let row = coefficients.expanded(axis: 0).padded(axis: 1, before: first, after: 0)
        return matrix + row.padded(axis: 0, before: first, after: n - first - 1)
    }

    /// The variance that each variable gains in a step, `[n]`.
    private var noiseVariances: Tensor {
        let variances = self.variances
        let zeros = [Int](repeating: -1, count: max(setting.remainderOrder - 1, 0))
        let sources =
            [1, 2] + (0..<setting.harmonics).flatMap { [3 + $0, 3 + $0] }
            + (setting.remainderOrder > 0 ? [setting.varianceCount - 1] : [])
        let gained = variances.taking(Tensor(integers: sources))
        return zeros.isEmpty ? gained : gained.padded(axis: 0, before: 0, after: zeros.count)
    }

    /// The forecast of level, slope, season and remainder.
    public var forecast: LinearForecast {
        LinearForecast(LinearModel(transition), modelError: ModelError(factors: noiseVariances.sqrt().diagonalMatrix()))
    }

    /// What is measured of the state: `[1, n]`.
    public var observationOperator: LinearOperator {
        let first = setting.stateCount - setting.remainderOrder
        let row = (0..<setting.stateCount).map { i -> Double in
            i == first || (i < first && i.isMultiple(of: 2)) ? 1 : 0
        }
        return LinearOperator(Tensor(row, shape: [1, setting.stateCount]))
    }

    /// Observations from numbers of which NaN are missing.
    public func observations(_ values: [Double]) -> Observations<LinearOperator> {
        Observations(
            values.map { [$0] }, errorCovariance: irregularVariance.reshaped([1, 1]), operator: observationOperator)
    }

    /// A start of which little is known: level and season within ten times `size` of `level`, slope within `size` a step; the
    /// remainder is stationary.
    ///
    /// Level and size are scalars.
    public func start(level: Tensor, size: Tensor) -> Gaussian {
        let n = setting.stateCount
        let first = n - setting.remainderOrder
        let variances = Tensor((0..<n).map { $0 >= first ? 0 : $0 == 1 ? 1 : 100 })
        var covariance = (variances * size.squared()).diagonalMatrix()
        if setting.remainderOrder > 0 {
            covariance =
                covariance
                + stationaryCovariance.padded(axis: 0, before: first, after: 0).padded(axis: 1, before: first, after: 0)
        }
        return Gaussian(mean: level * Tensor([1] + [Double](repeating: 0, count: n - 1)), covariance: covariance)
    }

    /// The covariance of the remainder's lags: `P = Φ P Φᵀ + Q`, solved as a linear system of p² unknowns.
    private var stationaryCovariance: Tensor {
        let (p, first) = (setting.remainderOrder, setting.stateCount - setting.remainderOrder)
        let block = transition[first..<(first + p)].slice(axis: 1, from: first, to: first + p)
        let noise = noiseVariances[first..<(first + p)].diagonalMatrix()
        let kronecker = block.reshaped([p, 1, p, 1]) * block.reshaped([1, p, 1, p])
        let matrix = Tensor.identity(p * p) - kronecker.reshaped([p * p, p * p])
        return matrix.solve(noise.reshaped([p * p, 1])).reshaped([p, p])
    }
}
