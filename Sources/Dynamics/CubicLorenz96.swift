import Tensors

/// Lorenz's model of 1996 with a cubic advection and a friction of its own: a truth that the simpler model is wrong about.
///
///     dxᵢ/dt = (xᵢ₊₁ − xᵢ₋₂) xᵢ₋₁ + ν (xᵢ₋₂ xᵢ (xᵢ₊₁ − xᵢ₋₃) − xᵢ₋₁ xᵢ₊₁ (xᵢ₊₂ − xᵢ₋₂)) − λ xᵢ + F
///
/// With `ν = 0` and `λ = 1` it is `Lorenz96`. No units. Shapes: `[..., n]` to `[..., n]`, `n` at least 6.
///
/// Reference: M. Bocquet & J. Brajard, course of ECMWF on machine learning in weather and climate (2022), part on data assimilation.
public struct CubicLorenz96: Map {
    /// `F`
    public var forcing: Tensor
    /// `λ`
    public var friction: Tensor
    /// `ν`
    public var cubic: Tensor

    public init(forcing: Tensor = 8.5, friction: Tensor = 1.01, cubic: Tensor = 0.025) {
        (self.forcing, self.friction, self.cubic) = (forcing, friction, cubic)
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        precondition(
            (x.shape.last ?? 0) >= 6, "CubicLorenz96: the last axis of \(x.shape) must be of length 6 at least")
        let (next, second) = (x.rolled(by: -1), x.rolled(by: -2))
        let (last, before, third) = (x.rolled(by: 1), x.rolled(by: 2), x.rolled(by: 3))
        let quadratic = (next - before) * last
        let correction = before * x * (next - third) - last * next * (second - before)
        return quadratic + cubic * correction - friction * x + forcing
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&forcing, "forcing")
        visitor.visit(&friction, "friction")
        visitor.visit(&cubic, "cubic")
    }
}
