@testable import Tensors

/// A function with an operation in it, and a point where its laws are checked.
struct OperationCase: Sendable, CustomStringConvertible {
    let name: String
    let x: [Tensor]
    /// Whether it is smooth, in real operands, around the point.
    var isSmooth = true
    /// Whether it has reverse mode.
    var isReversible = true
    let f: @Sendable ([Tensor]) -> [Tensor]

    var description: String { "\(name) of \(x.map(\.signature))" }

    init(
        _ name: String, _ x: [Tensor], isSmooth: Bool = true, isReversible: Bool = true,
        _ f: @escaping @Sendable ([Tensor]) -> [Tensor]
    ) {
        (self.name, self.x, self.isSmooth, self.isReversible, self.f) = (name, x, isSmooth, isReversible, f)
    }
}

/// The kinds of operation, one a case of `Operation`: a new operation does not compile until it is here, and is not
/// tested until the table below records one (`LawTests.everyOperationIsInTheTable`).
enum OperationKind: String, CaseIterable {
    case alias, constant, unary, binary, compare, select, cast, reduce, argmax, cumulativeSum, argsort,
        broadcast
    case reshape, transpose, slice, pad, concatenate, roll, gather, scatterAdd, matrixProduct, cholesky, triangularSolve
    case fourier, realFourier, realFourierTranspose, unfold, fold, solve, lu, singularValueDecomposition,
        qr, symmetricEigen, sqrtm, symmetricSylvester,
        random, scan, conditional, whileLoop, fixedPoint, custom

    /// Everything of this kind that the table must hold.
    var labels: [String] {
        switch self {
        case .alias: []  // made by the transforms themselves
        case .unary: Unary.allCases.map { "unary \($0)" }
        case .binary: Binary.allCases.map { "binary \($0)" }
        case .compare: Comparison.allCases.map { "compare \($0)" }
        case .reduce: Reduction.allCases.map { "reduce \($0)" }
        case .triangularSolve, .sqrtm, .cumulativeSum, .fourier: ["\(self) false", "\(self) true"]
        case .random: ["random uniform", "random normal", "random split", "random fold"]
        case .constant, .select, .cast, .argmax, .argsort, .broadcast, .reshape, .transpose, .slice, .pad,
            .concatenate, .roll, .gather, .scatterAdd, .matrixProduct, .cholesky, .solve, .qr,
            .symmetricEigen, .symmetricSylvester, .scan, .unfold, .fold, .lu, .singularValueDecomposition,
            .realFourier, .realFourierTranspose, .conditional, .whileLoop, .fixedPoint, .custom:
            [rawValue]
        }
    }
}

extension Operation {
    /// The kind, and within it what `OperationKind.labels` lists.
    var label: String {
        switch self {
        case .alias: "alias"
        case .constant: "constant"
        case .unary(let f): "unary \(f)"
        case .binary(let f): "binary \(f)"
        case .compare(let f): "compare \(f)"
        case .select: "select"
        case .cast: "cast"
        case .reduce(let f, _): "reduce \(f)"
        case .argmax: "argmax"
        case .cumulativeSum(_, let reversed): "cumulativeSum \(reversed)"
        case .argsort: "argsort"
        case .broadcast: "broadcast"
        case .reshape: "reshape"
        case .transpose: "transpose"
        case .slice: "slice"
        case .pad: "pad"
        case .concatenate: "concatenate"
        case .roll: "roll"
        case .gather: "gather"
        case .scatterAdd: "scatterAdd"
        case .lu: "lu"
        case .singularValueDecomposition: "singularValueDecomposition"
        case .fourier(let inverse): "fourier \(inverse)"
        case .realFourier: "realFourier"
        case .realFourierTranspose: "realFourierTranspose"
        case .unfold: "unfold"
        case .fold: "fold"
        case .matrixProduct: "matrixProduct"
        case .cholesky: "cholesky"
        case .triangularSolve(let transposed): "triangularSolve \(transposed)"
        case .solve: "solve"
        case .qr: "qr"
        case .symmetricEigen: "symmetricEigen"
        case .sqrtm(let inverse): "sqrtm \(inverse)"
        case .symmetricSylvester: "symmetricSylvester"
        case .random(.uniform): "random uniform"
        case .random(.normal): "random normal"
        case .random(.split): "random split"
        case .random(.fold): "random fold"
        case .scan: "scan"
        case .conditional: "conditional"
        case .whileLoop: "whileLoop"
        case .fixedPoint: "fixedPoint"
        case .custom: "custom"
        }
    }
}

extension OperationCase {
    static let all: [OperationCase] =
        unary + binary + elementary + reductions + products + shaping + indexing + matrices + loops + draws
        + controlFlow + windows + convolutions + decompositions + einsums + fourier

    static let shapes: [[Int]] = [[], [0], [1], [3], [2, 1, 3], [2, 0, 2]]

    /// Numbers away from kinks, of both signs: none is within .05 of a multiple of one half.
    static func smooth(_ shape: [Int], _ seed: Int) -> Tensor {
        let whole = (Key(seed).uniform(shape) * 6).floor() - 3
        return 0.5 * (whole + 0.1 + 0.8 * Key(seed + 1000).uniform(shape))
    }

    private static var unary: [OperationCase] {
        Unary.allCases.filter { $0 != .logicalNot }.flatMap { f -> [OperationCase] in
            let isPositive = f == .log || f == .sqrt || f == .logOnePlus || f == .reciprocal
            var cases = shapes.map { shape in
                let x = smooth(shape, 1)
                return OperationCase(f.rawValue, [isPositive ? x.absolute() + 0.3 : x]) { [apply(.unary(f), $0[0])] }
            }
            cases.append(
                OperationCase("\(f.rawValue) of a transpose", [smooth([3, 2], 2).absolute() + 0.3]) {
                    [apply(.unary(f), $0[0].transposed)]
                })
            return cases
        } + [OperationCase("logicalNot", [Tensor([true, false, true])]) { [!$0[0]] }]
    }

    private static var binary: [OperationCase] {
        let pairs: [([Int], [Int])] = [
            ([], []), ([3], [3]), ([3], []), ([], [2, 2]), ([2, 1], [3]), ([0], [1]), ([2, 1, 3], [1, 4, 1]),
            ([4, 1], [2, 1, 3]), ([0, 3], [3]),
        ]
        let real = Binary.allCases.flatMap { f in
            pairs.map { a, b in
                let (x, y) = (smooth(a, 3), smooth(b, 4) * 1.3)
                return OperationCase(f.rawValue, f == .power ? [x.absolute() + 0.2, y] : [x, y + 0.04]) {
                    [apply(.binary(f), $0[0], $0[1])]
                }
            }
        }
        let whole = Binary.allCases.filter { $0 != .atan2 }.map { f in
            let x = [Tensor(integers: [5, -3, 8], shape: [3, 1]), Tensor(integers: [2, 3])]
            return OperationCase("\(f.rawValue) of integers", x) { [apply(.binary(f), $0[0], $0[1])] }
        }
        let comparisons = Comparison.allCases.map { f in
            OperationCase(f.rawValue, [Tensor([1, 2, 3], shape: [3, 1]), Tensor([2, 3])]) {
                [apply(.compare(f), $0[0], $0[1])]
            }
        }
        return real + whole + comparisons
            + [
                OperationCase("the same operand twice", [smooth([3], 5)]) { [$0[0] * $0[0] / ($0[0] * $0[0] + 1)] },
                OperationCase("constant", [smooth([3], 6)], isSmooth: false) { [$0[0] * $0[0].stoppingGradient] },
                OperationCase("cast", [smooth([3], 7)]) { [$0[0].cast(to: .float64) * 2, $0[0].cast(to: .int64)] },
            ]
            + pairs.filter { !$0.0.contains(0) }.map { a, b in
                OperationCase("select", [smooth(a, 9), smooth(b, 10)]) {
                    [select($0[0] .> $0[1], $0[0].exp(), $0[1])]
                }
            }
    }

    private static var reductions: [OperationCase] {
        let axes: [([Int], [Int])] = [
            ([3], [0]), ([2, 3], [0]), ([2, 3], [1]), ([2, 3, 2], [0, 2]), ([2, 1, 3], [1]), ([2, 3, 2], [0, 1, 2]),
        ]
        let kept = Reduction.allCases.flatMap { f in
            axes.map { shape, axes in
                OperationCase("\(f) over \(axes)", [smooth(shape, 11)]) { [apply(.reduce(f, axes: axes), $0[0])] }
            }
        }
        return kept + [
            OperationCase("sum over nothing", [smooth([2, 0, 3], 12)]) { [$0[0].sum(axes: [1])] },
            OperationCase("maximum beside an empty axis", [smooth([2, 0], 12)]) { [$0[0].maximum(axes: [0])] },
            OperationCase("sum over a transpose", [smooth([2, 3], 13)]) { [$0[0].transposed.sum(axes: [0])] },
            OperationCase("argmax", [smooth([3, 4], 14)]) {
                [$0[0].argmax(axis: 0), $0[0].argmax()]
            },
            OperationCase("sorted", [smooth([3, 4], 15)]) {
                [$0[0].sorted(axis: 0), $0[0].sorted(), $0[0].argsort()]
            },
            OperationCase("logSumExp", [smooth([3, 4], 16)]) { [$0[0].logSumExp(axis: 0)] },
            OperationCase("variance", [smooth([3, 4], 17)]) { [$0[0].variance(axes: [0], correction: 1)] },
            OperationCase("norm", [smooth([3], 18)]) { [$0[0].norm()] },
        ]
            + [0, 1].flatMap { axis in
                [true, false].map { reversed in
                    OperationCase("cumulativeSum", [smooth([3, 2], 19)]) {
                        [apply(.cumulativeSum(axis: axis, reversed: reversed), $0[0])]
                    }
                }
            }
    }

    private static var shaping: [OperationCase] {
        let x = smooth([2, 3, 4], 20)
        let empty = smooth([2, 0], 20)
        return [
            OperationCase("broadcast", [smooth([3, 1], 21)]) { [$0[0].broadcast(to: [2, 3, 4])] },
            OperationCase("broadcast of a scalar", [smooth([], 21)]) { [$0[0].broadcast(to: [2, 0])] },
            OperationCase("reshape", [x]) { [$0[0].reshaped([4, -1])] },
            OperationCase("reshape of nothing", [empty]) { [$0[0].reshaped([0, 5])] },
            OperationCase("transpose", [x]) { [$0[0].transposed(to: [2, 0, 1])] },
            OperationCase("slice", [x]) { [$0[0].slice(axis: -1, from: 1, to: 4, by: 2), $0[0][1], $0[0][0..<1]] },
            OperationCase("slice to nothing", [x]) { [$0[0].slice(axis: 1, from: 2, to: 2)] },
            OperationCase("slice of strides that leave a rest", [smooth([7], 22)]) { [$0[0].slice(axis: 0, by: 3)] },
            OperationCase("pad", [x]) { [apply(.pad(low: [0, 1, 0], high: [2, 0, 1], interior: [0, 2, 1]), $0[0])] },
            OperationCase("pad of nothing", [empty]) { [$0[0].padded(axis: 1, before: 1, after: 2)] },
            OperationCase("concatenate", [smooth([2, 1], 23), smooth([2, 3], 24), empty]) {
                [Tensor.concatenated($0, axis: 1)]
            },
            OperationCase("concatenate with itself", [smooth([2], 25)]) {
                [Tensor.stacked([$0[0], $0[0].sin(), $0[0]])]
            },
            OperationCase("stack", [smooth([2, 3], 26), smooth([2, 3], 27)]) {
                [Tensor.stacked($0, axis: 1), Tensor.stacked($0, axis: -1)]
            },
            OperationCase("roll", [x]) { [$0[0].rolled(by: -2), $0[0].rolled(by: 4, axis: 0) * $0[0]] },
            OperationCase("roll of nothing", [empty]) { [$0[0].rolled(by: 1)] },
        ]
    }

    private static var indexing: [OperationCase] {
        let indices = Tensor(integers: [0, 2, 2, 1, 1, 0, 0, 0], shape: [2, 4])
        let none = Tensor(integers: [], shape: [2, 0])
        return [
            OperationCase("gather, repeated", [smooth([2, 3], 30), indices]) { [$0[0].gathered($0[1], axis: 1)] },
            OperationCase("gather along the first axis", [smooth([3, 4], 31), indices]) {
                [$0[0].gathered($0[1], axis: 0)]
            },
            OperationCase("gather, one element of a vector", [smooth([5], 33), Tensor(integers: [3])]) {
                [$0[0].gathered($0[1], axis: 0)]
            },
            OperationCase("gather of nothing", [smooth([2, 3], 32), none]) { [$0[0].gathered($0[1], axis: 1)] },
            OperationCase("taking", [smooth([3, 2], 33), Tensor(integers: [2, 0, 2])]) { [$0[0].taking($0[1])] },
            OperationCase("scatterAdd", [smooth([2, 4], 34), indices]) {
                [$0[0].scatterAdded($0[1], axis: 1, size: 5)]
            },
            OperationCase("scatterAdd of nothing", [smooth([2, 0], 35), none]) {
                [$0[0].scatterAdded($0[1], axis: 1, size: 2)]
            },
            OperationCase("oneHot", [Tensor(integers: [0, 2])]) { [$0[0].oneHot(3)] },
        ]
    }

    /// A symmetric positive definite matrix made from any matrix.
    static func definite(_ a: Tensor) -> Tensor {
        a.matrixProduct(a.transposed) + Tensor.identity(a.shape[a.rank - 1], type: a.type)
    }

    private static var matrices: [OperationCase] {
        let (a, b) = (smooth([2, 3, 3], 40), smooth([2, 3, 2], 41))
        let spread = { @Sendable (a: Tensor) in definite(a) + Tensor([0, 3, 6]).cast(to: a.type).diagonalMatrix() }
        let products: [([Int], [Int])] = [
            ([2, 3], [3, 2]), ([4, 2, 3], [3, 1]), ([2, 3], [4, 3, 2]), ([4, 1, 2, 3], [2, 3, 1]), ([2, 0], [0, 3]),
            ([0, 2, 3], [3, 2]),
        ]
        return products.map { x, y in
            OperationCase("matrixProduct", [smooth(x, 42), smooth(y, 43)]) { [$0[0].matrixProduct($0[1])] }
        } + [
            OperationCase("vectorProduct and outerProduct", [smooth([2, 3], 44), smooth([3], 45)]) {
                [$0[0].vectorProduct($0[1]), $0[1].outerProduct($0[1])]
            },
            OperationCase("cholesky", [a]) { [definite($0[0]).cholesky()] },
            OperationCase("cholesky of one number", [smooth([1, 1], 46)]) { [definite($0[0]).cholesky()] },
            OperationCase("cholesky of nothing", [smooth([2, 0, 0], 46)]) { [$0[0].cholesky()] },
            OperationCase("logDeterminant", [a]) { [definite($0[0]).logDeterminant()] },
            OperationCase("triangularSolve", [a, b]) {
                let lower = $0[0] + 3 * Tensor.identity(3, type: $0[0].type)
                return [lower.triangularSolve($0[1]), lower.triangularSolve($0[1], transposed: true)]
            },
            OperationCase("triangularSolve of no columns", [a, smooth([2, 3, 0], 47)]) {
                [($0[0] + 3 * Tensor.identity(3, type: $0[0].type)).triangularSolve($0[1])]
            },
            OperationCase("solve", [a, b]) { [($0[0] + 4 * Tensor.identity(3, type: $0[0].type)).solve($0[1])] },
            OperationCase("qr", [a]) {
                let (q, r) = ($0[0] + 3 * Tensor.identity(3, type: $0[0].type)).qr()
                return [q, r]
            },
            OperationCase("symmetricSolve", [a, b]) { [definite($0[0]).symmetricSolve($0[1])] },
            OperationCase("eigenvalues", [a]) { [spread($0[0]).symmetricEigen().values] },
            OperationCase("eigenvectors", [a]) {
                let v = spread($0[0]).symmetricEigen().vectors
                return [v * v]  // the signs of the vectors are not determined
            },
            OperationCase("sqrtm", [a]) { [definite($0[0]).sqrtm()] },
            OperationCase("inverseSqrtm", [a]) { [definite($0[0]).inverseSqrtm()] },
            OperationCase("symmetricSylvester", [a, smooth([2, 3, 3], 49)]) {
                [definite($0[0]).symmetricSylvester($0[1])]
            },
            OperationCase("symmetricEigen of nothing", [smooth([2, 0, 0], 48)]) {
                let (values, vectors) = $0[0].symmetricEigen()
                return [values, vectors, $0[0].sqrtm()]
            },
        ]
    }

    private static var loops: [OperationCase] {
        [false, true].map { reversed in
            OperationCase("scan", [smooth([2], 50), smooth([4, 2], 51), smooth([], 52)]) { x in
                let (last, all) = Tensors.scan(over: x[1], from: x[0], reversed: reversed) { state, input in
                    let next = (state * x[2] + input).tanh()
                    return (next, next * input)
                }
                return [last, all]
            }
        } + [
            OperationCase("scan with an integer carry", [smooth([2], 53)]) { x in
                let start = Pair(x[0], Tensor(integer: 0))
                let (last, counts) = Tensors.scan(over: Nothing(), from: start, count: 3) { state, _ in
                    (Pair(state.first * state.first + x[0], state.second + Tensor.ones(type: .int64)), state.second)
                }
                return [last.first, last.second, counts]
            },
            OperationCase("scan of no steps", [smooth([2], 54), smooth([0, 2], 55)]) { x in
                let (last, all) = Tensors.scan(over: x[1], from: x[0]) { state, input in (state * input, state) }
                return [last, all]
            },
        ]
    }

    private static var draws: [OperationCase] {
        [
            OperationCase("draws", [Key(3).words]) {
                let keys = Key(words: $0[0]).split(3)
                return [
                    keys[0].uniform([2, 2]), keys[1].normal([3]), keys[2].folding(7).words,
                    keys[0].permutation(4), keys[1].rademacher([2]),
                ]
            },
            OperationCase("draws of distributions", [Key(5).words]) {
                let keys = Key(words: $0[0]).split(4)
                return [
                    keys[0].exponential([2]), keys[1].laplace([3]), keys[2].gamma(Tensor([0.5, 1, 7])),
                    keys[3].poisson(Tensor([0, 2, 30]), largest: 60),
                ]
            },
            OperationCase("a draw scaled", [Key(4).words, smooth([3], 60)]) {
                [Key(words: $0[0]).normal([3]).cast(to: $0[1].type) * $0[1], Key(words: $0[0]).categorical($0[1])]
            },
        ]
    }
}
