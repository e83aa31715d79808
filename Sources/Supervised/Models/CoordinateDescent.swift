import Foundation
import Networks
import Tensors

/// The elastic net by coordinate descent: the coefficients `β` and the intercept `b` that make
///
///     Σ (y − b − x β)² / 2n + penalty (share Σ |βⱼ| + (1 − share) Σ βⱼ² / 2)
///
/// least. Each coefficient in turn is set to its best value, which the products of the centred columns with each other
/// and with the target give, until the duality gap is below `tolerance` times the mean square of the target.
///
/// Reference: Friedman, Hastie & Tibshirani 2010, J. Stat. Softw. 33. Cost: O(n p²) once, O(p) for each coefficient
/// that changes.
struct CoordinateDescent {
    let penalty: Double
    let share: Double
    var tolerance = 1e-13
    var maximumSweeps = 100_000

    func fit(_ x: Tensor, _ y: Tensor, from start: [Double]? = nil) -> (map: Dense, converged: Bool) {
        let (n, p) = (Double(x.shape[0]), x.shape[1])
        let (meanX, meanY) = (x.mean(axes: [0]), y.mean())
        let (centered, target) = (x - meanX, y - meanY)
        let gram = (centered.transposed.matrixProduct(centered) / n).values
        let products = centered.transposed.vectorProduct(target / n).values
        let square = target.squared().mean().scalar
        var beta = start ?? [Double](repeating: 0, count: p)
        // The derivative of half the mean square, less its own part for each coefficient: products − gram β.
        var slopes = products
        for j in 0..<p where beta[j] != 0 { for k in 0..<p { slopes[k] -= gram[j * p + k] * beta[j] } }
        var converged = false
        for _ in 0..<maximumSweeps {
            var largest = 0.0
            for j in 0..<p {
                let own = gram[j * p + j]
                guard own > 0 else { continue }
                let pull = slopes[j] + own * beta[j]
                let next = soft(pull, penalty * share) / (own + penalty * (1 - share))
                let change = next - beta[j]
                if change == 0 { continue }
                beta[j] = next
                largest = max(largest, abs(change) * own.squareRoot())
                for k in 0..<p { slopes[k] -= gram[j * p + k] * change }
            }
            if largest <= 1e-3 * square.squareRoot(), gap(beta, slopes, products, square) <= tolerance * square {
                converged = true
                break
            }
        }
        let weight = Tensor(beta, shape: [p, 1])
        let bias = meanY - meanX.expanded(axis: 0).matrixProduct(weight).reshaped([])
        return (Dense(weight: weight, bias: bias.reshaped([1])), converged)
    }

    private func soft(_ x: Double, _ threshold: Double) -> Double {
        x > threshold ? x - threshold : x < -threshold ? x + threshold : 0
    }

    /// The duality gap of the elastic net as a lasso with the rows `√(penalty (1 − share))` added.
    private func gap(_ beta: [Double], _ slopes: [Double], _ products: [Double], _ square: Double) -> Double {
        let (lasso, ridge) = (penalty * share, penalty * (1 - share))
        // Of residuals r: r r / n, r y / n, and the correlations of the columns with r.
        let fitted = zip(beta, products).reduce(0) { $0 + $1.0 * $1.1 }
        let explained = zip(beta, zip(products, slopes)).reduce(0) { $0 + $1.0 * ($1.1.0 - $1.1.1) }
        let squares = beta.reduce(0) { $0 + $1 * $1 }
        let residual = square - 2 * fitted + explained
        let correlation = zip(slopes, beta).map { abs($0 - ridge * $1) }.max() ?? 0
        let scale = correlation > lasso && correlation > 0 ? lasso / correlation : 1
        let primal = 0.5 * residual + lasso * beta.reduce(0) { $0 + abs($1) } + 0.5 * ridge * squares
        // The dual at the residuals, scaled until no correlation exceeds the penalty.
        let dual = scale * (square - fitted) - 0.5 * scale * scale * (residual + ridge * squares)
        return primal - dual
    }
}
