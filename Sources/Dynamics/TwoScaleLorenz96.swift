import Tensors

/// Lorenz's model of 1996 with a second, fast scale: `K` large variables on a circle, each coupled to `J` small ones,
/// which form one circle of `K J`. The tendency of a state along the last axis: the large variables, then the small
/// ones, those of the first large variable first.
///
///     dXₖ/dt = (Xₖ₊₁ − Xₖ₋₂) Xₖ₋₁ − Xₖ + F − (h c / b) Σⱼ Yⱼ,ₖ
///     dYᵢ/dt = c b (Yᵢ₋₁ − Yᵢ₊₂) Yᵢ₊₁ − c Yᵢ + (h c / b) Xₖ(ᵢ)
///
/// No units. Where the small variables are not observed, the large ones alone do not determine their own future: what
/// that costs is the test of parametrisations and models with memory.
///
/// Shapes: `[..., K (1 + J)]` to the same; `K` and `J` at least 4 and 1. Parameters are scalars.
///
/// References: E. N. Lorenz, *Predictability: a problem partly solved*, ECMWF Seminar on Predictability (1996),
/// equations 3.2 and 3.3; D. S. Wilks, *Effects of stochastic parametrizations in the Lorenz '96 system*, Q. J. R.
/// Meteorol. Soc. 131 (2005), 389–407.
public struct TwoScaleLorenz96: Map {
    /// The number `K` of large variables.
    public let large: Int
    /// The number `J` of small variables for each large one.
    public let small: Int
    /// `F`
    public var forcing: Tensor
    /// `h`
    public var coupling: Tensor
    /// `b`: by how much small variables are smaller.
    public var amplitudeRatio: Tensor
    /// `c`: by how much they are faster.
    public var timeRatio: Tensor

    public init(
        large: Int = 8, small: Int = 32, forcing: Tensor = 20, coupling: Tensor = 1, amplitudeRatio: Tensor = 10,
        timeRatio: Tensor = 10
    ) {
        precondition(
            large >= 4 && small >= 1,
            "TwoScaleLorenz96: \(large) large variables (at least 4), \(small) small ones each")
        (self.large, self.small) = (large, small)
        (self.forcing, self.coupling) = (forcing, coupling)
        (self.amplitudeRatio, self.timeRatio) = (amplitudeRatio, timeRatio)
    }

    /// The number of variables of the state.
    public var count: Int { large * (1 + small) }

    public func callAsFunction(_ state: Tensor) -> Tensor {
        precondition(
            state.shape.last == count,
            "TwoScaleLorenz96: the last axis of \(state.shape) must be of length \(count), \(large) · (1 + \(small))")
        let x = largeVariables(of: state)
        let y = state.slice(axis: -1, from: large)
        let lead = Array(state.shape.dropLast())
        let exchange = coupling * timeRatio / amplitudeRatio
        let load = y.reshaped(lead + [large, small]).sum(axes: [-1])
        let drive = x.expanded(axis: -1).broadcast(to: lead + [large, small]).reshaped(lead + [large * small])
        let dx = (x.rolled(by: -1) - x.rolled(by: 2)) * x.rolled(by: 1) - x + forcing - exchange * load
        let advection = (y.rolled(by: 1) - y.rolled(by: -2)) * y.rolled(by: -1)
        let dy = timeRatio * amplitudeRatio * advection - timeRatio * y + exchange * drive
        return Tensor.concatenated([dx, dy], axis: -1)
    }

    /// The part of states that is large and slow, `[..., K]`.
    public func largeVariables(of state: Tensor) -> Tensor { state.slice(axis: -1, from: 0, to: large) }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&forcing, "forcing")
        visitor.visit(&coupling, "coupling")
        visitor.visit(&amplitudeRatio, "amplitudeRatio")
        visitor.visit(&timeRatio, "timeRatio")
    }
}
