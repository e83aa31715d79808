import Checks
import Tensors
import Testing

@testable import Assimilation

@Suite struct ModifierTests {
    private static let background = Ensemble(members: Key(1).normal([7, 3]) * Tensor([1, 2, 5]), key: Key(2))
    private static let observation = Observation(
        values: Tensor([0.3, -1]), errorCovariance: Tensor(rows: [[0.5, 0.1], [0.1, 2]]),
        operator: LinearOperator.first(2, of: 3))

    @Test func relaxationToPerturbationsIsBetweenAnalysisAndBackground() {
        let (background, observation) = (Self.background, Self.observation)
        let analyzed = ETKF()(background, observation).belief
        for share in [0, 0.3, 1] {
            let relaxed = Modified(ETKF(), PerturbationRelaxation(Tensor(share)))(background, observation).belief
            let expected = zip(analyzed.anomalies.values, background.anomalies.values).map {
                (1 - share) * $0 + share * $1
            }
            #expect(difference(relaxed.anomalies.values, expected) < 1e-14)
            #expect(difference(relaxed.mean.values, analyzed.mean.values) < 1e-14)
        }
    }

    @Test func relaxationToSpreadGivesTheShareBack() {
        let (background, observation) = (Self.background, Self.observation)
        let analyzed = ETKF()(background, observation).belief
        for share in [0, 0.4, 1] {
            let relaxed = Modified(ETKF(), SpreadRelaxation(Tensor(share)))(background, observation).belief
            let expected = zip(analyzed.variance.values, background.variance.values).map {
                (1 - share) * $0.squareRoot() + share * $1.squareRoot()
            }
            #expect(difference(relaxed.variance.sqrt().values, expected) < 1e-13)
            #expect(difference(relaxed.mean.values, analyzed.mean.values) < 1e-14)
        }
    }

    @Test func variablesWithoutSpreadStayFinite() {
        let members = Tensor(rows: [[1, 4], [1, 5], [1, 9]])
        let relaxed = SpreadRelaxation(0.5)(
            Ensemble(members: members, key: Key(1)), background: Ensemble(members: 2 * members, key: Key(1)))
        #expect(relaxed.members.values.allSatisfy { $0.isFinite })
        #expect(relaxed.members[0][0].scalar == 1)
    }

    @Test func modifiedAnalysesObeyTheLaws() {
        let relaxed = checkAnalysis(Modified(StochasticEnKF(), SpreadRelaxation(0)), isDeterministic: false)
        let mixed = checkAnalysis(Modified(StochasticEnKF(), PerturbationRelaxation(0)), isDeterministic: false)
        #expect(relaxed + mixed == [])
    }
}
