import Assimilation
import Dynamics
import Kernels
import Tensors
import Testing

/// A whole assimilation run as one compiled program.
@Suite struct CompiledRunTests {
    private let model = RungeKutta4(Lorenz96(), step: 0.05)

    private var observations: Observations<LinearOperator> {
        let truth = model.trajectory(from: Key(1).normal([40]), steps: 60)
        let mask = (Key(2).uniform([60, 40]) .> 0.2).cast(to: .float64)
        return Observations(
            values: truth + 0.5 * Key(3).normal([60, 40]), mask: mask, errorCovariance: 0.25 * Tensor.identity(40),
            operator: LinearOperator(Tensor.identity(40)))
    }

    private func check<A: Analysis>(_ analysis: A) where A.State == Ensemble {
        let start = Ensemble(members: Key(4).normal([24, 40]), key: Key(5))
        let cycle = Cycle(EachMember(model), analysis)
        let observations = observations
        let run = { (start: Ensemble) in cycle(from: start, observations) }
        let compiled = compile(like: start, run)
        let alone = ThreadPool.withThreads(1) { compiled(start) }
        let together = ThreadPool.withThreads(2) { compiled(start) }
        for (a, b) in zip(alone.leaves, together.leaves) { #expect(a.values == b.values, "1 and 2 threads differ") }
        // The motion is chaotic: later on rounding has grown.
        let expected = run(start).analyses.members[0..<5]
        let found = alone.analyses.members[0..<5]
        #expect((found - expected).absolute().maximum().scalar < 1e-9)
        #expect(alone.outcome == .completed)
    }

    @Test func transformFilter() { check(Inflated(ETKF(), by: 1.05)) }
    @Test func stochasticFilter() { check(Inflated(StochasticEnKF(), by: 1.05)) }

    /// A batch of runs, its members many enough to be shared between threads.
    @Test func forecastsInLanes() {
        let members = Key(6).normal([3000, 40])
        let forecast = model.repeated(3)
        let compiled = compile(like: members) { forecast.ensemble($0) }
        let alone = ThreadPool.withThreads(1) { compiled(members) }
        let together = ThreadPool.withThreads(2) { compiled(members) }
        #expect(alone.values == together.values)
        let slope = compile(like: members) { x in
            gradient(of: { (x: Tensor) in forecast.ensemble(x).sin().sum() })(x)
        }
        #expect(
            ThreadPool.withThreads(1) { slope(members) }.values == ThreadPool.withThreads(2) { slope(members) }.values)
    }
}
