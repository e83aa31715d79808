/// An operation on many operands at once. `isBatched` marks operands that carry the batch as their first axis;
/// every result carries it too.
extension Operation {
    func batched(_ x: [Tensor], _ isBatched: [Bool], _ size: Int) -> [Tensor] {
        switch self {
        case .alias, .constant, .unary, .cast, .cholesky, .symmetricEigen, .qr,
            .lu, .singularValueDecomposition, .sqrtm, .fourier, .realFourier, .realFourierTranspose:
            return applyAll(self, x)
        case .binary, .compare, .select: return applyAll(self, aligned(x, isBatched))
        case .matrixProduct: return applyAll(self, aligned(x, isBatched))
        case .reduce(let reduction, let axes): return [apply(.reduce(reduction, axes: axes.map { $0 + 1 }), x[0])]
        case .argmax(let axis): return [apply(.argmax(axis: axis + 1), x[0])]
        case .cumulativeSum(let axis, let reversed):
            return [apply(.cumulativeSum(axis: axis + 1, reversed: reversed), x[0])]
        case .argsort(let axis): return [apply(.argsort(axis: axis + 1), x[0])]
        case .broadcast(let shape):
            let own = [size] + Array(x[0].shape.dropFirst()).padded(toRank: shape.count)
            return [x[0].reshaped(own).broadcast(to: [size] + shape)]
        case .reshape(let shape): return [x[0].reshaped([size] + shape)]
        case .transpose(let order): return [apply(.transpose([0] + order.map { $0 + 1 }), x[0])]
        case .slice(let starts, let ends, let steps):
            return [apply(.slice(starts: [0] + starts, ends: [size] + ends, steps: [1] + steps), x[0])]
        case .pad(let low, let high, let interior):
            return [apply(.pad(low: [0] + low, high: [0] + high, interior: [0] + interior), x[0])]
        case .concatenate(let axis): return applyAll(.concatenate(axis: axis + 1), all(x, isBatched, size))
        case .roll(let shift, let axis): return [apply(.roll(shift: shift, axis: axis + 1), x[0])]
        case .gather where !isBatched[0] && x[0].rank == 1 && x[1].count == size:
            // One element of a table that all share: no copies of the table are made.
            return [apply(.gather(axis: 0), x[0], x[1].reshaped([size])).reshaped([size, 1])]
        case .gather(let axis): return applyAll(.gather(axis: axis + 1), all(x, isBatched, size))
        case .scatterAdd(let axis, let length):
            return applyAll(.scatterAdd(axis: axis + 1, size: length), all(x, isBatched, size))
        case .unfold(let axis, let size, let stride, let dilation):
            return [apply(.unfold(axis: axis + 1, size: size, stride: stride, dilation: dilation), x[0])]
        case .fold(let axis, let length, let stride, let dilation):
            return [apply(.fold(axis: axis + 1, length: length, stride: stride, dilation: dilation), x[0])]
        case .triangularSolve, .solve, .symmetricSylvester, .random: return applyAll(self, all(x, isBatched, size))
        case .scan(let scan): return scan.batched(x, isBatched, size)
        case .conditional(let conditional): return conditional.batched(x, isBatched, size)
        case .whileLoop(let loop): return loop.batched(x, isBatched, size)
        case .fixedPoint(let point): return point.batched(x, isBatched, size)
        case .custom(let custom): return custom.batched(x, isBatched, size)
        }
    }
}

/// Gives batched operands of lower rank axes of length one after the batch, so that broadcasting aligns them.
private func aligned(_ x: [Tensor], _ isBatched: [Bool]) -> [Tensor] {
    let rank = zip(x, isBatched).map { $0.rank - ($1 ? 1 : 0) }.max() ?? 0
    return zip(x, isBatched).map { tensor, batched in
        guard batched, tensor.rank < rank + 1 else { return tensor }
        return tensor.reshaped([tensor.shape[0]] + Array(tensor.shape.dropFirst()).padded(toRank: rank))
    }
}

/// Repeats values without a batch axis.
private func all(_ x: [Tensor], _ isBatched: [Bool], _ size: Int) -> [Tensor] {
    zip(x, isBatched).map { $1 ? $0 : $0.broadcast(to: [size] + $0.shape) }
}
