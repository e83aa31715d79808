/// Fourier transforms of any length. A complex number is a pair (real, imaginary) along the last axis;
/// axes before are a batch.
///
/// Costs `O(n log n)` for every length; the error grows like the square root of `log n`.
extension Tensor {
    /// `Yₖ = Σⱼ xⱼ exp(−2πijk/n)` along the second last axis: `[..., n, 2] → [..., n, 2]`.
    public func fourier() -> Tensor { apply(.fourier(inverse: false), self) }
    /// `xⱼ = 1/n Σₖ Yₖ exp(2πijk/n)` along the second last axis: `[..., n, 2] → [..., n, 2]`.
    public func inverseFourier() -> Tensor {
        let sum = apply(.fourier(inverse: true), self)
        return sum / Tensor(floatLiteral: Double(shape[rank - 2]))
    }

    /// The modes `k = 0...n/2` of the transform of real numbers along the last axis: `[..., n] → [..., n/2 + 1, 2]`.
    public func realFourier() -> Tensor { apply(.realFourier, self) }
    /// The `length` real numbers of which these are the modes: `[..., length/2 + 1, 2] → [..., length]`. The imaginary
    /// parts of the first mode and, for an even length, of the last do not matter.
    public func inverseRealFourier(length: Int) -> Tensor {
        precondition(
            length > 0 && shape.suffix(2) == [length / 2 + 1, 2],
            "inverseRealFourier of \(signature): \(length) numbers have modes [..., \(length / 2 + 1), 2]")
        // Modes in between stand for their mirror images too.
        let weights = (0...(length / 2)).map { ($0 == 0 || 2 * $0 == length ? 1 : 2) / Double(length) }
        let weighted = self * Tensor(weights, shape: [weights.count, 1]).cast(to: type)
        return apply(.realFourierTranspose(length: length), weighted)
    }

    /// The transform of real images `[..., m, n]`: `[..., m, n/2 + 1, 2]`.
    public func realFourier2D() -> Tensor { realFourier().swappingPlane.fourier().swappingPlane }
    /// The real images `[..., m, columns]` of which these are the modes `[..., m, columns/2 + 1, 2]`.
    public func inverseRealFourier2D(columns: Int) -> Tensor {
        swappingPlane.inverseFourier().swappingPlane.inverseRealFourier(length: columns)
    }
    /// The two axes before the pairs exchanged.
    private var swappingPlane: Tensor {
        precondition(rank >= 3, "a plane of complex numbers of \(signature): needs [..., m, n, 2]")
        return transposed(to: Array(0..<(rank - 3)) + [rank - 2, rank - 3, rank - 1])
    }
}
