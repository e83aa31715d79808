import Tensors
import Testing
import Verification

@testable import Assimilation

/// Beliefs scored as probabilities, against the scores of plain numbers.
@Suite struct BeliefScoreTests {
    private static let members = Key(1).normal([30, 4])
    private static let truth = Key(2).normal([4])
    private static let ensemble = Ensemble(members: members, key: Key(3))

    @Test func anEnsembleIsScoredAsItsMembersAre() {
        let scores = Self.ensemble.crpsOfVariables(of: Self.truth).values
        for variable in 0..<4 {
            let sorted = Self.members.transposed[variable].values.sorted()
            let truth = Self.truth.values[variable]
            let expected = ProperScore.crps(sortedMembers: sorted, truth: truth)
            #expect(abs(scores[variable] - expected) < 1e-12)
        }
        let expected = ProperScore.energy(members: Self.members.values, truth: Self.truth.values)
        #expect(abs(Self.ensemble.energyScore(of: Self.truth).scalar - expected) < 1e-12)
    }

    @Test func equalParticlesAreAnEnsembleAndWeightsCountAsCopies() {
        let equal = Particles(Self.ensemble)
        #expect(differ(equal.crpsOfVariables(of: Self.truth), Self.ensemble.crpsOfVariables(of: Self.truth)) < 1e-12)
        #expect(differ(equal.energyScore(of: Self.truth), Self.ensemble.energyScore(of: Self.truth)) < 1e-12)
        // Without the correction for different ones, a particle of twice the weight is two of them.
        let copies = Tensor(integers: [0, 0] + Array(1..<30))
        let weights = Tensor([2] + [Double](repeating: 1, count: 29)) / 31
        let weighted = Particles(states: Self.members, logWeights: weights.log(), key: Key(3))
        let twice = Ensemble(members: Self.members.taking(copies), key: Key(3))
        let distance = (twice.members - Self.truth).absolute().mean(axes: [0])
        let plain = distance + (twice.crpsOfVariables(of: Self.truth) - distance) * (30.0 / 31)
        let share = 1 - weights.squared().sum()
        let own = distance + (weighted.crpsOfVariables(of: Self.truth) - distance) * share
        #expect(differ(own, plain) < 1e-12)
    }

    @Test func aLargeEnsembleComesNearToTheNormalDistribution() {
        let factor = Key(4).normal([3, 3])
        let normal = Gaussian(mean: Tensor([1, -1, 0.5]), covariance: factor.matrixProduct(factor.transposed))
        let (members, truth) = (normal.ensemble(of: 20_000, key: Key(5)), Tensor([0.3, 0.2, -2]))
        #expect(differ(members.crpsOfVariables(of: truth), normal.crpsOfVariables(of: truth)) < 0.03)
        let few = Ensemble(members: members.members[0..<1000], key: Key(6))
        let energy = few.energyScore(of: truth).scalar
        #expect(abs(normal.energyScore(of: truth).scalar / energy - 1) < 0.15)
    }

    /// The prediction of a linear operator: mean and covariance of the members are those in closed form.
    @Test func membersAreObservedAsTheNormalDistributionIs() {
        let normal = Gaussian(mean: Tensor([1, -1, 2]), covariance: Tensor([1, 0.5, 2]).diagonalMatrix() + 0.3)
        let observation = Observation(
            values: Tensor([4, 5]), mask: Tensor([1, 0]), errorCovariance: Tensor([2, 0.3, 0.3, 1], shape: [2, 2]),
            operator: LinearOperator(Key(7).normal([2, 3])))
        let (exact, drawn) = (
            normal.predicting(observation), normal.ensemble(of: 40_000, key: Key(8)).predicting(observation)
        )
        #expect(differ(exact.mean, drawn.mean) < 0.05)
        #expect(differ(exact.covariance, drawn.covariance) < 0.1)
        #expect(exact.mean.values[1] == 0 && exact.variance.values[1] < 1e-9 && drawn.variance.values[1] == 0)
        let particles = Particles(normal.ensemble(of: 40_000, key: Key(8))).predicting(observation)
        #expect(differ(particles.mean, drawn.mean) < 1e-9)
    }

    /// A score is proper: among distributions that of the truths has the least, in expectation.
    @Test func theDistributionOfTheTruthsScoresBest() {
        let truths = Key(9).normal([3000, 2])
        func mean(_ scale: Double, _ score: @escaping (Ensemble, Tensor) -> Tensor) -> Double {
            vmap { (now: Pair<Tensor, Tensor>) in
                score(
                    Ensemble(members: Tensor(scale) * Key(10).folding(now.second).normal([10, 2]), key: Key(0)),
                    now.first)
            }(Pair(truths, Tensor.range(3000))).mean().scalar
        }
        for score in [{ $0.crps(of: $1) }, { $0.energyScore(of: $1) }] as [(Ensemble, Tensor) -> Tensor] {
            let found = [0.5, 1, 1.6].map { mean($0, score) }
            #expect(found[1] < found[0] && found[1] < found[2], "\(found)")
        }
    }

    private func differ(_ a: Tensor, _ b: Tensor) -> Double { (a - b).absolute().maximum().scalar }
}
