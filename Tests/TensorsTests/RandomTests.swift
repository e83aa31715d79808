import Foundation
import Testing

@testable import Tensors

@Suite struct RandomTests {
    /// The known answers of the Random123 distribution, `threefry2x64` with 20 rounds.
    @Test func threefryKnownAnswers() {
        let ones = UInt64.max
        #expect(threefry((0, 0), (0, 0)) == (0xc2b6_e3a8_c2c6_9865, 0x6f81_ed42_f350_084d))
        #expect(threefry((ones, ones), (ones, ones)) == (0xe02c_b7c4_d95d_277a, 0xd066_33d0_893b_8b68))
        #expect(
            threefry((0xa409_3822_299f_31d0, 0x082e_fa98_ec4e_6c89), (0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344))
                == (0x263c_7d30_bb0f_0af1, 0x56be_8361_d331_1526))
    }

    @Test func uniformNumbersLieInsideTheOpenInterval() {
        #expect(openUnit(0) > 0)
        #expect(openUnit(.max) < 1)
    }

    /// The distance of Kolmogorov and Smirnov between a sample and a distribution, times √n.
    private func distance(_ sample: [Double], _ distribution: (Double) -> Double) -> Double {
        let n = Double(sample.count)
        return sample.sorted().enumerated().map { place, x in
            max(Double(place + 1) / n - distribution(x), distribution(x) - Double(place) / n)
        }.max()! * n.squareRoot()
    }

    private func moments(_ x: Tensor) -> [Double] {
        let deviation = x - x.mean()
        return [x.mean(), x.variance(), deviation.power(3).mean(), deviation.power(4).mean()].map(\.scalar)
    }

    @Test(arguments: [1, 2, 3])
    func distributions(_ seed: Int) {
        let n = 40_001
        let (uniform, normal) = (Key(seed).uniform([n]), Key(seed + 10).normal([n]))
        // 1.95 is exceeded once in a thousand samples.
        #expect(distance(uniform.values) { $0 } < 1.95)
        #expect(distance(normal.values) { 0.5 * erfc(-$0 / 2.0.squareRoot()) } < 1.95)
        // Within four standard errors of the moments: variances of the k-th moments over n.
        let error = 4 / Double(n).squareRoot()
        let found = moments(normal)
        let expected: [Double] = [0, 1, 0, 3]
        let deviation = [1, 1.42, 3.9, 9.8]
        for k in 0..<4 { #expect(abs(found[k] - expected[k]) < error * deviation[k]) }
        #expect(abs(uniform.mean().scalar - 0.5) < error * 0.289)
        #expect(abs(uniform.variance().scalar - 1.0 / 12) < error * 0.075)
        #expect(abs(Key(seed).rademacher([n]).mean().scalar) < error)
    }

    @Test func theSameKeyGivesTheSameNumbers() {
        #expect(Key(5).normal([7]).values == Key(5).normal([7]).values)
        #expect(Key(5).normal([7])[0..<4].values == Key(5).normal([4]).values)
        #expect(Key(5).normal([7]).values != Key(6).normal([7]).values)
        #expect(Key(-1).uniform([2]).values != Key(1).uniform([2]).values)
    }

    /// Keys made from one another share no numbers, and their streams are uncorrelated.
    @Test func derivedKeysAreIndependent() {
        let key = Key(11)
        let n = 20_000
        let keys = [key] + key.split(4) + (0..<4).map { key.folding($0) } + key.folding(0).split(2) + [Key(12)]
        let words = keys.map { $0.words.integers }
        #expect(Set(words).count == keys.count)
        let streams = keys.map { $0.normal([n]) }
        for i in streams.indices {
            for j in 0..<i { #expect(abs((streams[i] * streams[j]).mean().scalar) < 5 / Double(n).squareRoot()) }
            let shifted = streams[i].rolled(by: 1)
            #expect(abs((streams[i] * shifted).mean().scalar) < 5 / Double(n).squareRoot())
        }
    }

    @Test func categoricalFollowsItsProbabilities() {
        let n = 20_000
        let logits = Tensor([0.1, 0.2, 0.7]).log().broadcast(to: [n, 3])
        let shares = Key(13).categorical(logits).oneHot(3).mean(axes: [0]).values
        for (share, expected) in zip(shares, [0.1, 0.2, 0.7]) { #expect(abs(share - expected) < 0.014) }
        #expect(Key(14).permutation(50).integers.sorted() == Array(0..<50))
    }

    @Test(arguments: [1, 2])
    func madeDistributions(_ seed: Int) {
        let n = 20_000
        let keys = Key(seed + 20).split(6)
        #expect(distance(keys[0].exponential([n]).values) { 1 - exp(-$0) } < 1.95)
        let laplace = keys[1].laplace([n])
        #expect(distance(laplace.values) { $0 < 0 ? 0.5 * exp($0) : 1 - 0.5 * exp(-$0) } < 1.95)
        let shapes = Tensor([0.5, 1, 3]).expanded(axis: -1).broadcast(to: [3, n])
        let gamma = keys[2].gamma(shapes)
        #expect(distance(gamma[0].values) { 1 - erfc($0.squareRoot()) } < 1.95)
        #expect(distance(gamma[1].values) { 1 - exp(-$0) } < 1.95)
        #expect(distance(gamma[2].values) { 1 - exp(-$0) * (1 + $0 + $0 * $0 / 2) } < 1.95)
        let small = keys[3].gamma(Tensor.filled(0.01, [n]))
        #expect(abs(small.mean().scalar - 0.01) < 4 * 0.1 / Double(n).squareRoot())
    }

    @Test func poissonFollowsItsProbabilities() {
        let n = 20_000
        let means = Tensor([0, 0.5, 20]).expanded(axis: -1).broadcast(to: [3, n])
        let drawn = Key(30).poisson(means, largest: 80)
        #expect(drawn.type == .int64 && drawn[0].integers.allSatisfy { $0 == 0 })
        let shares = drawn[1].oneHot(4).mean(axes: [0]).values
        for (share, expected) in zip(shares, [1, 0.5, 0.125, 0.125 / 6].map { $0 * exp(-0.5) }) {
            #expect(abs(share - expected) < 0.014)
        }
        let many = drawn[2].cast(to: .float64)
        #expect(abs(many.mean().scalar - 20) < 0.13 && abs(many.variance().scalar - 20) < 0.85)
        #expect(Key(31).poisson(Tensor([1e6]), largest: 5).integers == [5])
    }
}
