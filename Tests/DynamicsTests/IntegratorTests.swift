import Checks
import Kernels
import Tensors
import Testing

@testable import Dynamics

@Suite struct IntegratorTests {
    /// The largest error relative to the largest value of each component.
    private func error<I: Integrator, F: Tendency>(_ name: String, _ integrator: I, _ f: F) throws -> Double {
        let reference = try #require(try IntegratorReference.all()[name])
        let times = Tensor(Array(reference.times.dropFirst()))
        let start = Tensor(reference.times[0])
        let solve = compile(like: Tensor(reference.start)) {
            integrator.states(f, from: $0, at: start, times: times)
        }
        let expected = Tensor(rows: reference.states)
        let difference = solve(Tensor(reference.start)) - expected
        return (difference.absolute() / expected.absolute().maximum(axes: [0])).maximum().scalar
    }

    @Test func agreeWithSciPy() throws {
        #expect(try error("lotkaVolterra", Tsitouras5(tolerance: 1e-9), LotkaVolterra()) < 1e-7)
        #expect(try error("pendulum", Tsitouras5(tolerance: 1e-9), DrivenPendulum()) < 1e-7)
        #expect(try error("lotkaVolterra", Rodas4(tolerance: 1e-8), LotkaVolterra()) < 1e-6)
        #expect(try error("pendulum", Rodas4(tolerance: 1e-8), DrivenPendulum()) < 1e-6)
        #expect(try error("pendulum", FixedStep(.rk4, step: 0.005), DrivenPendulum()) < 1e-8)
        #expect(try error("robertson", Rodas4(tolerance: 1e-7, absolute: 1e-12), Robertson()) < 1e-5)
        #expect(try error("vanDerPol", Rodas4(tolerance: 1e-7), VanDerPol()) < 1e-3)
    }

    /// Steps of each method by itself, of a system that depends on time.
    @Test func ordersOfConvergence() {
        let (f, start) = (DrivenPendulum(), Tensor([0.4, 0.1]))
        func violations(
            _ name: String, _ order: Double, to end: Double, steps: [Double], _ solution: (Double) -> Tensor
        ) -> [Violation] {
            let exact = Tsitouras5(tolerance: 1e-13, absolute: 1e-13)(f, from: start, at: Tensor(0), to: Tensor(end))
            return checkOrderOfConvergence(
                name, order: order, steps: steps, tolerance: 0.4, exact: exact, solution)
        }
        for (method, order) in [(FixedStep.Method.euler, 1.0), (.heun, 2), (.rk4, 4)] {
            let found = violations(method.rawValue, order, to: 2, steps: [0.02, 0.01, 0.005]) {
                FixedStep(method, step: $0)(f, from: start, at: Tensor(0), to: Tensor(2))
            }
            #expect(found == [])
        }
        func solution<M: EmbeddedMethod>(_ method: M, to end: Double) -> (Double) -> Tensor {
            { step in
                (0..<Int((end / step).rounded())).reduce(start) { x, i in
                    method.advanced(f, x, Tensor(Double(i) * step), Tensor(step))
                }
            }
        }
        let steps = [0.2, 0.1, 0.05]
        #expect(violations("Tsitouras", 5, to: 6, steps: steps, solution(Tsitouras54(), to: 6)) == [])
        #expect(violations("Rodas4", 4, to: 2, steps: steps, solution(Rodas43(), to: 2)) == [])
    }

    /// The estimate of the error shrinks with one order less than the method's error of a step.
    @Test func estimatesOfErrorsHaveTheirOrder() {
        let (f, x, t) = (DrivenPendulum(), Tensor([0.4, 0.1]), Tensor(0.3))
        func estimate<M: EmbeddedMethod>(_ method: M, _ h: Double) -> Tensor {
            method.trial(f, x, slope: f(x, time: t), t, Tensor(h)).error
        }
        let zero = Tensor([0, 0])
        #expect(
            checkOrderOfConvergence(
                "Tsitouras", order: 5, steps: [0.2, 0.1, 0.05], tolerance: 0.4, exact: zero
            ) { estimate(Tsitouras54(), $0) } == [])
        #expect(
            checkOrderOfConvergence("Rodas4", order: 4, steps: [0.1, 0.05, 0.025], tolerance: 0.4, exact: zero) {
                estimate(Rodas43(), $0)
            } == [])
    }

    @Test func anEmptyIntervalChangesNothing() {
        let (x, t) = (Tensor([-0.0, 0.3]), Tensor(1.5))
        func check<I: Integrator>(_ integrator: I) {
            let run = { (p: [Tensor]) in
                integrator(DrivenPendulum(parameters: p[2]), from: p[0], at: p[1], to: p[1])
            }
            let point = [x, t, DrivenPendulum().parameters]
            let (value, pullback) = vjp(run, at: point)
            #expect(value.values.map(\.bitPattern) == x.values.map(\.bitPattern))
            #expect(pullback(Tensor([1, 2])).map(\.values) == [[1, 2], [0], [0, 0, 0]])
        }
        check(FixedStep(.rk4, step: 0.1))
        check(Tsitouras5())
        check(Rodas4())
    }

    /// What is asked of it: the length of each interval is one of the values.
    @Test func stepsAreEqualAndTheFewest() {
        struct Clock: Tendency {
            func callAsFunction(_ state: Tensor, time: Tensor) -> Tensor { Tensor([1, 0]) * time + Tensor([0, 1]) }
            mutating func walk<V: TreeVisitor>(_ visitor: inout V) {}
        }
        // Euler's error tells the number of steps: ∫ t dt by n left sums is short by L² / 2n.
        for (length, count) in [(0.3, 3), (0.1 + 0.2, 3), (0.31, 4), (0.05, 1), (1.0, 10)] {
            let found = FixedStep(.euler, step: 0.1)(
                Clock(), from: Tensor([0, 0]), at: Tensor(0), to: Tensor(length))
            let expected = length * length / 2 * (1 - 1 / Double(count))
            #expect(abs(found.values[0] - expected) < 1e-14 && abs(found.values[1] - length) < 1e-14)
        }
        let tooMany = FixedStep(.euler, step: 0.1, most: 4)(
            Clock(), from: Tensor([0, 0]), at: Tensor(0), to: Tensor(0.5))
        #expect(tooMany.values.allSatisfy { $0.isNaN })
        let back = FixedStep(.rk4, step: 0.1)(Clock(), from: Tensor([0.5, 1]), at: Tensor(1), to: Tensor(0))
        #expect(abs(back.values[0]) < 1e-15 && abs(back.values[1]) < 1e-15)
    }

    @Test func endsThatAreNotReachedAreTold() {
        struct Explosion: Tendency {
            func callAsFunction(_ state: Tensor, time: Tensor) -> Tensor { state * state * Tensor([0, 1, 0]) }
            mutating func walk<V: TreeVisitor>(_ visitor: inout V) {}
        }
        let start = Tensor([1, 0.5, 3])
        let stuck = Tsitouras5().integration(Explosion(), from: start, at: Tensor(0), to: Tensor(5))
        #expect(
            stuck.outcome == .underflow && stuck.worst.integers == [1] && stuck.state.values.allSatisfy { $0.isNaN })
        #expect(abs(stuck.time.scalar - 2) < 1e-4 && stuck.reached.values[0] == 1)
        let few = Tsitouras5(most: 5).integration(
            LotkaVolterra(), from: Tensor([30, 4]), at: Tensor(0), to: Tensor(20))
        #expect(few.outcome == .tooManySteps && few.steps.integers == [5] && few.time.scalar > 0)
        let never = Tsitouras5().integration(Explosion(), from: start, at: Tensor(0), to: Tensor(Double.nan))
        #expect(never.outcome == .underflow && never.state.values.allSatisfy { $0.isNaN })
        let slope = gradient(of: { (x: Tensor) in
            select(Tensor([false]), Tsitouras5()(Explosion(), from: x, at: Tensor(0), to: Tensor(5)), x).sum()
        })(start)
        #expect(slope.values == [1, 1, 1])
    }

    /// A path through which everything flows: the state, the parameters and both times.
    private struct Run<I: Integrator>: Tree {
        var integrator: I
        var tendency: DrivenPendulum
        var state: Tensor
        var times: Tensor
        func callAsFunction() -> Tensor { integrator(tendency, from: state, at: times[0], to: times[1]) }
        mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
            visitor.visit(&tendency, "tendency")
            visitor.visit(&state, "state")
            visitor.visit(&times, "times")
        }
    }

    private func violations<I: Integrator>(_ integrator: I, _ tolerances: Tolerances, step: Double) -> [Violation] {
        let run = Run(
            integrator: integrator, tendency: DrivenPendulum(), state: Tensor([0.4, 0.1]), times: Tensor([0.5, 1.7]))
        return checkOperation("\(I.self)", at: run, except: [.nestedBatch], tolerances: tolerances) { $0() }
            + checkTaylorRemainder("\(I.self)", at: run, step: step) { $0() }
    }

    @Test func areLawful() {
        #expect(violations(FixedStep(.rk4, step: 0.11), .float64, step: 1e-2) == [])
    }

    /// Differences see the steps change: they agree to the tolerance of the steps.
    @Test func adaptiveOnesAreLawful() {
        let tolerances = Tolerances(difference: 1e-5)
        #expect(violations(Tsitouras5(tolerance: 1e-9), tolerances, step: 1e-2) == [])
        #expect(violations(Rodas4(tolerance: 1e-9), tolerances, step: 1e-2) == [])
    }

    @Test func membersHaveTheirOwnSteps() {
        let starts = Tensor([0.2, 0.0, 2.5, 1.0, 0.2, 6.0], shape: [3, 2])
        let ends = Tensor([1.0, 7.0, 1.0])
        func check<I: AdaptiveIntegrator>(_ integrator: I) {
            let all = vmap { (p: Pair<Tensor, Tensor>) in
                integrator.integration(DrivenPendulum(), from: p.first, at: Tensor(1), to: p.second)
            }(Pair(starts, ends))
            for i in 0..<3 {
                let one = integrator.integration(DrivenPendulum(), from: starts[i], at: Tensor(1), to: ends[i])
                #expect(all.state[i].values == one.state.values && all.steps.integers[i] == one.steps.integers[0])
            }
            #expect(all.steps.integers[0] == 0 && all.steps.integers[1] > 10)
        }
        check(Tsitouras5(tolerance: 1e-8))
        check(Rodas4(tolerance: 1e-6))
    }
}

/// States between the steps of an integration.
@Suite struct DenseOutputTests {
    private let f = DrivenPendulum()
    private let x = Tensor([0.4, 0.1])

    private func states(_ x: Tensor, _ times: Tensor, tolerance: Double = 1e-8) -> Tensor {
        Tsitouras5(tolerance: tolerance, most: 2000)
            .interpolatedStates(f, from: x, at: Tensor(0.5), to: Tensor(9), times: times)
    }

    @Test func areTheSolution() {
        let times = Tensor([0.5, 8.93, 3.1, 0.51, 9, 3.1])
        let found = states(x, times)
        for (place, time) in times.values.enumerated() {
            let exact = Tsitouras5(tolerance: 1e-12)(f, from: x, at: Tensor(0.5), to: Tensor(time))
            #expect((found[place] - exact).absolute().maximum().scalar < 1e-6)
        }
        #expect(found[0].values == x.values)
        let back = Tsitouras5(tolerance: 1e-9).interpolatedStates(
            f, from: x, at: Tensor(3), to: Tensor(1), times: Tensor([2.2, 3, 1]))
        let exact = Tsitouras5(tolerance: 1e-12)(f, from: x, at: Tensor(3), to: Tensor(2.2))
        #expect((back[0] - exact).absolute().maximum().scalar < 1e-6 && back[1].values == x.values)
    }

    /// Where a step is long the interpolation tells: its error shrinks with the tolerance as the method's does.
    @Test func areLawful() {
        let times = Tensor([0.5, 0.9, 5.3, 7.7])
        #expect(
            checkOperation(
                "dense output", at: Pair(x, times), laws: [.recorded, .values, .tangent, .adjoint, .batch],
                tolerances: Tolerances(difference: 1e-4)
            ) { states($0.first, $0.second, tolerance: 1e-10) } == [])
    }

    @Test func anEmptyIntervalHasItsState() {
        let found = Tsitouras5(most: 10).interpolatedStates(
            f, from: x, at: Tensor(1), to: Tensor(1), times: Tensor([1, 1]))
        #expect(found.values == x.values + x.values)
    }
}
