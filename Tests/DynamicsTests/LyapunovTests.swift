import Dynamics
import Foundation
import Kernels
import Tensors
import Testing

/// The growth of small errors.
@Suite struct LyapunovTests {
    /// The leading exponent, over `steps` after the state and the perturbation have settled.
    private func exponent<M: StateMap>(
        _ model: M, step: Double, from start: Tensor, settling: Int, steps: Int
    ) -> Double {
        compile(like: start) {
            model.lyapunovExponents(1, from: $0, interval: step, steps: steps, settling: settling, key: Key(1))
        }(start).values[0]
    }

    /// Sprott, *Chaos and Time-Series Analysis* (Oxford, 2003): 0.9056.
    @Test func lorenz63() {
        let model = RungeKutta4(Lorenz63(), step: 0.01)
        let found = exponent(model, step: 0.01, from: Tensor([1, 1, 20]), settling: 1000, steps: 20_000)
        #expect(abs(found - 0.9056) < 0.05)
    }

    /// 40 variables, forcing 8: about 1.67 to 1.70, errors double in 0.42 units of time (2.1 days),
    /// as Lorenz (1996) found.
    @Test func lorenz96() {
        let model = RungeKutta4(Lorenz96(), step: 0.05)
        let start = 8 + 0.1 * Key(2).normal([40])
        let found = exponent(model, step: 0.05, from: start, settling: 1000, steps: 20_000)
        #expect(abs(found - 1.685) < 0.06)
        #expect(abs(log(2) / found - 0.411) < 0.02)
    }

    /// All three of Lorenz's model of 1963 (Sprott 2003: 0.9056, 0, −14.5723),
    /// whose sum is the divergence of its tendency.
    @Test func theSpectrumOfLorenz63() {
        let model = RungeKutta4(Lorenz63(), step: 0.01)
        let found = compile(like: Tensor([1, 1, 20])) {
            model.lyapunovExponents(3, from: $0, interval: 0.01, steps: 40_000)
        }(Tensor([1, 1, 20])).values
        for (exponent, expected) in zip(found, [0.9056, 0, -14.5723]) { #expect(abs(exponent - expected) < 0.05) }
        let divergence = -(10 + 1 + 8.0 / 3)
        #expect(abs(found.reduce(0, +) - divergence) < 0.01)
    }
}
