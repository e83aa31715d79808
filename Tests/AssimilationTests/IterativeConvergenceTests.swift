import Tensors
import Testing

@testable import Assimilation

@Suite struct IterativeConvergenceTests {
    /// What is observed is the cube of a state.
    private struct Cube: Map {
        func callAsFunction(_ x: Tensor) -> Tensor { x * x * x }
        mutating func walk<V: TreeVisitor>(_ visitor: inout V) {}
    }

    private let background = Ensemble(members: Tensor([1, 1.2]) + 0.3 * Key(1).normal([12, 2]), key: Key(2))
    private let observation = Observation(
        values: Tensor([3.0, 0.9]), errorCovariance: 0.05 * Tensor.identity(2), operator: Cube())

    @Test(arguments: [nil, 1.0]) func stepsEndWhereTheyChangeNothing(certainty: Double?) {
        let long = IterativeEnKS(iterations: 60, certainty: certainty)(background, observation)
        let smoother = IterativeEnKS(iterations: 60, tolerance: 1e-8, certainty: certainty)
        let found = smoother(background, observation)
        let (steps, change) = smoother.convergence(background, observation)
        #expect((4..<40).contains(steps.scalar) && change.scalar < 1e-8)
        #expect(difference(found.belief.members.values, long.belief.members.values) < 1e-6)
        #expect(difference([found.logLikelihood.scalar], [long.logLikelihood.scalar]) < 1e-12)
        // Three steps are not enough here, and it can be known.
        let short = IterativeEnKS(iterations: 3, tolerance: 1e-8, certainty: certainty)
        let last = short.convergence(background, observation)
        #expect(last.steps.scalar == 3 && last.change.scalar > 1e-6)
        let fixed = IterativeEnKS(iterations: 3, certainty: certainty)
        #expect(
            short(background, observation).belief.members.values == fixed(background, observation).belief.members.values
        )
    }

    @Test func aLinearProblemTakesTwoStepsAndCompiledOnesAreTheSame() {
        let linear = Observation(
            values: Tensor([0.4]), errorCovariance: Tensor(rows: [[0.2]]), operator: LinearOperator.first(1, of: 2))
        let smoother = IterativeEnKS(iterations: 20, tolerance: 1e-9)
        #expect(smoother.convergence(background, linear).steps.scalar == 2)
        let transform = ETKF()(background, linear).belief
        let found = Rotated(smoother)(background, linear).belief
        #expect(difference(found.mean.values, transform.mean.values) < 1e-9)
        #expect(difference(found.covariance.values, transform.covariance.values) < 1e-9)
    }
}
