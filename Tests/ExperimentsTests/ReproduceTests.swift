import Foundation
import Testing

@testable import Experiments

@Suite struct ReproduceTests {
    @Test func aNumberAgreesByItsMeanOrByItsInterval() {
        func agrees(_ criterion: Claim.Criterion, _ values: [Double?]) -> Bool {
            Claim(what: "x", published: nil, criterion: criterion).finding(row: 1, values: values).agrees == true
        }
        #expect(agrees(.near(0.3, within: 0.05), [0.2, 0.4, 0.32]))
        #expect(!agrees(.near(0.3, within: 0.05), [0.4, 0.4, 0.4]))
        #expect(agrees(.atMost(1), [0.9, 1.05]) && !agrees(.atMost(1), [1, 1.05]))
        #expect(agrees(.atLeast(1), [1, 1.05]) && !agrees(.atLeast(1), [0.9, 1.05]))
        #expect(agrees(.significantlyBelow(0), [-1, -1.1, -0.9]) && !agrees(.significantlyBelow(0), [-1, 0.5, -0.9]))
    }

    /// Student's interval of two values is forty times as wide as their distance, and still it claims too much.
    @Test func twoSeedsTellNothingOfAnInterval() throws {
        let claim = Claim(what: "x", published: nil, criterion: .significantlyBelow(0))
        for values in [[-1.0], [-1, -1.001], [-1, 2]] {
            let finding = claim.finding(row: 1, values: values)
            #expect(finding.agrees == nil && finding.low == nil && finding.high == nil)
            let table = [finding].table([:]).rendered(color: false)
            #expect(table.contains("not told by \(values.count) seed") && !table.contains("yes"))
        }
        #expect(claim.finding(row: 1, values: [-1, nil]).agrees == false)
        let three = claim.finding(row: 1, values: [-1, -1.001, -0.999])
        let high = try #require(three.high)
        #expect(three.agrees == true && abs(high + 0.997516) < 1e-6)
    }

    @Test func aSeedThatFailedIsCountedAndSpoilsTheAgreement() {
        let claim = Claim(what: "x", published: 1, criterion: .atMost(2))
        let finding = claim.finding(row: 2, values: [1, nil, .nan])
        #expect(finding.failed == 2 && finding.ours == 1 && finding.agrees == false && finding.low == nil)
        let nothing = claim.finding(row: 2, values: [nil])
        #expect(nothing.ours == nil && nothing.agrees == false)
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
