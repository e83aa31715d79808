import Checks
import Dynamics
import Tensors
import Testing

@testable import Assimilation

@Suite struct EnsembleFilterLawTests {
    @Test func deterministicFiltersAreTheKalmanFilter() {
        #expect(checkAnalysis(SerialEnSRF(), isDeterministic: true) == [])
        #expect(checkAnalysis(Rotated(SerialEnSRF()), isDeterministic: true) == [])
        #expect(checkAnalysis(IterativeEnKS(iterations: 1), isDeterministic: true) == [])
        #expect(checkAnalysis(Rotated(IterativeEnKS(iterations: 3)), isDeterministic: true) == [])
        #expect(
            checkAnalysis(IterativeEnKS(iterations: 2, differences: .bundle(scale: 1e-3)), isDeterministic: true) == [])
    }

    private static let background = Ensemble(members: Key(1).normal([9, 4]), key: Key(2))
    private static let observation = Observation(
        values: 3 * Key(3).normal([6]), errorCovariance: (0.5 + Key(4).uniform([6])).diagonalMatrix(),
        operator: LinearOperator(Key(5).normal([6, 4])))

    /// The dual minimum is a stationary point of the primal cost, which has `½ (N − 1) c log(ε + |w|²)` for a prior.
    @Test func dualMinimumOfTheFiniteSizeFilterIsPrimal() {
        let (s, d) = ObservedEnsemble(Self.background, Self.observation).whitened
        let (eigenvalues, vectors) = s.matrixProduct(s.transposed).symmetricEigen()
        let spectrum = eigenvalues.maximum(0)
        for certainty in [1, 2.5] {
            let prior = FiniteSizePrior(9, certainty: certainty, reduction: (8 / (spectrum + 8)).mean())
            let projected = vectors.transposed.vectorProduct(s.vectorProduct(d))
            let precision = 8 / prior.inflationSquared(spectrum, projected)
            let weights = vectors.vectorProduct(projected / (spectrum + precision))
            let slope = gradient(of: { (w: Tensor) in
                let departure = d - s.transposed.vectorProduct(w)
                let potential = 4 * prior.coefficient * (prior.epsilon + w.squared().sum()).log()
                return 0.5 * departure.squared().sum() + potential
            })(weights)
            #expect(slope.absolute().maximum().scalar < 1e-9)
            let moved = EnKFN(certainty: certainty)(Self.background, Self.observation).belief
            let expected = Self.background.mean + Self.background.anomalies.transposed.vectorProduct(weights)
            #expect(difference(moved.mean.values, expected.values) < 1e-10)
            // And the covariance is that of Kalman from the inflated background.
            let inflated = Gaussian(
                mean: Self.background.mean, covariance: 8 / precision * Self.background.covariance)
            let exact = KalmanAnalysis()(inflated, Self.observation).belief
            #expect(difference(moved.covariance.values, exact.covariance.values) < 1e-10)
        }
    }

    @Test func finiteSizeFiltersAreDifferentiable() {
        for analysis in [EnKFN(), EnKFN(certainty: 2)] {
            #expect(
                checkOperation(
                    "EnKFN", at: Pair(Self.background, Self.observation),
                    laws: [.recorded, .values, .tangent, .adjoint, .batch]
                ) { analysis($0.first, $0.second.symmetric).belief.members } == [])
        }
        var nothing = Self.observation
        nothing.mask = Tensor.zeros([6])
        let still = EnKFN()(Self.background, nothing).belief.members
        #expect(difference(still.values, Self.background.members.values) < 1e-10)  // and no inflation
    }

    @Test func halfTheGainForTheAnomalies() {
        let found = DeterministicEnKF()(Self.background, Self.observation).belief.gaussian
        let prior = Self.background.gaussian
        let exact = KalmanAnalysis()(prior, Self.observation).belief
        let matrix = Self.observation.operator.matrix
        let cross = matrix.matrixProduct(prior.covariance)
        let system = cross.matrixProduct(matrix.transposed) + Self.observation.errorCovariance
        let gain = system.symmetricSolve(cross).transposed
        let half = Tensor.identity(4) - 0.5 * gain.matrixProduct(matrix)
        let expected = half.matrixProduct(prior.covariance).matrixProduct(half.transposed)
        #expect(difference(found.mean.values, exact.mean.values) < 1e-10)
        #expect(difference(found.covariance.values, expected.values) < 1e-10)
    }

    /// On a window of a linear model the iterative smoother is the dense Gaussian posterior of
    /// the state at its beginning.
    @Test func windowOfALinearModelIsBayesRule() {
        let model = LinearModel(Tensor(rows: [[0.9, 0.3], [-0.3, 0.9]]), offsets: Tensor([0.1, -0.2]))
        let looking = LinearOperator(Tensor(rows: [[1, 0.5]]))
        let prior = Gaussian(mean: Tensor([1, 0]), covariance: Tensor(rows: [[1, 0.2], [0.2, 0.5]])).ensemble(
            of: 12, key: Key(6))
        let window = WindowOperator(model, looking, delay: 1, count: 3)
        let observation = Observation(
            values: Tensor([0.5, -1, 2]), mask: Tensor([1, 0, 1]), errorCovariance: 0.3 * Tensor.identity(3),
            operator: window)
        let exact = KalmanAnalysis()(prior.gaussian, observation)
        for analysis in [IterativeEnKS(iterations: 2), IterativeEnKS(iterations: 2, differences: .bundle(scale: 0.1))] {
            let found = analysis(prior, observation)
            #expect(difference(found.belief.mean.values, exact.belief.mean.values) < 1e-9)
            #expect(difference(found.belief.covariance.values, exact.belief.covariance.values) < 1e-9)
        }
    }
}
