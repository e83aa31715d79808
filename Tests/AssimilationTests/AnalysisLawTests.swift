import Checks
import Tensors
import Testing

@testable import Assimilation

@Suite struct AnalysisLawTests {
    @Test func gaussianAnalyses() { #expect(checkAnalysis(KalmanAnalysis()) == []) }

    @Test func deterministicEnsembleAnalyses() {
        #expect(checkAnalysis(ETKF(), isDeterministic: true) == [])
        #expect(checkAnalysis(Rotated(ETKF()), isDeterministic: true) == [])
        #expect(checkAnalysis(Inflated(ETKF(), by: 1), isDeterministic: true) == [])
    }

    @Test func stochasticEnsembleAnalyses() {
        for sampling in NoiseSampling.allCases where sampling != .exact {
            #expect(checkAnalysis(StochasticEnKF(sampling: sampling), isDeterministic: false) == [])
        }
    }

    /// Perturbations without sampling error make the stochastic filter as exact as a deterministic one.
    @Test func exactPerturbationsLeaveNoSamplingError() {
        let prior = Gaussian(mean: Tensor([1, -1]), covariance: Tensor(rows: [[2, 0.5], [0.5, 1]]))
        let background = prior.ensemble(of: 20, key: Key(1))
        let observation = Observation(
            values: Tensor([0.3]), errorCovariance: Tensor(rows: [[0.7]]),
            operator: LinearOperator(Tensor(rows: [[1, 2]])))
        let exact = KalmanAnalysis()(background.gaussian, observation).belief
        let found = StochasticEnKF(sampling: .exact)(background, observation).belief.gaussian
        #expect(difference(found.mean.values, exact.mean.values) < 1e-10)
        #expect(difference(found.covariance.values, exact.covariance.values) < 1e-10)
    }

    @Test func bothFormsOfTheTransformAgree() {
        // Twelve observations of four members take the N × N root; of forty, the m × m root.
        for count in [4, 40] {
            let background = Ensemble(members: Key(2).normal([count, 12]), key: Key(3))
            let observation = Observation(
                values: Key(4).normal([12]), errorCovariance: 0.5 * Tensor.identity(12),
                operator: LinearOperator(Tensor.identity(12)))
            let exact = KalmanAnalysis()(background.gaussian, observation)
            let found = ETKF()(background, observation)
            #expect(difference(found.belief.mean.values, exact.belief.mean.values) < 1e-10)
            #expect(difference(found.belief.covariance.values, exact.belief.covariance.values) < 1e-10)
            #expect(abs(found.logLikelihood.scalar - exact.logLikelihood.scalar) < 1e-9)
        }
    }

    @Test func rotationsKeepTheMeanAndAreOrthogonal() {
        let rotation = randomRotation(9, Key(5))
        #expect(difference(rotation.matrixProduct(rotation.transposed).values, Tensor.identity(9).values) < 1e-10)
        #expect(difference(rotation.sum(axes: [1]).values, [Double](repeating: 1, count: 9)) < 1e-10)
    }
}

@Suite struct FilterTests {
    private static let matrix = Tensor(rows: [[0.9, 0.2, 0], [-0.2, 0.9, 0.1], [0, 0, 0.7]])
    private static let model = LinearModel(matrix, offsets: Tensor([0.1, 0, -0.1]))
    private static let modelError = ModelError(covariance: 0.1 * Tensor.identity(3))
    private static let start = Gaussian(mean: Tensor([0, 1, 0]), covariance: Tensor.identity(3))

    private static var observations: Observations<LinearOperator> {
        let values = Key(6).normal([30, 2]).values
        let isMissing = Key(7).uniform([30, 2]).values.map { $0 < 0.3 }
        let series = (0..<30).map { t in (0..<2).map { isMissing[2 * t + $0] ? Double.nan : values[2 * t + $0] } }
        return Observations(
            series, errorCovariance: Tensor(rows: [[0.5, 0.1], [0.1, 0.4]]),
            operator: LinearOperator(Tensor(rows: [[1, 0, 0.5], [0, 1, 0]])))
    }

    @Test func extendedFilterOfALinearModelIsTheKalmanFilter() {
        let exact = Cycle(LinearForecast(Self.model, modelError: Self.modelError), KalmanAnalysis())(
            from: Self.start, Self.observations)
        let extended = Cycle(ExtendedForecast(Self.model, modelError: Self.modelError), KalmanAnalysis())(
            from: Self.start, Self.observations)
        #expect(difference(extended.analyses.covariance.values, exact.analyses.covariance.values) < 1e-12)
        #expect(abs(extended.logLikelihood.scalar - exact.logLikelihood.scalar) < 1e-10)
    }

    /// Where the members span the state the covariance grows by that of the model error, to rounding; else by as much
    /// of it as lies in what they span.
    @Test func modelErrorNeedNotBeDrawn() {
        for count in [3, 4, 9] {
            let start = Self.start.ensemble(of: count, key: Key(8))
            let forecast = SquareRootForecast(Self.model, modelError: Self.modelError)
            let found = forecast(start, step: Tensor(integer: 0))
            let plain = EachMember(Self.model)(start, step: Tensor(integer: 0))
            #expect(difference(found.mean.values, plain.mean.values) < 1e-10)
            let anomalies = plain.anomalies
            let projection =
                count > 3
                ? Tensor.identity(3)
                : anomalies.transposed.matrixProduct(pseudoInverse(anomalies))
            let grown =
                plain.covariance
                + projection.matrixProduct(0.1 * Tensor.identity(3)).matrixProduct(projection.transposed)
            #expect(difference(found.covariance.values, grown.values) < 1e-9)
        }
    }

    /// `X⁺ᵀ` by singular values.
    private func pseudoInverse(_ x: Tensor) -> Tensor {
        let (left, values, right) = x.singularValueDecomposition()
        let isThere = values .> 1e-9
        let inverse = select(isThere, 1 / select(isThere, values, 1), 0)
        return (left * inverse).matrixProduct(right.transposed)
    }

    /// Noise without sampling error: an ensemble whose first moments are right stays the Kalman filter for good.
    @Test func ensembleFiltersWithExactNoiseAreTheKalmanFilter() {
        let start = Self.start.ensemble(of: 24, key: Key(8))
        let exact = Cycle(LinearForecast(Self.model, modelError: Self.modelError), KalmanAnalysis())(
            from: start.gaussian, Self.observations)
        let forecast = EachMember(Self.model, modelError: Self.modelError, sampling: .exact)
        let transform = Cycle(forecast, ETKF())(from: start, Self.observations)
        let stochastic = Cycle(forecast, StochasticEnKF(sampling: .exact))(from: start, Self.observations)
        for found in [transform, stochastic] {
            #expect(difference(found.analyses.mean.values, exact.analyses.mean.values) < 1e-8)
            #expect(abs(found.logLikelihood.scalar - exact.logLikelihood.scalar) < 1e-7)
        }
        // And its smoother is the Rauch–Tung–Striebel smoother.
        let smoothed = RauchTungStriebel().smooth(
            exact, LinearForecast(Self.model, modelError: Self.modelError)
        ).beliefs
        #expect(difference(EnsembleSmoother().smooth(transform).mean.values, smoothed.mean.values) < 1e-6)
    }

    @Test func ensembleFilterTendsToTheKalmanFilterAsMembersGrow() {
        let exact = Cycle(LinearForecast(Self.model, modelError: Self.modelError), KalmanAnalysis())(
            from: Self.start, Self.observations
        ).analyses.mean
        let errors = [50, 800].map { count -> Double in
            let found = Cycle(EachMember(Self.model, modelError: Self.modelError), StochasticEnKF())(
                from: Self.start.ensemble(of: count, key: Key(9)), Self.observations)
            return (found.analyses.mean - exact).squared().mean().sqrt().scalar
        }
        #expect(errors[1] < 0.5 * errors[0])  // a quarter is expected
    }

    /// Against the dense joint normal distribution of all states and observations.
    @Test func smootherIsTheConditionalOfTheJointDistribution() {
        let forecast = LinearForecast(Self.model, modelError: Self.modelError)
        let observations = Self.observations
        let count = 5
        var short = observations
        short.values = short.values[0..<count]
        short.mask = Tensor.ones([count, 2])
        let smoothed = RauchTungStriebel().smooth(
            Cycle(forecast, KalmanAnalysis())(from: Self.start, short), forecast
        ).beliefs
        // x = L w + c with independent w: columns of L are the start's and each step's noise.
        var means = [Self.start.mean]
        var factors = [[Self.start.covariance.cholesky()]]
        let noise = (0.1 * Tensor.identity(3)).cholesky()
        for _ in 1..<count {
            means.append(Self.model(means.last!, step: Tensor(integer: 0)))
            factors.append(factors.last!.map { Self.matrix.matrixProduct($0) } + [noise])
        }
        let blank = Tensor.zeros([3, 3])
        let rows = factors.map { row in
            Tensor.concatenated(row + [Tensor](repeating: blank, count: count - row.count), axis: 1)
        }
        let l = Tensor.concatenated(rows)
        let h = observations.operator.matrix
        let big = Tensor.concatenated(
            (0..<count).map { t in
                Tensor.concatenated((0..<count).map { $0 == t ? h : Tensor.zeros([2, 3]) }, axis: 1)
            })
        let covariance = l.matrixProduct(l.transposed)
        let r = Tensor.concatenated(
            (0..<count).map { t in
                Tensor.concatenated(
                    (0..<count).map { $0 == t ? observations.errorCovariance : Tensor.zeros([2, 2]) }, axis: 1)
            })
        let mean = Tensor.concatenated(means)
        let cross = big.matrixProduct(covariance)
        let gain = (cross.matrixProduct(big.transposed) + r).symmetricSolve(cross).transposed
        let exact = mean + gain.vectorProduct(short.values.flattened() - big.vectorProduct(mean))
        #expect(difference(smoothed.mean.flattened().values, exact.values) < 1e-10)
    }

    @Test func gradientThroughTheFilterIsThatOfDifferences() {
        let observations = Self.observations
        func logLikelihood(_ x: Tensor) -> Tensor {
            let ensemble = Self.start.ensemble(of: 12, key: Key(10))
            let forecast = EachMember(LinearModel(x[0] * Self.matrix), modelError: Self.modelError)
            return Cycle(forecast, Inflated(ETKF(), by: x[1]))(from: ensemble, observations).logLikelihood
        }
        #expect(checkOperation("filter", at: Tensor([1, 1.05]), laws: [.tangent, .adjoint], logLikelihood) == [])
    }

    @Test func divergenceIsAnOutcome() {
        let unstable = LinearModel(1e200 * Tensor.identity(3))
        let result = Cycle(LinearForecast(unstable, modelError: Self.modelError), KalmanAnalysis())(
            from: Self.start, Self.observations)
        guard case .diverged(let step) = result.outcome else {
            Issue.record("the filter of an unstable model completed")
            return
        }
        #expect(step < 5)
    }
}
