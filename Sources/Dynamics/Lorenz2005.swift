import Tensors

/// Lorenz's model II of 2005: the model of 1996 with waves that are smooth over `K` neighbouring variables. The
/// tendency of a state along the last axis, which is periodic.
///
///     dxᵢ/dt = [x, x]ᵢ − xᵢ + F,   wᵢ = Σ′ⱼ xᵢ₋ⱼ / K
///     [x, x]ᵢ = −wᵢ₋₂ₖ wᵢ₋ₖ + Σ′ⱼ wᵢ₋ₖ₊ⱼ xᵢ₊ₖ₊ⱼ / K,   k = K
///
/// `Σ′` is over `|j| ≤ K / 2`; for even `K` its first and last terms count half. With `K = 1` it is `Lorenz96`. No
/// units. Shapes: `[..., n]` to `[..., n]`, `n` at least `4 K`. Cost O(K n).
///
/// Reference: E. N. Lorenz, *Designing chaotic models*, J. Atmos. Sci. 62 (2005), 1574–1587, equations 8 to 10.
public struct Lorenz2005: Map {
    /// The width `K` of the sums.
    public let width: Int
    /// The forcing `F`.
    public var forcing: Tensor

    public init(width: Int = 8, forcing: Tensor = 15) {
        precondition(width >= 1, "Lorenz2005: a width of \(width)")
        (self.width, self.forcing) = (width, forcing)
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        precondition(
            (x.shape.last ?? 0) >= 4 * width,
            "Lorenz2005: the last axis of \(x.shape) must be of length \(4 * width) at least, four widths")
        let smooth = mean(x)
        let advection = mean(smooth.rolled(by: width) * x.rolled(by: -width))
        return advection - smooth.rolled(by: 2 * width) * smooth.rolled(by: width) - x + forcing
    }

    /// `Σ′ⱼ xᵢ₊ⱼ / K`
    private func mean(_ x: Tensor) -> Tensor {
        guard width > 1 else { return x }
        let half = width / 2
        let inside = width % 2 == 0 ? half - 1 : half
        var sum = x
        for j in stride(from: 1, through: inside, by: 1) { sum = sum + (x.rolled(by: j) + x.rolled(by: -j)) }
        if width % 2 == 0 { sum = sum + 0.5 * (x.rolled(by: half) + x.rolled(by: -half)) }
        return sum / Tensor(floatLiteral: Double(width))
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&forcing, "forcing") }
}
