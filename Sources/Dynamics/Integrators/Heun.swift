import Tensors

/// One step of Heun's method, of a tendency that does not depend on time.
///
///     k₁ = f(x),  k₂ = f(x + h k₁),  x ← x + h/2 (k₁ + k₂)
///
/// Two evaluations of the tendency; the error of a step is of order `h³`.
///
/// Reference: Hairer, Nørsett & Wanner, *Solving Ordinary Differential Equations I* (Springer, 1993), section II.1.
public struct Heun<Tendency: Map>: Map where Tendency.Input == Tendency.Output {
    /// The right-hand side of `dx/dt = f(x)`.
    public var tendency: Tendency
    /// The step `h`, in the unit of time of the tendency.
    public let step: Double

    public init(_ tendency: Tendency, step: Double) { (self.tendency, self.step) = (tendency, step) }

    public func callAsFunction(_ state: Tendency.Input) -> Tendency.Input {
        let k1 = tendency(state)
        let k2 = tendency(state.advanced(step, along: k1))
        return state.advanced(step / 2, along: k1.combiningLeaves(k2, +))
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&tendency, "tendency") }
}
