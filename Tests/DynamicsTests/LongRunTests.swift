import Dynamics
import Foundation
import Kernels
import Tensors
import Testing

@Suite struct LongRunTests {
    private func run(_ model: RungeKutta4<Lorenz63>, from start: [Double], steps: Int = 100_000) -> LongRun {
        let path = compile(like: Tensor(start)) { model.trajectory(from: model.repeated(1000)($0), steps: steps) }
        return LongRun(of: path(Tensor(start)), within: -20...45)
    }

    private let lorenz = RungeKutta4(Lorenz63(), step: 0.02)

    @Test func oneModelHasOneClimate() {
        let (a, b) = (run(lorenz, from: [1, 1, 20]), run(lorenz, from: [-3, 5, 30]))
        #expect(a.end == nil && abs(a.density.reduce(0, +) - 1) < 1e-12 && a.spectrum.count == 128)
        #expect(a.densityDistance(to: b) < 0.03 && a.spectralDistance(to: b) < 0.15)
        #expect(a.densityDistance(to: a) == 0 && a.spectralDistance(to: a) == 0)
    }

    @Test func anotherModelHasAnother() {
        var other = lorenz
        other.tendency.rho = 35
        let (a, b) = (run(lorenz, from: [1, 1, 20]), run(other, from: [1, 1, 20]))
        #expect(a.densityDistance(to: b) > 0.1 && a.spectralDistance(to: b) > 0.15)
    }

    @Test func runEndsWhereItLeavesItsRange() {
        let path = Tensor((0..<600).map { $0 < 400 ? sin(Double($0)) : Double($0) }, shape: [300, 2])
        let run = LongRun(of: path, within: -1...1, segment: 64)
        #expect(run.end == 200 && run.spectrum.count == 32 && abs(run.density.reduce(0, +) - 1) < 1e-12)
        let broken = Tensor([Double.nan, 0], shape: [2, 1])
        #expect(LongRun(of: broken, within: -1...1).end == 0)
        #expect(LongRun(of: broken, within: -1...1).spectrum.isEmpty)
    }

    /// The power of a wave stands at its frequency.
    @Test func aWaveHasOneFrequency() {
        let wave = Tensor((0..<1024).map { sin(2 * Double.pi * Double($0) / 16) }, shape: [1024, 1])
        let spectrum = LongRun(of: wave, within: -1...1, segment: 128).spectrum
        #expect(spectrum.indices.max { spectrum[$0] < spectrum[$1] } == 7)
        #expect(spectrum[7] > 0.6 * spectrum.reduce(0, +) && spectrum[20] < 1e-6 * spectrum[7])
    }
}
