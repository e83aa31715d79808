import Checks
import Kernels
import Testing

@testable import Tensors

/// Compiled code gives what the interpreter gives, to rounding, for every operation and its derivatives.
@Suite struct CompiledLawTests {
    /// So many cases become one program: compilers take their time per program.
    static let groups = stride(from: 0, to: OperationCase.all.count, by: 12).map {
        Array(OperationCase.all[$0..<min($0 + 12, OperationCase.all.count)])
    }

    @Test(arguments: groups.indices) func valuesAreThoseOfTheInterpreter(_ group: Int) {
        check(Self.groups[group].map { ($0.description, $0.x, $0.f) })
    }

    @Test(arguments: groups.indices) func gradientsAreThoseOfTheInterpreter(_ group: Int) {
        let cases = Self.groups[group].filter { $0.isSmooth && $0.isReversible && $0.x.contains { $0.type.isReal } }
        check(
            cases.map { item in
                let f: @Sendable ([Tensor]) -> [Tensor] = { x in
                    gradient(of: { (x: [Tensor]) in
                        item.f(x).filter(\.type.isReal).reduce(Tensor.zeros()) {
                            $0 + $1.sin().sum().cast(to: .float64)
                        }
                    })(x)
                }
                return ("gradient of \(item)", item.x, f)
            })
    }

    private func check(_ cases: [(name: String, x: [Tensor], f: @Sendable ([Tensor]) -> [Tensor])]) {
        let inputs = cases.flatMap(\.x)
        func all(_ x: [Tensor]) -> [[Tensor]] {
            var start = 0
            return cases.map { item in
                defer { start += item.x.count }
                return item.f(Array(x[start..<start + item.x.count]))
            }
        }
        let compiled = compile(like: inputs, all)
        #expect(compiled.code != nil, "interpreted: \(cases.map(\.name))")
        let found = compiled(inputs)
        for (item, (found, expected)) in zip(cases, zip(found, all(inputs))) {
            for (a, b) in zip(found, expected) {
                #expect(agree(a, b), "\(item.name): \(a) is not \(b)")
            }
        }
    }

    private func agree(_ a: Tensor, _ b: Tensor) -> Bool {
        let tolerance = b.type == .float32 ? 2e-5 : 1e-12
        let scale = max(1, b.values.map { abs($0) }.filter { $0.isFinite }.max() ?? 0)
        return a.signature == b.signature
            && zip(a.values, b.values).allSatisfy { x, y in
                x == y || (x.isNaN && y.isNaN) || abs(x - y) <= tolerance * scale
            }
    }
}
