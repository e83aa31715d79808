import Assimilation
import Foundation
import Tensors
import Testing

@testable import Learning

/// Many variables and many steps: what is cheap must be the same law as what is plain.
@Suite struct ScaleTests {
    /// A stable seasonal model of three variables, and a series of it with gaps.
    private struct Example {
        let model: MemoryModel
        let error: Tensor
        let series: SeasonalSeries

        init(memory: Int, count: Int = 60, isMissing: (Int, Int) -> Bool) {
            let d = 3
            let key = Key(5)
            let layout = MemoryLayout(variables: d, memory: memory, period: 4, firstPhase: 1)
            let weights = 0.9 / Double(memory * d) * key.folding(1).normal([4, memory * d, d])
            model = MemoryModel(layout: layout, coefficients: weights, offsets: 0.1 * key.folding(2).normal([4, d]))
            let factor = key.folding(3).normal([d, d])
            error = factor.matrixProduct(factor.transposed) + 0.3 * Tensor.identity(d)
            var values: [[Double]] = []
            let noise = key.folding(4).normal([count, d]).matrixProduct(error.cholesky().transposed)
            for t in 0..<count {
                guard t >= memory else {
                    values.append(noise[t].values)
                    continue
                }
                let state = Tensor(layout.state(values, at: t - 1))
                values.append(
                    (model.prediction(state, step: Tensor(integer: t - 1)) + noise[t]).values)
            }
            series = SeasonalSeries(
                values.enumerated().map { t, row in row.enumerated().map { isMissing(t, $0) ? .nan : $1 } },
                period: 4, firstPhase: 1)
        }

        /// The newest three values and their covariance by a Kalman smoother.
        func smoothed(observationError: Double) -> Gaussian {
            let longer = model.layout.remembering(model.layout.memory + 1)
            let extended = MemoryModel(
                layout: longer, coefficients: unordered(model.coefficients).padded(axis: 1, before: 0, after: 3),
                offsets: unordered(model.offsets))
            let forecast = LinearForecast(extended.companion, modelError: longer.modelError(error))
            let observations = Observations(
                series.values, errorCovariance: observationError * observationError * Tensor.identity(3),
                operator: longer.observation)
            let filtered = Cycle(forecast, KalmanAnalysis())(
                from: longer.climatology(Tensor.identity(3)), observations)
            return RauchTungStriebel().smooth(filtered, forecast).beliefs
        }
        /// From the order of steps to that of the seasons of the targets.
        private func unordered(_ byStep: Tensor) -> Tensor {
            byStep.taking(Tensor(integers: (0..<4).map { ($0 + 4 - 1 - 1) % 4 }))
        }
    }

    @Test(arguments: [1, 2]) func gapsAreEstimatedAsAKalmanSmootherDoes(memory: Int) {
        let isMissing = { (t: Int, v: Int) in t > 12 && ((t * 7 + v * 3) % 5 == 0 || (30..<36).contains(t)) }
        let example = Example(memory: memory, isMissing: isMissing)
        let small = 1e-5
        let expected = example.smoothed(observationError: small)
        let gaps = GapEstimates(
            example.series, observationError: small, model: example.model, modelError: example.error)
        let means = expected.mean.slice(axis: 1, from: 0, to: 3).values
        for (t, row) in gaps.filled.enumerated() {
            for v in 0..<3 { #expect(abs(row[v] - means[t * 3 + v]) < 1e-4, "time \(t), variable \(v)") }
        }
        var windows = 0
        gaps.eachWindow(of: Array(memory..<60), length: memory + 1) { t, places, covariance in
            windows += 1
            for (i, a) in places.enumerated() {
                for (j, b) in places.enumerated() {
                    let exact = expected.covariance[t][a][b].scalar
                    #expect(abs(covariance[i * places.count + j] - exact) < 1e-4, "time \(t), places \(a) and \(b)")
                }
            }
        }
        #expect(windows > 20)
    }

    @Test func observationErrorsCountInGaps() {
        // One step of memory: the first value is drawn from the climatology in both.
        let example = Example(memory: 1) { t, v in (t + 2 * v) % 4 == 0 || t < 3 && v == 1 }
        let expected = example.smoothed(observationError: 0.4)
        let gaps = GapEstimates(example.series, observationError: 0.4, model: example.model, modelError: example.error)
        let means = expected.mean.slice(axis: 1, from: 0, to: 3).values
        for (t, row) in gaps.filled.enumerated() {
            for v in 0..<3 { #expect(abs(row[v] - means[t * 3 + v]) < 1e-9, "time \(t), variable \(v)") }
        }
        gaps.eachWindow(of: Array(1..<60), length: 2) { t, places, covariance in
            #expect(places.count == 6)
            for (i, a) in places.enumerated() {
                for (j, b) in places.enumerated() {
                    #expect(abs(covariance[i * 6 + j] - expected.covariance[t][a][b].scalar) < 1e-9)
                }
            }
        }
    }

    @Test func regressionOnSamplesIsThatOnSums() {
        let example = Example(memory: 2, count: 40) { t, v in t > 5 && (t + v) % 6 == 0 }
        let gaps = GapEstimates(
            example.series, observationError: 0, model: example.model, modelError: example.error)
        let filled = example.series.replacing(gaps.filled)
        let layout = example.model.layout
        for lags in [0, 1] {
            let setting = SeasonalRegressionOptions(
                memory: 2, ridge: 2, decay: 1, seasonalLags: lags, seasonalRidge: 5, harmonics: 1)
            for spread in [nil, gaps] {
                let fits = [false, true].map { asSamples in
                    SeasonalRegression(
                        SeasonalMoments(
                            filled, layout: layout, targets: Array(2..<40), gaps: spread, asSamples: asSamples), setting
                    )
                }
                let (a, b) = (fits[0].model, fits[1].model)
                let same = (a.coefficients - b.coefficients.broadcast(to: a.coefficients.shape)).values
                #expect(same.allSatisfy { abs($0) < 1e-9 })
                #expect((a.offsets - b.offsets.broadcast(to: a.offsets.shape)).values.allSatisfy { abs($0) < 1e-7 })
                let differences = fits[0].residualCovariance - fits[1].residualCovariance
                #expect(differences.values.allSatisfy { abs($0) < 1e-7 })
                let scores = [false, true].map { asSamples in
                    fits[0].logScore(
                        SeasonalMoments(filled, layout: layout, targets: Array(20..<40), asSamples: asSamples))
                }
                #expect(abs(scores[0] - scores[1]) < 1e-8)
            }
        }
    }

    /// Segments of another length, filled up to a unit, leave the same beliefs.
    @Test func segmentsInUnitsAreOneRun() {
        let example = Example(memory: 2, count: 50) { t, v in (t + v) % 3 == 0 }
        let forecaster = EnsembleForecaster(
            example.model, climatology: Climatology(example.series, over: Array(0..<50)), modelError: example.error,
            observationError: 0.1, inflation: 1, filter: .enkf, members: 8, key: Key(2))
        let starts = Array(0..<50)
        let whole = forecaster.filter(example.series, keeping: starts, longestSegment: 50)
        var count = 0
        let run = forecaster.filter(example.series, keeping: starts, longestSegment: 20) { count += 1 }
        #expect(count == 2)
        #expect(run.analyses(at: starts).members.values == whole.analyses(at: starts).members.values)
        #expect(run.logLikelihoods == whole.logLikelihoods)
    }

    @Test func correlationsShrinkWhereTheyAreChance() {
        let noise = Key(3).normal([30, 40])
        let sample = noise.transposed.matrixProduct(noise) / 30
        let shrunken = sample.shrunken(freedom: 30)
        #expect((shrunken.diagonal() - sample.diagonal()).values.allSatisfy { abs($0) < 1e-15 })
        // 30 draws of 40 variables: singular before, and near independence after.
        #expect(shrunken.symmetricEigen().values.values.min()! > 0.2)
        let many = Tensor.identity(2) + 0.9 * (1 - Tensor.identity(2))
        #expect(many.shrunken(freedom: 1000).values == many.values)
    }

    /// A filter of fewer members than observed values forecasts about as well as one of many.
    @Test func fewMembersFitManyObservations() {
        let d = 30
        let key = Key(11)
        let layout = MemoryLayout(variables: d, memory: 1, period: 1, firstPhase: 0)
        let weights = (0.9 * Tensor.identity(d) + 0.02 * key.folding(1).normal([d, d])).expanded(axis: 0)
        let model = MemoryModel(layout: layout, coefficients: weights, offsets: Tensor.zeros([1, d]))
        var state = [Double](repeating: 0, count: d)
        let noise = 0.3 * key.folding(2).normal([400, d])
        let values = (0..<400).map { t -> [Double] in
            state = (model.prediction(Tensor(state), step: Tensor(integer: t)) + noise[t]).values
            return state
        }
        let series = SeasonalSeries(values, period: 1, firstPhase: 0)
        let climatology = Climatology(
            SeasonalSeries([[Double]](repeating: [Double](repeating: 0, count: d), count: 2), period: 1, firstPhase: 0),
            over: [0, 1])
        func errors(_ members: Int, _ filter: EnsembleFilter) -> (error: Double, spread: Double) {
            let forecaster = EnsembleForecaster(
                model, climatology: climatology, modelError: 0.09 * Tensor.identity(d), observationError: 1e-3,
                inflation: 1, filter: filter, members: members, key: Key(1))
            let starts = Array(100..<398)
            let run = forecaster.filter(series, keeping: starts)
            #expect(run.outcome == .completed)
            let futures = forecaster.forecasts(run, starts: starts, leads: [1], threads: 1)
            var (error, spread) = (0.0, 0.0)
            for (start, future) in zip(starts, futures) {
                let ensemble = Ensemble(members: future[0], key: Key(0))
                error += (ensemble.mean - Tensor(values[start + 1])).squared().mean().scalar
                spread += ensemble.variance.mean().scalar
            }
            return ((error / 298).squareRoot(), (spread / 298).squareRoot())
        }
        for filter in EnsembleFilter.all {
            let (few, many) = (errors(16, filter), errors(100, filter))
            #expect(few.error < 1.1 * many.error, "\(filter): \(few.error) against \(many.error)")
            #expect(few.spread > 0.85 * few.error, "\(filter): a spread of \(few.spread) of errors of \(few.error)")
        }
    }

    /// A run in segments leaves the beliefs of a run in one.
    @Test func segmentsOfAFilterAreOneRun() {
        let example = Example(memory: 2, count: 50) { t, v in (t + v) % 3 == 0 }
        let forecaster = EnsembleForecaster(
            example.model, climatology: Climatology(example.series, over: Array(0..<50)), modelError: example.error,
            observationError: 0.1, inflation: 1, filter: .etkf, members: 40, key: Key(2))
        let whole = forecaster.filter(example.series, keeping: Array(0..<50), longestSegment: 50)
        let run = forecaster.filter(example.series, keeping: [7, 20, 49], longestSegment: 8)
        let chosen = [20, 7, 49]
        #expect(run.analyses(at: chosen).members.values == whole.analyses(at: chosen).members.values)
        #expect(run.logLikelihoods == whole.logLikelihoods)
    }

    /// A smoother that goes back segment by segment gives the estimates of one that holds all states.
    @Test func segmentsOfASmootherAreOneRun() {
        let example = Example(memory: 2, count: 50) { t, v in (t + v) % 3 == 0 }
        let forecaster = EnsembleForecaster(
            example.model, climatology: Climatology(example.series, over: Array(0..<50)), modelError: example.error,
            observationError: 0.1, inflation: 1, filter: .etkf, members: 40, key: Key(2))
        let whole = forecaster.estimated(example.series, from: 0, longestSegment: 50)
        let parts = forecaster.estimated(example.series, from: 0, longestSegment: 8)
        let beliefs = forecaster.filter(example.series, keeping: Array(0..<50)).analyses(at: Array(0..<50))
        #expect(whole.filter.members.shape == [50, 40, example.series.variables])
        #expect(
            whole.filter.members.values
                == beliefs.members.slice(axis: 2, from: 0, to: example.series.variables).values)
        #expect(parts.filter.members.values == whole.filter.members.values)
        let change = (parts.smoother.members - whole.smoother.members).values.map(abs).max() ?? 1
        #expect(change < 1e-9, "\(change)")
        #expect(whole.smoother.members.values != whole.filter.members.values)
        let tail = forecaster.estimated(example.series, from: 30, longestSegment: 8)
        #expect(tail.smoother.members.shape[0] == 20)
        #expect(tail.filter.members.values == whole.filter.members[30..<50].values)
    }

    /// Time grows with the length alone: a quadratic fill of these gaps took minutes.
    @Test func longSeriesAreFilledInLinearTime() {
        let count = 300_000
        let values = (0..<count).map { t in
            [t % 3 == 0 ? Double.nan : Double(t), (1000..<200_000).contains(t) ? .nan : 1]
        }
        let series = SeasonalSeries(values, period: 1, firstPhase: 0)
        let clock = ContinuousClock()
        let duration = clock.measure {
            let filled = series.interpolated()
            #expect(filled.values[3][0] == 3 && filled.values[50_000][1] == 1)
        }
        #expect(duration < .seconds(5))
    }
}
