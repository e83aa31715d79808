import Checks
import Foundation
import Testing

@testable import Kernels
@testable import Tensors

/// Machine code computes what the interpreter computes, on functions that nobody thought of: on the first few in every
/// run, on thousands with `APUS_GROUPS=0-200`. Nearly all of the time is the compiler's.
@Suite struct NativeRandomProgramTests {
    /// The groups of functions, each of which becomes one program.
    private static let groups: Range<Int> = {
        let ends = (ProcessInfo.processInfo.environment["APUS_GROUPS"] ?? "0-4").split(separator: "-").compactMap {
            Int($0)
        }
        return ends.count == 2 && ends[0] < ends[1] ? ends[0]..<ends[1] : 0..<4
    }()

    private static let double = (1e-9, 0.0)
    private static let single = (0.0, 2e-3)

    private func compare(
        _ group: Int, _ tolerances: (Double, Double), count: Int = 8,
        sourceLocation: SourceLocation = #_sourceLocation, _ item: (Int) -> ([Tensor], NativeComparison.Function)
    ) {
        let items = (group * count..<(group + 1) * count).map { seed in
            let (x, f) = item(seed)
            return NativeComparison.Item(name: "function \(seed)", x: x, f: f)
        }
        let found = NativeComparison(items: items, tolerances: tolerances).violations()
        #expect(found == [], sourceLocation: sourceLocation)
    }

    @Test(arguments: groups) func arrays(_ group: Int) {
        compare(group, Self.double) { seed in
            let program = RandomArrays(seed: seed, operations: 1 + 7 * seed % 50)
            return (program.inputs, { program($0) })
        }
    }

    @Test(arguments: groups) func arraysInSinglePrecision(_ group: Int) {
        compare(group, Self.single) { seed in
            let program = RandomArrays(seed: 10_000 + seed, operations: 1 + 7 * seed % 30, precision: .float32)
            return (program.inputs, { program($0) })
        }
    }

    @Test(arguments: groups) func gradientsOfArrays(_ group: Int) {
        compare(group, Self.double) { seed in
            let program = RandomArrays(seed: 20_000 + seed, operations: 1 + 7 * seed % 25, isReversible: true)
            return (program.inputs, NativeComparison.slope { program($0) })
        }
    }

    @Test(arguments: groups) func vectors(_ group: Int) {
        compare(group, Self.double) { seed in
            let program = RandomProgram(seed: seed, operations: 1 + 7 * seed % 50)
            return (program.inputs, { program($0) })
        }
    }

    @Test(arguments: groups) func gradientsOfVectors(_ group: Int) {
        compare(group, Self.double) { seed in
            let program = RandomProgram(seed: 30_000 + seed, operations: 1 + 7 * seed % 30)
            return (program.inputs, NativeComparison.slope { program($0) })
        }
    }

    // MARK: - In lanes

    /// The same on a batch, all results of which depend on it.
    private static func batch(_ seed: Int, _ precision: ElementType) -> (x: [Tensor], f: NativeComparison.Function) {
        let program = RandomArrays(seed: seed, operations: 1 + 7 * seed % 20, precision: precision, isPlain: true)
        let x = program.inputs.map { x in
            let moved = 0.1 * Key(seed).normal([21] + x.shape).cast(to: precision) + x.cast(to: precision)
            return x.type.isReal ? moved : Tensor.stacked([Tensor](repeating: x, count: 21))
        }
        let f: NativeComparison.Function = { x in
            let shift = x.filter(\.type.isReal).reduce(Tensor.zeros(type: precision)) { $0 + $1.sum() }
            return program(x).map { $0.cast(to: precision) + 0.1 * shift }
        }
        return (x, f)
    }

    // One function at a time: one that has no code for lanes would keep its neighbours from them.

    private static func batch(_ seed: Int, precision: ElementType) -> NativeComparison.Item {
        let (x, f) = batch(40_000 + seed, precision)
        return NativeComparison.Item(name: "batch of function \(seed)", x: x, f: { vmap(f)($0) })
    }

    private static func gradientOfBatch(_ seed: Int) -> NativeComparison.Item {
        let (x, f) = batch(50_000 + seed, .float64)
        let slope = NativeComparison.slope(f)
        // Gradients by integers are zeros, which do not depend on the batch.
        let real: NativeComparison.Function = { x in slope(x).filter(\.type.isReal) }
        return NativeComparison.Item(name: "gradient of a batch of function \(seed)", x: x, f: { vmap(real)($0) })
    }

    @Test(arguments: groups) func batches(_ group: Int) {
        let items = [ElementType.float64, .float32].map { Self.batch(group, precision: $0) }
        #expect(NativeComparison(items: [items[0]], tolerances: Self.double).violations() == [])
        #expect(NativeComparison(items: [items[1]], tolerances: Self.single).violations() == [])
    }

    @Test(arguments: groups) func gradientsOfBatches(_ group: Int) {
        let item = Self.gradientOfBatch(group)
        #expect(NativeComparison(items: [item], tolerances: Self.double).violations() == [])
    }

    // MARK: - In tiles

    /// A training step with something random between two layers.
    private static func trainingStep(_ seed: Int) -> NativeComparison.Item {
        let program = RandomArrays(seed: 60_000 + seed, operations: 1 + 7 * seed % 12, isPlain: true)
        let x = [Key(1).normal([24, 64]) * 0.2, Key(2).normal([64, 64]) * 0.1, Key(3).normal([128, 4, 24])]
        let f: NativeComparison.Function = { all in
            let (value, slope) = valueAndGradient(of: { (weights: [Tensor]) in
                let outputs = vmap { (x: Tensor) in
                    let h = x.matrixProduct(weights[0]).tanh().matrixProduct(weights[1]).mean(axes: [0])
                    return program([h, h.slice(axis: 0, to: 6).reshaped([2, 3]), h[63]])
                        .filter(\.type.isReal).reduce(0.1 * h.sum()) { $0 + $1.sin().sum() }
                }(all[2])
                return outputs.mean()
            })(Array(all[..<2]))
            return [value] + slope
        }
        return NativeComparison.Item(name: "training step \(seed)", x: x, f: f)
    }

    @Test(arguments: groups) func trainingSteps(_ group: Int) {
        let item = Self.trainingStep(group)
        #expect(NativeComparison(items: [item], tolerances: Self.double).violations() == [])
    }

    /// Comparisons of layouts that hardly any function has would show nothing.
    @Test func manyAreInLanesOrTiles() {
        let seeds = 0..<40
        let layouts: [(Int) -> Bool] = [
            { NativeComparison.layout(Self.batch($0, precision: .float64)).isInLanes },
            { NativeComparison.layout(Self.gradientOfBatch($0)).isInLanes },
            { NativeComparison.layout(Self.trainingStep($0)).isInTiles },
        ]
        let counts = layouts.map { seeds.count(where: $0) }
        #expect(counts.allSatisfy { 3 * $0 > seeds.count }, "\(counts) of \(seeds.count)")
    }
}
