import Foundation
import Verification

/// The shape of the distribution of a structural model's forecasts.
enum InnovationShape: String, CaseIterable, Sendable, Codable {
    /// Normal, as the Kalman filter has it.
    case gaussian
    /// Student's distribution, its degrees of freedom and scale by maximum likelihood.
    case student
    /// The quantiles of the errors themselves.
    case empirical
}

/// The distribution of a forecast's error over its standard deviation, learned from earlier forecasts of the same lead.
enum ErrorDistribution: Sendable, Codable, Equatable {
    case gaussian
    /// Quantiles at 1, 2, … 99 %, ascending.
    case quantiles([Double])

    /// - Parameter errors: standardised; NaN where there is none.
    init(_ shape: InnovationShape, errors: [Double]) {
        let known = errors.filter(\.isFinite).sorted()
        guard shape != .gaussian, known.count >= Self.fewest else {
            self = .gaussian
            return
        }
        let probabilities = (1...99).map { Double($0) / 100 }
        switch shape {
        case .gaussian: self = .gaussian
        case .empirical: self = .quantiles(probabilities.map { sortedQuantile(known, $0) })
        case .student:
            let (degrees, scale) = Self.student(known)
            let upper = (51...99).map { scale * studentQuantile(Double($0) / 100, degrees: degrees) }
            self = .quantiles(upper.reversed().map { -$0 } + [0] + upper)
        }
    }

    /// Fewer errors tell nothing of a shape.
    static let fewest = 30

    /// At 1, 2, … 99 %, nil where it is normal.
    var quantiles: [Double]? {
        switch self {
        case .gaussian: nil
        case .quantiles(let all): all
        }
    }

    func quantile(_ probability: Double) -> Double {
        switch self {
        case .gaussian: normalQuantile(probability)
        case .quantiles(let all): sortedQuantile(all, probability)
        }
    }

    /// Degrees of freedom and scale of the largest likelihood: the scale by repetition for each of some degrees.
    private static func student(_ errors: [Double]) -> (degrees: Int, scale: Double) {
        let count = Double(errors.count)
        let candidates = [3, 4, 5, 6, 8, 10, 15, 20, 30, 50, 100].map { degrees -> (Double, Int, Double) in
            let n = Double(degrees)
            let squares = errors.map { $0 * $0 }
            let least = Double.leastNormalMagnitude
            var square = max(squares.reduce(0.0, +) / count, least)
            for _ in 0..<100 {
                let weighted = squares.map { (n + 1.0) * $0 / (n + $0 / square) }
                square = max(weighted.reduce(0.0, +) / count, least)
            }
            let logGammas: Double = lgamma(0.5 * (n + 1.0)) - lgamma(0.5 * n)
            let constant: Double = logGammas - 0.5 * log(n * Double.pi * square)
            let logs = squares.map { log1p($0 / (n * square)) }
            let likelihood: Double = count * constant - 0.5 * (n + 1.0) * logs.reduce(0.0, +)
            return (likelihood, degrees, square.squareRoot())
        }
        let best = candidates.max { $0.0 < $1.0 }
        return (best?.1 ?? 100, best?.2 ?? 1)
    }
}

/// Where the normal distribution function reaches a probability, by bisection.
func normalQuantile(_ probability: Double) -> Double {
    if probability == 0.5 { return 0 }
    var (low, high) = (-40.0, 40.0)
    for _ in 0..<100 {
        let middle = 0.5 * (low + high)
        if 0.5 * erfc(-middle / 2.0.squareRoot()) < probability { low = middle } else { high = middle }
    }
    return 0.5 * (low + high)
}
