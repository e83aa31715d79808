import Foundation

/// The distribution function of a gamma distribution of rate 1.
///
/// Reference: Press et al., *Numerical Recipes* (Cambridge, 2007), section 6.2.
struct IncompleteGamma {
    let shape: Double
    init(_ shape: Double) { self.shape = shape }

    /// `γ(a, x) / Γ(a)`, to about 1e-14.
    func callAsFunction(_ x: Double) -> Double {
        if x <= 0 { return 0 }
        let front = exp(shape * log(x) - x - lgamma(shape))
        if x < shape + 1 {
            var (term, sum, a) = (1 / shape, 1 / shape, shape)
            while abs(term) > 1e-17 * sum {
                a += 1
                term *= x / a
                sum += term
            }
            return sum * front
        }
        // Lentz's continued fraction of the complement.
        var b = x + 1 - shape
        var (c, d) = (1e300, 1 / b)
        var value = d
        for i in 1...10_000 {
            let a = -Double(i) * (Double(i) - shape)
            b += 2
            d = 1 / nonzero(a * d + b)
            c = nonzero(b + a / c)
            value *= d * c
            if abs(d * c - 1) < 1e-16 { break }
        }
        return 1 - front * value
    }

    func quantile(_ p: Double) -> Double {
        var high = shape + 1
        while self(high) < p { high *= 2 }
        return bisected(below: high, p, callAsFunction)
    }
}

/// The distribution function of a beta distribution.
///
/// Reference: Press et al., *Numerical Recipes* (Cambridge, 2007), section 6.4.
struct IncompleteBeta {
    let a: Double
    let b: Double
    init(_ a: Double, _ b: Double) { (self.a, self.b) = (a, b) }

    /// `I(x; a, b)`, to about 1e-14.
    func callAsFunction(_ x: Double) -> Double {
        if x <= 0 { return 0 }
        if x >= 1 { return 1 }
        let front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
        return x < (a + 1) / (a + b + 2)
            ? front * Self.fraction(x, a, b) / a : 1 - front * Self.fraction(1 - x, b, a) / b
    }

    /// Lentz's continued fraction.
    private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        var (c, d) = (1.0, 1 / nonzero(1 - (a + b) * x / (a + 1)))
        var value = d
        func step(_ term: Double) -> Double {
            d = 1 / nonzero(1 + term * d)
            c = nonzero(1 + term / c)
            value *= d * c
            return d * c
        }
        for i in 1...10_000 {
            let m = Double(i)
            _ = step(m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)))
            let change = step(-(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)))
            if abs(change - 1) < 1e-16 { break }
        }
        return value
    }

    func quantile(_ p: Double) -> Double { bisected(below: 1, p, callAsFunction) }
}

private func nonzero(_ x: Double) -> Double { abs(x) < 1e-300 ? 1e-300 : x }

/// The positive place below `high` where a function that grows has a value, to the last bit: halved until it lies
/// within a factor of two, however small it is, and then bisected.
private func bisected(below high: Double, _ value: Double, _ f: (Double) -> Double) -> Double {
    var high = high
    while high / 2 > 0, f(high / 2) >= value { high /= 2 }
    var low = high / 2
    while true {
        let middle = low + (high - low) / 2
        if middle <= low || middle >= high { return middle }
        if f(middle) < value { low = middle } else { high = middle }
    }
}
