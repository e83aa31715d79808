import Foundation
import Testing

@testable import Experiments

@Suite struct ReproduceTests {
    @Test func aNumberAgreesByItsMeanOrByItsInterval() {
        func agrees(_ criterion: Claim.Criterion, _ values: [Double?]) -> Bool {
            Claim(what: "x", published: nil, criterion: criterion).finding(row: 1, values: values).agrees
        }
        #expect(agrees(.near(0.3, within: 0.05), [0.2, 0.4, 0.32]))
        #expect(!agrees(.near(0.3, within: 0.05), [0.4, 0.4, 0.4]))
        #expect(agrees(.atMost(1), [0.9, 1.05]) && !agrees(.atMost(1), [1, 1.05]))
        #expect(agrees(.atLeast(1), [1, 1.05]) && !agrees(.atLeast(1), [0.9, 1.05]))
        #expect(agrees(.surelyBelow(0), [-1, -1.1, -0.9]) && !agrees(.surelyBelow(0), [-1, 0.5, -0.9]))
        #expect(!agrees(.surelyBelow(0), [-1]), "one seed has no interval")
    }

    @Test func aSeedThatFailedIsCountedAndSpoilsTheAgreement() {
        let claim = Claim(what: "x", published: 1, criterion: .atMost(2))
        let finding = claim.finding(row: 2, values: [1, nil, .nan])
        #expect(finding.failed == 2 && finding.ours == 1 && !finding.agrees && finding.low == nil)
        let nothing = claim.finding(row: 2, values: [nil])
        #expect(nothing.ours == nil && !nothing.agrees)
    }

    @Test func theFileHasTheKeysThatReadersExpect() throws {
        let finding = Claim(what: "x", published: nil, criterion: .atMost(2))
            .finding(row: 2, values: [1, 1.5])
        let entries = try #require(
            JSONSerialization.jsonObject(with: [finding].json()) as? [[String: Any]])
        let keys = ["row", "what", "published", "ours", "low", "high", "agrees", "seeds"]
        #expect(Set(keys).isSubset(of: entries[0].keys))
    }
}
