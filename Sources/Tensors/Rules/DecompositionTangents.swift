/// The tangents of matrix decompositions, written for `Tangent.swift`.

/// `L Φ(L⁻¹ dA L⁻ᵀ)` with `Φ` the lower triangle, its diagonal halved (Murray 2016, arXiv 1602.07527).
func choleskyTangent(_ l: Tensor, _ da: Tensor) -> Tensor {
    let symmetric = symmetricPart(da)
    let inner = l.triangularSolve(l.triangularSolve(symmetric).transposed)
    let n = l.shape[l.rank - 1]
    return l.matrixProduct(inner.lowerTriangle() * (1 - 0.5 * Tensor.identity(n, type: l.type)))
}

/// With `B = dA R⁻¹` and `C = Qᵀ B`, the part `X = L − Lᵀ` of `Qᵀ dQ`, `L` the strictly lower triangle of `C`, gives
/// `dR = (C − X) R` and `dQ = B − Q (C − X)` (Walter & Lehmann 2018, arXiv 1009.6112).
func qrTangent(_ q: Tensor, _ r: Tensor, _ da: Tensor) -> [Tensor?] {
    let b = r.transposed.triangularSolve(da.transposed).transposed
    let c = q.transposed.matrixProduct(b)
    let lower = c.strictlyLowerTriangle()
    let upper = c - lower + lower.transposed
    return [b - q.matrixProduct(upper), upper.matrixProduct(r)]
}

/// With `M = L⁻¹ P dA U⁻¹`, its strictly lower triangle gives `dL = L M₋` and the rest `dU = M₊ U`.
func luTangent(_ packed: Tensor, _ order: Tensor, _ da: Tensor) -> [Tensor?] {
    let (l, u) = packed.unpackedLU()
    let rows = order.expanded(axis: -1).broadcast(to: da.shape)
    let left = l.triangularSolve(da.gathered(rows, axis: -2))
    let inner = u.transposed.triangularSolve(left.transposed).transposed
    let lower = inner.strictlyLowerTriangle()
    return [l.matrixProduct(lower) + (inner - lower).matrixProduct(u), nil]
}

/// `dλ = diag(Vᵀ dA V)`, `dV = V (F ∘ Vᵀ dA V)`, `Fᵢⱼ = 1 / (λⱼ − λᵢ)`; within a group of equal eigenvalues the vectors
/// are not determined, and `F` is zero there.
func eigenTangent(_ lambda: Tensor, _ v: Tensor, _ da: Tensor) -> [Tensor?] {
    if lambda.count == 0 { return [nil, nil] }
    let inner = v.transposed.matrixProduct(symmetricPart(da)).matrixProduct(v)
    let difference = lambda.expanded(axis: -2) - lambda.expanded(axis: -1)
    return [inner.diagonal(), v.matrixProduct(inner * inverse(difference, beside: lambda))]
}

/// With `D = Uᵀ dA V`: `ds = diag D`, `dU = U X + (I − U Uᵀ) dA V S⁻¹` and `dV = V Y + (I − V Vᵀ) dAᵀ U S⁻¹`, where
/// `(X ± Y)ᵢⱼ = (D ± Dᵀ)ᵢⱼ / (sⱼ ∓ sᵢ)`. Quotients whose divisor is zero are zero: within a group of equal singular
/// values only `X − Y` is determined, which is all that functions such as `U Vᵀ` need (Townsend 2016, *Differentiating
/// the singular value decomposition*).
func singularValueTangent(_ u: Tensor, _ s: Tensor, _ v: Tensor, _ da: Tensor) -> [Tensor?] {
    if s.shape[s.rank - 1] == 0 || s.count == 0 { return [nil, nil, nil] }
    let (onRight, onLeft) = (da.matrixProduct(v), da.transposed.matrixProduct(u))
    let d = u.transposed.matrixProduct(onRight)
    let difference = inverse(s.expanded(axis: -2) - s.expanded(axis: -1), beside: s)
    let total = inverse(s.expanded(axis: -2) + s.expanded(axis: -1), beside: s)
    let even = 0.5 * (d + d.transposed) * difference
    let odd = 0.5 * (d - d.transposed) * total
    var (du, dv) = (u.matrixProduct(even + odd), v.matrixProduct(even - odd))
    // A square factor spans everything, and nothing is left outside.
    let size = s.shape[s.rank - 1]
    let scale = inverse(s.expanded(axis: -2), beside: s)
    if u.shape[u.rank - 2] > size { du = du + (onRight - u.matrixProduct(d)) * scale }
    if v.shape[v.rank - 2] > size { dv = dv + (onLeft - v.matrixProduct(d.transposed)) * scale }
    return [du, d.diagonal(), dv]
}

/// `1 / x`, zero where `x` is zero to rounding beside the largest of `values` along the last axis.
private func inverse(_ x: Tensor, beside values: Tensor) -> Tensor {
    let scale = values.absolute().maximum(axes: [-1]).reshaped(values.shape.dropLast() + [1, 1])
    let isZero = x.absolute() .<= Tensor(floatLiteral: x.type == .float32 ? 1e-6 : 1e-13) * scale
    return select(isZero, 0, 1 / select(isZero, 1, x))
}

/// `R dR + dR R = dA` with `R` the root, or, as `R²` is then `A⁻¹`, `−A⁻¹ dA A⁻¹` on the right for the inverse root. No
/// derivative of an eigenvector is needed, so that equal eigenvalues do no harm in any order (Higham, *Functions of
/// Matrices*, section 6.1).
func rootTangent(_ root: Tensor, _ da: Tensor, _ inverse: Bool) -> Tensor {
    guard inverse else { return apply(.symmetricSylvester, root, symmetricPart(da)) }
    let square = root.matrixProduct(root)
    return -apply(.symmetricSylvester, root, square.matrixProduct(symmetricPart(da)).matrixProduct(square))
}

func symmetricPart(_ a: Tensor) -> Tensor { 0.5 * (a + a.transposed) }
