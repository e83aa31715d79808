/// Distributions at each time, with the verifying values, in the order of time.
public protocol DistributionForecasts: Sendable {
    var crps: ScoreSeries { get }
    var spreadErrorRatio: ScoreSeries { get }
    /// The fraction of times at which the truth lies in the central interval of probability `level`.
    func coverage(of level: Double) -> ScoreSeries
    /// - Parameter seed: of ties and of the place within a bin.
    func truthProbabilities(seed: UInt64) -> TruthProbabilities
    /// - Parameter seed: of ties and of the place within a bin.
    func rankHistogram(bins: Int, seed: UInt64) -> RankHistogram
}

/// Forecasts of which scores are taken: distributions, the numbers that stand for them, and the normals that anomalies
/// are relative to.
public struct ScoredForecasts: Sendable {
    public let points: PointForecasts
    public let distribution: any DistributionForecasts
    /// One a time.
    public let normals: [Double]

    public init(_ distribution: any DistributionForecasts, points: PointForecasts, normals: [Double]) {
        precondition(normals.count == points.truth.count, "\(normals.count) normals of \(points.truth.count) times")
        (self.distribution, self.points, self.normals) = (distribution, points, normals)
    }

    /// Forecasts and truth less the normals.
    public var anomalies: PointForecasts {
        PointForecasts(
            forecast: zip(points.forecast, normals).map(-), truth: zip(points.truth, normals).map(-),
            mask: points.mask)
    }
}

extension EnsembleForecasts: DistributionForecasts {
    /// The fair score: members stand for a sample.
    public var crps: ScoreSeries { crps(.fair) }
    public func rankHistogram(bins: Int, seed: UInt64) -> RankHistogram { rankHistogram(bins: .some(bins), seed: seed) }
}

extension GaussianForecasts: DistributionForecasts {
    public func truthProbabilities(seed: UInt64) -> TruthProbabilities { truthProbabilities }
    public func rankHistogram(bins: Int, seed: UInt64) -> RankHistogram { rankHistogram(bins: bins) }
}

/// Distributions by quantiles of equal steps of probability, which stand for the whole of them, not for a sample.
public struct QuantileForecasts: DistributionForecasts {
    private let members: EnsembleForecasts

    public init(quantiles: [[Double]], truth: [Double], mask: [Bool]? = nil) {
        members = EnsembleForecasts(members: quantiles, truth: truth, mask: mask)
    }

    public var crps: ScoreSeries { members.crps(.plain) }
    public var spreadErrorRatio: ScoreSeries { members.spreadErrorRatio }
    public func coverage(of level: Double) -> ScoreSeries { members.coverage(of: level) }
    public func truthProbabilities(seed: UInt64) -> TruthProbabilities { members.truthProbabilities(seed: seed) }
    public func rankHistogram(bins: Int, seed: UInt64) -> RankHistogram {
        members.rankHistogram(bins: bins, seed: seed)
    }
}
