import Testing

@testable import Verification

@Suite struct ManyComparisonsTests {
    @Test func holmsProbabilitiesAreThoseOfHisPaper() {
        let adjusted = holmAdjusted([0.01, 0.04, 0.03, 0.005])
        #expect(zip(adjusted, [0.03, 0.06, 0.06, 0.02]).allSatisfy { abs($0 - $1) < 1e-12 })
        #expect(holmAdjusted([]) == [] && holmAdjusted([0.9, 0.8]) == [1, 1])
    }

    /// Among many comparisons of nothing, any is called significant in at most one case of twenty.
    @Test func nullDifferencesAreSeldomSignificant() {
        var numbers = NormalNumbers(seed: 5)
        let fooled = (0..<1000).count { _ in
            let found = (0..<10).map { _ in PairedDifference(numbers.next(5), numbers.next(5)).probability ?? 1 }
            return holmAdjusted(found).contains { $0 < 0.05 }
        }
        #expect(fooled < 70 && fooled > 20, "\(fooled)")
    }

    @Test func twoPairsAllowNoStatement() {
        let two = PairedDifference([1, 1.1], [2, 2.1])
        #expect(two.mean == -1 && two.low == nil && two.probability == nil)
        let same = PairedDifference([1, 2, 3], [1, 2, 3])
        #expect(same.mean == 0 && same.probability == 1)
        let three = PairedDifference([1, 2, 3], [2, 3.1, 3.9])
        #expect((three.high ?? 0) < 0 && (three.probability ?? 1) < 0.01)
    }

    @Test func theIntervalOfErrorsIsNeverNegative() {
        let lost = PositiveMeanInterval([0.1, 0.11, 1.42])
        #expect(lost.mean > 0.5 && (lost.low ?? -1) > 0 && (lost.high ?? 0) > 1)
        let calm = PositiveMeanInterval([0.18, 0.181, 0.179, 0.182, 0.178])
        let usual = MeanInterval([0.18, 0.181, 0.179, 0.182, 0.178])
        #expect(abs((calm.low ?? 0) - usual.low) < 1e-4 && abs((calm.high ?? 0) - usual.high) < 1e-4)
        #expect(PositiveMeanInterval([1, 2]).low == nil)
        // It holds the mean about as often as it says.
        var numbers = NormalNumbers(seed: 9)
        let held = (0..<2000).count { _ in
            let interval = PositiveMeanInterval(numbers.next(8).map { max(0.01, 3 + 0.6 * $0) })
            return (interval.low ?? 0) <= 3 && 3 <= (interval.high ?? 0)
        }
        #expect(abs(Double(held) / 2000 - 0.95) < 0.02)
    }

    /// The moments of the truth's probability tell a bias from a spread that is too small or too large.
    @Test func theShapeOfARankHistogramFollowsFromMoments() {
        var numbers = NormalNumbers(seed: 2)
        func moments(bias: Double, spread: Double) -> (mean: Double, dispersion: Double) {
            let truth = numbers.next(4000)
            let found = GaussianForecasts(
                mean: truth.map { _ in bias }, standardDeviation: truth.map { _ in spread }, truth: truth
            ).truthProbabilities
            return (found.mean.value ?? .nan, found.dispersion.value ?? .nan)
        }
        let right = moments(bias: 0, spread: 1)
        #expect(abs(right.mean - 0.5) < 0.02 && abs(right.dispersion - 1) < 0.06)
        #expect(moments(bias: 0.5, spread: 1).mean < 0.4 && moments(bias: -0.5, spread: 1).mean > 0.6)
        #expect(moments(bias: 0, spread: 0.5).dispersion > 1.5 && moments(bias: 0, spread: 2).dispersion < 0.6)
        let members = (0..<2000).map { _ in numbers.next(9) }
        let ensemble = EnsembleForecasts(members: members, truth: numbers.next(2000)).truthProbabilities(seed: 1)
        #expect(abs((ensemble.mean.value ?? 0) - 0.5) < 0.03 && abs((ensemble.dispersion.value ?? 0) - 1) < 0.08)
    }
}
