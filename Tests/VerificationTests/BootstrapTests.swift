import Testing

@testable import Verification

/// A first-order autoregression of unit variance.
private func autoregression(_ count: Int, _ coefficient: Double, _ random: inout NormalNumbers) -> [Double] {
    var value = random.next()
    return (0..<count).map { _ in
        value = coefficient * value + (1 - coefficient * coefficient).squareRoot() * random.next()
        return value
    }
}

@Suite struct BootstrapTests {
    /// How often the 90 % interval of the mean of an AR(1) series of length 252 holds the true mean, zero.
    func coverage(_ coefficient: Double, _ length: BlockBootstrap.BlockLength) -> Double {
        var random = NormalNumbers(seed: 17)
        var hits = 0
        for trial in 0..<400 {
            let values = autoregression(252, coefficient, &random)
            let series = ScoreSeries(.mean, terms: values, mask: values.map { _ in true })
            let bootstrap = BlockBootstrap(resamples: 300, level: 0.9, blockLength: length, seed: UInt64(trial))
            let estimate = bootstrap.estimate(series)
            if let low = estimate.low, let high = estimate.high, low <= 0, high >= 0 { hits += 1 }
        }
        return Double(hits) / 400
    }

    @Test func intervalsHoldTheTruthAsOftenAsTheySay() {
        #expect(abs(coverage(0, .automatic) - 0.9) < 0.045)
        let automatic = coverage(0.6, .automatic)
        #expect(automatic > 0.83 && automatic < 0.94)
        // Drawing single times takes neighbours for independent: far too narrow.
        #expect(coverage(0.6, .fixed(1)) < 0.7)
    }

    @Test func theSameSeedGivesTheSameInterval() {
        var random = NormalNumbers(seed: 4)
        let truth = autoregression(252, 0.9, &random)
        let forecasts = PointForecasts(forecast: truth.map { 0.8 * $0 + 0.3 * random.next() }, truth: truth)
        for blocks in [BlockBootstrap.Blocks.moving, .circular] {
            let one = BlockBootstrap(blocks: blocks, seed: 1).estimate(forecasts.correlation)
            #expect(one == BlockBootstrap(blocks: blocks, seed: 1).estimate(forecasts.correlation))
            #expect(one != BlockBootstrap(blocks: blocks, seed: 2).estimate(forecasts.correlation))
            #expect(one.low! < one.value! && one.value! < one.high!)
        }
    }

    /// The bootstrap by its definition: draw the times, make the series, score it.
    @Test func resamplesAreScoresOfTheTimesDrawn() {
        var random = NormalNumbers(seed: 5)
        let truth = random.next(23)
        let forecasts = PointForecasts(
            forecast: random.next(23), truth: truth, mask: (0..<23).map { $0 % 5 != 2 })
        for blocks in [BlockBootstrap.Blocks.moving, .circular] {
            let bootstrap = BlockBootstrap(resamples: 20, blocks: blocks, seed: 6)
            for series in [forecasts.rootMeanSquareError, forecasts.correlation] {
                let expected = (0..<20).map { resample -> Double in
                    let generator = SplitMix(seed: 6)
                    let times = (0..<23).map { position in
                        let start = generator.integer(
                            UInt64(resample * 6 + position / 4), below: blocks == .circular ? 23 : 20)
                        return (start + position % 4) % 23
                    }
                    let width = series.combination.termCount
                    return ScoreSeries(
                        series.combination, terms: times.flatMap { series.terms[$0 * width..<($0 + 1) * width] },
                        mask: times.map { series.mask[$0] }
                    ).value ?? .nan
                }
                let replicates = bootstrap.replicates([series], length: 4)
                #expect(zip(replicates, expected).allSatisfy { isClose($0, $1, 1e-9) } && replicates.count == 20)
            }
        }
    }

    /// Scores that share their draws have the intervals that each has alone.
    @Test func severalScoresAtOnceAreThoseOfEach() {
        var random = NormalNumbers(seed: 12)
        let truth = autoregression(90, 0.9, &random)
        let forecasts = PointForecasts(
            forecast: truth.map { 0.8 * $0 + 0.5 * random.next() }, truth: truth, mask: (0..<90).map { $0 % 11 != 4 })
        let none = PointForecasts(forecast: truth, truth: truth, mask: truth.map { _ in false })
        let smooth = ScoreSeries(.mean, terms: autoregression(90, 0.95, &random), mask: truth.map { _ in true })
        let errors = forecasts.rootMeanSquareError
        let series = [errors, forecasts.correlation, none.correlation, smooth, errors]
        let bootstrap = BlockBootstrap(seed: 2)
        #expect(Set(series.map { bootstrap.length(for: $0) }).count > 1)
        let estimates = bootstrap.estimates(series)
        #expect(estimates == series.map { bootstrap.estimate($0) })
        #expect(estimates[2].value == nil && estimates[2].low == nil && estimates[0].low! < estimates[0].high!)
    }

    /// Quantiles without sorting are those of sorted numbers, ties and extremes included.
    @Test func quantilesNeedNoOrder() {
        var random = NormalNumbers(seed: 13)
        for count in [1, 2, 3, 10, 99, 1000] {
            let distinct = random.next(count)
            for numbers in [distinct, distinct.map { ($0 * 2).rounded() }, distinct.sorted(), distinct.map { _ in 3 }] {
                for probability in [0, 0.001, 0.025, 0.3, 0.5, 0.975, 1] {
                    var unsorted = numbers
                    #expect(
                        quantile(ofUnsorted: &unsorted, probability) == sortedQuantile(numbers.sorted(), probability))
                    #expect(unsorted.sorted() == numbers.sorted())
                }
            }
        }
    }

    @Test func pairedDifferencesAreSharperThanTheirParts() {
        var random = NormalNumbers(seed: 9)
        let truth = autoregression(252, 0.9, &random)
        let common = autoregression(252, 0.5, &random)
        func forecasts(_ noise: Double) -> PointForecasts {
            PointForecasts(forecast: zip(truth, common).map { $0 + $1 + noise * random.next() }, truth: truth)
        }
        let good = forecasts(0.1).rootMeanSquareError
        let bad = forecasts(0.6).rootMeanSquareError
        let bootstrap = BlockBootstrap(seed: 3)
        let difference = bootstrap.difference(bad, good)
        #expect(difference.isSignificant && difference.probability! < 0.01)
        #expect(difference.estimate.low! > 0)
        let width = difference.estimate.high! - difference.estimate.low!
        let single = bootstrap.estimate(bad)
        #expect(width < single.high! - single.low!)
        let opposite = bootstrap.difference(good, bad)
        #expect(isClose(opposite.estimate.low, -difference.estimate.high!, 1e-9))
        let same = bootstrap.difference(good, good)
        #expect(!same.isSignificant && same.estimate.value == 0 && same.probability == 1)
    }

    @Test func equalMethodsSeldomDifferSignificantly() {
        var random = NormalNumbers(seed: 10)
        var found = 0
        for trial in 0..<200 {
            let one = autoregression(252, 0.6, &random).map { $0 * $0 }
            let other = autoregression(252, 0.6, &random).map { $0 * $0 }
            let mask = one.map { _ in true }
            let bootstrap = BlockBootstrap(resamples: 300, level: 0.95, seed: UInt64(trial))
            let difference = bootstrap.difference(
                ScoreSeries(.rootMean, terms: one, mask: mask), ScoreSeries(.rootMean, terms: other, mask: mask))
            if difference.isSignificant { found += 1 }
        }
        #expect(found <= 22)
    }

    @Test func blocksGrowWithTheMemoryOfTheErrors() {
        var random = NormalNumbers(seed: 12)
        let lengths = [0.0, 0.6, 0.95].map { coefficient in
            automaticBlockLength(autoregression(2000, coefficient, &random))
        }
        #expect(lengths[0] <= 8 && lengths[1] > lengths[0] && lengths[2] > 2 * lengths[1])
        #expect(252.cubeRootRoundedUp == 7 && 27.cubeRootRoundedUp == 3)
    }
}
