/// The value of an operation. The kernels themselves are in `Kernels/`, `Linear/` and `Random/`.
extension Operation {
    func value(_ x: [Tensor], _ results: [Signature]) -> [Storage] {
        let shape = results[0].shape
        switch self {
        case .alias, .constant: return [x[0].known]
        case .unary(let f): return [unaryValue(f, x[0].known)]
        case .binary(let f): return [binaryValue(f, x[0], x[1], shape)]
        case .compare(let f): return [comparisonValue(f, x[0], x[1], shape)]
        case .select: return [selectValue(x[0], x[1], x[2], shape)]
        case .cast(let type): return [x[0].known.cast(to: type)]
        case .reduce(let reduction, let axes): return [reduceValue(reduction, x[0], axes)]
        case .argmax(let axis): return [.int64(argmaxValue(x[0], axis))]
        case .cumulativeSum(let axis, let reversed): return [cumulativeSumValue(x[0], axis, reversed)]
        case .argsort(let axis): return [.int64(argsortValue(x[0], axis))]
        case .broadcast(let target):
            return [x[0].known.rearranged(Strided(shape: target, strides: x[0].shape.strides(broadcastTo: target)))]
        case .reshape: return [x[0].known]
        case .transpose([1, 0]):
            return [x[0].known.rearranged(MatrixTranspose(rows: x[0].shape[0], columns: x[0].shape[1]))]
        case .transpose(let order):
            let strides = x[0].shape.strides
            return [x[0].known.rearranged(Strided(shape: shape, strides: order.map { strides[$0] }))]
        case .slice(let starts, _, let steps):
            let strides = x[0].shape.strides
            return [
                x[0].known.rearranged(
                    Strided(
                        shape: shape, strides: zip(strides, steps).map(*),
                        offset: zip(strides, starts).map(*).reduce(0, +)))
            ]
        case .pad(let low, _, let interior): return [padValue(x[0], shape, low, interior)]
        case .concatenate(let axis): return [concatenateValue(x, axis)]
        case .roll(let shift, let axis): return [x[0].known.rearranged(Roll(shape: shape, shift: shift, axis: axis))]
        case .gather(let axis): return [gatherValue(x[0], x[1], axis)]
        case .scatterAdd(let axis, let size): return [scatterAddValue(x[0], x[1], axis, size)]
        case .unfold(let axis, _, let stride, let dilation):
            return [unfoldValue(x[0], shape, axis, stride, dilation)]
        case .fold(let axis, _, let stride, let dilation):
            return [foldValue(x[0], shape, axis, stride, dilation)]
        case .matrixProduct: return [matrixProductValue(x[0], x[1], shape)]
        case .cholesky: return [choleskyValue(x[0])]
        case .triangularSolve(let transposed): return [triangularSolveValue(x[0], x[1], transposed)]
        case .solve: return [solveValue(x[0], x[1])]
        case .symmetricEigen: return symmetricEigenValue(x[0])
        case .qr: return qrValue(x[0])
        case .lu: return luValue(x[0])
        case .singularValueDecomposition: return singularValueValue(x[0])
        case .sqrtm(let inverse): return [sqrtmValue(x[0], inverse)]
        case .symmetricSylvester: return [symmetricSylvesterValue(x[0].detached, x[1].detached)]
        case .fourier(let inverse): return [fourierValue(x[0], inverse)]
        case .realFourier: return [realFourierValue(x[0])]
        case .realFourierTranspose(let length): return [realFourierTransposeValue(x[0], length)]
        case .random(let draw): return [randomValue(draw, x)]
        // The steps of these are not recorded.
        case .scan(let scan): return scan.run(x).map(\.known)
        case .conditional(let conditional): return conditional.run(x).map(\.known)
        case .whileLoop(let loop): return loop.run(x).map(\.known)
        case .fixedPoint(let point): return point.solution.run(x.map(\.detached)).map(\.known)
        case .custom(let custom): return custom.body.run(x.map(\.detached)).map(\.known)
        }
    }
}
