import Checks
import Testing

@testable import Tensors

/// Compiled code gives what the interpreter gives, to rounding, for every operation and its derivatives.
@Suite struct CompiledLawTests {
    /// So many cases become one program: compilers take their time per program.
    static let groups = stride(from: 0, to: OperationCase.all.count, by: 12).map {
        Array(OperationCase.all[$0..<min($0 + 12, OperationCase.all.count)])
    }

    @Test(arguments: groups.indices) func valuesAreThoseOfTheInterpreter(_ group: Int) {
        let items = Self.groups[group].map { NativeComparison.Item(name: $0.description, x: $0.x, f: $0.f) }
        #expect(NativeComparison(items: items).violations() == [])
    }

    @Test(arguments: groups.indices) func gradientsAreThoseOfTheInterpreter(_ group: Int) {
        let smooth = Self.groups[group].filter {
            $0.isSmooth && $0.isReversible && $0.x.contains { $0.type.isReal }
        }
        let items = smooth.map { item in
            NativeComparison.Item(name: "gradient of \(item)", x: item.x, f: NativeComparison.slope(item.f))
        }
        #expect(NativeComparison(items: items).violations() == [])
    }
}
