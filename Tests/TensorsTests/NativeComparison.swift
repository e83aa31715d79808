import Kernels
import Testing

@testable import Tensors

/// Functions that are compiled as one program, as compilers take their time per program,
/// and compared with the interpreter.
struct NativeComparison {
    typealias Function = @Sendable ([Tensor]) -> [Tensor]
    struct Item {
        let name: String
        let x: [Tensor]
        let f: Function
    }
    let items: [Item]
    /// Of results in double and in single precision, relative to the largest element and at least absolute.
    private let tolerances: (Double, Double)

    private let inputs: [Tensor]
    private let compiled: Compiled<[Tensor], [[Tensor]]>

    init(items: [Item], tolerances: (Double, Double) = (1e-12, 2e-5)) {
        (self.items, self.tolerances) = (items, tolerances)
        inputs = items.flatMap(\.x)
        compiled = compile(like: inputs) { Self.all(items, $0) }
    }

    /// Whether vectors run over the batch in a function's code, and whether its matrices are multiplied in tiles;
    /// nothing is compiled for that.
    static func layout(_ item: Item) -> (isInLanes: Bool, isInTiles: Bool) {
        let code = Explanation(Program.tracing(item.x.map(\.signature)) { item.f($0) }).code
        return (code.contains("apus_block"), code.contains("apus_tile"))
    }

    /// Compiled and interpreted; what disagrees is told, with 1 and 2 threads too.
    func violations() -> [String] {
        if compiled.code == nil { return ["interpreted: \(items.map(\.name))"] }
        let found = ThreadPool.withThreads(2) { compiled(inputs) }
        let alone = ThreadPool.withThreads(1) { compiled(inputs) }
        let differences = zip(items, zip(found, alone)).filter { _, results in
            !zip(results.0, results.1).allSatisfy { a, b in
                zip(a.values, b.values).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }
            }
        }
        if !differences.isEmpty { return differences.map { "\($0.0.name): 1 and 2 threads differ" } }
        return zip(items, zip(found, Self.all(items, inputs))).flatMap { item, results in
            zip(results.0, results.1).filter { !agree($0, $1) }.map { "\(item.name): \($0) is not \($1)" }
        }
    }

    private static func all(_ items: [Item], _ x: [Tensor]) -> [[Tensor]] {
        var start = 0
        return items.map { item in
            defer { start += item.x.count }
            return item.f(Array(x[start..<start + item.x.count]))
        }
    }

    private func agree(_ a: Tensor, _ b: Tensor) -> Bool {
        let tolerance = b.type == .float32 ? tolerances.1 : tolerances.0
        let scale = max(1, b.values.map { abs($0) }.filter { $0.isFinite }.max() ?? 0)
        return a.signature == b.signature
            && zip(a.values, b.values).allSatisfy { x, y in
                x == y || (x.isNaN && y.isNaN) || abs(x - y) <= tolerance * scale
            }
    }

    /// The gradient, with respect to the real arguments, of a sum over all real results.
    static func slope(_ f: @escaping Function) -> Function {
        { x in
            gradient(of: { (x: [Tensor]) in
                f(x).filter(\.type.isReal).reduce(Tensor.zeros()) { $0 + $1.sin().sum().cast(to: .float64) }
            })(x)
        }
    }
}
