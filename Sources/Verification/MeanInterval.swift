import Foundation

/// The mean of independent values, with the confidence interval that Student's distribution gives it.
///
///     mean ± t s / √n,   s² the sample variance, t the quantile of Student's distribution with n − 1 degrees of freedom
///
/// What few seeds of an experiment allow to say. With one value the interval is everything: its ends are infinite.
public struct MeanInterval: Sendable, Equatable {
    public let mean: Double
    public let low: Double
    public let high: Double

    /// - Parameters:
    ///   - values: at least one.
    ///   - level: the confidence, such as 0.95.
    public init(_ values: [Double], level: Double = 0.95) {
        precondition(!values.isEmpty && level > 0 && level < 1, "the mean of \(values) at a confidence of \(level)")
        let count = Double(values.count)
        mean = values.reduce(0, +) / count
        guard values.count > 1 else {
            (low, high) = (-.infinity, .infinity)
            return
        }
        let center = mean
        let variance = values.reduce(0) { $0 + ($1 - center) * ($1 - center) } / (count - 1)
        let half = studentQuantile(0.5 + 0.5 * level, degrees: values.count - 1) * (variance / count).squareRoot()
        (low, high) = (mean - half, mean + half)
    }
}

/// Student's distribution function with a whole number of degrees of freedom, by its finite sums.
///
/// Reference: Abramowitz & Stegun, *Handbook of Mathematical Functions* (1964), 26.7.3 and 26.7.4.
func studentProbability(_ t: Double, degrees n: Int) -> Double {
    let angle = atan(t / Double(n).squareRoot())
    let (sine, cosine) = (sin(angle), cos(angle))
    var (term, sum) = (n % 2 == 0 ? 1.0 : cosine, 0.0)
    for k in stride(from: n % 2 == 0 ? 2 : 3, through: n, by: 2) {
        sum += term
        term *= cosine * cosine * Double(k - 1) / Double(k)
    }
    let central = n % 2 == 0 ? sine * sum : 2 / Double.pi * (angle + sine * sum)
    return 0.5 + 0.5 * central
}

/// Where Student's distribution function reaches a probability above one half, by bisection to the last digits.
public func studentQuantile(_ probability: Double, degrees: Int) -> Double {
    var (low, high) = (0.0, 1.0)
    while studentProbability(high, degrees: degrees) < probability { high *= 2 }
    for _ in 0..<200 where high - low > 1e-15 * high {
        let middle = 0.5 * (low + high)
        if studentProbability(middle, degrees: degrees) < probability { low = middle } else { high = middle }
    }
    return 0.5 * (low + high)
}
