@testable import Tensors

/// Functions made of elementwise operations and reductions.
extension OperationCase {
    static var elementary: [OperationCase] {
        let everywhere: [(String, @Sendable (Tensor) -> Tensor)] = [
            ("tan", { $0.tan() }), ("atan", { $0.atan() }), ("sinh", { $0.sinh() }), ("cosh", { $0.cosh() }),
            ("asinh", { $0.asinh() }), ("softplus", { $0.softplus() }), ("silu", { $0.silu() }),
            ("gelu", { $0.gelu() }), ("gelu by tanh", { $0.gelu(byTanh: true) }),
            ("clip", { $0.clipped(from: -1, to: 1) }),
        ]
        let inside: [(String, @Sendable (Tensor) -> Tensor)] = [
            ("asin", { $0.asin() }), ("acos", { $0.acos() }), ("atanh", { $0.atanh() }),
            ("acosh", { ($0 + 2.5).acosh() }), ("log2", { ($0 + 2).log2() }), ("log10", { ($0 + 2).log10() }),
        ]
        let truth = [Tensor([true, false, true, false]), Tensor([true, true, false, false])]
        return shapes.flatMap { shape in
            everywhere.map { name, f in OperationCase(name, [smooth(shape, 70)]) { [f($0[0])] } }
                + inside.map { name, f in OperationCase(name, [smooth(shape, 71) * 0.5]) { [f($0[0])] } }
        } + [
            OperationCase("logic", truth) { [$0[0] .& $0[1], $0[0] .| $0[1], $0[0] .^ $0[1]] },
            OperationCase("finiteness", [Tensor([1, .nan, .infinity])]) { [$0[0].isNaN, $0[0].isFinite] },
        ]
    }

    static var products: [OperationCase] {
        let axes: [([Int], [Int])] = [
            ([3], [0]), ([2, 5], [0]), ([2, 5], [1]), ([2, 3, 2], [0, 2]), ([2, 1, 3], [1]), ([2, 0], [1]), ([], []),
        ]
        return axes.map { shape, axes in
            OperationCase("product over \(axes)", [smooth(shape, 72)]) { [$0[0].product(axes: axes)] }
        } + [
            OperationCase("product with zeros", [Tensor([2, 0, 3, 0, 1, 0, 4, 5], shape: [2, 4])]) {
                [$0[0].product(axes: [1]), $0[0].product(axes: [0])]
            },
            OperationCase("product of integers", [Tensor(integers: [2, 3, -4])]) { [$0[0].product()] },
            OperationCase("any and all", [Tensor([true, false, true, true], shape: [2, 2])]) {
                [$0[0].any(axes: [0]), $0[0].all(axes: [0]), $0[0].any(), $0[0].all()]
            },
            OperationCase("any and all of none", [Tensor.zeros([2, 0]) .> 0]) {
                [$0[0].any(axes: [1]), $0[0].all(axes: [1])]
            },
            OperationCase("smallestIndex", [smooth([3, 4], 73)]) {
                [$0[0].smallestIndex(axis: 0), $0[0].smallestIndex()]
            },
            OperationCase("logSumExp over two axes", [smooth([3, 2, 4], 74)]) { [$0[0].logSumExp(axes: [0, 2])] },
            OperationCase("logSumExp of none", [smooth([2, 0], 75)], isSmooth: false) { [$0[0].logSumExp(axes: [1])] },
            OperationCase("mean and variance", [smooth([3, 2, 4], 76)]) {
                [$0[0].mean(axes: [0, 2]), $0[0].variance(axes: [0, 2])]
            },
        ]
    }
}
