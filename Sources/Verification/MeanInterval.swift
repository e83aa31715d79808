import Foundation

/// The mean of independent values, with the confidence interval that Student's distribution gives it.
///
///     mean ± t s / √n,   s² the sample variance, t the quantile of Student's distribution with n − 1 degrees of
/// freedom
///
/// The confidence interval of a mean from few seeds. With one value its ends are infinite.
public struct MeanInterval: Sendable, Equatable {
    public let mean: Double
    public let low: Double
    public let high: Double

    /// - Parameters:
    ///   - values: at least one.
    ///   - level: the confidence, such as 0.95.
    public init(_ values: [Double], level: Double = 0.95) {
        precondition(!values.isEmpty && level > 0 && level < 1, "the mean of \(values) at a confidence of \(level)")
        mean = values.reduce(0, +) / Double(values.count)
        guard values.count > 1 else {
            (low, high) = (-.infinity, .infinity)
            return
        }
        let half = studentQuantile(0.5 + 0.5 * level, degrees: values.count - 1) * Self.standardError(values)
        (low, high) = (mean - half, mean + half)
    }

    /// The standard error of the mean, s / √n, of two values or more.
    static func standardError(_ values: [Double]) -> Double {
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
        return (variance / count).squareRoot()
    }
}

/// The mean of independent positive values such as errors, with an interval that holds positive numbers alone:
/// Student's interval of the logarithm of the mean, whose standard error is that of the mean over the mean.
///
///     m exp(± t s / (m √n))
///
/// Where the values are close to each other it is the interval of ``MeanInterval``.
public struct PositiveMeanInterval: Sendable, Equatable {
    public let mean: Double
    /// The ends of the confidence interval; nil with fewer than three values, which allow no statement.
    public let low: Double?
    public let high: Double?

    /// - Parameters:
    ///   - values: at least one, none negative.
    ///   - level: the confidence, such as 0.95.
    public init(_ values: [Double], level: Double = 0.95) {
        precondition(
            !values.isEmpty && values.allSatisfy { $0 >= 0 }, "the mean of \(values), none of which may be negative")
        let mean = values.reduce(0, +) / Double(values.count)
        self.mean = mean
        guard values.count >= PairedDifference.leastPairs, mean > 0 else {
            (low, high) = (nil, nil)
            return
        }
        let quantile = studentQuantile(0.5 + 0.5 * level, degrees: values.count - 1)
        let factor = exp(quantile * MeanInterval.standardError(values) / mean)
        (low, high) = (mean / factor, mean * factor)
    }
}

/// The probability of a number at least so far from zero under Student's distribution.
func twoSidedProbability(_ t: Double, degrees: Int) -> Double {
    t.isFinite ? min(1, 2 * (1 - studentProbability(t, degrees: degrees))) : 0
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
