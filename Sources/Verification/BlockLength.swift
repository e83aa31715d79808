import Foundation

extension ScoreSeries {
    /// The contribution of each time to the score to first order, about zero; zero where a time is missing.
    ///
    /// The variance of a score is that of the mean of these, so their autocorrelation decides how long blocks must be.
    var influence: [Double] {
        let number = Double(count)
        guard number > 0, let score = value else { return [Double](repeating: 0, count: length) }
        let width = combination.termCount
        let means = (0..<width).map { term in
            stride(from: term, to: terms.count, by: width).reduce(0) { $0 + terms[$1] } / number
        }
        return terms.withUnsafeBufferPointer { terms in
            mask.indices.map { time in
                let term = UnsafeBufferPointer(rebasing: terms[time * width..<(time + 1) * width])
                return mask[time] ? influence(term, means, score) : 0
            }
        }
    }

    private func influence(_ term: UnsafeBufferPointer<Double>, _ mean: [Double], _ score: Double) -> Double {
        switch combination {
        case .mean, .rootMean:
            return term[0] - mean[0]
        case .rootRatio:
            return term[0] - score * score * term[1]
        case .uncenteredCorrelation:
            let xx = term[0] / mean[0]
            let yy = term[1] / mean[1]
            return term[2] / (mean[0] * mean[1]).squareRoot() - score * (xx + yy) / 2
        case .centeredCorrelation:
            let x = (term[0] - mean[0]) / (mean[2] - mean[0] * mean[0]).squareRoot()
            let y = (term[1] - mean[1]) / (mean[3] - mean[1] * mean[1]).squareRoot()
            return x * y - score * (x * x + y * y) / 2
        }
    }
}

/// The block length that minimises the mean squared error of the circular block bootstrap's variance of the mean.
///
/// (2 G² / D)^(1/3) n^(1/3) with G = Σ λ(k/M) |k| R(k), D = (4/3) (Σ λ(k/M) R(k))², the flat-top window λ, and M twice
/// the lag after which the autocorrelation is no longer significant (Politis and White 2004; Patton et al. 2009).
func automaticBlockLength(_ values: [Double]) -> Int {
    let count = values.count
    guard count >= 8 else { return 1 }
    let longest = min(count - 1, Int(Double(count).squareRoot().rounded(.up)) + 5)
    let mean = values.reduce(0, +) / Double(count)
    let covariance = (0...longest).map { autocovariance(values, mean, lag: $0) }
    guard covariance[0] > 0 else { return 1 }
    let window = bandwidth(covariance, count: count)
    var weighted = 0.0
    var spectrum = covariance[0]
    for lag in 1...max(1, window) where lag <= longest {
        let ratio = Double(lag) / Double(window)
        let taper = ratio <= 0.5 ? 1 : 2 * (1 - ratio)
        weighted += 2 * taper * Double(lag) * covariance[lag]
        spectrum += 2 * taper * covariance[lag]
    }
    guard spectrum > 0 else { return 1 }
    let length = pow(2 * weighted * weighted / (4.0 / 3 * spectrum * spectrum) * Double(count), 1.0 / 3)
    let bound = min(3 * Double(count).squareRoot(), Double(count) / 3)
    return max(1, Int(min(length, bound).rounded(.up)))
}

/// Twice the smallest lag after which five correlations in a row are below 2 √(log₁₀ n / n).
private func bandwidth(_ covariance: [Double], count: Int) -> Int {
    let threshold = 2 * (log10(Double(count)) / Double(count)).squareRoot()
    let run = max(5, Int(log10(Double(count)).squareRoot()))
    let longest = covariance.count - 1
    let quiet = (1...longest).map { abs(covariance[$0] / covariance[0]) < threshold }
    for lag in 0..<longest where lag + run <= longest {
        if quiet[lag..<lag + run].allSatisfy({ $0 }) { return min(longest, max(1, 2 * lag)) }
    }
    return longest
}

private func autocovariance(_ values: [Double], _ mean: Double, lag: Int) -> Double {
    var sum = 0.0
    for time in lag..<values.count { sum += (values[time] - mean) * (values[time - lag] - mean) }
    return sum / Double(values.count)
}
