import Tensors
import Testing

@testable import Networks

@Suite struct LossTests {
    @Test func valuesAgreeWithTheirDefinitions() throws {
        let o = try Oracle.load().losses
        let (mean, target, variance) = (Tensor(o.mean), Tensor(o.target), Tensor(o.variance))
        let (logits, classes) = (Tensor(o.logits, shape: [5, 3]), Tensor(integers: o.classes))
        let probabilities = Tensor(o.probabilities, shape: [5, 3])
        let pairs: [(Tensor, Double)] = [
            (Loss.meanSquaredError(mean, target), o.square),
            (Loss.meanSquaredError(mean, target, weights: Tensor(o.weights)), o.weightedSquare),
            (Loss.gaussian(mean: mean, variance: variance, target), o.gaussian),
            (Loss.gaussian(mean: mean, logVariance: variance.log(), target), o.gaussian),
            (Loss.crps(mean: mean, deviation: variance.sqrt(), target), o.rankedProbability),
            (Loss.crossEntropy(logits: logits, classes: classes), o.crossEntropy),
            (Loss.crossEntropy(logits: logits + 1e4, classes: classes), o.crossEntropy),
            (Loss.crossEntropy(logits: logits, probabilities: probabilities), o.softCrossEntropy),
        ]
        for (i, (found, expected)) in pairs.enumerated() {
            #expect(distance([found.scalar], [expected]) < 1e-11, "loss \(i): \(found) for \(expected)")
        }
    }

    @Test func elementsWithoutWeightHaveNoInfluence() {
        let target = Tensor([1, .nan, 3])
        let present = Tensor([true, false, true])
        let losses: [(Tensor) -> Tensor] = [
            { Loss.meanSquaredError($0, target, weights: present) },
            { Loss.gaussian(mean: $0, logVariance: Tensor([0.1, 0.2, 0.3]), target, weights: present) },
            { Loss.crps(mean: $0, deviation: Tensor([1, 2, 3]), target, weights: present) },
        ]
        for loss in losses {
            let (value, slope) = valueAndGradient(of: loss)(Tensor([0, 5, 0]))
            #expect(value.scalar.isFinite && slope.values[1] == 0 && slope.values[0] != 0)
        }
        let none = Tensor([false, false, false])
        #expect(Loss.meanSquaredError(Tensor([1, 2, 3]), target, weights: none).scalar == 0)
    }

    @Test func scoresAreProper() {
        // Both scores of a normal forecast of normal data are least at the true mean and deviation.
        let data = 2 + 3 * Key(1).normal([4000])
        let (mean, variance) = (data.mean().scalar, data.variance().scalar)
        let losses: [(Tensor) -> Tensor] = [
            { Loss.gaussian(mean: $0[0].broadcast(to: [4000]), logVariance: 2 * $0[1], data) },
            { Loss.crps(mean: $0[0].broadcast(to: [4000]), deviation: $0[1].exp(), data) },
        ]
        for (loss, tolerance) in zip(losses, [1e-12, 0.02]) {
            let slope = gradient(of: loss)(Tensor([mean, 0.5 * Tensor(variance).log().scalar]))
            #expect(slope.values.allSatisfy { abs($0) < tolerance })
        }
    }

    @Test func theEnergyScoreIsItsDefinition() {
        let (members, target) = (Key(1).normal([2, 4, 3]), Key(2).normal([2, 3]))
        var expected = 0.0
        for b in 0..<2 {
            for i in 0..<4 {
                expected += (members[b][i] - target[b]).norm().scalar / 8
                for j in 0..<4 { expected -= (members[b][i] - members[b][j]).norm().scalar / 48 }
            }
        }
        #expect(abs(Loss.energyScore(members, target).scalar - expected) < 1e-13)
        let slope = gradient(of: { Loss.energyScore($0, target) })(Tensor.zeros([2, 4, 3]))
        #expect(slope.values.allSatisfy { $0.isFinite })
        // Of one variable it is the CRPS: least for members that are spread as the target is.
        let truth = Key(3).normal([4000, 1])
        let scores = [0.6, 1, 1.6].map { Loss.energyScore($0 * Key(4).normal([4000, 8, 1]), truth).scalar }
        #expect(scores[1] < scores[0] && scores[1] < scores[2])
    }
}
