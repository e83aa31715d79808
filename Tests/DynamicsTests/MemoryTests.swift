import Dynamics
import Foundation
import Kernels
import Tensors
import Testing

/// What programs keep in memory; each test has a process of its own, as other tests run in this one.
@Suite struct MemoryTests {
    /// The gradient over a long trajectory keeps few of its states.
    @Test func theGradientOverAHundredThousandStepsIsSmall() async {
        await #expect(processExitsWith: .success) { longGradient() }
    }

    @Test func compiledItIsSmallToo() async {
        await #expect(processExitsWith: .success) { longCompiledGradient() }
    }

    /// Ten times the steps take no more memory, touch no more of it, and ask nobody for any.
    @Test func aCompiledForecastAllocatesNothingPerStep() async {
        await #expect(processExitsWith: .success) { compiledForecasts() }
    }

    @Test func aMillionCallsLeaveNothingBehind() async {
        await #expect(processExitsWith: .success) { manyCalls() }
    }
}

/// The forcing is so weak that the motion dies out: of chaos the gradient would overflow.
private func slope(_ x: Tensor, _ steps: Int) -> Tensor {
    let model = RungeKutta4(Lorenz96(forcing: 0.5), step: 0.05)
    return gradient(of: { (x: Tensor) in model.repeated(steps)(x).squared().sum() })(x)
}

private func longGradient() {
    let x = Key(1).normal([40])
    _ = slope(x, 2000)
    expectGrowth(below: 64 << 20) {
        let found = slope(x, 100_000).values
        precondition(found.allSatisfy { $0.isFinite }, "not finite")
    }
}

private func longCompiledGradient() {
    let x = Key(1).normal([40])
    expectGrowth(below: 64 << 20) {
        let found = compile(like: x) { slope($0, 100_000) }(x).values
        // The motion is stable, so that both ways of computing agree to the end.
        let isSame = zip(found, slope(x, 100_000).values).allSatisfy { abs($0 - $1) <= 1e-9 }
        precondition(isSame, "not what is interpreted")
    }
}

private func compiledForecasts() {
    let members = Key(1).normal([100_000, 40])
    let model = RungeKutta4(Lorenz96(), step: 0.05)
    let (few, many) = (model.repeated(5), model.repeated(50))
    let short = compile(like: members) { few.ensemble($0) }
    let long = compile(like: members) { many.ensemble($0) }
    guard let code = long.code else { return }  // interpreted
    precondition(!code.contains("runtime->interpret("), "the interpreter allocates")
    for _ in 0..<2 { _ = (short(members), long(members)) }
    let five = faults { _ = short(members) }
    let start = resident("VmHWM") ?? 0
    let fifty = faults { _ = long(members) }
    let growth = (resident("VmHWM") ?? 0) - start
    precondition(growth <= 1 << 20, "grew by \(growth) bytes")
    precondition(fifty <= five + 200, "\(five) and \(fifty) pages")
}

private func manyCalls() {
    let x = Tensor([0.1, 0.2, 0.3])
    let compiled = compile(like: x) { (x: Tensor) in (x * 2).sin() + x.rolled(by: 1) }
    let eager = gradient(of: { (x: Tensor) in (x * x).sum() })
    for run in [{ _ = compiled(x) }, { _ = eager(x) }] {
        for _ in 0..<100_000 { run() }
        let start = resident("VmRSS") ?? 0
        for _ in 0..<1_000_000 { run() }
        let growth = (resident("VmRSS") ?? 0) - start
        precondition(growth < 1 << 20, "grew by \(growth) bytes")
    }
}

private func expectGrowth(below limit: Int, _ body: () -> Void) {
    let start = resident("VmRSS") ?? 0
    body()
    let growth = (resident("VmHWM") ?? 0) - start
    precondition(growth < limit, "grew by \(growth) bytes")
}

/// The pages of memory that are touched for the first time.
private func faults(_ body: () -> Void) -> Int {
    func count() -> Int {
        let status = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8)
        return status.flatMap { Int($0.split(separator: " ")[9]) } ?? 0
    }
    let start = count()
    body()
    return count() - start
}

/// A number of bytes that the system tells of this process: its size now (`VmRSS`) or its largest so far (`VmHWM`).
private func resident(_ name: String) -> Int? {
    let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = status?.split(separator: "\n").first { $0.hasPrefix(name + ":") }
    return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
}
