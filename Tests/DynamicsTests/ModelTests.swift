import Checks
import Dynamics
import Tensors
import Testing

@Suite struct ModelTests {
    static let lorenz63 = Tensor([1.2, -0.7, 21])
    static let lorenz96 = 8 + Key(3).normal([7])

    @Test func lorenz63IsLawful() {
        #expect(checkMap(Lorenz63(), at: Self.lorenz63) == [])
        #expect(checkModel(RungeKutta4(Lorenz63(), step: 0.01), at: Self.lorenz63) == [])
        #expect(checkModel(Euler(Lorenz63(), step: 0.01), at: Self.lorenz63) == [])
    }

    @Test func lorenz96IsLawful() {
        #expect(checkMap(Lorenz96(), at: Self.lorenz96) == [])
        #expect(checkModel(RungeKutta4(Lorenz96(), step: 0.05), at: Self.lorenz96) == [])
        #expect(checkModel(RungeKutta4(Lorenz96(), step: 0.05).repeated(4), at: Self.lorenz96) == [])
        #expect(checkModel(Euler(Lorenz96(forcing: Key(5).normal([7])), step: 0.01), at: Self.lorenz96) == [])
    }

    @Test func cubicLorenz96IsLawful() {
        #expect(checkMap(CubicLorenz96(), at: Self.lorenz96) == [])
        #expect(checkModel(RungeKutta4(CubicLorenz96(), step: 0.05), at: Self.lorenz96) == [])
        let plain = CubicLorenz96(forcing: 8, friction: 1, cubic: 0)
        #expect((plain(Self.lorenz96) - Lorenz96()(Self.lorenz96)).absolute().maximum().scalar < 1e-12)
        // The cubic term is a difference of fluxes: it leaves the sum as it is, which quadratic advection does not.
        let both = CubicLorenz96(forcing: 0, friction: 0, cubic: 1)(Self.lorenz96)
        let quadratic = CubicLorenz96(forcing: 0, friction: 0, cubic: 0)(Self.lorenz96)
        #expect(abs((both - quadratic).sum().scalar) < 1e-10 && abs(quadratic.sum().scalar) > 1e-3)
        // At one variable, written out.
        let x = Self.lorenz96.values
        let flux = { (i: Int) in x[i - 1] * x[i + 1] * (x[i + 2] - x[i - 2]) }
        #expect(abs((both - quadratic).values[3] - (flux(2) - flux(3))) < 1e-9)
    }

    /// The truth that the plain model is wrong about stays bounded and chaotic.
    @Test func cubicLorenz96StaysOnItsAttractor() {
        let model = RungeKutta4(CubicLorenz96(), step: 0.05)
        let start = 3 + Key(9).normal([40])
        let states = model.trajectory(from: start, steps: 3000)[1000..<3000]
        #expect(abs(states.mean().scalar - 2.15) < 0.1)
        #expect(abs(states.variance().scalar.squareRoot() - 3.56) < 0.1)
    }

    @Test func twoScaleLorenz96IsLawful() {
        let model = TwoScaleLorenz96(large: 4, small: 3)
        let state = Tensor.concatenated([8 + Key(6).normal([4]), 0.3 * Key(7).normal([12])])
        #expect(checkMap(model, at: state) == [])
        #expect(checkModel(RungeKutta4(model, step: 0.005), at: state) == [])
    }

    /// What one scale loses to the other the other gains, and advection conserves energy:
    /// `½ d/dt (ΣX² + ΣY²) = F ΣX − ΣX² − c ΣY²`.
    @Test func twoScalesExchangeEnergy() {
        let model = TwoScaleLorenz96(large: 5, small: 4, forcing: 7, coupling: 0.8, amplitudeRatio: 6, timeRatio: 9)
        let state = Key(8).normal([model.count])
        let (x, y) = (model.largeVariables(of: state), state.slice(axis: 0, from: 5))
        let expected = 7 * x.sum() - x.squared().sum() - 9 * y.squared().sum()
        #expect(abs((model(state).dot(state) - expected).scalar) < 1e-11)
    }

    @Test func ordersOfConvergence() {
        let exact = RungeKutta4(Lorenz63(), step: 0.2 / 4096).repeated(4096)(Self.lorenz63)
        let steps = [40, 80, 160].map { 0.2 / Double($0) }
        func count(_ step: Double) -> Int { Int((0.2 / step).rounded()) }
        #expect(
            checkOrderOfConvergence("RungeKutta4", order: 4, steps: steps, exact: exact) {
                RungeKutta4(Lorenz63(), step: $0).repeated(count($0))(Self.lorenz63)
            } == [])
        #expect(
            checkOrderOfConvergence("Euler", order: 1, steps: steps.map { $0 / 8 }, exact: exact) {
                Euler(Lorenz63(), step: $0).repeated(count($0))(Self.lorenz63)
            } == [])
    }

    /// Without damping and forcing the energy `Σ xᵢ²` is conserved: the advection does no work.
    @Test func advectionConservesEnergy() {
        let advection = Lorenz96(forcing: 0)(Self.lorenz96) + Self.lorenz96
        #expect(abs(advection.dot(Self.lorenz96).scalar) < 1e-11)
    }

    @Test func aStateOfTheWrongLengthStopsWithItsShape() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Lorenz63()(Tensor([1, 2]))
        }
        let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(message.contains("Lorenz63") && message.contains("[2]"))
    }

    @Test func aForgottenLeafAndAWrongOrderAreFound() {
        struct Forgetful: Map {
            var seen: Tensor = 1
            var forgotten: Tensor = 2
            func callAsFunction(_ x: Tensor) -> Tensor { x * seen + forgotten }
            mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&seen, "seen") }
        }
        #expect(checkTree(Forgetful()).map(\.place) == ["Forgetful, forgotten"])
        #expect(checkTree(Forgetful(), ignoring: ["forgotten"]) == [])
        let wrong = checkOrderOfConvergence("Euler", order: 4, steps: [0.1, 0.05], exact: Tensor([1.0])) {
            Tensor([1 + $0])
        }
        #expect(wrong.count == 1)
    }
}
