import Studies
import Testing

@testable import Experiments

/// Every published score of every setting, on a third of the scored times and with twice the tolerance; the whole is
/// `apus reproduce classical`.
@Suite struct PublishedScoreTests {
    @Test(arguments: Literature.all.indices)
    func settingHasItsScores(place: Int) {
        let setting = Literature.all[place]
        let experiment = ClassicalReproduction(row: place + 1, setting, isQuick: true)
        let measured = (1...3).map { experiment.measure(seed: $0) { _ in } }
        for (number, claim) in experiment.claims.enumerated() {
            let found = claim.finding(
                row: place + 1, values: measured.map { $0.values[number] },
                lost: measured.count { $0.isLost?[number] ?? false })
            #expect(
                found.median.map { abs($0 - (found.published ?? .nan)) } ?? .infinity
                    <= 2 * setting.expectations[number].tolerance,
                "\(found.what): published \(found.published ?? .nan), median \(found.median ?? .nan)")
        }
    }

    @Test func changedParametersHaveNoExpectation() {
        let setting = TwinSetting.sakov2008
        let published = ETKFMethod(members: 24, inflation: 1.013, rotates: true)
        #expect(setting.expectation(of: published)?.error == 0.18)
        #expect(setting.expectation(of: ETKFMethod(members: 24, inflation: 1.02, rotates: true)) == nil)
        #expect(setting.expectation(of: published.with("rtps", 0.1)) == nil)
    }
}
