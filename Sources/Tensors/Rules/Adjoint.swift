/// The adjoint of an operation that is linear in the operands marked `isLinear`. Given the cotangents of the
/// results it returns those of the linear operands. Only operations that tangents are made of have one; the values of
/// linear operands must not be asked for.
extension Operation {
    func adjoint(_ x: [Tensor], _ isLinear: [Bool], _ results: [Tensor], _ cotangents: [Tensor?]) -> [Tensor?] {
        if let found = adjointOfPrograms(x, isLinear, results, cotangents) { return found }
        guard let ct = cotangents[0] else { return x.map { _ in nil } }
        switch self {
        case .alias: return [ct]
        case .unary(.negative): return [-ct]
        case .binary(let f): return f.adjoint(x, isLinear, ct)
        case .select:
            let zero = Tensor.zeros(type: ct.type)
            return [
                nil, isLinear[1] ? Tensors.select(x[0], ct, zero).summed(to: x[1].shape) : nil,
                isLinear[2] ? Tensors.select(x[0], zero, ct).summed(to: x[2].shape) : nil,
            ]
        case .cast: return [ct.cast(to: x[0].type)]
        case .reduce(.sum, let axes):
            let kept = x[0].shape.indices.map { axes.contains($0) ? 1 : x[0].shape[$0] }
            return [ct.reshaped(kept).broadcast(to: x[0].shape)]
        case .cumulativeSum(let axis, let reversed): return [apply(.cumulativeSum(axis: axis, reversed: !reversed), ct)]
        case .broadcast: return [ct.summed(to: x[0].shape)]
        case .reshape: return [ct.reshaped(x[0].shape)]
        case .transpose(let order):
            var inverse = order
            for (place, axis) in order.enumerated() { inverse[axis] = place }
            return [apply(.transpose(inverse), ct)]
        case .slice(let starts, _, let steps): return [spread(ct, onto: x[0].shape, starts, steps)]
        case .pad(let low, _, let interior): return [unpad(ct, x[0].shape, low, interior)]
        case .concatenate(let axis):
            var start = 0
            return zip(x, isLinear).map { part, linear in
                defer { start += part.shape[axis] }
                return linear ? ct.slice(axis: axis, from: start, to: start + part.shape[axis]) : nil
            }
        case .roll(let shift, let axis): return [apply(.roll(shift: -shift, axis: axis), ct)]
        case .gather(let axis): return [apply(.scatterAdd(axis: axis, size: x[0].shape[axis]), ct, x[1]), nil]
        case .scatterAdd(let axis, _): return [apply(.gather(axis: axis), ct, x[1]), nil]
        case .unfold(let axis, _, let stride, let dilation):
            return [apply(.fold(axis: axis, length: x[0].shape[axis], stride: stride, dilation: dilation), ct)]
        case .fold(let axis, _, let stride, let dilation):
            let size = x[0].shape[x[0].rank - 1]
            return [apply(.unfold(axis: axis, size: size, stride: stride, dilation: dilation), ct)]
        case .matrixProduct:
            return [
                isLinear[0] ? ct.matrixProduct(x[1].transposed).summed(to: x[0].shape) : nil,
                isLinear[1] ? rightCotangent(x[0], x[1].shape, ct) : nil,
            ]
        case .triangularSolve(let transposed): return [nil, apply(.triangularSolve(transposed: !transposed), x[0], ct)]
        case .solve: return [nil, apply(.solve, x[0].transposed, ct)]
        case .symmetricSylvester: return [nil, apply(self, x[0], ct)]
        case .fourier(let inverse): return [apply(.fourier(inverse: !inverse), ct)]
        case .realFourier: return [apply(.realFourierTranspose(length: x[0].shape[x[0].rank - 1]), ct)]
        case .realFourierTranspose: return [apply(.realFourier, ct)]
        case .constant, .unary, .compare, .reduce, .argmax, .argsort, .cholesky, .symmetricEigen,
            .qr, .lu, .singularValueDecomposition, .sqrtm, .random, .scan,
            .conditional,
            .whileLoop, .fixedPoint, .custom:
            preconditionFailure("\(self.name) is not linear: its tangent rule must not use it on tangents")
        }
    }

    /// The adjoint of an operation that is made of programs.
    private func adjointOfPrograms(
        _ x: [Tensor], _ isLinear: [Bool], _ results: [Tensor], _ cotangents: [Tensor?]
    ) -> [Tensor?]? {
        if case .scan(let scan) = self { return scan.adjoint(x, results, cotangents) }
        if case .conditional(let conditional) = self { return conditional.adjoint(x, isLinear, results, cotangents) }
        if case .fixedPoint(let point) = self { return point.adjoint(x, isLinear, results, cotangents) }
        if case .whileLoop = self {
            preconditionFailure(
                "whileLoop has no reverse mode, as nothing holds its trajectory: "
                    + "loop a fixed number of steps with `scan`, or solve with `fixedPoint`")
        }
        return nil
    }
}

extension Binary {
    fileprivate func adjoint(_ x: [Tensor], _ isLinear: [Bool], _ ct: Tensor) -> [Tensor?] {
        func first(_ value: @autoclosure () -> Tensor) -> Tensor? { isLinear[0] ? value().summed(to: x[0].shape) : nil }
        func second(_ value: @autoclosure () -> Tensor) -> Tensor? {
            isLinear[1] ? value().summed(to: x[1].shape) : nil
        }
        return switch self {
        case .add: [first(ct), second(ct)]
        case .subtract: [first(ct), second(-ct)]
        case .multiply: [first(ct * x[1]), second(ct * x[0])]
        case .divide: [first(ct / x[1]), nil]
        case .power, .maximum, .minimum, .remainder, .atan2: preconditionFailure("\(self) is not linear")
        }
    }
}

/// `AᵀC`; where one matrix on the right served a whole batch, as one product instead of a sum of many.
private func rightCotangent(_ a: Tensor, _ shape: [Int], _ ct: Tensor) -> Tensor {
    guard shape.count == 2, a.rank > 2 else { return a.transposed.matrixProduct(ct).summed(to: shape) }
    let rows = a.shape.dropLast().reduce(1, *)
    return a.reshaped([rows, shape[0]]).transposed.matrixProduct(ct.reshaped([rows, shape[1]]))
}

/// Puts a slice back into its place.
private func spread(_ ct: Tensor, onto shape: [Int], _ starts: [Int], _ steps: [Int]) -> Tensor {
    let high = shape.indices.map { axis in
        let length = ct.shape[axis]
        return length == 0 ? shape[axis] - starts[axis] : shape[axis] - starts[axis] - ((length - 1) * steps[axis] + 1)
    }
    return apply(.pad(low: starts, high: high, interior: steps.map { $0 - 1 }), ct)
}

private func unpad(_ ct: Tensor, _ shape: [Int], _ low: [Int], _ interior: [Int]) -> Tensor {
    let ends = shape.indices.map { low[$0] + (shape[$0] == 0 ? 0 : (shape[$0] - 1) * (interior[$0] + 1) + 1) }
    return apply(.slice(starts: low, ends: ends, steps: interior.map { $0 + 1 }), ct)
}
