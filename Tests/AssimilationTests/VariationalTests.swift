import Checks
import Dynamics
import Tensors
import Testing

@testable import Assimilation

@Suite struct VariationalTests {
    @Test func bothSolversAreBayesRule() {
        #expect(checkAnalysis { Variational(covariance: $0) } == [])
        #expect(checkAnalysis { Variational(covariance: $0, iterations: 3) } == [])
        // As many conjugate gradients as there are observed values are exact.
        let gradients = { (covariance: Tensor) in Variational(covariance: covariance, solver: .conjugateGradients(6)) }
        let point = PointEstimate(Tensor([1, -1, 0.5]))
        let root = Key(1).normal([3, 3])
        let covariance = root.matrixProduct(root.transposed) + 0.5 * Tensor.identity(3)
        let observation = Observation(
            values: Tensor([0.3, 2]), errorCovariance: Tensor(rows: [[0.5, 0.1], [0.1, 1]]),
            operator: LinearOperator(Key(2).normal([2, 3])))
        let exact = Variational(covariance: covariance)(point, observation).belief.mean
        #expect(difference(gradients(covariance)(point, observation).belief.mean.values, exact.values) < 1e-10)
        #expect(
            checkOperation(
                "conjugate gradients", at: Pair(covariance, Pair(point, observation)),
                laws: [.recorded, .values, .tangent, .adjoint, .batch]
            ) { gradients($0.first.symmetric)($0.second.first, $0.second.second.symmetric).belief } == [])
        #expect(checkTree(Variational(covariance: covariance)) == [])
    }

    private static let model = RungeKutta4(Lorenz96(), step: 0.05)
    private static let state = model.repeated(300)(8 + 0.01 * Key(3).normal([8]))
    private static let twin = simulate(
        model.repeated(2), from: state, observing: LinearOperator.first(5, of: 8), errorCovariance: Tensor.identity(5),
        steps: 4, key: Key(4))
    private static let window = WindowOperator(
        Autonomous(model.repeated(2)), twin.observations.operator, delay: 0, count: 4)
    private static let observation = Observation(
        values: twin.observations.values.flattened(), errorCovariance: Tensor.identity(20), operator: window)
    private static let background = PointEstimate(state + 0.3 * Key(5).normal([8]))
    private static let analysis = Variational(
        covariance: 0.1 * Tensor.identity(8) + 0.02, iterations: 8, solver: .conjugateGradients(8))

    @Test func windowsAreMapsWithTheirLaws() {
        #expect(checkMap(Self.window, at: Self.state) == [])
        var looped: [Double] = []
        var x = Self.state
        for _ in 0..<4 {
            looped += Self.twin.observations.operator(x).values
            x = Self.model.repeated(2)(x)
        }
        #expect(difference(Self.window(Self.state).values, looped) < 1e-12)
        let late = WindowOperator(
            Autonomous(Self.model.repeated(2)), Self.twin.observations.operator, delay: 2, count: 2)
        #expect(difference(late(Self.state).values, Array(looped[10...])) < 1e-12)
    }

    /// The gradient of the cost of 4D-Var: adjoint against tangent, and a Taylor remainder of order two.
    @Test func costPassesTheLaws() {
        let cost = { (w: Tensor) in Self.analysis.cost(w, Self.background, Self.observation) }
        #expect(
            checkOperation(
                "cost of 4D-Var", at: 0.3 * Key(6).normal([8]), laws: [.tangent, .adjoint, .secondOrder], cost)
                == [])
        #expect(checkTaylorRemainder("cost of 4D-Var", at: 0.3 * Key(6).normal([8]), cost) == [])
    }

    @Test func analysesAreMinimaOfTheCost() {
        let dense = Variational(covariance: Self.analysis.covariance, iterations: 8)
        let root = Self.analysis.covariance.sqrtm()
        let first = cost(at: Self.background.mean)
        func cost(at state: Tensor) -> (value: Double, slope: Double) {
            let control = root.solve((state - Self.background.mean).expanded(axis: -1)).flattened()
            let (value, slope) = valueAndGradient(of: { Self.analysis.cost($0, Self.background, Self.observation) })(
                control)
            return (value.scalar, slope.absolute().maximum().scalar)
        }
        for analysis in [Self.analysis, dense] {
            let found = cost(at: analysis(Self.background, Self.observation).belief.mean)
            #expect(found.slope < 1e-5 * first.slope && found.value < first.value, "\(found), \(first)")
        }
    }
}

@Suite struct FixedGainTests {
    private static let prior = Gaussian(mean: Tensor([1, -1]), covariance: Tensor(rows: [[2, 0.5], [0.5, 1]]))
    private static let observation = Observation(
        values: Tensor([0.3]), errorCovariance: Tensor(rows: [[0.7]]), operator: LinearOperator(Tensor(rows: [[1, 2]])))
    /// `P Hᵀ / (H P Hᵀ + R)` by hand: P Hᵀ = (3, 2.5), H P Hᵀ = 8.
    private static let optimal = Tensor([3 / 8.7, 2.5 / 8.7], shape: [2, 1])

    @Test func optimalGainIsTheKalmanFilter() {
        let exact = KalmanAnalysis()(Self.prior, Self.observation)
        let gaussian = FixedGain<Gaussian>(Self.optimal)(Self.prior, Self.observation)
        #expect(difference(gaussian.belief.mean.values, exact.belief.mean.values) < 1e-12)
        #expect(difference(gaussian.belief.covariance.values, exact.belief.covariance.values) < 1e-12)
        #expect(abs(gaussian.logLikelihood.scalar - exact.logLikelihood.scalar) < 1e-12)
        let point = FixedGain<PointEstimate>(Self.optimal)(PointEstimate(Self.prior.mean), Self.observation)
        #expect(difference(point.belief.mean.values, exact.belief.mean.values) < 1e-12)
        let ensemble = FixedGain<Ensemble>(Self.optimal)(
            Self.prior.ensemble(of: 40_000, key: Key(1)), Self.observation
        ).belief
        #expect(difference(ensemble.mean.values, exact.belief.mean.values) < 0.03)
        #expect(difference(ensemble.covariance.values, exact.belief.covariance.values) < 0.03)
    }

    @Test func otherGainsLeaveMoreVariance() {
        let other = FixedGain<Gaussian>(0.8 * Self.optimal)(Self.prior, Self.observation).belief
        let best = KalmanAnalysis()(Self.prior, Self.observation).belief
        #expect(zip(other.variance.values, best.variance.values).allSatisfy { $0 > $1 })
    }

    @Test func gainsAreDifferentiableAndMissingValuesDoNothing() {
        var missing = Self.observation
        missing.mask = Tensor([0])
        let still = FixedGain<Gaussian>(Self.optimal)(Self.prior, missing)
        #expect(still.belief.covariance.values == Self.prior.covariance.values && still.logLikelihood.scalar == 0)
        let point = PointEstimate(Self.prior.mean)
        #expect(FixedGain<PointEstimate>(Self.optimal)(point, missing).belief.mean.values == point.mean.values)
        let laws: Set<OperationLaw> = [.recorded, .values, .tangent, .adjoint, .batch]
        #expect(
            checkOperation("gain", at: Self.optimal, laws: laws) { FixedGain($0)(Self.prior, Self.observation) } == [])
        #expect(checkOperation("gain", at: Self.optimal, laws: laws) { FixedGain($0)(point, Self.observation) } == [])
        let members = Self.prior.ensemble(of: 5, key: Key(2))
        #expect(
            checkOperation("gain", at: Self.optimal, laws: laws) {
                FixedGain($0)(members, Self.observation).belief.members
            } == [])
    }
}
