import Assimilation
import Checks
import Networks
import Tensors
import Testing

@testable import Learning

/// The analysis of an ensemble by a set transformer: its laws, and its experiment in a small form.
@Suite struct EnsembleRowTests {
    /// Twelve variables on a circle, every third observed.
    private static func analysis(_ type: ElementType = .float64, corrects: Bool = true) -> SetTransformerAnalysis {
        var result = SetTransformerAnalysis(
            radius: 1.5, inflation: 1.1, .circle(12), observing: [0, 3, 6, 9], period: 3, taperCount: 5,
            scales: .init(center: 0.2, state: 2, error: 1), channels: 4, width: 6, key: Key(1), type: type)
        if corrects {
            result.network.output.weight = 0.3 * Key(2).normal(result.network.output.weight.shape).cast(to: type)
            result.network.deviation = 0.3 * Key(3).normal(result.network.deviation.shape).cast(to: type)
        }
        return result
    }
    private static let members = Key(4).normal([5, 12])
    private static let observation = Observation(
        values: Key(5).normal([4]), mask: Tensor([1, 1, 0, 1]), errorCovariance: Tensor.identity(4),
        operator: LinearOperator(Tensor.identity(12).slice(axis: 0, by: 3)))

    private static func analyzed(_ members: Tensor, _ observation: Observation<LinearOperator> = observation) -> Tensor
    {
        analysis()(Ensemble(members: members, key: Key(6)), observation).belief.members
    }
    private func difference(_ a: Tensor, _ b: Tensor) -> Double { (a - b).absolute().maximum().scalar }

    /// Before it has learned anything it is a classical filter, as far as tapers of one everywhere show.
    @Test func startsAsTheDeterministicFilter() {
        func start(_ radius: Double) -> SetTransformerAnalysis {
            SetTransformerAnalysis(
                radius: radius, inflation: 1, .circle(4), observing: [0, 1, 2], period: 1, taperCount: 3,
                scales: .init(center: 0, state: 5, error: 20), channels: 4, width: 5, key: Key(1), type: .float64)
        }
        #expect(checkLocalization(start(1e7), without: DeterministicEnKF()) == [])
        #expect(checkLocalization(start(1.5)) == [])
        #expect(checkTree(start(1.5), ignoring: ["distances.ofVariables", "distances.ofObserved"]) == [])
    }

    @Test func orderAndNumberOfMembersDoNotMatter() {
        let order = Tensor(integers: [3, 1, 4, 0, 2])
        let found = Self.analyzed(Self.members.taking(order))
        #expect(difference(found, Self.analyzed(Self.members).taking(order)) < 1e-12)
        let single = Self.analyzed(Self.members[0..<2])
        #expect(single.shape == [2, 12] && single.values.allSatisfy { $0.isFinite })
    }

    @Test func everyPeriodIsTheSame() {
        var shifted = Self.observation
        shifted.values = shifted.values.rolled(by: 1, axis: 0)
        shifted.mask = shifted.mask.rolled(by: 1, axis: 0)
        let found = Self.analyzed(Self.members.rolled(by: 3, axis: 1), shifted)
        #expect(difference(found, Self.analyzed(Self.members).rolled(by: 3, axis: 1)) < 1e-11)
    }

    /// What is missing changes nothing, whatever stands in its place; what is there does.
    @Test func missingValuesAreNotSeen() {
        var other = Self.observation
        other.values = other.values + Tensor([0, 0, 7, 0])
        #expect(Self.analyzed(Self.members, other).values == Self.analyzed(Self.members).values)
        other.values = other.values + Tensor([0.5, 0, 0, 0])
        #expect(difference(Self.analyzed(Self.members, other), Self.analyzed(Self.members)) > 1e-3)
    }

    @Test func derivativesGoThroughNetworkAndFilter() {
        #expect(
            checkOperation(
                "set transformer", at: Pair(Self.analysis(), Pair(Self.members, Self.observation.values)),
                laws: [.recorded, .values, .tangent, .adjoint, .batch]
            ) { input in
                var observation = Self.observation
                observation.values = input.second.second
                return input.first(Ensemble(members: input.second.first, key: Key(6)), observation).belief.members
            } == [])
    }

    @Test func theClassicalFilterIsCorrected() {
        var row = EnsembleLearning()
        (row.trajectories, row.trainingTimes, row.segment, row.epochs) = (16, 160, 4, 10)
        (row.channels, row.width, row.testTimes, row.spinUp) = (8, 16, 600, 100)
        let start = row.test(row.start(Key(1)), seed: 1, members: 12)
        let state = row.train(seed: 1)
        #expect(state.outcome == .completed)
        let scores = row.test(state.parameters, seed: 1, members: 12)
        #expect(scores.map(\.method) == EnsembleLearning.Method.allCases)
        #expect(scores[0].error < 0.9 * start[0].error && scores[0].error < scores[2].error, "\(start) \(scores)")
    }
}
