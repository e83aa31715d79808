import Assimilation
import Foundation
import Tensors
import Testing

@testable import Learning

/// Fits against those of statsmodels, `Tests/Oracles/structural_fits.py`.
@Suite struct StructuralFitTests {
    struct Fit: Decodable {
        let name: String
        let trend: StructuralTrend
        let harmonics: Int
        let period: Double
        let values: [Double?]
        let loglik: Double
        let mean, deviation: [Double]

        var series: [Double] { values.map { $0 ?? .nan } }
        var setting: StructuralOptions {
            StructuralOptions(
                trend: trend, cycles: harmonics > 0 ? [StructuralCycle(period: period, harmonics: harmonics)] : [])
        }
    }

    private func oracle() throws -> [Fit] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../Oracles/structural_fits.json")
        return try JSONDecoder().decode([Fit].self, from: Data(contentsOf: file))
    }

    private func forecasts(_ fit: StructuralFit, _ values: [Double]) -> [(mean: Double, deviation: Double)] {
        let analyses = fit.model.filter(values).analyses
        return (1...5).map {
            let ahead = fit.model.measurements(analyses, ahead: $0)
            return (ahead.means[values.count - 1], ahead.standardDeviations[values.count - 1])
        }
    }

    @Test func likelihoodAndForecastsAreThoseOfStatsmodels() throws {
        for own in try oracle() {
            let fit = StructuralFit(own.series, own.setting)
            #expect(abs(fit.logLikelihood - own.loglik) < 0.02, "\(own.name): \(fit.logLikelihood), not \(own.loglik)")
            for (lead, found) in forecasts(fit, own.series).enumerated() {
                let (mean, deviation) = (own.mean[lead], own.deviation[lead])
                #expect(abs(found.mean - mean) < 0.05 * deviation, "\(own.name): \(found.mean), not \(mean)")
                #expect(abs(found.deviation / deviation - 1) < 0.03, "\(own.name): \(found), not \(deviation)")
            }
        }
    }

    /// Another unit and another zero change forecasts as they change the numbers, and nothing else.
    @Test(arguments: [(1e-9, 0.0), (1e7, 0), (1, 2_450_000), (1e-3, 1e6), (-1, 0)])
    func fitsDependOnNeitherUnitNorZero(unit: Double, zero: Double) throws {
        for own in try oracle() where own.name.contains("equal") || own.harmonics > 0 {
            let (plain, other) = (own.series, own.series.map { zero + unit * $0 })
            let (first, second) = (StructuralFit(plain, own.setting), StructuralFit(other, own.setting))
            let known = Double(plain.count { !$0.isNaN } - own.setting.diffuseCount)
            #expect(abs(first.logLikelihood - second.logLikelihood - known * log(abs(unit))) < 1e-3, "\(own.name)")
            for (a, b) in zip(forecasts(first, plain), forecasts(second, other)) {
                #expect(abs((b.mean - zero) / unit - a.mean) < 2e-3 * a.deviation, "\(own.name): \(a), \(b)")
                #expect(abs(b.deviation / abs(unit) / a.deviation - 1) < 1e-3, "\(own.name): \(a), \(b)")
            }
        }
    }

    /// A given error is the variance of a value: the fit estimates what moves, and believes each value as far as it is
    /// told.
    @Test func givenErrorsAreTheIrregularPart() throws {
        let own = try #require(try oracle().first { $0.name == "nile" })
        let free = StructuralFit(own.series, own.setting)
        let setting = StructuralOptions(trend: .level, cycles: [], hasGivenErrors: true)
        let same = free.model.irregularVariance.scalar.squareRoot()
        let given = StructuralFit(own.series, errors: own.series.map { _ in same }, setting)
        #expect(given.logVariances.count == 1 && abs(given.logLikelihood - free.logLikelihood) < 1e-4)
        #expect(abs(given.model.variances.values[0] / free.model.variances.values[1] - 1) < 0.02)
        // A value of great error has no weight.
        var (values, errors) = (own.series, own.series.map { _ in same })
        (values[50], errors[50]) = (9000, 1e6)
        let spoilt = given.model.filter(values, errors: errors).analyses
        values[50] = .nan
        let missing = given.model.filter(values, errors: errors).analyses
        #expect((spoilt.mean - missing.mean).absolute().maximum().scalar < 0.1)
    }
}
