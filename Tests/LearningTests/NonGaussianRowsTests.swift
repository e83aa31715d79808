import Assimilation
import Checks
import Networks
import Tensors
import Testing

@testable import Learning

/// Analyses for posteriors that are not Gaussian: their laws, and their experiments in a small form.
@Suite struct NonGaussianRowsTests {
    @Test func aMapStartsAsNothingAndItsEnsemblesAreOneBatch() {
        let map = LearnedTransport().start(.lorenz63, Key(1))
        #expect(checkTree(map) == [])
        let (members, seen, values) = (Key(2).normal([5, 3]), Key(3).normal([5, 1]), Key(4).normal([1]))
        #expect(map.moved(members, seen: seen, values, key: Key(5)).values == members.values)
        var moving = map
        moving.map.layers[2].weight = Key(6).normal(moving.map.layers[2].weight.shape).cast(to: .float32)
        let observation = Observation(
            values: values, errorCovariance: Tensor.identity(1), operator: BimodalSystem.lorenz63.observing)
        let analysed = moving(Ensemble(members: members, key: Key(7)), observation)
        let expected = moving.moved(
            members, seen: members.slice(axis: 1, from: 0, to: 1).squared(), values, key: Key(7).split(2)[0])
        #expect(analysed.belief.members.values == expected.values && expected.values != members.values)
        // What the ensemble is like does not depend on the order of its members.
        let order = Tensor(integers: [3, 1, 4, 0, 2])
        let context = moving.encoder(members.cast(to: .float32)).mean(axes: [0])
        let other = moving.encoder(members.taking(order).cast(to: .float32)).mean(axes: [0])
        #expect((context - other).absolute().maximum().scalar < 1e-6)
    }

    @Test func energyDistanceIsThatOfItsDefinition() {
        let (x, y) = (Key(1).normal([4, 2]), 1 + Key(2).normal([6, 2]))
        func mean(_ a: Tensor, _ b: Tensor, pairs: Int) -> Double {
            var total = 0.0
            for i in 0..<a.shape[0] {
                for j in 0..<b.shape[0] { total += (a[i] - b[j]).squared().sum().scalar.squareRoot() }
            }
            return total / Double(pairs)
        }
        let expected = 2 * mean(x, y, pairs: 24) - mean(x, x, pairs: 12) - mean(y, y, pairs: 30)
        #expect(abs(energyDistance(x, y).scalar - expected) < 1e-12)
    }

    /// The weights of the mean are Kalman's; the anomalies are scaled one by one by eigenvalues that belong to none of
    /// them, which is not Kalman's covariance.
    @Test func theReferencesRootIsNotKalmans() {
        let background = Ensemble(members: Key(3).normal([6, 4]), key: Key(4))
        let observation = Observation(
            values: Key(5).normal([4]), errorCovariance: (1 + Key(6).uniform([4])).diagonalMatrix(),
            operator: LinearOperator(Tensor.identity(4)))
        let filter = EigenvectorLETKF(radius: 1e9, reach: 100, inflation: 1, on: .circle(4))
        let found = filter(background, observation).belief
        let exact = KalmanAnalysis()(background.gaussian, observation).belief
        let deviations = found.members - exact.mean
        let moment = deviations.transposed.matrixProduct(deviations) / 5

        let anomalies = background.anomalies
        let precision = anomalies.matrixProduct(
            observation.errorCovariance.symmetricInverse().matrixProduct(anomalies.transposed))
        let eigenvalues = (precision + 5 * Tensor.identity(6)).symmetricEigen().values
        let scaled = (5 / eigenvalues).sqrt().expanded(axis: -1) * anomalies
        #expect((moment - scaled.transposed.matrixProduct(scaled) / 5).absolute().maximum().scalar < 1e-9)
        #expect((moment - exact.covariance).absolute().maximum().scalar > 0.1)
    }

    @Test func aTransportMapFindsBothModes() {
        var row = LearnedTransport()
        (row.trajectories, row.trainingTimes, row.trainingParticles, row.rounds, row.epochs) = (20, 30, 200, 2, 6)
        (row.referenceParticles, row.compared, row.testTimes, row.spinUp) = (4000, 400, 40, 10)
        let result = row(seed: 1, system: .doublingMap, methods: [.transport, .stochasticEnKF])
        #expect(result.outcome == .completed && result.ratio! < 0.5, "\(result.scores)")
        row.steps = 300
        let others = row.scores(seed: 1, system: .doublingMap, untrained: [.scoreFilter, .etkf])
        #expect(others[0].distance < others[1].distance, "\(others)")
    }

    /// With a steep and then flat operator the tuned Kalman filter wins,
    /// and the reference's root costs it much of that.
    @Test func scoreFilterAndLETKFOnTheArcTangent() {
        var row = ScoreFiltering()
        (row.variables, row.analyses, row.scored, row.steps) = (30, 70, 20, 250)
        let scores = [ScoreFiltering.Method.tunedLETKF, .reference, .tunedScore].map {
            row(seeds: [1, 2], world: .model, method: $0)
        }
        #expect(scores.joined().allSatisfy { $0.outcome == .completed })
        let errors = scores.map { $0.map(\.error).reduce(0, +) / 2 }
        #expect(errors[0] < errors[1] && errors[1] < errors[2] && errors[2] < 0.6, "\(errors)")
    }
}
