import Tensors
import Testing

@testable import Assimilation

@Suite struct ExpectationMaximizationTests {
    /// Series of correlated errors about an autoregression, of which each value is missing with some probability.
    private func observations(_ seed: Int, missing: Double, _ r: Tensor) -> Observations<LinearOperator> {
        let m = r.shape[0]
        let forecast = LinearForecast(
            LinearModel(Tensor(rows: [[0.8]])), modelError: ModelError(covariance: Tensor(rows: [[0.3]])))
        let keys = Key(seed).split(2)
        let mask = (keys[0].uniform([50, m]) .>= Tensor(missing)).cast(to: .float64)
        return simulate(
            forecast.model, modelError: forecast.modelError, from: Tensor([0]),
            observing: LinearOperator(Tensor.ones([m, 1])), errorCovariance: r, mask: mask, steps: 50, key: keys[1]
        ).observations
    }

    @Test(arguments: [(1, 0.5, 2), (2, 0.8, 2), (3, 0.3, 3), (4, 0.7, 3), (5, 0.97, 2), (6, 1, 2), (7, 0, 3)])
    func likelihoodNeverFalls(seed: Int, missing: Double, m: Int) {
        let truth = 0.4 * Tensor.identity(m) + 0.5 * Tensor.ones([m, m])
        let observed = observations(seed, missing: missing, truth)
        var (q, r) = (Tensor(rows: [[0.1]]), Tensor.identity(m) + 0.3 * Tensor.ones([m, m]))
        var last = -Double.infinity
        for _ in 0..<15 {
            var changed = observed
            changed.errorCovariance = r
            let forecast = LinearForecast(LinearModel(Tensor(rows: [[0.8]])), modelError: ModelError(covariance: q))
            let step = expectationMaximizationStep(
                from: Gaussian(mean: Tensor([0]), covariance: Tensor(rows: [[1]])), forecast, changed)
            #expect(step.logLikelihood.scalar > last - 1e-9)
            last = step.logLikelihood.scalar
            (q, r) = (step.modelError, step.observationError)
            #expect(r.symmetricEigen().values.values.allSatisfy { $0 > 0 })
            #expect(r.values == r.transposed.values)
        }
    }

    /// Of a known state: the regression of the missing error on the observed one, and what it leaves.
    @Test func missingErrorsAreExpectedFromTheObservedOnes() {
        let (a, b, c) = (2.0, 0.6, 1.5)
        let observations = Observations(
            [[1.0, .nan], [.nan, -2], [0.5, 0.7], [.nan, .nan]], errorCovariance: Tensor(rows: [[a, b], [b, c]]),
            operator: LinearOperator(Tensor.zeros([2, 1])))
        let step = expectationMaximizationStep(
            from: Gaussian(mean: Tensor([0]), covariance: Tensor(rows: [[1]])),
            LinearForecast(LinearModel(Tensor.identity(1)), modelError: ModelError(covariance: Tensor(rows: [[1]]))),
            observations)
        let second = b / a * 1.0
        let first = b / c * -2.0
        let expected = [
            (1 + first * first + a - b * b / c + 0.25) / 3, (second - 2 * first + 0.35) / 3,
            (second - 2 * first + 0.35) / 3, (second * second + c - b * b / a + 4 + 0.49) / 3,
        ]
        #expect(difference(step.observationError.values, expected) < 1e-12)
    }
}
