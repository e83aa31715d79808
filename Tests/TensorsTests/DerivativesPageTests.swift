import Foundation
import Testing

@testable import Tensors

/// The page `docs/derivatives.md`: its code stands here word for word, and its table is what the code prints.
@Suite struct DerivativesPageTests {
    private static let page = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../docs/derivatives.md")

    @Test func theModesOfTheLecture() {
        let functions: [(Tensor) -> Tensor] = (1...10).map { i in
            { x in (x * x.rolled(by: i)).tanh() + x }
        }
        let model = { (x: Tensor) in functions.reduce(x) { $1($0) } }
        let (x, dx, dy) = (Key(1).normal([12]) * 0.3, Key(2).normal([12]), Key(3).normal([12]))

        var (state, tangent) = (x, dx)
        for f in functions {
            tangent = jacobian(of: f)(state).vectorProduct(tangent)
            state = f(state)
        }
        let pushed = jvp(model, at: x, along: dx)
        #expect(close(pushed.value, state, 0))
        #expect(close(pushed.tangent, tangent, 1e-12))

        var states = [x]
        for f in functions { states.append(f(states[states.count - 1])) }
        var cotangent = dy
        for (f, state) in zip(functions, states).reversed() {
            cotangent = jacobian(of: f)(state).transposed.vectorProduct(cotangent)
        }
        let pulled = vjp(model, at: x).pullback(dy)
        #expect(close(pulled, cotangent, 1e-12))
        #expect(close(tangent.dot(dy), dx.dot(cotangent), 1e-12))

        let h = 1e-6
        let difference = (model(x + h * dx) - model(x - h * dx)) / (2 * h)
        #expect(close(difference, tangent, 1e-7))
    }

    @Test func modesCostAsThePageStates() throws {
        let functions: [(Tensor) -> Tensor] = (1...10).map { i in
            { x in (x * x.rolled(by: i)).tanh() + x }
        }
        let model = { (x: Tensor) in functions.reduce(x) { $1($0) } }
        func cost(_ n: Int, _ f: ([Tensor]) -> [Tensor]) -> Double {
            Double(Program.tracing([Signature([n])], f).computedElements)
        }
        let outputs = { (x: Tensor, m: Int) in model(x).reshaped([m, -1]).sum(axes: [1]) }
        func costs(_ n: Int, _ m: Int) -> [Double] {
            let (dx, dy, steps) = (Tensor.ones([n]), Tensor.ones([m]), Tensor.identity(n))
            let f = { (x: Tensor) in outputs(x, m) }
            let value = cost(n) { [f($0[0])] }
            let counts = [
                cost(n) { [jvp(f, at: $0[0], along: dx).tangent] },
                cost(n) { [vjp(f, at: $0[0]).pullback(dy)] },
                cost(n) { x in [vmap { (dx: Tensor) in jvp(f, at: x[0], along: dx).tangent }(steps)] },
                cost(n) { x in [vmap(vjp(f, at: x[0]).pullback.callAsFunction)(Tensor.identity(m))] },
                cost(n) { x in [vmap { (dx: Tensor) in (f(x[0] + 1e-6 * dx) - f(x[0] - 1e-6 * dx)) / 2e-6 }(steps)] },
            ]
            return counts.map { ($0 / value * 10).rounded() / 10 }
        }
        let sizes = [(16, 1), (64, 1), (256, 1), (256, 16), (256, 256)]
        let table = sizes.map { n, m in
            "| \(n) | \(m) | " + costs(n, m).map { "\($0)" }.joined(separator: " | ") + " |"
        }
        let text = try String(contentsOf: Self.page, encoding: .utf8)
        for row in table { #expect(text.contains(row), "\(table.joined(separator: "\n"))") }
        for (n, m) in sizes {
            let found = costs(n, m)
            #expect(found[0] < 4 && found[1] < 6)  // whatever n and m
            #expect(found[2] > 0.9 * Double(n) && found[4] > 1.9 * Double(n))
            #expect(m == 1 ? found[3] < 6 : found[3] > 0.9 * Double(m))
        }
    }

    @Test func theCodeOfThePageIsCompiledHere() throws {
        let lines = { (text: String) in
            text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: "\n")
        }
        let source = lines(try String(contentsOfFile: #filePath, encoding: .utf8))
        let parts = try String(contentsOf: Self.page, encoding: .utf8).components(separatedBy: "```")
        let blocks = parts.indices.filter { $0 % 2 == 1 }.map { lines(String(parts[$0].dropFirst("swift".count))) }
        #expect(blocks.count >= 6)
        for block in blocks { #expect(source.contains(block)) }
    }

    private func close(_ a: Tensor, _ b: Tensor, _ tolerance: Double) -> Bool {
        a.shape == b.shape && zip(a.values, b.values).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
    }
}
