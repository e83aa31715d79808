import Foundation
import Tensors

extension ProperScore {
    /// The continuous ranked probability score of a normal distribution, in the unit of the variable; less is better.
    ///
    /// CRPS = σ [z (2Φ(z) − 1) + 2φ(z) − 1/√π] with z = (y − μ) / σ, and |y − μ| if σ = 0 (Gneiting et al. 2005,
    /// *Mon. Weather Rev.* 133, 1098, eq. 5).
    public static func crps(mean: Double, standardDeviation: Double, truth: Double) -> Double {
        precondition(standardDeviation >= 0, "a standard deviation is not negative: \(standardDeviation)")
        guard standardDeviation > 0 else { return abs(truth - mean) }
        let z = (truth - mean) / standardDeviation
        let density = exp(-z * z / 2) / (2 * Double.pi).squareRoot()
        return standardDeviation * (z * erf(z / 2.0.squareRoot()) + 2 * density - 1 / Double.pi.squareRoot())
    }
}

/// The log score −log p(y) of a normal distribution, in nats; less is better.
func gaussianLogScore(_ mean: Double, _ standardDeviation: Double, _ truth: Double) -> Double {
    let z = (truth - mean) / standardDeviation
    return z * z / 2 + log(standardDeviation) + log(2 * Double.pi) / 2
}

/// Normal forecasts of one variable at one lead, with the verifying values, in the order of time.
public struct GaussianForecasts: Sendable {
    /// The means as forecasts of one number, with the truth and the mask.
    public let mean: PointForecasts
    /// The standard deviations, positive where a time counts.
    public let standardDeviation: [Double]

    /// Normal forecasts of `truth` at the times where `mask` holds (all, if there is none).
    public init(mean: [Double], standardDeviation: [Double], truth: [Double], mask: [Bool]? = nil) {
        self.mean = PointForecasts(forecast: mean, truth: truth, mask: mask)
        precondition(
            standardDeviation.count == truth.count,
            "\(standardDeviation.count) standard deviations for \(truth.count) verifying values")
        for time in truth.indices where self.mean.mask[time] {
            precondition(
                standardDeviation[time] > 0 && standardDeviation[time].isFinite,
                "standard deviation \(standardDeviation[time]) at time \(time) is not positive and finite")
        }
        self.standardDeviation = standardDeviation
    }

    /// The continuous ranked probability score in closed form.
    public var crps: ScoreSeries {
        series(.mean) { ProperScore.crps(mean: $0, standardDeviation: $1, truth: $2) }
    }

    /// The log score −log p(y), in nats.
    public var logScore: ScoreSeries { series(.mean, gaussianLogScore) }

    /// The fraction of times at which the truth lies in the central interval of probability `level`.
    public func coverage(of level: Double) -> ScoreSeries {
        precondition(level > 0 && level < 1, "an interval's probability lies in (0, 1), not \(level)")
        return series(.mean) { mean, deviation, truth in
            erf(abs(truth - mean) / deviation / 2.0.squareRoot()) <= level ? 1 : 0
        }
    }

    /// The spread: the root of the mean over time of the variance.
    public var spread: ScoreSeries { series(.rootMean) { _, deviation, _ in deviation * deviation } }

    /// The spread over the RMSE of the mean; 1 if reliable.
    public var spreadErrorRatio: ScoreSeries {
        let terms = values { mean, deviation, truth in
            [deviation * deviation, (mean - truth) * (mean - truth)]
        }
        return ScoreSeries(.rootRatio, terms: terms, mask: mean.mask)
    }

    /// The histogram of the truth's probability Φ((y − μ) / σ) in equal bins; flat if calibrated.
    public func rankHistogram(bins: Int) -> RankHistogram {
        precondition(bins >= 2, "a histogram needs two bins or more, not \(bins)")
        var counts = [Int](repeating: 0, count: bins)
        for time in mean.truth.indices where mean.mask[time] {
            let z = (mean.truth[time] - mean.forecast[time]) / standardDeviation[time]
            counts[min(bins - 1, Int(Double(bins) * erfc(-z / 2.0.squareRoot()) / 2))] += 1
        }
        return RankHistogram(counts: counts)
    }

    /// The truth's probabilities Φ((y − μ) / σ).
    public var truthProbabilities: TruthProbabilities {
        let values = values { mean, deviation, truth in [erfc((mean - truth) / deviation / 2.0.squareRoot()) / 2] }
        return TruthProbabilities(values, mask: mean.mask)
    }

    private func series(
        _ combination: ScoreSeries.Combination, _ function: (Double, Double, Double) -> Double
    ) -> ScoreSeries {
        ScoreSeries(combination, terms: values { [function($0, $1, $2)] }, mask: mean.mask)
    }

    private func values(_ function: (Double, Double, Double) -> [Double]) -> [Double] {
        mean.truth.indices.flatMap { time in
            // A place holder that is finite: the series sets it to zero.
            mean.mask[time]
                ? function(mean.forecast[time], standardDeviation[time], mean.truth[time]) : function(0, 1, 0)
        }
    }
}
