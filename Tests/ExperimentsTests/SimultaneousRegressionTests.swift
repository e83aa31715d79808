import Foundation
import Learning
import Testing

@testable import Experiments

/// Estimates of a withheld value from the other variables at the same time.
@Suite struct SimultaneousRegressionTests {
    private struct Oracle: Decodable {
        let end: Int
        let values: [[Double?]]
        /// Variable, time and estimate.
        let estimates: [[Double]]
    }

    /// Coefficients by least squares over the times before the test at which the variables at hand are all known.
    @Test func estimatesAreThoseOfLeastSquares() throws {
        let path = Package.path("Tests/Oracles/simultaneous_regression.json")
        let oracle = try JSONDecoder().decode(Oracle.self, from: Data(contentsOf: URL(filePath: path)))
        let values = oracle.values.map { $0.map { $0 ?? .nan } }
        var regression = SimultaneousRegression(SeasonalSeries(values, period: 1, firstPhase: 0), before: oracle.end)
        #expect(oracle.estimates.count == 60)
        for entry in oracle.estimates {
            let (variable, time) = (Int(entry[0]), Int(entry[1]))
            let found = regression.estimate(variable, at: time)
            #expect(abs(found - entry[2]) < 1e-6, "variable \(variable) at \(time): \(found) and \(entry[2])")
        }
    }

    /// What happens in the test has no part in the coefficients, and where no other variable is known it is the mean.
    @Test func theTestIsNotSeen() {
        let values = (0..<40).map { t in [2 * ReportFixture.noise(t), ReportFixture.noise(t)] }
        func estimate(_ values: [[Double]]) -> Double {
            var regression = SimultaneousRegression(SeasonalSeries(values, period: 1, firstPhase: 0), before: 30)
            return regression.estimate(0, at: 35)
        }
        var changed = values
        for time in 30..<40 where time != 35 { changed[time] = [-7, 9] }
        #expect(abs(estimate(values) - values[35][0]) < 1e-6 && estimate(changed) == estimate(values))
        changed[35][1] = .nan
        let mean = values[..<30].reduce(0) { $0 + $1[0] } / 30
        #expect(abs(estimate(changed) - mean) < 1e-12)
    }
}
