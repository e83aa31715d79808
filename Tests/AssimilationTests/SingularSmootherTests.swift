import Tensors
import Testing

@testable import Assimilation

@Suite struct SingularSmootherTests {
    @Test func smoothedStatesAreThoseOfDenseProblems() throws {
        for (number, system) in try DenseSystems.read().smoother.enumerated() {
            let filtered = Cycle(system.forecast, KalmanAnalysis())(from: system.belief, system.observations())
            let smoothed = RauchTungStriebel().smooth(filtered, system.forecast)
            #expect(filtered.outcome == .completed && smoothed.outcome == .completed)
            let (means, variances) = ((system.mean ?? []).flatMap { $0 }, (system.variance ?? []).flatMap { $0 })
            #expect(difference(smoothed.beliefs.mean.values, means) < 1e-9, "system \(number)")
            #expect(difference(smoothed.beliefs.variance.values, variances) < 1e-9, "system \(number)")
        }
    }

    /// The derivative with respect to the observed values and to the model, where forecast covariances are singular.
    @Test func derivativesAreThoseOfDifferences() throws {
        for (number, system) in try DenseSystems.read().smoother.enumerated() {
            let observations = system.observations()
            func estimate(_ x: Pair<Tensor, Tensor>) -> Tensor {
                var changed = observations
                changed.values = x.first
                let forecast = LinearForecast(LinearModel(x.second), modelError: system.forecast.modelError)
                let filtered = Cycle(forecast, KalmanAnalysis())(from: system.belief, changed)
                let beliefs = RauchTungStriebel().smooth(filtered, forecast).beliefs
                return beliefs.mean.sin().sum() + beliefs.covariance.cos().sum()
            }
            let at = Pair(observations.values, Tensor(rows: system.matrix))
            let keys = Key(number).split(2)
            // A change of the model along itself leaves the ranks as they are.
            let along = Pair(keys[0].normal(at.first.shape), at.second * keys[1].normal([]))
            let slope = gradient(of: estimate)(at)
            let total = (slope.first * along.first).sum().scalar + (slope.second * along.second).sum().scalar
            let ends = [1e-5, -1e-5].map { step in
                estimate(Pair(at.first + Tensor(step) * along.first, at.second + Tensor(step) * along.second)).scalar
            }
            let expected = (ends[0] - ends[1]) / 2e-5
            #expect(abs(total - expected) < 1e-5 * (1 + abs(expected)), "system \(number): \(total), not \(expected)")
        }
    }

    /// A smoother of members that do not differ in some variable, or are in very different units.
    @Test func ensemblesInAnyUnits() {
        let units = Tensor([1, 1e-9, 1e7])
        func smoothed(_ units: Tensor) -> Tensor {
            let matrix = Tensor(rows: [[0.9, 0.3, 0], [-0.2, 0.8, 0.1], [0, 0.2, 0.7]])
            let scaled = units.expanded(axis: -1) * matrix / units
            let forecast = EachMember(LinearModel(scaled))
            let observations = Observations(
                (0..<6).map { [Double($0) - 2] }, errorCovariance: Tensor(rows: [[0.5]]),
                operator: LinearOperator(Tensor([1, 0, 0], shape: [1, 3]) / units))
            let start = Ensemble(members: Key(3).normal([12, 3]) * Tensor([1, 1, 1]) * units, key: Key(4))
            return EnsembleSmoother().smooth(Cycle(forecast, ETKF())(from: start, observations)).members / units
        }
        #expect(difference(smoothed(units).values, smoothed(Tensor.ones([3])).values) < 1e-7)
    }

    @Test func aNumberThatIsNoneIsNeverACompletedRun() {
        // The second variable overflows, and no observation depends on it.
        let forecast = EachMember(LinearModel(Tensor(rows: [[1, 0], [0, 1e200]])))
        let observations = Observations(
            [[0], [0], [0]], errorCovariance: Tensor(rows: [[1]]), operator: LinearOperator.first(1, of: 2))
        let start = Ensemble(members: Key(1).normal([5, 2]) + 1, key: Key(2))
        let trajectory = Cycle(forecast, EachMemberKept())(from: start, observations)
        #expect(trajectory.logLikelihoods.values == [0, 0, 0])
        #expect(trajectory.outcome == .diverged(step: 2))
    }

    /// Leaves members as they are.
    private struct EachMemberKept: Analysis {
        func callAsFunction<H: StateMap>(
            _ background: Ensemble, _ observation: Observation<H>
        ) -> Analyzed<Ensemble> { Analyzed(belief: background, logLikelihood: Tensor(0.0)) }
        mutating func walk<V: TreeVisitor>(_ visitor: inout V) {}
    }
}
