import Testing
import Verification

@testable import Experiments

/// Rank histograms are named by their slope and their curvature.
@Suite struct CalibrationShapeTests {
    /// A truth that is uniform on [0, 1], in 400 years of months; forecasts are of 200 members.
    private static let truth = (0..<400).map { ReportFixture.noise($0) / 3.46 + 0.5 }

    /// - Parameters:
    ///   - width: of the forecasts, whose centre is that of the truth plus `shift`.
    ///   - mean: of the probability of the truth; `dispersion`: of 12 (u − ½)²; both in theory.
    @Test(arguments: [
        // u = v, v uniform.
        (0.0, 1.0, [RankShape.flat], 0.5, 1.0),
        // u = min(v + 0.06, 1): the mean is 1/2 + 0.06 − 0.06²/2.
        (-0.06, 1.0, [.forecastsTooLow], 0.558, .nan), (0.06, 1.0, [.forecastsTooHigh], 0.442, .nan),
        // u = 2 v − 1/2 within [0, 1]: half of the truths are outside.
        (0.0, 0.5, [.tooNarrow], 0.5, 2.0),
        // u between 1/4 and 3/4.
        (0.0, 2.0, [.tooWide], 0.5, 0.25),
        (-0.3, 0.4, [.forecastsTooLow, .tooNarrow], .nan, .nan),
    ])
    func aShapeHasItsName(
        _ shift: Double, _ width: Double, _ shapes: [RankShape], _ mean: Double, _ dispersion: Double
    ) throws {
        let members = (0..<200).map { 0.5 + shift + width * ((Double($0) + 0.5) / 200 - 0.5) }
        let forecasts = EnsembleForecasts(
            members: [[Double]](repeating: members, count: Self.truth.count), truth: Self.truth)
        let bootstrap = BlockBootstrap(resamples: 400, seed: 1)
        let probabilities = forecasts.truthProbabilities(seed: 1)
        var results = ReportFixture.results()
        results.rankHistograms = [
            RankHistogramRecord(
                method: ReportFixture.chosen, variable: "nino34", lead: 1, gaps: .none,
                counts: forecasts.rankHistogram(bins: 10, seed: 1).counts,
                meanProbability: IntervalRecord(bootstrap.estimate(probabilities.mean)),
                dispersion: IntervalRecord(bootstrap.estimate(probabilities.dispersion)))
        ]
        results.conclude()
        let found = results.rankHistograms[0]
        #expect(found.shapes == shapes, "\(found.shapes), \(found.counts)")
        if !mean.isNaN { #expect(abs(try #require(found.meanProbability?.value) - mean) < 0.03) }
        if !dispersion.isNaN { #expect(abs(try #require(found.dispersion?.value) - dispersion) < 0.1) }
        let page = results.report.page().html
        for shape in shapes where shape != .flat { #expect(page.contains(shape.rawValue), "\(shape)") }
    }
}
