import Assimilation
import Tensors
import Testing

@testable import Learning

/// What models state of their errors is what new forecasts have, also with many coefficients for few times.
@Suite struct CalibrationTests {
    /// A stable autoregression of one step with correlated noise.
    private func series(_ d: Int, _ count: Int, key: Key) -> SeasonalSeries {
        let factor = 0.6 * Tensor.identity(d) + 0.1 * key.folding(1).normal([d, d])
        let spinUp = 100
        let noise = key.folding(2).normal([count + spinUp, d]).matrixProduct(factor.transposed).values
        let weights = (0..<d).map { 0.8 - 0.5 * Double($0) / Double(d) }
        var values = noise
        for i in d..<values.count { values[i] += weights[i % d] * values[i - d] }
        return SeasonalSeries(SeriesTable(Array(values[(spinUp * d)...]), width: d), season: .none)
    }

    /// The mean squared errors of one-step forecasts of standardised anomalies after the training, over variables.
    private func errors(
        _ model: MemoryModel, _ anomalies: SeasonalSeries, from first: Int
    ) -> Double {
        let times = Array(first..<anomalies.count)
        let squares = times.map { t -> Double in
            let state = Tensor(model.layout.state(anomalies.values, at: t - 1))
            let error =
                model.prediction(state, step: Tensor(integer: t - 1)) - Tensor(Array(anomalies.values[t]))
            return error.squared().mean().scalar
        }
        return squares.reduce(0, +) / Double(times.count)
    }

    @Test(arguments: [(30, 2, 150), (60, 3, 288), (8, 8, 120)])
    func newForecastsHaveTheStatedErrors(variables: Int, memory: Int, training: Int) {
        let all = series(variables, training + 400, key: Key(variables + memory))
        let setting = SeasonalRegressionOptions(
            memory: memory, ridge: 0.5, decay: 0, seasonalLags: 0, seasonalRidge: 1, harmonics: 1)
        let learned = LinearLearner(setting, observationError: 1e-3).learn(all, before: training)
        let found = errors(learned.model, learned.climatology.anomalies(of: all), from: training)
        let ratio = learned.modelError.diagonal().mean().scalar / found
        #expect(ratio > 0.65 && ratio < 1.45, "stated over found: \(ratio)")
    }

    /// The likelihood of the innovations of the fit would take them for those of new forecasts.
    @Test func errorsByLikelihoodGrowToThoseOfNewForecasts() {
        let all = series(3, 500, key: Key(4))
        let setting = SeasonalRegressionOptions(
            memory: 10, ridge: 0.5, decay: 0, seasonalLags: 0, seasonalRidge: 1, harmonics: 1)
        let learned = LinearLearner(setting, observationError: 1e-3).learn(all, before: 100)
        #expect(learned.errorGrowth > 1.3)
        let errors = ObservationModelErrors(
            learned, of: all.prefix(100), leastObservationError: 1e-3)
        let stated = errors.modelError.diagonal().mean().scalar + errors.observationError * errors.observationError
        let found = self.errors(learned.model, learned.climatology.anomalies(of: all), from: 100)
        #expect(stated / found > 0.75 && stated / found < 1.5, "stated over found: \(stated / found)")
    }

    /// Far more times than coefficients: the covariance of the residuals, as it is.
    @Test func fewCoefficientsChangeNothing() {
        let all = series(3, 400, key: Key(5))
        let setting = SeasonalRegressionOptions(
            memory: 2, ridge: 1, decay: 2, seasonalLags: 0, seasonalRidge: 1, harmonics: 1)
        #expect(LinearLearner(setting, observationError: 1e-3).learn(all, before: 400).errorGrowth == 1)
    }
}
