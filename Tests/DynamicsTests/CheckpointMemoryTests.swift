import Dynamics
import Foundation
import Tensors
import Testing

/// The gradient over a long trajectory keeps few of its states.
@Suite struct CheckpointMemoryTests {
    @Test func theGradientOverAHundredThousandStepsIsSmall() async {
        // In a process of its own, as other tests run in this one.
        await #expect(processExitsWith: .success) {
            // The forcing is so weak that the motion dies out: of chaos the gradient would overflow.
            let model = RungeKutta4(Lorenz96(forcing: 0.5), step: 0.05)
            let cost = { (x: Tensor, steps: Int) in model.repeated(steps)(x).squared().sum() }
            let x = Key(1).normal([40])
            _ = gradient(of: { cost($0, 2000) })(x)
            let start = resident("VmRSS") ?? 0
            let slope = gradient(of: { cost($0, 100_000) })(x)
            let growth = (resident("VmHWM") ?? 0) - start
            precondition(slope.values.allSatisfy { $0.isFinite } && growth < 64 << 20, "grew by \(growth) bytes")
        }
    }
}

/// A number of bytes that the system tells of this process: its size now (`VmRSS`) or its largest so far (`VmHWM`).
private func resident(_ name: String) -> Int? {
    let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = status?.split(separator: "\n").first { $0.hasPrefix(name + ":") }
    return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
}
