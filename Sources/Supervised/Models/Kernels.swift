import Studies
import Tensors

/// A covariance of values at two points that depends on their scaled distance `r`, `r² = Σ (a − b)² / ℓ²`.
public enum KernelShape: String, Sendable, Codable, CaseIterable {
    /// `exp(−r² / 2)`
    case gaussian
    /// `exp(−r)`: once continuous.
    case exponential
    /// `(1 + √3 r) exp(−√3 r)`: once differentiable.
    case matern3 = "matern-3-2"
    /// `(1 + √5 r + 5 r² / 3) exp(−√5 r)`: twice differentiable.
    case matern5 = "matern-5-2"
    /// `1 / (1 + r² / 2)`: a mixture of Gaussians of many lengths.
    case rationalQuadratic = "rational-quadratic"

    /// By `r²`; derivatives are right at zero.
    func callAsFunction(_ square: Tensor) -> Tensor {
        switch self {
        case .gaussian: return (-0.5 * square).exp()
        case .rationalQuadratic: return 1 / (1 + 0.5 * square)
        case .exponential, .matern3, .matern5:
            let isApart = square .> 0
            let r = select(isApart, select(isApart, square, 1).sqrt(), 0)
            if self == .exponential { return (-r).exp() }
            let s = Tensor(floatLiteral: (self == .matern3 ? 3.0 : 5.0).squareRoot()) * r
            return (self == .matern3 ? 1 + s : 1 + s + Tensor(floatLiteral: 5.0 / 3) * square) * (-s).exp()
        }
    }

    /// Between rows `[n, p]` and `[m, p]`, of lengths that broadcast to `[p]`.
    func callAsFunction(_ a: Tensor, _ b: Tensor, length: Tensor) -> Tensor {
        self(squaredDistances(a / length, b / length))
    }
}

extension Parameter {
    static func kernel(_ path: WritableKeyPath<Subject, KernelShape> & Sendable) -> Self {
        .choice("kernel", path, "Covariance of values at two points by their distance.")
    }
}
