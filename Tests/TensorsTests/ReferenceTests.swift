import Foundation
import Kernels
import Testing

@testable import Tensors

/// Values and derivatives against NumPy and SciPy: `Tests/Oracles/operations.py` writes what is read here.
@Suite struct ReferenceTests {
    struct Array: Decodable {
        let tensor: Tensor
        private enum Key: CodingKey { case type, shape, values }

        init(from decoder: any Decoder) throws {
            let record = try decoder.container(keyedBy: Key.self)
            let type = try record.decode(ElementType.self, forKey: .type)
            let shape = try record.decode([Int].self, forKey: .shape)
            tensor =
                type == .int64
                ? Tensor(integers: try record.decode([Int].self, forKey: .values), shape: shape)
                : Tensor(try record.decode([Double].self, forKey: .values), shape: shape).cast(to: type)
        }
    }
    struct Record: Decodable {
        let operation: String
        let operands: [Array]
        let arguments: [Int]
        let results: [Array]
        let tolerance: Double
    }

    static func records() throws -> [Record] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Oracles/operations.json")
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try decoder.decode([Record].self, from: Data(contentsOf: file))
    }

    @Test func everyOperationAgrees() throws {
        let records = try Self.records()
        #expect(records.count > 140)
        for record in records {
            let found = try #require(
                evaluate(record.operation, record.operands.map(\.tensor), record.arguments), "\(record.operation)")
            #expect(found.count == record.results.count)
            for (x, expected) in zip(found, record.results.map(\.tensor)) {
                #expect(
                    x.signature == expected.signature && agree(x, expected, record.tolerance),
                    "\(record.operation) \(record.arguments): \(x) is not \(expected)")
            }
        }
    }

    /// Machine code for many of them at a time; it may round a few times more.
    @Test func machineCodeAgrees() throws {
        let records = try Self.records()
        for start in stride(from: 0, to: records.count, by: 40) {
            let group = Swift.Array(records[start..<min(start + 40, records.count)])
            let inputs = group.map { $0.operands.map(\.tensor) }
            let compiled = compile(like: inputs) { inputs in
                zip(group, inputs).map { evaluate($0.operation, $1, $0.arguments) ?? [] }
            }
            #expect(compiled.code != nil)
            for (record, found) in zip(group, compiled(inputs)) {
                #expect(found.count == record.results.count)
                for (x, expected) in zip(found, record.results.map(\.tensor)) {
                    let tolerance = expected.type.isReal ? 2 * record.tolerance + 4e-15 : 0
                    #expect(
                        x.signature == expected.signature && agree(x, expected, tolerance),
                        "\(record.operation) \(record.arguments): \(x) is not \(expected)")
                }
            }
        }
    }

    private func agree(_ a: Tensor, _ b: Tensor, _ tolerance: Double) -> Bool {
        let scale = b.rank < 2 || !b.type.isReal ? 0 : b.values.filter(\.isFinite).map(abs).max() ?? 0
        return zip(a.values, b.values).allSatisfy { x, y in
            x == y || (x.isNaN && y.isNaN) || abs(x - y) <= tolerance * max(abs(y), scale)
        }
    }
}

private func evaluate(_ name: String, _ x: [Tensor], _ n: [Int]) -> [Tensor]? {
    if let f = Unary(rawValue: name) { return [apply(.unary(f), x[0])] }
    if let f = Binary(rawValue: name) { return [apply(.binary(f), x[0], x[1])] }
    if let f = Comparison(rawValue: name) { return [apply(.compare(f), x[0], x[1])] }
    return evaluateElementary(name, x) ?? evaluateReduction(name, x, n) ?? evaluateShaping(name, x, n)
        ?? evaluateSignal(name, x, n) ?? evaluateMatrix(name, x)
}

private func evaluateElementary(_ name: String, _ x: [Tensor]) -> [Tensor]? {
    switch name {
    case "tan": [x[0].tan()]
    case "asin": [x[0].asin()]
    case "acos": [x[0].acos()]
    case "atan": [x[0].atan()]
    case "sinh": [x[0].sinh()]
    case "cosh": [x[0].cosh()]
    case "asinh": [x[0].asinh()]
    case "acosh": [x[0].acosh()]
    case "atanh": [x[0].atanh()]
    case "log2": [x[0].log2()]
    case "log10": [x[0].log10()]
    case "isNaN": [x[0].isNaN]
    case "isFinite": [x[0].isFinite]
    case "softplus": [x[0].softplus()]
    case "silu": [x[0].silu()]
    case "gelu": [x[0].gelu()]
    case "geluByTanh": [x[0].gelu(byTanh: true)]
    case "and": [x[0] .& x[1]]
    case "or": [x[0] .| x[1]]
    case "exclusiveOr": [x[0] .^ x[1]]
    default: nil
    }
}

private func evaluateReduction(_ name: String, _ x: [Tensor], _ n: [Int]) -> [Tensor]? {
    switch name {
    case "sum": [x[0].sum(axes: n)]
    case "maximumOver": [x[0].maximum(axes: n)]
    case "minimumOver": [x[0].minimum(axes: n)]
    case "mean": [x[0].mean(axes: n)]
    case "variance": [x[0].variance(axes: n)]
    case "argmax": [x[0].argmax(axis: n[0])]
    case "argsort": [x[0].argsort(axis: n[0])]
    case "cumulativeSum": [x[0].cumulativeSum(axis: n[0])]
    case "cumulativeSumReversed": [apply(.cumulativeSum(axis: n[0], reversed: true), x[0])]
    case "logSumExp": [x[0].logSumExp(axes: n)]
    case "product": [x[0].product(axes: n)]
    case "any": [x[0].any(axes: n)]
    case "all": [x[0].all(axes: n)]
    case "smallestIndex": [x[0].smallestIndex(axis: n[0])]
    default: nil
    }
}

private func evaluateShaping(_ name: String, _ x: [Tensor], _ n: [Int]) -> [Tensor]? {
    switch name {
    case "select": [select(x[0], x[1], x[2])]
    case "castInt64": [x[0].cast(to: .int64)]
    case "castBool": [x[0].cast(to: .bool)]
    case "castFloat32": [x[0].cast(to: .float32)]
    case "broadcast": [x[0].broadcast(to: n)]
    case "reshape": [x[0].reshaped(n)]
    case "transpose": [x[0].transposed(to: n)]
    case "slice": [x[0].slice(axis: n[0], from: n[1], to: n[2], by: n[3])]
    case "pad": [x[0].padded(axis: n[0], before: n[1], after: n[2])]
    case "padBetween": [apply(.pad(low: [0, 0, n[1]], high: [0, 0, n[2]], interior: [0, 0, n[3]]), x[0])]
    case "concatenate": [Tensor.concatenated(x, axis: n[0])]
    case "roll": [x[0].rolled(by: n[0], axis: n[1])]
    case "gather": [x[0].gathered(x[1], axis: n[0])]
    case "scatterAdd": [x[0].scatterAdded(x[1], axis: n[0], size: n[1])]
    default: nil
    }
}

private func evaluateSignal(_ name: String, _ x: [Tensor], _ n: [Int]) -> [Tensor]? {
    switch name {
    case "fourier": [x[0].fourier()]
    case "inverseFourier": [x[0].inverseFourier()]
    case "realFourier": [x[0].realFourier()]
    case "inverseRealFourier": [x[0].inverseRealFourier(length: n[0])]
    case "realFourier2D": [x[0].realFourier2D()]
    case "inverseRealFourier2D": [x[0].inverseRealFourier2D(columns: n[0])]
    case "unfold": [x[0].unfold(axis: n[0], size: n[1], stride: n[2], dilation: n[3])]
    case "convolution":
        [
            x[0].convolution(
                x[1], strides: Swift.Array(n[2..<(n.count / 2 + 1)]), dilations: Swift.Array(n[(n.count / 2 + 1)...]),
                padding: Padding.allCases[n[0]], groups: n[1])
        ]
    case "maximumPooling":
        [x[0].maximumPooling(Swift.Array(n[..<(n.count / 2)]), strides: Swift.Array(n[(n.count / 2)...]))]
    case "averagePooling":
        [x[0].averagePooling(Swift.Array(n[..<(n.count / 2)]), strides: Swift.Array(n[(n.count / 2)...]))]
    default: nil
    }
}

private func evaluateMatrix(_ name: String, _ x: [Tensor]) -> [Tensor]? {
    func tangent(_ f: (Tensor) -> Tensor) -> [Tensor] { [jvp(f, at: x[0], along: x[1]).tangent] }
    return switch name {
    case "matrixProduct": [x[0].matrixProduct(x[1])]
    case "cholesky": [x[0].cholesky()]
    case "triangularSolve": [x[0].triangularSolve(x[1])]
    case "triangularSolveTransposed": [x[0].triangularSolve(x[1], transposed: true)]
    case "solve": [x[0].solve(x[1])]
    case "symmetricEigenvalues": [x[0].symmetricEigen().values]
    case "symmetricEigenprojections": [projections(x[0])]
    case "sqrtm": [x[0].sqrtm()]
    case "inverseSqrtm": [x[0].inverseSqrtm()]
    case "symmetricSylvester": [x[0].symmetricSylvester(x[1])]
    case "logDeterminant": [x[0].logDeterminant()]
    case "choleskyTangent": tangent { $0.cholesky() }
    case "einsum0": [einsum("ij,jk->ik", x[0], x[1])]
    case "einsum1": [einsum("bij,kjb->kb", x[0], x[1])]
    case "einsum2": [einsum("iji,j->ij", x[0], x[1])]
    case "einsum3": [einsum("ab,bcd,da,c->ca", x[0], x[1], x[2], x[3])]
    case "einsum4": [einsum("i,j->ji", x[0], x[1])]
    case "einsum5": [einsum("ii->", x[0])]
    case "lu":
        {
            let (l, u, order) = x[0].lu()
            return [l, u, order]
        }()
    case "signedLogDeterminant":
        {
            let (sign, logarithm) = x[0].signedLogDeterminant()
            return [sign, logarithm]
        }()
    case "inverse": [x[0].inverse()]
    case "singularValues": [x[0].singularValueDecomposition().values]
    case "singularProjections": singularProjections(x[0])
    case "signedLogDeterminantTangent": tangent { $0.signedLogDeterminant().logarithm }
    case "luTangent": tangent { $0.lu().lower } + tangent { $0.lu().upper }
    case "singularValuesTangent": tangent { $0.singularValueDecomposition().values }
    case "singularProjectionsTangent": [0, 1].flatMap { part in tangent { singularProjections($0)[part] } }
    case "logDeterminantTangent": tangent { $0.logDeterminant() }
    case "eigenvaluesTangent": tangent { $0.symmetricEigen().values }
    case "eigenprojectionsTangent": tangent(projections)
    case "rootTangent": tangent { $0.sqrtm() }
    default: nil
    }
}

/// `v vᵀ` of every eigenvector `v`, which do not depend on the signs of the vectors: `[..., eigenvector, row, column]`.
private func projections(_ a: Tensor) -> Tensor {
    let vectors = a.symmetricEigen().vectors.transposed
    return vectors.expanded(axis: -1) * vectors.expanded(axis: -2)
}

/// `uᵢ vᵢᵀ` and `uᵢ uᵢᵀ` of all pairs of singular vectors.
private func singularProjections(_ a: Tensor) -> [Tensor] {
    let (left, _, right) = a.singularValueDecomposition()
    return [einsum("ik,jk->kij", left, right), einsum("ik,jk->kij", left, left)]
}
