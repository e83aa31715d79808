import Checks
import Dynamics
import Formulas
import Kernels
import Tensors
import Testing

@Suite struct EquationSystemTests {
    private static func system(
        _ variables: [StateVariable], _ parameters: [(name: String, value: Double)], _ equations: [String],
        _ definitions: [(String, String)] = []
    ) throws -> EquationSystem {
        var read: [(name: String, expression: Formula)] = []
        for (name, text) in definitions { read.append((name, try Formula(text))) }
        return try EquationSystem(
            variables, parameters: parameters, definitions: read, equations: try equations.map { try Formula($0) })
    }

    static func lorenz63() throws -> EquationSystem {
        try system(
            ["x", "y", "z"].map { StateVariable($0) }, [("sigma", 10), ("rho", 28), ("beta", 8.0 / 3)],
            ["sigma * (y - x)", "x * (rho - z) - y", "x * y - beta * z"])
    }
    static func lorenz96(_ n: Int) throws -> EquationSystem {
        try system(
            [StateVariable("u", ValueKind([Axis("x", length: n, isPeriodic: true)]))], [("F", 8)],
            ["(shift(u, x: 1) - shift(u, x: -2)) * shift(u, x: -1) - u + F"])
    }

    @Test func namedModelsAreTheSameToTheBit() throws {
        let (x, u) = (Key(1).normal([3]), Key(2).normal([12]))
        #expect(try Self.lorenz63()(x).values == Lorenz63()(x).values)
        #expect(try Self.lorenz96(12)(u).values == Lorenz96()(u).values)
        let step = RungeKutta4(try Self.lorenz96(12), step: 0.05)
        let named = RungeKutta4(Lorenz96(), step: 0.05)
        let members = Key(3).normal([7, 12])
        #expect(
            compile(like: members) { (x: Tensor) in vmap { step($0) }(x) }(members).values
                == compile(like: members) { (x: Tensor) in vmap { named($0) }(x) }(members).values)
    }

    /// So they take the same time.
    @Test func theirCodeIsThatOfTheModelInSwift() throws {
        let members = Key(3).normal([100, 40])
        func code<M: StateMap>(_ tendency: M) -> String? {
            compile(like: members) { RungeKutta4(tendency, step: 0.05).repeated(10).ensemble($0) }.code
        }
        #expect(code(try Self.lorenz96(40)) == code(Lorenz96()))
    }

    @Test func derivativesAreThoseOfTheEquations() throws {
        #expect(checkModel(try Self.lorenz63(), at: Key(4).normal([3])) == [])
        #expect(checkModel(try Self.lorenz96(8), at: Key(5).normal([8])) == [])
    }

    /// A two-dimensional field beside a number, and definitions out of order.
    @Test func definitionsAndMixedStates() throws {
        let field = ValueKind([Axis("y", length: 3), Axis("x", length: 4, isPeriodic: true)])
        let system = try Self.system(
            [StateVariable("u", field), StateVariable("total")], [("k", 0.1)],
            ["flux - total", "mean(u)"], [("flux", "rate * laplacian(u)"), ("rate", "2 * k")])
        let state = Key(6).normal([13])
        let found = system(state).values
        #expect(system.count == 13)
        #expect(abs(found[12] - state.values[0..<12].reduce(0, +) / 12) < 1e-15)
        let both = system(Tensor.stacked([state, 2 * state]))
        #expect(both[0].values == found)
    }

    @Test func faultsNameTheEquation() {
        func fault(_ equations: [String], _ definitions: [(String, String)] = []) -> String {
            do {
                _ = try Self.system([StateVariable("x"), StateVariable("y")], [("a", 1)], equations, definitions)
                return "none"
            } catch let fault as EquationSystem.Fault {
                return "\(fault.name): \(fault.fault.offset): \(fault.fault.problem)"
            } catch { return "\(error)" }
        }
        #expect(fault(["x + z", "y"]) == "x: 4: the unknown name 'z'")
        #expect(fault(["x", "a * yy"]) == "y: 4: the unknown name 'yy'")
        #expect(fault(["x", "p"], [("p", "q + 1"), ("q", "2 * p")]).hasPrefix("p: 0: a cycle of definitions: p, q"))
    }
}
