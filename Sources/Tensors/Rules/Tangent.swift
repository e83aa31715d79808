/// How do the results change, to first order, when the operands change? Written in operations that are linear in the
/// tangents, so that `Adjoint.swift` can transpose them. `nil` is a tangent of zero.
extension Operation {
    func tangent(_ x: [Tensor], _ y: [Tensor], _ dx: [Tensor?]) -> [Tensor?] {
        switch self {
        case .alias, .reduce(.sum, _), .cumulativeSum, .broadcast, .reshape, .transpose, .slice, .pad, .roll,
            .unfold, .fold, .fourier, .realFourier, .realFourierTranspose:
            return [dx[0].map { apply(self, $0) }]
        case .constant, .compare, .argmax, .argsort, .random:
            return y.map { _ in nil }
        case .unary(let f): return [dx[0].flatMap { f.tangent(x[0], y[0], $0) }]
        case .binary(let f): return [f.tangent(x[0], x[1], y[0], dx[0], dx[1])?.broadcast(to: y[0].shape)]
        case .select:
            guard dx[1] != nil || dx[2] != nil else { return [nil] }
            let zero = Tensor.zeros(type: y[0].type)
            return [apply(.select, x[0], dx[1] ?? zero, dx[2] ?? zero).broadcast(to: y[0].shape)]
        case .cast(let type): return [type.isReal ? dx[0].map { apply(self, $0) } : nil]
        case .reduce(_, let axes):
            return [dx[0].map { extremumTangent(x[0], y[0], $0, axes) }]
        case .concatenate:
            guard dx.contains(where: { $0 != nil }) else { return [nil] }
            return applyAll(self, zip(x, dx).map { $1 ?? Tensor.zeros($0.shape, type: $0.type) })
        case .gather, .scatterAdd: return [dx[0].map { apply(self, $0, x[1]) }]
        case .matrixProduct:
            return [sum(dx[0].map { apply(self, $0, x[1]) }, dx[1].map { apply(self, x[0], $0) })]
        case .cholesky: return [dx[0].map { choleskyTangent(y[0], $0) }]
        case .triangularSolve(let transposed):
            let change = dx[0].map { dl in
                let lower = dl.lowerTriangle()
                return -(transposed ? lower.transposed : lower).matrixProduct(y[0])
            }
            return [sum(dx[1], change).map { apply(self, x[0], $0) }]
        case .solve: return [sum(dx[1], dx[0].map { -$0.matrixProduct(y[0]) }).map { apply(self, x[0], $0) }]
        case .symmetricEigen: return dx[0].map { eigenTangent(y[0], y[1], $0) } ?? [nil, nil]
        case .qr: return dx[0].map { qrTangent(y[0], y[1], $0) } ?? [nil, nil]
        case .lu: return dx[0].map { luTangent(y[0], y[1], $0) } ?? [nil, nil]
        case .singularValueDecomposition:
            return dx[0].map { singularValueTangent(y[0], y[1], y[2], $0) } ?? [nil, nil, nil]
        case .sqrtm(let inverse): return [dx[0].map { rootTangent(y[0], $0, inverse) }]
        case .symmetricSylvester:
            let change = dx[0].map { -symmetricPart($0).matrixProduct(y[0]) - y[0].matrixProduct(symmetricPart($0)) }
            return [sum(dx[1], change).map { apply(self, x[0], $0) }]
        case .scan(let scan): return scan.tangent(x, dx)
        case .conditional(let conditional): return conditional.tangent(x, dx)
        case .whileLoop(let loop): return loop.tangent(x, dx)
        case .fixedPoint(let point): return point.tangent(x, y, dx)
        case .custom(let custom): return custom.tangent(x, y, dx)
        }
    }
}

private func sum(_ a: Tensor?, _ b: Tensor?) -> Tensor? {
    if let a, let b { a + b } else { a ?? b }
}

extension Unary {
    fileprivate func tangent(_ x: Tensor, _ y: Tensor, _ dx: Tensor) -> Tensor? {
        switch self {
        case .negative: -dx
        case .absolute: x.sign() * dx
        case .sign, .floor, .ceiling, .rounded, .logicalNot: nil
        case .exp: y * dx
        case .expMinusOne: (y + 1) * dx
        case .log: dx / x
        case .logOnePlus: dx / (1 + x)
        case .sqrt: dx / (2 * y)
        case .sin: x.cos() * dx
        case .cos: -x.sin() * dx
        case .tanh: (1 - y * y) * dx
        case .erf: (-(x * x)).exp() * 1.1283791670955126 * dx  // 2 / √π
        case .logistic: y * (1 - y) * dx
        case .reciprocal: -(y * y) * dx
        }
    }
}

extension Binary {
    fileprivate func tangent(_ a: Tensor, _ b: Tensor, _ y: Tensor, _ da: Tensor?, _ db: Tensor?) -> Tensor? {
        switch self {
        case .add: return sum(da, db)
        case .subtract: return sum(da, db.map { -$0 })
        case .multiply: return sum(da.map { $0 * b }, db.map { a * $0 })
        case .divide: return sum(da.map { $0 / b }, db.map { -(y / b) * $0 })
        case .power:
            // b a^(b-1) is not asked for at 0^0, where it would be 0 · ∞, nor is log a where a is not positive.
            let byBase = da.map { da in b * a.power(select((a .== 0) * (b .== 0), 1, b - 1)) * da }
            let byExponent = db.map { db in select(a .> 0, y * select(a .> 0, a, 1).log(), 0) * db }
            return sum(byBase, byExponent)
        case .maximum: return extremum(a .> b, a .== b, da, db)
        case .minimum: return extremum(a .< b, a .== b, da, db)
        case .remainder: return sum(da, db.map { -((a - y) / b).rounded() * $0 })
        case .atan2:
            let square = a * a + b * b
            return sum(da.map { b / square * $0 }, db.map { -(a / square) * $0 })
        }
    }

    /// A tie shares the tangent equally.
    private func extremum(_ first: Tensor, _ tie: Tensor, _ da: Tensor?, _ db: Tensor?) -> Tensor? {
        guard let type = (da ?? db)?.type else { return nil }
        let weight = select(tie, 0.5, first.cast(to: type))
        return sum(da.map { weight * $0 }, db.map { (1 - weight) * $0 })
    }
}

private func extremumTangent(_ x: Tensor, _ y: Tensor, _ dx: Tensor, _ axes: [Int]) -> Tensor {
    let kept = x.shape.indices.map { axes.contains($0) ? 1 : x.shape[$0] }
    let isExtremum = (x .== y.reshaped(kept)).cast(to: x.type)
    let share = isExtremum / isExtremum.sum(axes: axes).reshaped(kept)
    return (share * dx).sum(axes: axes)
}
