import Tensors

/// Lorenz's model of 1996 with a cubic term besides, friction and forcing of its own:
/// a truth that the simpler model is wrong about.
///
///     dxᵢ/dt = (xᵢ₊₁ − xᵢ₋₂) xᵢ₋₁ + ν (aᵢ₋₁ − aᵢ) − λ xᵢ + F,   aᵢ = xᵢ₋₁ xᵢ₊₁ (xᵢ₊₂ − xᵢ₋₂)
///
/// The cubic term is the difference of a flux, which conserves `Σ xᵢ`; it does not conserve `Σ xᵢ²`, as `a` itself
/// would. For `ν = 0.025` the motion stays bounded and errors double in 0.5 units of time, in 0.4 by the simpler model;
/// for negative `ν` it does not stay bounded. With `ν = 0` and `λ = 1` it is `Lorenz96`. No units. Shapes: `[..., n]`
/// to `[..., n]`, `n` at least 6.
///
/// Reference: M. Bocquet & J. Brajard, course of ECMWF on machine learning in weather and climate (2022), tier 3, data
/// assimilation; the term as its program has it.
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
        let (next, last) = (x.rolled(by: -1), x.rolled(by: 1))
        let (second, before) = (x.rolled(by: -2), x.rolled(by: 2))
        let flux = last * next * (second - before)
        return (next - before) * last + cubic * (flux.rolled(by: 1) - flux) - friction * x + forcing
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&forcing, "forcing")
        visitor.visit(&friction, "friction")
        visitor.visit(&cubic, "cubic")
    }
}
