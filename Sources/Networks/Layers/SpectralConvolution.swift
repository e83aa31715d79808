import Tensors

/// A convolution by its lowest modes: `[..., inputs, length] → [..., outputs, length]` on a periodic axis.
///
///     Y[o, k] = Σ W[c, o, k] X[c, k]   for k < modes, 0 above,
///
/// with `X`, `Y` the Fourier modes of input and output and `W` complex. Its weights do not depend on the length, so
/// that what is learned on one grid holds on a finer one. Reference: Li et al. 2021 (Fourier neural operator),
/// arXiv 2010.08895.
public struct SpectralConvolution: Map {
    /// Real and imaginary parts of `W`, `[modes, inputs, outputs]` each.
    public var real: Tensor
    public var imaginary: Tensor

    /// Weights of normal numbers of standard deviation `1 / √(inputs · outputs)`, which keep the size of signals small.
    public init(_ inputs: Int, _ outputs: Int, modes: Int, key: Key, type: ElementType = .float64) {
        precondition(
            inputs > 0 && outputs > 0 && modes > 0,
            "SpectralConvolution: from \(inputs) to \(outputs) channels by \(modes) modes")
        (real, imaginary) = complexWeights([modes, inputs, outputs], key, type)
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        let (modes, length) = (real.shape[0], x.shape[x.rank - 1])
        precondition(
            x.rank >= 2 && x.shape[x.rank - 2] == real.shape[1] && modes <= length / 2 + 1,
            "a convolution of \(real.shape[1]) channels by \(modes) modes was given the shape \(x.shape)")
        let lead = Array(x.shape.dropLast(2))
        let seen = x.realFourier().slice(axis: -2, to: modes)
            .reshaped([lead.reduce(1, *), real.shape[1], modes, 2]).transposed(to: [2, 0, 1, 3])
        let mixed = complexProduct(seen, real, imaginary).transposed(to: [1, 2, 0, 3])
        return mixed.padded(axis: 2, before: 0, after: length / 2 + 1 - modes).inverseRealFourier(length: length)
            .reshaped(lead + [real.shape[2], length])
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&real, "real")
        visitor.visit(&imaginary, "imaginary")
    }
}

/// The same in a plane, `[..., inputs, height, width] → [..., outputs, height, width]`: modes `|k| < modes` along the
/// columns, both signs by weights of their own, and `0 ≤ l < modes` along the rows.
public struct SpectralConvolution2D: Map {
    /// Real and imaginary parts, `[2 modes, modes, inputs, outputs]` each: `k = 0, 1, …`, then `k = −modes, …, −1`.
    public var real: Tensor
    public var imaginary: Tensor

    public init(_ inputs: Int, _ outputs: Int, modes: Int, key: Key, type: ElementType = .float64) {
        precondition(
            inputs > 0 && outputs > 0 && modes > 0,
            "SpectralConvolution2D: from \(inputs) to \(outputs) channels by \(modes) modes")
        (real, imaginary) = complexWeights([2 * modes, modes, inputs, outputs], key, type)
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        let (modes, inputs, outputs) = (real.shape[1], real.shape[2], real.shape[3])
        precondition(
            x.rank >= 3 && x.shape[x.rank - 3] == inputs && 2 * modes <= x.shape[x.rank - 2]
                && modes <= x.shape[x.rank - 1] / 2 + 1,
            "a convolution of \(inputs) channels by \(modes) modes was given the shape \(x.shape)")
        let (lead, height, width) = (Array(x.shape.dropLast(3)), x.shape[x.rank - 2], x.shape[x.rank - 1])
        let low = x.realFourier2D().slice(axis: -2, to: modes)
        let seen = Tensor.concatenated(
            [low.slice(axis: -3, to: modes), low.slice(axis: -3, from: height - modes)], axis: -3
        ).reshaped([lead.reduce(1, *), inputs, 2 * modes * modes, 2]).transposed(to: [2, 0, 1, 3])
        let flat = [2 * modes * modes, inputs, outputs]
        let mixed = complexProduct(seen, real.reshaped(flat), imaginary.reshaped(flat)).transposed(to: [1, 2, 0, 3])
            .reshaped([lead.reduce(1, *), outputs, 2 * modes, modes, 2])
            .padded(axis: 3, before: 0, after: width / 2 + 1 - modes)
        let between = Tensor.zeros(
            mixed.shape.enumerated().map { $0.offset == 2 ? height - 2 * modes : $0.element }, type: x.type)
        return Tensor.concatenated(
            [mixed.slice(axis: 2, to: modes), between, mixed.slice(axis: 2, from: modes)], axis: 2
        ).inverseRealFourier2D(columns: width).reshaped(lead + [outputs, height, width])
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&real, "real")
        visitor.visit(&imaginary, "imaginary")
    }
}

private func complexWeights(_ shape: [Int], _ key: Key, _ type: ElementType) -> (Tensor, Tensor) {
    let keys = key.split(2)
    let scale = (1 / Double(shape[shape.count - 1] * shape[shape.count - 2])).squareRoot()
    return ((scale * keys[0].normal(shape)).cast(to: type), (scale * keys[1].normal(shape)).cast(to: type))
}

/// `[modes, batch, inputs, 2]` by `[modes, inputs, outputs]` to `[modes, batch, outputs, 2]`: one product of matrices
/// of twice the size, real parts before imaginary ones.
private func complexProduct(_ x: Tensor, _ real: Tensor, _ imaginary: Tensor) -> Tensor {
    let (modes, batch, inputs, outputs) = (x.shape[0], x.shape[1], x.shape[2], real.shape[2])
    let rows = x.transposed(to: [0, 1, 3, 2]).reshaped([modes, batch, 2 * inputs])
    let matrix = Tensor.concatenated(
        [
            Tensor.concatenated([real, imaginary], axis: -1), Tensor.concatenated([-imaginary, real], axis: -1),
        ], axis: 1)
    return rows.matrixProduct(matrix).reshaped([modes, batch, 2, outputs]).transposed(to: [0, 1, 3, 2])
}
