import Foundation
import Tensors

/// A probability distribution of one number, as a prior has it.
public enum Distribution: Sendable, Equatable {
    case normal(mean: Double, deviation: Double)
    /// Of a number whose logarithm is normal.
    case logNormal(mean: Double, deviation: Double)
    case uniform(low: Double, high: Double)
    case exponential(rate: Double)
    case gamma(shape: Double, rate: Double)
    case beta(Double, Double)
    /// Of the magnitude of a normal number of mean zero.
    case halfNormal(scale: Double)
    case student(freedom: Double, location: Double, scale: Double)

    /// The logarithm of the density of each element, normalized; −∞ outside the support, with derivative zero.
    public func logDensity(_ x: Tensor) -> Tensor {
        let isInside = contains(x)
        // A value inside, so that no derivative is infinite where none is taken.
        let y = select(isInside, x, Tensor(floatLiteral: quantile(0.5)))
        return select(isInside, densityInside(y), Tensor.filled(-.infinity, type: x.type))
    }

    private func contains(_ x: Tensor) -> Tensor {
        switch self {
        case .normal, .student: x .== x
        case .logNormal, .gamma: x .> 0
        case .uniform(let low, let high): (x .>= Tensor(low)) .& (x .<= Tensor(high))
        case .exponential, .halfNormal: x .>= 0
        case .beta: (x .> 0) .& (x .< 1)
        }
    }

    private func densityInside(_ x: Tensor) -> Tensor {
        let half = 0.5 * log(2 * Double.pi)
        switch self {
        case .normal(let mean, let deviation):
            return -0.5 * ((x - mean) / deviation).squared() - (half + log(deviation))
        case .logNormal(let mean, let deviation):
            let logarithm = x.log()
            return -0.5 * ((logarithm - mean) / deviation).squared() - logarithm - (half + log(deviation))
        case .uniform(let low, let high): return 0 * x - log(high - low)
        case .exponential(let rate): return log(rate) - rate * x
        case .gamma(let shape, let rate): return (shape - 1) * x.log() - rate * x + (shape * log(rate) - lgamma(shape))
        case .beta(let a, let b):
            return (a - 1) * x.log() + (b - 1) * (-x).logOnePlus() + (lgamma(a + b) - lgamma(a) - lgamma(b))
        case .halfNormal(let scale): return -0.5 * (x / scale).squared() + (log(2) - half - log(scale))
        case .student(let freedom, let location, let scale):
            let terms = lgamma((freedom + 1) / 2) - lgamma(freedom / 2) - 0.5 * log(freedom * Double.pi) - log(scale)
            return terms - (freedom + 1) / 2 * (((x - location) / scale).squared() / freedom).logOnePlus()
        }
    }

    /// The mean; of Student's distribution with at most one degree of freedom, which has none, the median.
    public var mean: Double {
        switch self {
        case .normal(let mean, _): mean
        case .logNormal(let mean, let deviation): exp(mean + deviation * deviation / 2)
        case .uniform(let low, let high): (low + high) / 2
        case .exponential(let rate): 1 / rate
        case .gamma(let shape, let rate): shape / rate
        case .beta(let a, let b): a / (a + b)
        case .halfNormal(let scale): scale * (2 / Double.pi).squareRoot()
        case .student(_, let location, _): location
        }
    }

    /// The standard deviation; of Student's distribution with at most two degrees of freedom it is infinite.
    public var deviation: Double {
        switch self {
        case .normal(_, let deviation): deviation
        case .logNormal(_, let deviation): mean * expm1(deviation * deviation).squareRoot()
        case .uniform(let low, let high): (high - low) / 12.0.squareRoot()
        case .exponential(let rate): 1 / rate
        case .gamma(let shape, let rate): shape.squareRoot() / rate
        case .beta(let a, let b): (a * b / (a + b + 1)).squareRoot() / (a + b)
        case .halfNormal(let scale): scale * (1 - 2 / Double.pi).squareRoot()
        case .student(let freedom, _, let scale):
            freedom > 2 ? scale * (freedom / (freedom - 2)).squareRoot() : .infinity
        }
    }

    /// The numbers that it can give; the ends may be infinite.
    public var support: ClosedRange<Double> {
        switch self {
        case .normal, .student: -Double.infinity...Double.infinity
        case .logNormal, .exponential, .gamma, .halfNormal: 0...Double.infinity
        case .uniform(let low, let high): low...high
        case .beta: 0...1
        }
    }

    /// Independent numbers.
    public func sample(_ key: Key, _ shape: [Int] = []) -> Tensor {
        func gamma(_ a: Double, _ key: Key) -> Tensor { key.gamma(Tensor.filled(a, shape)) }
        switch self {
        case .normal(let mean, let deviation): return mean + deviation * key.normal(shape)
        case .logNormal(let mean, let deviation): return (mean + deviation * key.normal(shape)).exp()
        case .uniform(let low, let high): return low + (high - low) * key.uniform(shape)
        case .exponential(let rate): return key.exponential(shape) / rate
        case .gamma(let a, let rate): return gamma(a, key) / rate
        case .beta(let a, let b):
            let keys = key.split(2)
            let (first, second) = (gamma(a, keys[0]), gamma(b, keys[1]))
            return first / (first + second)
        case .halfNormal(let scale): return scale * key.normal(shape).absolute()
        case .student(let freedom, let location, let scale):
            let keys = key.split(2)
            let spread = (gamma(freedom / 2, keys[0]) / (freedom / 2)).sqrt()
            return location + scale * keys[1].normal(shape) / spread
        }
    }

    /// The number below which a part `p` of the probability lies, for `p` in (0, 1).
    public func quantile(_ p: Double) -> Double {
        precondition(p > 0 && p < 1, "the quantile of a probability of \(p)")
        func normal(_ p: Double) -> Double { Tensor(p).normalQuantile().scalar }
        switch self {
        case .normal(let mean, let deviation): return mean + deviation * normal(p)
        case .logNormal(let mean, let deviation): return exp(mean + deviation * normal(p))
        case .uniform(let low, let high): return low + (high - low) * p
        case .exponential(let rate): return -log1p(-p) / rate
        case .gamma(let a, let rate): return IncompleteGamma(a).quantile(p) / rate
        case .beta(let a, let b): return IncompleteBeta(a, b).quantile(p)
        case .halfNormal(let scale): return scale * normal((1 + p) / 2)
        case .student(let freedom, let location, let scale):
            if p == 0.5 { return location }
            // Of the tail: ν / (ν + t²) is of a beta distribution.
            let tail = IncompleteBeta(freedom / 2, 0.5).quantile(2 * min(p, 1 - p))
            let t = (freedom * (1 - tail) / tail).squareRoot()
            return location + (p < 0.5 ? -scale : scale) * t
        }
    }
}
