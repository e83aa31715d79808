import Dynamics
import Kernels
import Tensors
import Testing

@testable import Learning

@Suite struct DictionaryTests {
    static let monomials = MonomialDictionary.all(degree: 2, reach: 2, spread: 2)

    static func lorenz96() -> MonomialDictionary {
        let values = monomials.map { LearnedDictionary.truth[$0] ?? 0 }
        return MonomialDictionary(monomials, coefficients: Tensor(values))
    }

    @Test func degreeTwoHasEighteenMonomials() {
        #expect(Self.monomials.count == 18 && Set(Self.monomials).count == 18)
        #expect(MonomialDictionary.all(degree: 3, reach: 1).count == 1 + 3 + 6 + 10)
    }

    @Test func itHoldsLorenzModelAndIsTheSumOfItsFeatures() {
        let x = Key(1).normal([7, 12])
        #expect((Self.lorenz96()(x) - Lorenz96()(x)).absolute().maximum().scalar < 1e-13)
        let cubic = MonomialDictionary.all(degree: 3, reach: 2)
        for shape in [[cubic.count], [cubic.count, 12]] {
            let dictionary = MonomialDictionary(cubic, coefficients: Key(2).normal(shape))
            let weights = shape.count == 1 ? dictionary.coefficients : dictionary.coefficients.transposed
            let sum = (dictionary.features(x) * weights).sum(axes: [-1])
            #expect((dictionary(x) - sum).absolute().maximum().scalar < 1e-11)
        }
    }

    @Test func sparseRegressionFindsLorenzModelInATrajectory() {
        let trajectory = compile(like: Key(1).normal([20])) { x in
            RungeKutta4(Lorenz96(), step: 0.01).trajectory(from: x + 8, steps: 800)
        }(Key(1).normal([20]))[300..<800]
        let fitted = DictionaryRegression(ridge: 1e-8, threshold: 0.1)(
            MonomialDictionary(Self.monomials), trajectory: trajectory, step: 0.01)
        let error = fitted.coefficients - Self.lorenz96().coefficients
        #expect(error.absolute().maximum().scalar < 2e-3)
        #expect(
            zip(Self.monomials, fitted.coefficients.values).allSatisfy { LearnedDictionary.truth[$0] != nil || $1 == 0 }
        )
    }

    @Test func coefficientsOfEveryPlaceFindLorenzModelOf1963() {
        let trajectory = RungeKutta4(Lorenz63(), step: 0.005).trajectory(from: Tensor([1, 2, 20]), steps: 1500)
        let monomials = MonomialDictionary.all(degree: 2, reach: 1)
        let start = MonomialDictionary(monomials, coefficients: Tensor.zeros([monomials.count, 3]))
        let fitted = DictionaryRegression(threshold: 0.2)(start, trajectory: trajectory, step: 0.005)
        let x = Tensor([3, -4, 25])
        #expect((fitted(x) - Lorenz63()(x)).absolute().maximum().scalar < 0.05)
        // 10 (y − x); x (28 − z) − y; x y − 8/3 z: seven terms.
        #expect(fitted.coefficients.values.filter { $0 != 0 }.count == 7)
    }

    /// A surrogate is judged by what it does in the long run too: it stays for 10⁵ steps, where and at the frequencies
    /// that the true model is, and its errors grow as fast.
    @Test func aLearnedModelHasTheClimateOfTheTrueOne() {
        let trajectory = RungeKutta4(Lorenz63(), step: 0.005).trajectory(from: Tensor([1, 2, 20]), steps: 1500)
        let monomials = MonomialDictionary.all(degree: 2, reach: 1)
        let fitted = DictionaryRegression(threshold: 0.2)(
            MonomialDictionary(monomials, coefficients: Tensor.zeros([monomials.count, 3])), trajectory: trajectory,
            step: 0.005)
        func longRun<F: StateMap>(_ tendency: F) -> (run: LongRun, exponent: Double) {
            let model = RungeKutta4(tendency, step: 0.02)
            let found = compile(like: Tensor([1, 2, 20])) { start in
                Pair(
                    model.trajectory(from: start, steps: 100_000),
                    model.lyapunovExponents(1, from: start, interval: 0.02, steps: 50_000))
            }(Tensor([1, 2, 20]))
            return (LongRun(of: found.first, within: -20...45), found.second.values[0])
        }
        let (learned, truth) = (longRun(fitted), longRun(Lorenz63()))
        #expect(learned.run.end == nil && truth.run.end == nil)
        #expect(learned.run.densityDistance(to: truth.run) < 0.02)
        #expect(learned.run.spectralDistance(to: truth.run) < 0.1)
        #expect(abs(learned.exponent - truth.exponent) < 0.04, "\(learned.exponent), \(truth.exponent)")
    }

    /// Sets have another order in every process; a program that followed it would have other last digits.
    @Test func recordedOrderIsThatOfTheOffsets() {
        let map = MonomialDictionary(MonomialDictionary.all(degree: 2, reach: 6))
        let text = "\(Program.tracing([Signature([16])]) { [map($0[0])] })"
        let rolls = text.matches(of: /roll[a-z]*[^\n]*?(-?\d+)\s*$/.anchorsMatchLineEndings()).compactMap { Int($0.1) }
        #expect(rolls.count > 8 && rolls == rolls.sorted(by: >), "\(text)")
    }
}
