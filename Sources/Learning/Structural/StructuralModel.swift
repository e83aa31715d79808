import Assimilation
import Foundation
import Tensors

/// A series as trend, cycles, learned remainder and noise, in the form of a linear Gaussian system.
///
///     y = centre + level + Σₕ cₕ + remainder + irregular
///     level⁺ = level + slope + noise,   slope⁺ = slope + noise
///     (cₕ, sₕ)⁺ = rotation by 2πh / period · (cₕ, sₕ) + noise
///     remainder⁺ = φ₁ remainder + … + φₚ remainder (p − 1 steps ago) + noise
///
/// What is learned are the logarithms of the variances, in units of `scale`, and the remainder's partial
/// autocorrelations by inverse hyperbolic tangents: every vector of numbers is a model, with a stationary remainder.
/// Reference: Harvey, *Forecasting, Structural Time Series Models and the Kalman Filter* (1989), §2.3;
/// Barndorff-Nielsen & Schou (1973).
public struct StructuralModel: Tree {
    public let setting: StructuralOptions
    /// The variance that logarithms of variances are relative to, in squared units of the series.
    public let scale: Double
    /// The origin of the level, and the size of the series about it.
    public let range: StructuralRange
    /// The parts of the setting that have a variance, in their order: `[varianceCount]`.
    public var logVariances: Tensor
    /// Inverse hyperbolic tangents of the remainder's partial autocorrelations over 0.99, `[remainderOrder]`.
    public var remainder: Tensor

    public init(
        _ setting: StructuralOptions, scale: Double, range: StructuralRange, logVariances: Tensor, remainder: Tensor
    ) {
        precondition(
            logVariances.shape == [setting.varianceCount] && remainder.shape == [setting.remainderOrder],
            "\(setting) with variances \(logVariances.shape) and a remainder of \(remainder.shape)")
        (self.setting, self.scale, self.range) = (setting, scale, range)
        (self.logVariances, self.remainder) = (logVariances, remainder)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&logVariances, "logVariances")
        visitor.visit(&remainder, "remainder")
    }

    /// The variances in squared units of the series; a floor of 10⁻¹⁰ `scale` keeps them positive where the likelihood
    /// would have them vanish.
    public var variances: Tensor { Tensor(scale) * (logVariances.exp() + 1e-10) }

    /// The variance of a measurement about level, season and remainder, a scalar: learned, or the mean of
    /// the errors that are given.
    public var irregularVariance: Tensor {
        setting.hasGivenErrors ? Tensor(range.errorVariance) : variances[0]
    }

    /// The remainder's coefficients φ, `[remainderOrder]`: Durbin's recursion from partial autocorrelations, which are
    /// kept below 0.99 in size; what comes nearer to a random walk is the level's.
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
        for i in 0..<setting.trendCount { set(i, i, 1) }
        if setting.trend == .linear { set(0, 1, 1) }
        for (number, angle) in setting.angles.enumerated() {
            let i = setting.trendCount + 2 * number
            set(i, i, cos(angle))
            set(i, i + 1, sin(angle))
            set(i + 1, i, -sin(angle))
            set(i + 1, i + 1, cos(angle))
        }
        let first = setting.diffuseCount
        for lag in 0..<max(setting.remainderOrder - 1, 0) { set(first + lag + 1, first + lag, 1) }
        let matrix = Tensor(fixed, shape: [n, n])
        guard setting.remainderOrder > 0 else { return matrix }
        let row = coefficients.expanded(axis: 0).padded(axis: 1, before: first, after: 0)
        return matrix + row.padded(axis: 0, before: first, after: n - first - 1)
    }

    /// The variance that each variable gains in a step, `[n]`.
    private var noiseVariances: Tensor {
        let n = setting.stateCount
        // Which variables a part moves: the level's, the slope's, both of a harmonic, the newest of the remainder.
        var moves = [Double](repeating: 0, count: n * setting.varianceCount)
        var harmonic = setting.trendCount
        for (row, part) in setting.parts.enumerated() {
            switch part {
            case .irregular: break
            case .level: moves[row * n] = 1
            case .slope: moves[row * n + 1] = 1
            case .harmonic:
                for i in harmonic..<(harmonic + 2) { moves[row * n + i] = 1 }
                harmonic += 2
            case .remainder: moves[row * n + setting.diffuseCount] = 1
            }
        }
        return Tensor(moves, shape: [setting.varianceCount, n]).transposed.vectorProduct(variances)
    }

    /// The forecast of level, slope, cycles and remainder.
    public var forecast: LinearForecast {
        // A root of zero has no derivative; what does not move has a factor of zero.
        let variances = noiseVariances
        let moves = variances .> 0
        let factors = select(moves, select(moves, variances, 1).sqrt(), 0)
        return LinearForecast(LinearModel(transition), modelError: ModelError(factors: factors.diagonalMatrix()))
    }

    /// The observation operator: `[1, n]`.
    public var observationOperator: LinearOperator {
        let (n, first) = (setting.stateCount, setting.diffuseCount)
        let row = (0..<n).map { i -> Double in
            let isCosine = i >= setting.trendCount && i < first && (i - setting.trendCount).isMultiple(of: 2)
            return i == 0 || isCosine || i == first ? 1 : 0
        }
        return LinearOperator(Tensor(row, shape: [1, n]), offset: Tensor([range.center]))
    }

    /// Observations from numbers of which NaN are missing.
    ///
    /// - Parameter errors: standard deviations of their errors, where the setting has them given.
    public func observations(_ values: [Double], errors: [Double]? = nil) -> Observations<LinearOperator> {
        precondition((errors != nil) == setting.hasGivenErrors, "errors given: \(errors != nil), in \(setting)")
        let usual = range.errorVariance
        let covariance =
            errors.map { errors in
                let variances = zip(values, errors).map { $0.isNaN || $1.isNaN ? usual : $1 * $1 }
                return Tensor(variances, shape: [errors.count, 1, 1])
            } ?? irregularVariance.reshaped([1, 1])
        return Observations(
            SeriesTable(values, width: 1), errorCovariance: covariance, operator: observationOperator)
    }

    /// A start of which nothing is known but the stationary remainder: the standard deviations of level, slope and
    /// cycles are a hundred times the size of the series, which leaves digits for the likelihood and its gradient.
    public var start: Gaussian {
        let (n, first) = (setting.stateCount, setting.diffuseCount)
        let variance = Self.diffuseVariance * range.size * range.size
        var covariance = Tensor((0..<n).map { $0 >= first ? 0 : variance }).diagonalMatrix()
        if setting.remainderOrder > 0 {
            covariance =
                covariance
                + stationaryCovariance.padded(axis: 0, before: first, after: 0).padded(axis: 1, before: first, after: 0)
        }
        return Gaussian(mean: Tensor.zeros([n]), covariance: covariance)
    }

    /// The variance of the start, in units of the squared size of the series.
    static let diffuseVariance = 1e4

    /// The covariance of the remainder's lags: `P = Φ P Φᵀ + Q`, solved as a linear system of p² unknowns.
    private var stationaryCovariance: Tensor {
        let (p, first) = (setting.remainderOrder, setting.diffuseCount)
        let block = transition[first..<(first + p)].slice(axis: 1, from: first, to: first + p)
        let noise = noiseVariances[first..<(first + p)].diagonalMatrix()
        let kronecker = block.reshaped([p, 1, p, 1]) * block.reshaped([1, p, 1, p])
        let matrix = Tensor.identity(p * p) - kronecker.reshaped([p * p, p * p])
        return matrix.solve(noise.reshaped([p * p, 1])).reshaped([p, p])
    }
}

/// Location and size of a series, which make a fit independent of its unit and its zero.
public struct StructuralRange: Sendable, Codable, Equatable {
    /// The mean of the values.
    public let center: Double
    /// Their standard deviation about it.
    public let size: Double
    /// The mean square of the errors that are given with the values; zero where none are.
    public let errorVariance: Double

    private enum CodingKeys: String, CodingKey {
        case center = "centre"
        case size, errorVariance
    }

    public init(center: Double = 0, size: Double, errorVariance: Double = 0) {
        precondition(size > 0 && errorVariance >= 0, "a size of \(size), an error variance of \(errorVariance)")
        (self.center, self.size, self.errorVariance) = (center, size, errorVariance)
    }

    /// Of values, NaN where missing, and the standard deviations of their errors.
    public init(_ values: [Double], errors: [Double]? = nil) {
        let known = values.filter { !$0.isNaN }
        let count = Double(max(known.count, 1))
        let first = known.first ?? 0
        // Deviations from a value first, so that a large offset costs no digits.
        let center = first + known.reduce(0) { $0 + ($1 - first) } / count
        let variance = known.reduce(0) { $0 + ($1 - center) * ($1 - center) } / count
        let squares = zip(values, errors ?? []).filter { !$0.isNaN && !$1.isNaN }.map { $1 * $1 }
        self.init(
            center: center, size: variance > 0 ? variance.squareRoot() : 1,
            errorVariance: squares.isEmpty ? 0 : squares.reduce(0, +) / Double(squares.count))
    }
}
