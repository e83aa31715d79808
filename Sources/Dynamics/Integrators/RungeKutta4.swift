import Tensors

/// One step of the classical Runge–Kutta method of order four, of a tendency that does not depend on time.
///
///     k₁ = f(x),  k₂ = f(x + h/2 k₁),  k₃ = f(x + h/2 k₂),  k₄ = f(x + h k₃)
///     x ← x + h/6 (k₁ + 2 k₂ + 2 k₃ + k₄)
///
/// Four evaluations of the tendency; the error of a step is of order `h⁵`.
///
/// Reference: Hairer, Nørsett & Wanner, *Solving Ordinary Differential Equations I* (Springer, 1993), section II.1.
public struct RungeKutta4<Tendency: Map>: Map where Tendency.Input == Tendency.Output {
    /// The right-hand side of `dx/dt = f(x)`.
    public var tendency: Tendency
    /// The step `h`, in the unit of time of the tendency.
    public let step: Double

    public init(_ tendency: Tendency, step: Double) {
        self.tendency = tendency
        self.step = step
    }

    public func callAsFunction(_ state: Tendency.Input) -> Tendency.Input {
        let k1 = tendency(state)
        let k2 = tendency(state.advanced(step / 2, along: k1))
        let k3 = tendency(state.advanced(step / 2, along: k2))
        let k4 = tendency(state.advanced(step, along: k3))
        let middle = k2.combiningLeaves(k3) { 2 * ($0 + $1) }
        let total = k1.combiningLeaves(middle, +).combiningLeaves(k4, +)
        return state.advanced(step / 6, along: total)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&tendency, "tendency") }
}
