import Assimilation
import Networks
import Studies
import Tensors

/// A generalised linear model with the logarithm as link, `μ = exp(x β + b)`: half the mean deviance and
/// `penalty |β|² / 2` made least by Newton's method.
///
/// Reference: McCullagh & Nelder, *Generalized linear models* (1989).
enum GeneralizedLinear {
    enum Family {
        /// Counts, of which the variance is the mean.
        case poisson
        /// Positive numbers, of which the standard deviation is proportional to the mean.
        case gamma

        /// Targets that the family cannot have, and the expectation.
        func fault(_ targets: Targets) -> (problem: String, expected: String)? {
            guard case .numbers(let values) = targets else { return nil }
            switch self {
            case .poisson:
                if let wrong = values.first(where: { $0 < 0 }) {
                    return ("the target \(NumberText.short(wrong)) in a poisson regression", "targets 0 or more")
                }
                return values.allSatisfy { $0 == 0 } ? ("targets that are all zero", "some that are not") : nil
            case .gamma:
                return values.first { $0 <= 0 }.map {
                    ("the target \(NumberText.short($0)) in a gamma regression", "targets above 0")
                }
            }
        }

        /// Half the deviance of `y` about `exp(η)`, but for what does not depend on `η`; first and second derivative.
        func loss(_ eta: Tensor, _ y: Tensor) -> (value: Tensor, slope: Tensor, curvature: Tensor) {
            switch self {
            case .poisson:
                let mean = eta.exp()
                return (mean - y * eta, mean - y, mean)
            case .gamma:
                let ratio = y * (-eta).exp()
                return (eta + ratio, 1 - ratio, ratio)
            }
        }
    }

    static func fitted(_ family: Family, _ samples: Samples, penalty: Double) -> FittedModel<LinearPredictor> {
        let (x, y) = (samples.matrix, samples.targets.tensor)
        let (n, p) = (Double(x.shape[0]), x.shape[1])
        let rows = Tensor.concatenated([x, Tensor.ones([x.shape[0], 1])], axis: 1)
        let penalties = Tensor([Double](repeating: penalty, count: p) + [0])
        // With the logarithm of the mean as intercept the search starts where it is convex enough.
        let start = Tensor([Double](repeating: 0, count: p) + [y.mean().log().scalar])
        let found = NewtonSearch().minimum(from: start) { point in
            let eta = rows.vectorProduct(point)
            let (value, slope, curvature) = family.loss(eta, y)
            return SecondOrder(
                value: value.mean().scalar + 0.5 * (penalties * point.squared()).sum().scalar,
                gradient: rows.transposed.vectorProduct(slope) / n + penalties * point,
                hessian: (rows * curvature.expanded(axis: -1)).transposed.matrixProduct(rows) / n
                    + penalties.diagonalMatrix())
        }
        let map = Dense(weight: found.point[0..<p].expanded(axis: -1), bias: found.point[p..<(p + 1)])
        return FittedModel(LinearPredictor(map, .exponential), outcome: found.outcome)
    }
}

extension Parameter where Subject: SupervisedModel {
    /// Of half the squared coefficients.
    static func penalty(_ path: WritableKeyPath<Subject, Double> & Sendable) -> Self {
        .real("penalty", path, 0...1e9, "Penalty of half the squared coefficients of standardised inputs.")
    }
}
