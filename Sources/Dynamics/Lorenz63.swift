import Tensors

/// Lorenz's model of convection: the tendency of a state `(x, y, z)` along the last axis.
///
///     dx/dt = σ (y − x)
///     dy/dt = x (ρ − z) − y
///     dz/dt = x y − β z
///
/// `x` is the strength of the convection, `y` the difference of temperature between the rising and the sinking current,
/// `z` the deviation of the vertical temperature profile from a straight line; all without units, as is time. With the
/// parameters below the motion is chaotic, with a leading Lyapunov exponent of 0.906.
///
/// Shapes: `[..., 3]` to `[..., 3]`.
///
/// Reference: E. N. Lorenz, *Deterministic nonperiodic flow*, J. Atmos. Sci. 20 (1963), 130–141, equations 25–27.
public struct Lorenz63: Map {
    /// The Prandtl number of the fluid.
    public var sigma: Tensor
    /// The Rayleigh number over its critical value.
    public var rho: Tensor
    /// `4 / (1 + a²)` of the aspect ratio `a` of the convection cells.
    public var beta: Tensor

    public init(sigma: Tensor = 10, rho: Tensor = 28, beta: Tensor = Tensor(8.0 / 3)) {
        (self.sigma, self.rho, self.beta) = (sigma, rho, beta)
    }

    public func callAsFunction(_ state: Tensor) -> Tensor {
        precondition(state.shape.last == 3, "Lorenz63: the last axis of \(state.shape) must be of length 3")
        let x = state.slice(axis: -1, from: 0, to: 1)
        let y = state.slice(axis: -1, from: 1, to: 2)
        let z = state.slice(axis: -1, from: 2, to: 3)
        return Tensor.concatenated([sigma * (y - x), x * (rho - z) - y, x * y - beta * z], axis: -1)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&sigma, "sigma")
        visitor.visit(&rho, "rho")
        visitor.visit(&beta, "beta")
    }
}
