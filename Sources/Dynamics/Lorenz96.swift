import Tensors

/// Lorenz's model of a quantity on a circle of latitude: the tendency of a state along the last axis,
/// which is periodic.
///
///     dxᵢ/dt = (xᵢ₊₁ − xᵢ₋₂) xᵢ₋₁ − xᵢ + F
///
/// Advection that conserves `Σ xᵢ²`, damping and forcing; no units, but a unit of time is commonly read as five days.
/// With `F = 8` and 40 variables the motion is chaotic, with a leading Lyapunov exponent of 1.68.
///
/// Shapes: `[..., n]` to `[..., n]`, `n` at least 4. The forcing is a scalar or broadcasts against the state.
///
/// Reference: E. N. Lorenz, *Predictability: a problem partly solved*, ECMWF Seminar on Predictability (1996);
/// reprinted in Palmer & Hagedorn (eds), *Predictability of Weather and Climate* (Cambridge, 2006), chapter 3,
/// equation 3.1.
public struct Lorenz96: Map {
    /// The forcing `F`.
    public var forcing: Tensor

    public init(forcing: Tensor = 8) { self.forcing = forcing }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        precondition((x.shape.last ?? 0) >= 4, "Lorenz96: the last axis of \(x.shape) must be of length 4 at least")
        return (x.rolled(by: -1) - x.rolled(by: 2)) * x.rolled(by: 1) - x + forcing
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&forcing, "forcing") }
}
