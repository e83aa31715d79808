import Checks
import Networks
import Testing

@Suite struct OptimizerLawTests {
    @Test func everyOptimizerIsLawful() {
        #expect(checkOptimizer(GradientDescent(rate: 0.3)) == [])
        #expect(checkOptimizer(GradientDescent(rate: 0.05, momentum: 0.9)) == [])
        #expect(checkOptimizer(GradientDescent(rate: 0.05, momentum: 0.9, nesterov: true)) == [])
        #expect(checkOptimizer(Adam(rate: Schedule(0.05, decay: .cosine(steps: 2000, final: 0)))) == [])
        #expect(checkOptimizer(Adam(rate: 0.01, weightDecay: 0.01), decays: true) == [])
        #expect(checkOptimizer(Muon(rate: Schedule(0.05, decay: .cosine(steps: 2000, final: 0)))) == [])
        #expect(checkOptimizer(GradientDescent(rate: 0.3).clipped(to: .norm(1))) == [])
        #expect(checkOptimizer(GradientDescent(rate: 0.3).clipped(to: .value(0.5))) == [])
    }
}
