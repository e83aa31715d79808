import Tensors

/// One step of Euler's method, `x ← x + h f(x)`: one evaluation of the tendency; the error of a step is of order `h²`.
///
/// Reference: Hairer, Nørsett & Wanner, *Solving Ordinary Differential Equations I* (Springer, 1993), section I.7.
public struct Euler<Tendency: Map>: Map where Tendency.Input == Tendency.Output {
    /// The right-hand side of `dx/dt = f(x)`.
    public var tendency: Tendency
    /// The step `h`, in the unit of time of the tendency.
    public let step: Double

    public init(_ tendency: Tendency, step: Double) {
        self.tendency = tendency
        self.step = step
    }

    public func callAsFunction(_ state: Tendency.Input) -> Tendency.Input {
        state.advanced(step, along: tendency(state))
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&tendency, "tendency") }
}
