import Foundation
import Testing

@testable import Verification

@Suite struct ScoreTests {
    let oracle: Oracle
    let ensemble: EnsembleForecasts

    init() throws {
        oracle = try Oracle.load()
        ensemble = EnsembleForecasts(members: oracle.members, truth: oracle.truth, mask: oracle.mask)
    }

    @Test func scoresOfTheMeanAgreeWithNumPy() {
        let mean = ensemble.mean
        #expect(isClose(mean.rootMeanSquareError.value, oracle.rmse))
        #expect(isClose(mean.bias.value, oracle.bias))
        #expect(isClose(mean.meanAbsoluteError.value, oracle.meanAbsoluteError))
        #expect(isClose(mean.correlation.value, oracle.correlation))
        #expect(isClose(mean.uncenteredCorrelation.value, oracle.uncentered))
        #expect(mean.bias.count == 11)
    }

    @Test func scoresOfTheEnsembleAgreeWithNumPy() {
        #expect(isClose(ensemble.crps(.plain).value, oracle.crpsPlain))
        #expect(isClose(ensemble.crps(.fair).value, oracle.crpsFair))
        #expect(isClose(ensemble.spread.value, oracle.spread))
        #expect(isClose(ensemble.spreadErrorRatio.value, oracle.ratio))
        #expect(isClose(ensemble.logScore.value, oracle.logScore))
        #expect(isClose(ensemble.coverage(of: 0.5).value, oracle.coverage50))
        #expect(isClose(ensemble.coverage(of: 0.7).value, oracle.coverage70))
        #expect(isClose(ensemble.coverage(of: 0.9).value, oracle.coverage90))
        for (probability, expected) in [(0.1, oracle.quantile10), (0.63, oracle.quantile63)] {
            let kept = zip(ensemble.quantile(probability), oracle.mask).filter(\.1).map(\.0)
            #expect(zip(kept, expected).allSatisfy { isClose($0, $1) })
        }
    }

    @Test func gaussianScoresAgreeWithTheirIntegrals() {
        for row in oracle.gaussian {
            let score = ProperScore.crps(mean: row[0], standardDeviation: row[1], truth: row[2])
            #expect(isClose(score, row[3], 1e-9))
            let forecasts = GaussianForecasts(mean: [row[0]], standardDeviation: [row[1]], truth: [row[2]])
            #expect(isClose(forecasts.logScore.value, row[4]))
            #expect(isClose(forecasts.crps.value, row[3], 1e-9))
        }
        #expect(ProperScore.crps(mean: 1, standardDeviation: 0, truth: 3) == 2)
    }

    @Test func energyScoreAgreesWithNumPyAndInOneDimensionIsTheCRPS() {
        #expect(
            isClose(
                ProperScore.energy(members: oracle.vectors, truth: oracle.target, estimator: .plain), oracle.energyPlain
            ))
        #expect(
            isClose(
                ProperScore.energy(members: oracle.vectors, truth: oracle.target, estimator: .fair), oracle.energyFair))
        let series = ProperScore.energy(
            members: oracle.members.flatMap { $0 }, truth: oracle.truth, dimension: 1, mask: oracle.mask)
        #expect(isClose(series.value, oracle.crpsFair))
    }

    @Test func anOffsetCostsNoDigits() {
        let moved = EnsembleForecasts(
            members: oracle.members.map { $0.map { $0 + 1e6 } }, truth: oracle.truth.map { $0 + 1e6 }, mask: oracle.mask
        )
        #expect(isClose(moved.crps(.fair).value, oracle.crpsFair, 1e-9))
        #expect(isClose(moved.spread.value, oracle.spread, 1e-9))
        #expect(isClose(moved.mean.correlation.value, oracle.correlation, 1e-8))
    }

    @Test func chiSquareAgreesWithSciPy() {
        let histogram = RankHistogram(counts: oracle.counts)
        #expect(isClose(histogram.chiSquare, oracle.chiSquare))
        #expect(isClose(histogram.flatnessProbability, oracle.flatness))
        for row in oracle.exceedance {
            let value = chiSquareExceedance(row[0], degreesOfFreedom: Int(row[1]))
            #expect(abs(value / row[2] - 1) < 1e-9)
        }
    }

    @Test func maskedTimesNeverCount() {
        var members = oracle.members
        var truth = oracle.truth
        members[5] = members[5].map { _ in .nan }
        truth[5] = .infinity
        let other = EnsembleForecasts(members: members, truth: truth, mask: oracle.mask)
        #expect(other.crps == ensemble.crps)
        #expect(other.mean.correlation == ensemble.mean.correlation)
        #expect(other.rankHistogram(seed: 1) == ensemble.rankHistogram(seed: 1))
        let none = PointForecasts(forecast: [1, 2], truth: [0, 0], mask: [false, false])
        #expect(none.rootMeanSquareError.value == nil && none.correlation.value == nil)
        #expect(PointForecasts(forecast: [1, 1], truth: [0, 3]).correlation.value == nil)
    }
}

@Suite struct EnsembleLawTests {
    /// Members and truth from the same distribution, whose centre moves with time.
    func calibrated(times: Int, memberCount: Int, seed: UInt64) -> EnsembleForecasts {
        var random = NormalNumbers(seed: seed)
        var members: [Double] = []
        var truth: [Double] = []
        for time in 0..<times {
            let center = 3 * sin(Double(time) / 7)
            members += random.next(memberCount).map { center + $0 }
            truth.append(center + random.next())
        }
        return EnsembleForecasts(members: members, memberCount: memberCount, truth: truth)
    }

    @Test(arguments: [2, 5, 40]) func fairScoreDoesNotDependOnTheNumberOfMembers(memberCount: Int) throws {
        let ensemble = calibrated(times: 40_000, memberCount: memberCount, seed: 3)
        // The expected CRPS of a calibrated standard normal is 1/√π.
        let expected = 1 / Double.pi.squareRoot()
        let fair = try #require(ensemble.crps(.fair).value)
        let plain = try #require(ensemble.crps(.plain).value)
        #expect(abs(fair - expected) < 0.012)
        // The plain score is larger by E|x − x'| / 2N.
        #expect(abs(plain - expected * (1 + 1 / Double(memberCount))) < 0.012)
    }

    @Test(arguments: [9, 24, 100]) func calibratedEnsemblesAreCalledCalibrated(memberCount: Int) throws {
        let ensemble = calibrated(times: 20_000, memberCount: memberCount, seed: 8)
        #expect(ensemble.rankHistogram(seed: 1).flatnessProbability > 0.001)
        #expect(ensemble.rankHistogram(bins: 10, seed: 1).flatnessProbability > 0.001)
        #expect(isClose(ensemble.spreadErrorRatio.value, 1, 0.02))
        #expect(isClose(ensemble.coverage(of: 0.5).value, 0.5, 0.012))
        if memberCount >= 20 { #expect(isClose(ensemble.coverage(of: 0.9).value, 0.9, 0.008)) }
    }

    @Test func narrowEnsemblesAreFoundOut() throws {
        let ensemble = calibrated(times: 500, memberCount: 20, seed: 5)
        let means = ensemble.mean.forecast
        let narrow = EnsembleForecasts(
            members: ensemble.sortedMembers.enumerated().map { means[$0 / 20] + 0.5 * ($1 - means[$0 / 20]) },
            memberCount: 20, truth: ensemble.truth)
        #expect(narrow.rankHistogram(bins: 7, seed: 1).flatnessProbability < 1e-6)
        #expect(isClose(narrow.spreadErrorRatio.value, 0.5, 0.05))
        #expect(try #require(narrow.coverage(of: 0.9).value) < 0.7)
    }

    @Test func tiesAreBrokenEvenlyAndAlwaysTheSame() {
        let ensemble = EnsembleForecasts(
            members: [Double](repeating: 0, count: 4 * 5000), memberCount: 4,
            truth: [Double](repeating: 0, count: 5000))
        let histogram = ensemble.rankHistogram(seed: 11)
        #expect(histogram.counts.count == 5 && histogram.total == 5000)
        #expect(histogram.flatnessProbability > 0.001)
        #expect(histogram == ensemble.rankHistogram(seed: 11))
        #expect(histogram != ensemble.rankHistogram(seed: 12))
    }

    @Test func manyMembersApproachTheNormalFormulas() throws {
        let ensemble = calibrated(times: 300, memberCount: 4000, seed: 2)
        let centers = (0..<300).map { 3 * sin(Double($0) / 7) }
        let gaussian = GaussianForecasts(
            mean: centers, standardDeviation: [Double](repeating: 1, count: 300), truth: ensemble.truth)
        let expected = try #require(gaussian.crps.value)
        #expect(isClose(ensemble.crps.value, expected, 2e-3))
        #expect(isClose(ensemble.logScore.value, try #require(gaussian.logScore.value), 5e-3))
        #expect(isClose(ensemble.coverage(of: 0.9).value, try #require(gaussian.coverage(of: 0.9).value), 0.02))
        #expect(gaussian.rankHistogram(bins: 10).flatnessProbability > 0.001)
    }
}
