import Checks
import Tensors
import Testing

@testable import Assimilation

@Suite struct ParticleTests {
    private static let modelError = ModelError(covariance: Tensor([0.5, 0.2, 0.4, 0.3]).diagonalMatrix() + 0.1)

    @Test func particleAnalysesAreBayesRule() {
        #expect(checkAnalysis(BootstrapAnalysis()) == [])
        let added = Self.modelError.covariance(step: Tensor(integer: 0))
        #expect(checkAnalysis(OptimalProposal(modelError: Self.modelError), modelError: added) == [])
        #expect(checkAnalysis(Resampled(BootstrapAnalysis(), threshold: 1), isSmooth: false) == [])
        #expect(checkAnalysis(Resampled(BootstrapAnalysis(), threshold: 0), isSmooth: false) == [])
    }

    @Test func systematicResamplingHasTheRightNumberOfOffspring() {
        let raw = Key(1).uniform([200]).values.map { $0 * $0 * $0 }
        let total = raw.reduce(0, +)
        let weights = raw.map { $0 / total }
        for seed in 0..<20 {
            let particles = Particles(
                states: Tensor.zeros([200, 1]), logWeights: Tensor(weights).log(), key: Key(seed))
            let ancestors = particles.systematicAncestors(Key(seed)).integers
            #expect(ancestors == ancestors.sorted() && ancestors.count == 200)
            for (i, weight) in weights.enumerated() {
                let offspring = ancestors.count { $0 == i }
                #expect(offspring >= Int((200 * weight - 1e-9).rounded(.down)))
                #expect(offspring <= Int((200 * weight + 1e-9).rounded(.up)))
            }
        }
        // A lone particle of all the weight is the ancestor of all.
        let lone = Tensor([-Double.infinity, 0, -.infinity])
        let copies = Particles(states: Tensor.zeros([3, 1]), logWeights: lone, key: Key(1)).systematicAncestors(Key(2))
        #expect(copies.integers == [1, 1, 1])
    }

    @Test func jitterMovesCopiesOnlyAndHasTheKernelsSpread() {
        let count = 20_000
        let states = Key(3).normal([count, 2]).matrixProduct(Tensor(rows: [[1, 0.5], [0, 2]]))
        let isFirstHalf = Tensor.range(count) .< Tensor(integers: [count / 2])
        let logWeights = select(isFirstHalf, Tensor(2 / Double(count)).log(), Tensor(-Double.infinity))
        let particles = Particles(states: states, logWeights: logWeights, key: Key(4))
        let drawn = particles.resampled(jitter: 0.5)
        let ancestors = particles.systematicAncestors(Key(4).split(3)[0])
        let moves = drawn.states - states.taking(ancestors)
        let places = ancestors.integers
        let copies = (1..<count).filter { places[$0] == places[$0 - 1] }
        let first = moves.transposed[0].values
        let second = moves.transposed[1].values
        #expect((0..<count).filter { first[$0] != 0 } == copies)
        let width = 0.5 / Tensor(Double(count)).power(Tensor(1.0 / 6)).scalar
        let expected: Double = width * width * particles.variance.values[1]
        let squares: [Double] = copies.map { second[$0] * second[$0] }
        let found = squares.reduce(0, +) / Double(squares.count)
        #expect(abs(found / expected - 1) < 0.06)
        #expect(abs(drawn.effectiveSize.scalar - Double(count)) < 1e-6)
    }

    private static let model = LinearModel(Tensor(rows: [[0.9, 0.2], [-0.2, 0.9]]))
    private static let noise = ModelError(covariance: 0.2 * Tensor.identity(2))
    private static let start = Gaussian(mean: Tensor([0, 1]), covariance: Tensor.identity(2))
    private static let observations: Observations<LinearOperator> = {
        let mask = (Key(5).uniform([40, 1]) .> 0.3).cast(to: .float64)
        return simulate(
            model, modelError: noise, from: Tensor([1, 1]), observing: LinearOperator.first(1, of: 2),
            errorCovariance: Tensor(rows: [[0.3]]), mask: mask, steps: 40, key: Key(6)
        ).observations
    }()

    @Test func bootstrapFilterTendsToTheKalmanFilter() {
        let exact = Cycle(LinearForecast(Self.model, modelError: Self.noise), KalmanAnalysis())(
            from: Self.start, Self.observations)
        func errors<F: Forecast, A: Analysis>(_ cycle: Cycle<F, A>, _ count: Int) -> (mean: Double, likelihood: Double)
        where F.State == Particles {
            let start = Particles(Self.start.ensemble(of: count, key: Key(7)))
            let found = cycle(from: start, Self.observations)
            #expect(found.outcome == .completed)
            let mean = (found.analyses.mean - exact.analyses.mean).squared().mean().sqrt().scalar
            return (mean, abs((found.logLikelihood - exact.logLikelihood).scalar))
        }
        let bootstrap = Cycle(EachParticle(Self.model, modelError: Self.noise), Resampled(BootstrapAnalysis()))
        let everyTime = Cycle(
            EachParticle(Self.model, modelError: Self.noise), Resampled(BootstrapAnalysis(), threshold: 1))
        for (few, many) in [
            (errors(bootstrap, 300), errors(bootstrap, 20_000)), (errors(everyTime, 300), errors(everyTime, 20_000)),
        ] {
            #expect(many.mean < 0.4 * few.mean)  // an eighth is expected
            #expect(many.mean < 0.02 && many.likelihood < 0.3)
        }
    }

    /// With the optimal proposal the state before the first observation is that of one step earlier.
    @Test func optimalProposalTendsToTheKalmanFilterWithLessVariance() {
        let noise = ModelError(covariance: 0.5 * Tensor.identity(2))
        var precise = Self.observations
        precise.errorCovariance = Tensor(rows: [[0.02]])
        let step = Tensor(integer: 0)
        let prior = Gaussian(
            mean: Self.start.mean, covariance: Self.start.covariance + noise.covariance(step: step))
        let exact = Cycle(LinearForecast(Self.model, modelError: noise), KalmanAnalysis())(from: prior, precise)
        let start = Particles(Self.start.ensemble(of: 2000, key: Key(8)))
        let optimal = Cycle(EachParticle(Self.model), Resampled(OptimalProposal(modelError: noise)))(
            from: start, precise)
        let plain = Cycle(EachParticle(Self.model, modelError: noise), Resampled(BootstrapAnalysis()))(
            from: Particles(prior.ensemble(of: 2000, key: Key(8))), precise)
        func error(_ found: Trajectory<Particles>) -> Double {
            (found.analyses.mean - exact.analyses.mean).squared().mean().sqrt().scalar
        }
        #expect(error(optimal) < 0.06 && error(optimal) < error(plain), "\(error(optimal)), \(error(plain))")
        #expect(abs((optimal.logLikelihood - exact.logLikelihood).scalar) < 2)
    }

    @Test func collapseIsAnOutcomeNotNaN() {
        var far = Self.observations
        far.values = far.values + 1e200 * far.mask
        let found = Cycle(EachParticle(Self.model, modelError: Self.noise), Resampled(BootstrapAnalysis()))(
            from: Particles(Self.start.ensemble(of: 20, key: Key(9))), far)
        let first = far.mask.values.firstIndex(of: 1)
        #expect(found.outcome == .collapsed(step: first ?? -1))
        #expect(found.analyses.mean.isFinite.all().booleans == [true])
        #expect(found.analyses.weights.isFinite.all().booleans == [true])
    }

    @Test func treesAreWhole() {
        let particles = Particles(Self.start.ensemble(of: 3, key: Key(1)))
        #expect(checkTree(particles) == [])
        #expect(checkTree(Resampled(OptimalProposal(modelError: Self.noise))) == [])
        #expect(abs(particles.effectiveSize.scalar - 3) < 1e-12)
        #expect(difference(particles.mean.values, Self.start.ensemble(of: 3, key: Key(1)).mean.values) < 1e-12)
    }
}
