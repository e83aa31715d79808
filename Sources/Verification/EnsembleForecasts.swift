import Tensors

/// Which estimator a score of an ensemble uses for the expected distance of two members.
public enum EnsembleEstimator: Sendable, Equatable {
    /// The score of the empirical distribution of the members: divides by N².
    case plain
    /// Unbiased in the number of members: divides by N (N − 1) (Ferro 2014, *Q. J. R. Meteorol. Soc.* 140, 1917).
    case fair
}

/// Ensemble forecasts of one variable at one lead, with the verifying values, in the order of time.
///
/// Members are sorted once, in O(N log N) a time; every score after that is O(N). Pairs where the mask is false are
/// skipped by every score and keep their place in time for the block bootstrap.
public struct EnsembleForecasts: Sendable {
    /// The number of members N.
    public let memberCount: Int
    /// The members, times × members in row-major order, ascending at each time.
    public let sortedMembers: [Double]
    /// The verifying values.
    public let truth: [Double]
    /// Which pairs count.
    public let mask: [Bool]

    /// Ensembles `members` (times × `memberCount`, row-major, in any order within a time) of `truth` (times).
    public init(members: [Double], memberCount: Int, truth: [Double], mask: [Bool]? = nil) {
        precondition(memberCount >= 2, "an ensemble needs two members or more, not \(memberCount)")
        precondition(
            members.count == truth.count * memberCount,
            "\(truth.count) times of \(memberCount) members need \(truth.count * memberCount) values, "
                + "not \(members.count)")
        self.mask = checkedMask(mask, truth: truth)
        self.memberCount = memberCount
        self.truth = truth
        var sorted = members
        for time in truth.indices where self.mask[time] {
            let range = time * memberCount..<(time + 1) * memberCount
            sorted[range].sort()
            // Infinities sort to the ends; a NaN anywhere makes the sum NaN.
            let sum = sorted[range].reduce(0, +)
            precondition(sum.isFinite, "an ensemble member at time \(time) is not finite; mask that time")
        }
        sortedMembers = sorted
    }

    /// Ensembles as one array of members a time.
    public init(members: [[Double]], truth: [Double], mask: [Bool]? = nil) {
        let memberCount = members.first?.count ?? 2
        for (time, ensemble) in members.enumerated() {
            precondition(
                ensemble.count == memberCount, "\(ensemble.count) members at time \(time), \(memberCount) before")
        }
        self.init(members: members.flatMap { $0 }, memberCount: memberCount, truth: truth, mask: mask)
    }

    /// The ensemble mean as a forecast of one number.
    public var mean: PointForecasts {
        PointForecasts(forecast: values { members, _ in average(members) }, truth: truth, mask: mask)
    }

    /// The ensemble's quantile at each time; zero where a time is masked.
    public func quantile(_ probability: Double) -> [Double] {
        values { members, _ in sortedQuantile(members, probability) }
    }

    /// The continuous ranked probability score, see
    /// ``ProperScore/crps(sortedMembers:truth:estimator:)``.
    public func crps(_ estimator: EnsembleEstimator) -> ScoreSeries {
        series(.mean) { ProperScore.crps($0, $1, estimator) }
    }

    /// The fraction of times at which the truth lies in the central interval of probability `level`.
    ///
    /// The interval's ends are the ensemble's quantiles at (1 ∓ level) / 2 by ``sortedQuantile(_:_:)``, which makes
    /// the expected coverage of a calibrated ensemble equal to `level` if level ≤ (N − 1) / (N + 1).
    public func coverage(of level: Double) -> ScoreSeries {
        precondition(level > 0 && level < 1, "an interval's probability lies in (0, 1), not \(level)")
        return series(.mean) { members, truth in
            let low = sortedQuantile(members, (1 - level) / 2)
            let high = sortedQuantile(members, (1 + level) / 2)
            return low <= truth && truth <= high ? 1 : 0
        }
    }

    /// The spread: the root of the mean over time of the members' variance (denominator N − 1).
    public var spread: ScoreSeries { series(.rootMean) { members, _ in sampleVariance(members) } }

    /// The spread over the RMSE of the ensemble mean, √((N + 1) / N) · spread / RMSE: 1 if the ensemble is reliable.
    ///
    /// The factor accounts for the sampling error of the mean of N members (Fortin et al. 2014, *J. Hydrometeorol.*
    /// 15, 1708, eq. 15).
    public var spreadErrorRatio: ScoreSeries {
        let factor = Double(memberCount + 1) / Double(memberCount)
        let variances = values { members, _ in factor * sampleVariance(members) }
        let squares = values { members, truth in
            let error = average(members) - truth
            return error * error
        }
        return ScoreSeries(.rootRatio, terms: zip(variances, squares).flatMap { [$0, $1] }, mask: mask)
    }

    /// The log score −log p(y) of the normal distribution with the members' mean and variance (denominator N − 1).
    ///
    /// Times at which all members agree have no density and are skipped.
    public var logScore: ScoreSeries {
        let variances = values { members, _ in sampleVariance(members) }
        let scores = values { members, truth in
            let variance = sampleVariance(members)
            return variance > 0 ? gaussianLogScore(average(members), variance.squareRoot(), truth) : 0
        }
        return ScoreSeries(.mean, terms: scores, mask: zip(mask, variances).map { $0 && $1 > 0 })
    }

    /// One number a time that counts, zero at the others.
    func values(_ function: (UnsafeBufferPointer<Double>, Double) -> Double) -> [Double] {
        sortedMembers.withUnsafeBufferPointer { all in
            truth.indices.map { time in
                guard mask[time] else { return 0 }
                let range = time * memberCount..<(time + 1) * memberCount
                return function(UnsafeBufferPointer(rebasing: all[range]), truth[time])
            }
        }
    }

    private func series(
        _ combination: ScoreSeries.Combination, _ function: (UnsafeBufferPointer<Double>, Double) -> Double
    ) -> ScoreSeries {
        ScoreSeries(combination, terms: values(function), mask: mask)
    }
}
