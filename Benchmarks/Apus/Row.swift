import Foundation
import Kernels
import Tensors

/// A row ready to be timed: its work, and the numbers that it computes.
struct Prepared {
    let run: () -> Void
    let result: () -> [Double]
}

/// A function as one compiled program; a run is one call.
func prepared<A: Tree, B: Tree>(_ input: A, _ f: (A) -> B) -> Prepared {
    let program = compile(like: input, f)
    _ = program(input)
    return Prepared(run: { keep(program(input)) }, result: { program(input).numbers })
}

/// Takes a result that nobody looks at, so that computing it is not left out.
@inline(never) func keep<T: Tree>(_ value: T) {}

extension Tree {
    /// All numbers of all leaves.
    var numbers: [Double] { leaves.flatMap(\.values) }
}

/// Numbers in [−1, 1) by SplitMix64 of a counter; `shared.py` makes the same.
func uniform(_ seed: UInt64, _ shape: [Int]) -> Tensor {
    let count = shape.reduce(1, *)
    let values = (0..<count).map { i in
        var z = ((seed << 32) &+ UInt64(i) &+ 1) &* 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        z ^= z >> 31
        return Double(z >> 11) * 0x1p-52 - 1
    }
    return Tensor(values, shape: shape)
}

/// An array that `inputs.py` has written.
func read(_ name: String, columns: Int = 40, rows: Int? = nil) -> Tensor {
    let folder = ProcessInfo.processInfo.environment["BENCH_FOLDER"] ?? "."
    guard let data = FileManager.default.contents(atPath: folder + "/" + name) else {
        preconditionFailure("\(folder)/\(name) is missing; Benchmarks/run writes it")
    }
    let values = data.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
    let all = Tensor(values, shape: [values.count / columns, columns])
    return rows.map { all[0..<$0] } ?? all
}

let isQuick = ProcessInfo.processInfo.environment["BENCH_QUICK"] == "1"
