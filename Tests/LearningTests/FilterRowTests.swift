import Tensors
import Testing

@testable import Learning

/// The experiments of learning through filters in a small form:
/// that what is learned is better than what it starts from.
@Suite struct FilterRowTests {
    @Test func everyDescentImprovesTheGain() {
        var row = LearnedGain()
        (row.variables, row.steps, row.iterations, row.samples) = (12, 150, 25, 5)
        row.rate = 1e-4
        let result = row(seed: 1)
        let start = result.score(.start)!
        for method in [LearnedGain.Method.gradientDescent, .adam, .lineSearch] {
            let score = result.score(method)!
            #expect(score.outcome == .completed && score.objective.last! < score.objective.first! - 0.2)
            #expect(score.training < 0.95 * start.training)
        }
        let predictions = result.score(.predictionError)!
        #expect(predictions.objective.last! < predictions.objective.first!)
    }

    @Test func theRadiusIsLearned() {
        var row = LearnedLocalization()
        (row.variables, row.members, row.startingRadius) = (20, 12, 0.5)
        (row.trainingTimes, row.testTimes, row.spinUp, row.segment, row.epochs) = (100, 200, 20, 10, 5)
        (row.rate, row.spacing, row.unit) = (0.02, 1, 1)
        let baseline = row(seed: 1, method: .baseline)
        let learned = row(seed: 1, method: .radius)
        #expect(learned.outcome == .completed && learned.radius! > 0.6)
        #expect(learned.error < baseline.error, "\(learned)")
    }

    @Test func parametersOfLorenzModelComeNearer() {
        var row = PartlyObservedParameters()
        (row.observations, row.stepsPerObservation, row.iterations, row.maximizations) = (60, 5, 150, 25)
        row.members = 20
        row.rate = 0.1
        for method in PartlyObservedParameters.Method.allCases {
            let result = row(seed: 1, method: method)
            #expect(result.outcome == .completed)
            #expect(result.objective.last! < result.objective.first! - 5)
            #expect(abs(result.estimate.rho - 28) < 2, "\(method): \(result.estimate)")
            #expect(abs(result.estimate.observationDeviation - 1) < 0.35, "\(method): \(result.estimate)")
        }
    }

    /// Far from the prior, information grows with the number of observations.
    @Test func parametersAreNoBetterKnownThanTheBound() {
        var row = PartlyObservedParameters()
        func bound(_ observations: Int) -> Double {
            row.observations = observations
            return row.smallestDeviations(seed: 1).sigma
        }
        let (few, some, many) = (bound(80), bound(1000), bound(4000))
        #expect(few > 0.5 && some < 0.5 * few)
        #expect((1.7..<2.3).contains(some / many), "\(some) and \(many)")
    }

    @Test func termsOfADictionaryGrowFromZero() {
        var row = LearnedDictionary()
        (row.variables, row.members, row.trajectories, row.observations) = (12, 20, 2, 60)
        (row.segment, row.epochs) = (10, 25)
        let result = row(seed: 1)
        #expect(result.outcome == .completed)
        func learned(_ monomial: [Int]) -> Double { result.terms.first { $0.monomial == monomial }!.learned }
        #expect(abs(learned([-2, -1]) + 1) < 0.2 && abs(learned([-1, 1]) - 1) < 0.2)
        #expect(result.objective.last! < 0.8 * result.objective.first!)
    }
}
