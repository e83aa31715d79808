/// How do the results change, to first order, when the operands change? Written in operations that are linear in the
/// tangents, so that `Adjoint.swift` can transpose them. `nil` is a tangent of zero.
extension Operation {
    func tangent(_ x: [Tensor], _ y: [Tensor], _ dx: [Tensor?]) -> [Tensor?] {
        switch self {
        case .alias, .reduce(.sum, _), .cumulativeSum, .broadcast, .reshape, .transpose, .slice, .pad, .roll:
            return [dx[0].map { apply(self, $0) }]
        case .constant, .compare, .largestIndex, .sortOrder, .random:
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
        case .orthogonalTriangular: return dx[0].map { orthogonalTriangularTangent(y[0], y[1], $0) } ?? [nil, nil]
        case .symmetricRoot(let inverse): return [dx[0].map { rootTangent(y[0], $0, inverse) }]
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
            let byBase = da.map { da in b * a.power(selecting((a .== 0) * (b .== 0), 1, b - 1)) * da }
            let byExponent = db.map { db in selecting(a .> 0, y * selecting(a .> 0, a, 1).log(), 0) * db }
            return sum(byBase, byExponent)
        case .maximum: return extremum(a .> b, a .== b, da, db)
        case .minimum: return extremum(a .< b, a .== b, da, db)
        }
    }

    /// A tie shares the tangent equally.
    private func extremum(_ first: Tensor, _ tie: Tensor, _ da: Tensor?, _ db: Tensor?) -> Tensor? {
        guard let type = (da ?? db)?.type else { return nil }
        let weight = selecting(tie, 0.5, first.cast(to: type))
        return sum(da.map { weight * $0 }, db.map { (1 - weight) * $0 })
    }
}

private func extremumTangent(_ x: Tensor, _ y: Tensor, _ dx: Tensor, _ axes: [Int]) -> Tensor {
    let kept = x.shape.indices.map { axes.contains($0) ? 1 : x.shape[$0] }
    let isExtremum = (x .== y.reshaped(kept)).cast(to: x.type)
    let share = isExtremum / isExtremum.sum(axes: axes).reshaped(kept)
    return (share * dx).sum(axes: axes)
}

/// `L Φ(L⁻¹ dA L⁻ᵀ)` with `Φ` the lower triangle, its diagonal halved (Murray 2016, arXiv 1602.07527).
private func choleskyTangent(_ l: Tensor, _ da: Tensor) -> Tensor {
    let symmetric = symmetricPart(da)
    let inner = l.triangularSolve(l.triangularSolve(symmetric).transposed)
    let n = l.shape[l.rank - 1]
    return l.matrixProduct(inner.lowerTriangle() * (1 - 0.5 * Tensor.identity(n, type: l.type)))
}

/// With `B = dA R⁻¹` and `C = Qᵀ B`, the part `X = L − Lᵀ` of `Qᵀ dQ`, `L` the strictly lower triangle of `C`, gives
/// `dR = (C − X) R` and `dQ = B − Q (C − X)` (Walter & Lehmann 2018, arXiv 1009.6112).
private func orthogonalTriangularTangent(_ q: Tensor, _ r: Tensor, _ da: Tensor) -> [Tensor?] {
    let b = r.transposed.triangularSolve(da.transposed).transposed
    let c = q.transposed.matrixProduct(b)
    let lower = c.lowerTriangle() * (1 - Tensor.identity(r.shape[r.rank - 1], type: r.type))
    let upper = c - lower + lower.transposed
    return [b - q.matrixProduct(upper), upper.matrixProduct(r)]
}

/// `dλ = diag(Vᵀ dA V)`, `dV = V (F ∘ Vᵀ dA V)`, `Fᵢⱼ = 1 / (λⱼ − λᵢ)`; within a group of equal eigenvalues the vectors are
/// not determined, and `F` is zero there.
private func eigenTangent(_ lambda: Tensor, _ v: Tensor, _ da: Tensor) -> [Tensor?] {
    if lambda.count == 0 { return [nil, nil] }
    let symmetric = symmetricPart(da)
    let inner = v.transposed.matrixProduct(symmetric).matrixProduct(v)
    let difference = lambda.expanded(axis: -2) - lambda.expanded(axis: -1)
    let scale = lambda.absolute().maximum(axes: [-1]).reshaped(lambda.shape.dropLast() + [1, 1])
    let isEqual = difference.absolute() .<= 1e-13 * scale
    let f = selecting(isEqual, 0, 1 / selecting(isEqual, 1, difference))
    return [inner.diagonal(), v.matrixProduct(f * inner)]
}

/// `R dR + dR R = dA` with `R` the root, or, as `R²` is then `A⁻¹`, `−A⁻¹ dA A⁻¹` on the right for the inverse root. No
/// derivative of an eigenvector is needed, so that equal eigenvalues do no harm in any order (Higham, *Functions of
/// Matrices*, section 6.1).
private func rootTangent(_ root: Tensor, _ da: Tensor, _ inverse: Bool) -> Tensor {
    guard inverse else { return apply(.symmetricSylvester, root, symmetricPart(da)) }
    let square = root.matrixProduct(root)
    return -apply(.symmetricSylvester, root, square.matrixProduct(symmetricPart(da)).matrixProduct(square))
}

private func symmetricPart(_ a: Tensor) -> Tensor { 0.5 * (a + a.transposed) }
