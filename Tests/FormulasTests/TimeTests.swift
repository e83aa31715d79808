import Checks
import Dynamics
import Formulas
import Kernels
import Tensors
import Testing

/// Equations that depend on time, and what is given by tables in it.
@Suite struct TimeTests {
    private static let held = Forcing("rain", times: [0, 1, 3], values: [5, 7, -2], .held)
    private static let linear = Forcing("heat", times: [0, 1, 3], values: [5, 7, -2], .linear)

    private static func system(
        _ states: [String], _ parameters: [(name: String, value: Double)], _ equations: [String],
        forcings: [Forcing] = [held, linear]
    ) throws -> EquationSystem {
        try EquationSystem(
            states.map { StateVariable($0) }, parameters: parameters, equations: equations.map { try Formula($0) },
            dependsOnTime: true, forcings: forcings)
    }

    @Test func forcingsAreLookedUpByTime() throws {
        let system = try Self.system(["x", "y"], [], ["rain", "heat"])
        let times: [Double] = [-1, 0, 0.5, 1, 2, 2.999, 3, 9]
        let found = times.map { system(Tensor([0, 0]), time: Tensor($0)).values }
        #expect(found.map { $0[0] } == [5, 5, 5, 7, 7, 7, -2, -2])
        let expected = [5, 5, 6, 7, 2.5, -1.9955, -2, -2]
        #expect(zip(found, expected).allSatisfy { abs($0[1] - $1) < 1e-12 })
        let together = vmap { system(Tensor([0, 0]), time: $0) }(Tensor(times))
        #expect(together.values == found.flatMap { $0 })
        let compiled = compile(like: Tensor(times)) { vmap { system(Tensor([0, 0]), time: $0) }($0) }
        #expect(zip(compiled(Tensor(times)).values, found.flatMap { $0 }).allSatisfy { abs($0 - $1) < 1e-14 })
    }

    /// Every length of a table, at and between its rows.
    @Test func everyRowIsFound() throws {
        for count in [1, 2, 3, 4, 5, 7, 8, 9, 31, 33] {
            let times = (0..<count).map { Double($0 * $0) }
            let forcing = Forcing("n", times: times, values: (0..<count).map(Double.init), .held)
            let system = try Self.system(["x"], [], ["n"], forcings: [forcing])
            for (row, time) in times.enumerated() {
                #expect(system(Tensor([0]), time: Tensor(time)).values == [Double(row)])
                #expect(system(Tensor([0]), time: Tensor(time + 0.5)).values == [Double(row)])
            }
        }
    }

    @Test func slopesWithinTablesAreThoseOfTheLines() throws {
        let system = try Self.system(["x"], [], ["heat * x"])
        let slope = { (t: Double) in
            gradient(of: { system(Tensor([2]), time: $0).sum() })(Tensor(t)).scalar
        }
        #expect([-1, 0.5, 2, 5].map(slope) == [0, 4, -9, 0])
    }

    @Test func aDrivenPendulumIsThatInSwift() throws {
        let system = try Self.system(
            ["angle", "velocity"], [("damping", 0.2), ("strength", 1.2)],
            ["velocity", "-sin(angle) - damping * velocity + strength * cos(2 / 3 * t)"], forcings: [])
        let x = Tensor([0.2, 0.1])
        func run(_ parameters: Tensor, _ x: Tensor) -> Tensor {
            var changed = system
            changed.parameters = parameters
            return Tsitouras5(tolerance: 1e-9)(changed, from: x, at: Tensor(0), to: Tensor(5))
        }
        #expect(
            checkOperation(
                "equations through an integrator", at: Pair(system.parameters, x), laws: [.tangent, .adjoint, .batch],
                tolerances: .init(difference: 1e-5)
            ) { run($0.first, $0.second) } == [])
    }

    @Test func otherFormulasReadTheState() throws {
        let field = ValueKind([Axis("x", length: 3, isPeriodic: true)])
        let system = try EquationSystem(
            [StateVariable("u", field), StateVariable("v")], parameters: [("k", 2)],
            definitions: [("total", try Formula("sum(u) + v"))], equations: [try Formula("-u"), try Formula("0")],
            dependsOnTime: true, forcings: [Self.held])
        let texts = ["u + v", "total", "where(v > k, 1, 0) + t", "rain", "3", "mean(u) * k"]
        let formulas = try texts.map { try Formula($0) }
        let kinds = try formulas.map { try system.kind(of: $0) }
        #expect(kinds == [field, .number, .number, .number, .number, .number])
        let values = system.values(of: formulas, at: Tensor([1, 2, 3, 4]), time: Tensor(1.5))
        #expect(values.map(\.values) == [[5, 6, 7], [10], [2.5], [7], [3], [4]])
        #expect(values.map(\.shape) == [[3], [], [], [], [], []])
        #expect(throws: FormulaFault.self) { try system.kind(of: Formula("w + 1")) }
    }

    @Test func timeIsNoOtherName() throws {
        #expect(throws: EquationSystem.Fault.self) { try Self.system(["t"], [], ["1"]) }
        #expect(throws: EquationSystem.Fault.self) { try Self.system(["rain"], [], ["1"]) }
        let formula = try Formula("t")
        #expect(throws: EquationSystem.Fault.self) {
            try EquationSystem([StateVariable("x")], parameters: [], equations: [formula])
        }
    }

    /// A long table costs no more than a short one, but for the logarithm of its length.
    @Test func longTablesAreCheap() throws {
        func work(_ count: Int) throws -> Int {
            let forcing = Forcing(
                "f", times: (0..<count).map(Double.init), values: (0..<count).map(Double.init), .linear)
            let system = try Self.system(["x"], [], ["f"], forcings: [forcing])
            return Program.tracing([Signature([1]), Signature([])]) { [system($0[0], time: $0[1])] }.computedElements
        }
        let (long, short) = (try work(100_000), try work(100))
        #expect(long < 3 * short)
    }
}
