import Checks
import Dynamics
import Kernels
import Networks
import Tensors
import Testing

@testable import Assimilation
@testable import Learning

/// Learning through filters: laws on small problems.
@Suite struct FilterObjectiveTests {
    typealias Parameters = PartlyObservedParameters.Parameters

    /// A small Lorenz-63 problem and its filters.
    static let row: PartlyObservedParameters = {
        var row = PartlyObservedParameters()
        row.observations = 12
        row.members = 8
        row.stepsPerObservation = 5
        return row
    }()

    static func kalman(segment: Int?) -> some Objective<Parameters> {
        let (twin, background) = row.experiment(Key(3))
        return FilterObjective(
            [twin.observations, twin.observations], segment: segment, start: { _ in background },
            errorCovariance: { (p: Parameters) in p.errorCovariance },
            filter: { (p: Parameters) in
                Cycle(ExtendedForecast(Autonomous(p.model), modelError: p.modelError), KalmanAnalysis())
            })
    }
    static func ensemble(segment: Int?) -> some Objective<Parameters> {
        let (twin, background) = row.experiment(Key(3))
        return FilterObjective(
            [twin.observations], segment: segment, start: { background.ensemble(of: row.members, key: $0) },
            errorCovariance: { (p: Parameters) in p.errorCovariance },
            filter: { (p: Parameters) in Cycle(EachMember(p.model, modelError: p.modelError), StochasticEnKF()) })
    }

    /// The sum of the losses of an epoch at fixed parameters, and of their gradients.
    static func epoch<O: Objective>(_ objective: O, _ parameters: Parameters) -> (value: Double, gradient: [Double])
    where O.Parameters == Parameters {
        let program = compile(like: parameters) { parameters in
            let (carry, steps) = objective.epoch(Key(1))
            let (_, sums) = scan(over: steps, from: carry, checkpoints: .everyStep) { carry, step in
                let (value, next, gradient) = valueAndGradient(keeping: { (p: Parameters) in
                    let found = objective.loss(p, carry, step, key: Key(2))
                    return (value: found.value, rest: found.carry)
                })(parameters)
                return (next, Pair(value, gradient))
            }
            return sums.mappingLeaves { $0.sum(axes: [0]) }
        }
        let found = program(parameters)
        return (found.first.scalar, found.second.leaves.map(\.scalar))
    }

    @Test func eachTrajectoryStartsFromItsOwn() {
        let (twin, _) = Self.row.experiment(Key(3))
        let firsts = Tensor(rows: [[1, 2, 3], [4, 5, 6]])
        var objective = FilterObjective(
            [twin.observations, twin.observations], start: { _ in PointEstimate(firsts[0]) },
            filter: { (gain: FixedGain<PointEstimate>) in
                Cycle(PointForecast(RungeKutta4(Lorenz63(), step: 0.01)), gain)
            })
        #expect(objective.epoch(Key(1)).carry.beliefs.mean.values == [1, 2, 3, 1, 2, 3])
        objective.start = { (_: Key, number: Tensor) in PointEstimate(firsts.taking(number)[0]) }
        #expect(objective.epoch(Key(1)).carry.beliefs.mean.values == firsts.values)
    }

    /// Trajectories that are held back are a score that no gradient sees.
    @Test func heldTrajectoriesAreTheValidation() throws {
        let twins = (1...3).map { Self.row.experiment(Key($0)).0 }
        func objective(_ twins: [Twin<LinearOperator>], held: Int) -> some Objective<FixedGain<PointEstimate>> {
            FilterObjective(
                twins.map(\.observations), truths: twins.map(\.truth), loss: .squaredError, segment: 5, held: held,
                start: { _ in PointEstimate(Tensor([1, 2, 20])) },
                filter: { (gain: FixedGain<PointEstimate>) in
                    Cycle(PointForecast(RungeKutta4(Lorenz63(), step: 0.01)), gain)
                })
        }
        let gain = FixedGain<PointEstimate>(Tensor([[0.5], [0.2], [0.1]].flatMap { $0 }, shape: [3, 1]))
        func value(_ objective: some Objective<FixedGain<PointEstimate>>) -> Double {
            let (carry, steps) = objective.epoch(Key(1))
            return scan(over: steps, from: carry) { carry, step in
                let (value, next) = objective.loss(gain, carry, step, key: Key(2))
                return (next, value)
            }.outputs.sum().scalar
        }
        let held = objective(twins, held: 1)
        #expect(abs(value(held) - value(objective(Array(twins[0..<2]), held: 0))) < 1e-12)
        let score = try #require(held.validation(gain)).scalar
        #expect(abs(score - value(objective([twins[2]], held: 0))) < 1e-12)
        #expect(objective(twins, held: 0).validation(gain) == nil)
    }

    static func checkDifferences<O: Objective>(_ objective: O) where O.Parameters == Parameters {
        let start = row.startingParameters
        let (_, gradient) = epoch(objective, start)
        for i in gradient.indices {
            func value(_ change: Double) -> Double {
                var leaves = start.leaves
                leaves[i] = leaves[i] + change
                return epoch(objective, start.replacingLeaves(leaves)).value
            }
            let h = 1e-5
            let difference = (value(h) - value(-h)) / (2 * h)
            #expect(abs(gradient[i] - difference) < 1e-5 * max(abs(difference), 1), "leaf \(i)")
        }
    }

    @Test func gradientThroughTheKalmanFilterIsThatOfDifferences() { Self.checkDifferences(Self.kalman(segment: nil)) }
    @Test func gradientThroughTheEnsembleFilterIsThatOfDifferences() {
        Self.checkDifferences(Self.ensemble(segment: nil))
    }

    /// Forecast model and analysis at once, by every loss: all numbers of the cycle are parameters.
    @Test(arguments: FilterLoss.allCases) func jointGradientsAreThoseOfDifferences(_ loss: FilterLoss) {
        let (twin, background) = Self.row.experiment(Key(3))
        var seen = twin.observations
        seen.mask = (Key(4).uniform(seen.mask.shape) .> 0.3).cast(to: .float64)
        let p = Self.row.startingParameters
        let cycle = Cycle(EachMember(p.model, modelError: p.modelError), Inflated(StochasticEnKF(), by: 1.02))
        let objective = FilterObjective(
            learning: cycle, from: [seen], truths: loss.needsTruth ? [twin.truth] : [], loss: loss,
            start: { background.ensemble(of: 6, key: $0) })
        let count = cycle.leaves.count { $0.type.isReal }
        #expect(count == 4, "two numbers of the model, its error, the inflation")
        let violations = checkTaylorRemainder("joint \(loss.rawValue)", at: cycle, step: 1e-4) {
            objective.value($0, key: Key(1))
        }
        #expect(violations == [])
    }

    @Test func segmentsChangeTheGradientAndNotTheValue() {
        let start = Self.row.startingParameters
        let whole = Self.epoch(Self.kalman(segment: nil), start)
        let one = Self.epoch(Self.kalman(segment: 12), start)
        let cut = Self.epoch(Self.kalman(segment: 4), start)
        let uneven = Self.epoch(Self.kalman(segment: 5), start)  // filled up with times that do not count
        #expect(abs(whole.value - one.value) < 1e-9 * abs(whole.value))
        #expect(abs(whole.value - cut.value) < 1e-9 * abs(whole.value))
        #expect(abs(whole.value - uneven.value) < 1e-9 * abs(whole.value))
        #expect(zip(whole.gradient, one.gradient).allSatisfy { abs($0 - $1) < 1e-8 * max(abs($0), 1) })
        #expect(zip(whole.gradient, cut.gradient).contains { abs($0 - $1) > 1e-3 * max(abs($0), 1) })
    }

    @Test func theLikelihoodIsThatOfTheCycle() {
        let (twin, background) = Self.row.experiment(Key(3))
        let start = Self.row.startingParameters
        var observations = twin.observations
        observations.errorCovariance = start.errorCovariance
        let cycle = Cycle(
            ExtendedForecast(Autonomous(start.model), modelError: start.modelError), KalmanAnalysis())
        let expected = cycle(from: background, observations).logLikelihood.scalar
        #expect(abs(Self.epoch(Self.kalman(segment: 5), start).value + expected) < 1e-9 * abs(expected))
    }
}

/// The gain and the noise of linear problems, where the answer is known.
@Suite struct LinearEstimationTests {
    static let matrix = 0.95 * Tensor([0.8, 0.6, 0, -0.6, 0.8, 0.3, 0, 0, 0.9], shape: [3, 3])
    static let modelError = Tensor([0.3, 0.5, 0.2]).diagonalMatrix()
    static let errorCovariance = Tensor([0.5, 0.8]).diagonalMatrix()
    static let sites = LinearOperator.first(2, of: 3)
    static let model = LinearModel(matrix)
    static let background = Gaussian(mean: Tensor.zeros([3]), covariance: Tensor.identity(3))

    static func twin(_ steps: Int, seed: Int) -> Twin<LinearOperator> {
        simulate(
            model, modelError: ModelError(covariance: modelError), from: Tensor.zeros([3]), observing: sites,
            errorCovariance: errorCovariance, steps: steps, key: Key(seed))
    }

    /// The gain that the Kalman filter comes to.
    static func steadyGain() -> Tensor {
        var covariance = Tensor.identity(3)
        var gain = Tensor.zeros([3, 2])
        for _ in 0..<300 {
            let cross = covariance.matrixProduct(sites.matrix.transposed)
            gain = (sites.matrix.matrixProduct(cross) + errorCovariance).symmetricSolve(cross.transposed).transposed
            let analysis = covariance - gain.matrixProduct(cross.transposed)
            covariance = matrix.matrixProduct(analysis).matrixProduct(matrix.transposed) + modelError
        }
        return gain
    }

    @Test func theLearnedGainIsThatOfTheSteadyKalmanFilter() {
        let observations = Self.twin(20_000, seed: 1).observations
        let start = 0.2 * Tensor.identity(3).slice(axis: 1, from: 0, to: 2)
        let training = Training(
            WholeLoss(observations.values) { gain, values, key in
                let seen = Observations(
                    values: values, errorCovariance: Self.errorCovariance, operator: Self.sites)
                let cycle = Cycle(
                    LinearForecast(Self.model, modelError: ModelError(covariance: Self.modelError)),
                    FixedGain<Gaussian>(gain))
                return variationalObjective(
                    cycle, from: Self.background, seen, expectation: .exact, key: key)
            }, Adam(rate: Schedule(0.02, decay: .cosine(steps: 150, final: 0.01))), epochs: 150, like: start)
        let learned = training(start, key: Key(1)).parameters
        let error = (learned - Self.steadyGain()).absolute().maximum().scalar
        // The optimum on a sample of 20 000 times is within sampling error of it.
        #expect(error < 0.02, "\(learned.values) against \(Self.steadyGain().values)")
    }

    /// With many members the best gain of an ensemble with perturbed observations is that of the Kalman filter too.
    @Test func theLearnedGainOfAnEnsembleIsThatOfTheSteadyKalmanFilter() {
        let twins = (0..<8).map { Self.twin(250, seed: 10 + $0) }
        let objective = FilterObjective(
            twins.map(\.observations), truths: twins.map(\.truth), loss: .squaredError, segment: 25, spinUp: 10,
            start: { Self.background.ensemble(of: 100, key: $0) },
            filter: { (gain: FixedGain<Ensemble>) in
                Cycle(EachMember(Self.model, modelError: ModelError(covariance: Self.modelError)), gain)
            })
        let start = FixedGain<Ensemble>(0.2 * Tensor.identity(3).slice(axis: 1, from: 0, to: 2))
        let rule = Adam(rate: Schedule(0.02, decay: .cosine(steps: 200, final: 0.01)))
        let learned = Training(objective, rule, epochs: 20, like: start)(start, key: Key(1)).best
        let error = (learned.gain - Self.steadyGain()).absolute().maximum().scalar
        #expect(error < 0.06, "\(learned.gain.values) against \(Self.steadyGain().values)")
    }

    @Test func exactMaximizationNeverLowersTheLikelihood() {
        let observations = Self.twin(60, seed: 2).observations
        var (q, r) = (2 * Tensor.identity(3), 3 * Tensor.identity(2))
        let step = compile(like: Pair(q, r)) { now in
            var seen = observations
            seen.errorCovariance = now.second
            let found = expectationMaximizationStep(
                from: Self.background, LinearForecast(Self.model, modelError: ModelError(covariance: now.first)), seen)
            return [found.logLikelihood, found.modelError, found.observationError]
        }
        var last = -Double.infinity
        for _ in 0..<30 {
            let found = step(Pair(q, r))
            #expect(found[0].scalar > last)
            (last, q, r) = (found[0].scalar, found[1], found[2])
        }
    }

    @Test(arguments: [0, 0.4]) func withManyMembersEnsembleMaximizationIsExact(missing: Double) {
        var observations = Self.twin(40, seed: 3).observations
        observations.mask = (Key(9).uniform(observations.values.shape) .>= Tensor(missing)).cast(to: .float64)
        let (q, r) = (2 * Tensor.identity(3), 2 * Tensor.identity(2) + 1)
        var seen = observations
        seen.errorCovariance = r
        let exact = expectationMaximizationStep(
            from: Self.background, LinearForecast(Self.model, modelError: ModelError(covariance: q)), seen)
        let em = EnsembleExpectationMaximization(ETKF(), sampling: .exact, modelSteps: 0)
        let found = compile(like: Key(1)) { key in
            let keys = key.split(2)
            let ensemble = Ensemble(
                members: NoiseSampling.exact.draw(keys[0], [1500, 3]), key: keys[1])
            let step = em.step(
                SystemEstimate(Self.model, modelError: q, observationError: r), from: ensemble, observations)
            return [step.logLikelihood, step.estimate.modelError, step.estimate.observationError]
        }(Key(1))
        #expect(abs(found[0].scalar - exact.logLikelihood.scalar) < 1e-3 * abs(exact.logLikelihood.scalar))
        #expect((found[1] - exact.modelError).absolute().maximum().scalar < 0.05)
        #expect((found[2] - exact.observationError).absolute().maximum().scalar < 0.05)
    }
}
