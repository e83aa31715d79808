import Checks
import Kernels
import Tensors
import Testing

@testable import Assimilation

/// A diffusion as analysis: its score, its moments, and when it is Bayes' rule.
@Suite struct ScoreFilterTests {
    @Test func theScoreIsTheDerivativeOfTheLogDensity() {
        let (z, centers, weights) = (Key(1).normal([3]), Key(2).normal([5, 3]), Key(3).normal([5]))
        let variance: Tensor = 0.4
        for logWeights in [nil, weights] {
            let slope = gradient(of: { (z: Tensor) in
                let kernels = -0.5 * (z - centers).squared().sum(axes: [-1]) / variance
                return (kernels + (logWeights ?? 0)).logSumExp()
            })(z)
            let score = mixtureScore(at: z, centers: centers, variance: variance, logWeights: logWeights)
            #expect(difference(score.values, slope.values) < 1e-10)
        }
    }

    /// `α` and `β²` solve the moment equations of `dz = f z dt + g dw`: `α' = f α`, `(β²)' = 2 f β² + g²`.
    @Test func theScheduleIsADiffusion() {
        let schedule = NoiseSchedule(finalScale: 0.3, initialVariance: 0.05)
        for time in [0.0, 0.4, 1] {
            let t = Tensor(time)
            let scale = jvp({ schedule.scale($0) }, at: t, along: Tensor(1)).tangent
            let variance = jvp({ schedule.variance($0) }, at: t, along: Tensor(1)).tangent
            #expect(abs((scale - schedule.drift(t) * schedule.scale(t)).scalar) < 1e-12)
            let expected = 2 * schedule.drift(t) * schedule.variance(t) + schedule.diffusion(t)
            #expect(abs((variance - expected).scalar) < 1e-12)
        }
    }

    private static let operatorMatrix = Tensor(rows: [[1, 0.5]])
    private static func observation(_ value: Double, _ variance: Double) -> Observation<LinearOperator> {
        Observation(
            values: Tensor([value]), errorCovariance: Tensor(rows: [[variance]]),
            operator: LinearOperator(operatorMatrix))
    }

    /// With members as weighted particles it is Bayes' rule as they grow in number, but for the width of the kernel.
    @Test func weightedByTheLikelihoodItIsBayesRule() {
        let prior = Gaussian(mean: Tensor([0.5, -0.3]), covariance: Tensor(rows: [[1, 0.3], [0.3, 0.6]]))
        let observation = Self.observation(1.2, 0.5)
        let background = prior.ensemble(of: 1500, key: Key(4))
        let filter = EnsembleScoreFilter(
            NoiseSchedule(finalScale: 0.05, initialVariance: 0.01), likelihood: .weighted, steps: 200)
        let analysis = compile(like: background) { filter($0, observation) }(background)
        let exact = KalmanAnalysis()(prior, observation)
        #expect(difference(analysis.belief.mean.values, exact.belief.mean.values) < 0.1)
        #expect(difference(analysis.belief.covariance.values, exact.belief.covariance.values) < 0.12)
        #expect(abs(analysis.logLikelihood.scalar - exact.logLikelihood.scalar) < 0.1)
    }

    /// For members in one place the background is a normal distribution, and the diffusion of the damped likelihood is
    /// linear: its mean and variance follow a recursion of numbers. They are not those of Bayes' rule.
    @Test func theDampedDiffusionHasTheMomentsOfItsRecursion() {
        let (place, value, error, steps) = (0.4, 1.5, 0.3, 60)
        let schedule = NoiseSchedule(finalScale: 0.5, initialVariance: 0.2)
        let members = Tensor(place).broadcast(to: [4000, 1])
        let background = Ensemble(members: members, key: Key(5))
        let observation = Observation(
            values: Tensor([value]), errorCovariance: Tensor(rows: [[error]]),
            operator: LinearOperator(Tensor.identity(1)))
        let found = EnsembleScoreFilter.Background.allCases.map { kind in
            let filter = EnsembleScoreFilter(schedule, background: kind, steps: steps)
            return compile(like: background) { filter($0, observation).belief }(background)
        }

        var (mean, variance) = (0.0, 1.0)
        for number in 0..<steps {
            let (t, step) = (1 - Double(number) / Double(steps), 1 / Double(steps))
            let (scale, width) = (1 - 0.5 * t, 0.2 + 0.8 * t)
            let drift = -0.5 / scale
            let diffusion = 0.8 - 2 * drift * width
            let damping = 1 - t
            let score = (scale * place - mean) / width + damping * (value - mean) / error
            mean -= step * (drift * mean - diffusion * score)
            let rate = 1 - step * (drift + diffusion * (1 / width + damping / error))
            variance = rate * rate * variance + step * diffusion
        }
        for belief in found {
            #expect(abs(belief.mean.scalar - mean) < 0.03)
            #expect(abs(belief.variance.scalar - variance) < 0.03 * variance + 0.01)
        }
        let bayes = place + 0.2 / (0.2 + error) * (value - place)
        #expect(abs(mean - bayes) > 0.1)
    }

    @Test func missingValuesAndNoObservationsChangeNothing() {
        let background = Ensemble(members: Key(6).normal([7, 2]), key: Key(7))
        let filter = EnsembleScoreFilter(steps: 20)
        let matrix = Tensor(rows: [[1, 0.5], [0, 2]])
        let errors = Tensor(rows: [[0.4, 0.1], [0.1, 0.5]])
        var two = Observation(
            values: Tensor([0.7, 9]), mask: Tensor([1, 0]), errorCovariance: errors, operator: LinearOperator(matrix))
        let one = Self.observation(0.7, 0.4)
        let (masked, shorter) = (filter(background, two), filter(background, one))
        #expect(difference(masked.belief.members.values, shorter.belief.members.values) < 1e-9)
        #expect(abs((masked.logLikelihood - shorter.logLikelihood).scalar) < 1e-10)
        two.mask = Tensor.zeros([2])
        let nothing = filter(background, two)
        #expect(nothing.belief.members.values == background.members.values)
        #expect(abs(nothing.logLikelihood.scalar) < 1e-12)
    }

    @Test func itsDerivativesAreRight() {
        let background = Ensemble(members: Key(8).normal([4, 2]), key: Key(9))
        for (likelihood, kind) in [
            (EnsembleScoreFilter.Likelihood.damped, EnsembleScoreFilter.Background.own), (.damped, .mixture),
            (.weighted, .mixture),
        ] {
            let filter = EnsembleScoreFilter(likelihood: likelihood, background: kind, steps: 5)
            #expect(checkTree(filter) == [])
            let found = checkOperation(
                "\(likelihood), \(kind)", at: Pair(Pair(background, filter), Self.observation(0.7, 0.4)),
                laws: [.tangent, .adjoint, .recorded, .values, .batch], tolerances: .float64, seed: 1
            ) { $0.first.second($0.first.first, $0.second.symmetric).belief.members }
            #expect(found == [])
        }
    }
}
