import Tensors

/// Forecasts of one number each, with the verifying values, in the order of time.
///
/// Pairs where the mask is false are skipped by every score; they keep their place in time for the block bootstrap.
public struct PointForecasts: Sendable {
    /// The forecasts.
    public let forecast: [Double]
    /// The verifying values.
    public let truth: [Double]
    /// Which pairs count.
    public let mask: [Bool]

    /// Pairs of `forecast` and `truth` at the times where `mask` holds (all, if there is none).
    public init(forecast: [Double], truth: [Double], mask: [Bool]? = nil) {
        self.mask = checkedMask(mask, truth: truth)
        precondition(
            forecast.count == truth.count, "\(forecast.count) forecasts for \(truth.count) verifying values")
        for time in forecast.indices where self.mask[time] {
            precondition(forecast[time].isFinite, "forecast \(forecast[time]) at time \(time) is not finite")
        }
        self.forecast = forecast
        self.truth = truth
    }

    /// The root-mean-square error √(mean (f − y)²).
    public var rootMeanSquareError: ScoreSeries {
        let errors = errors
        return ScoreSeries(.rootMean, terms: errors.map { $0 * $0 }, mask: mask)
    }

    /// The bias, mean (f − y).
    public var bias: ScoreSeries { ScoreSeries(.mean, terms: errors, mask: mask) }

    /// The mean absolute error, mean |f − y|.
    public var meanAbsoluteError: ScoreSeries { ScoreSeries(.mean, terms: errors.map(abs), mask: mask) }

    /// The anomaly correlation, centred (Pearson's): the means of the pairs that count are removed
    /// (Wilks 2011, *Statistical Methods in the Atmospheric Sciences*, §8.6.4).
    public var correlation: ScoreSeries {
        // Removing an offset first changes nothing but the rounding.
        let offset = mean(truth)
        var terms: [Double] = []
        terms.reserveCapacity(5 * truth.count)
        for time in truth.indices {
            let x = mask[time] ? forecast[time] - offset : 0
            let y = mask[time] ? truth[time] - offset : 0
            terms += [x, y, x * x, y * y, x * y]
        }
        return ScoreSeries(.centeredCorrelation, terms: terms, mask: mask)
    }

    /// The uncentred anomaly correlation Σfy / √(Σf² Σy²) of values that are anomalies already.
    public var uncenteredCorrelation: ScoreSeries {
        var terms: [Double] = []
        terms.reserveCapacity(3 * truth.count)
        for time in truth.indices {
            let x = mask[time] ? forecast[time] : 0
            let y = mask[time] ? truth[time] : 0
            terms += [x * x, y * y, x * y]
        }
        return ScoreSeries(.uncenteredCorrelation, terms: terms, mask: mask)
    }

    private var errors: [Double] {
        truth.indices.map { mask[$0] ? forecast[$0] - truth[$0] : 0 }
    }

    private func mean(_ values: [Double]) -> Double {
        var sum = 0.0
        var count = 0.0
        for time in values.indices where mask[time] {
            sum += values[time]
            count += 1
        }
        return count > 0 ? sum / count : 0
    }
}

/// The mask, or all true; traps where it does not fit or lets a truth through that is not finite.
func checkedMask(_ mask: [Bool]?, truth: [Double]) -> [Bool] {
    let mask = mask ?? [Bool](repeating: true, count: truth.count)
    precondition(mask.count == truth.count, "a mask of \(mask.count) for \(truth.count) verifying values")
    for time in truth.indices where mask[time] {
        precondition(truth[time].isFinite, "verifying value \(truth[time]) at time \(time) is not finite; mask it")
    }
    return mask
}
