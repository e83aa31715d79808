import Testing

@testable import Verification

@Suite struct MeanIntervalTests {
    @Test func studentsDistributionAgreesWithSciPy() throws {
        let oracle = try Oracle.load()
        for row in oracle.student { #expect(isClose(studentProbability(row[0], degrees: Int(row[1])), row[2])) }
        for row in oracle.studentQuantiles {
            #expect(isClose(studentQuantile(row[0], degrees: Int(row[1])), row[2], 1e-11))
        }
    }

    @Test func intervalCoversTheMeanAtItsLevel() {
        var numbers = NormalNumbers(seed: 3)
        let held = (0..<4000).count { _ in
            let interval = MeanInterval(numbers.next(5).map { 3 + 2 * $0 }, level: 0.9)
            return interval.low <= 3 && 3 <= interval.high
        }
        #expect(abs(Double(held) / 4000 - 0.9) < 0.015)
    }

    @Test func oneValueHasNoInterval() {
        let interval = MeanInterval([2])
        #expect(interval == MeanInterval([2]) && interval.mean == 2 && interval.low == -.infinity)
    }
}
