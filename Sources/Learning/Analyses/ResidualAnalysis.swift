import Assimilation
import Tensors

/// An analysis without an ensemble: a network says from the forecast and the innovation what the forecast is to be changed by.
///
///     x ← x + network((x − centre) / scale, Hᵀ d, Hᵀ mask),   d = mask ∘ (y − h(x))
///
/// The innovation is taken to the variables by the adjoint of the operator about the forecast. The network knows how errors grow from
/// the state alone; trained through the cycles it comes near to an ensemble filter with one forecast. It computes in the element type
/// of its weights. The likelihood is that of a state without error, `N(d; 0, R)`.
///
/// Reference: Bocquet, Farchi, Finn, Durand, Cheng, Chen, Pasmans & Carrassi, *Accurate deep learning-based filtering for chaotic
/// dynamics by identifying instabilities without an ensemble*, Chaos 34 (2024), 091104.
public struct ResidualAnalysis<Network: Map>: Analysis where Network.Input == Tensor, Network.Output == Tensor {
    /// `[..., 3, n] → [..., 1, n]`: the channels are state, innovation and where there is one.
    public var network: Network
    /// What states are around, and how far from it.
    public let centre: Double
    public let scale: Double

    public init(_ network: Network, centre: Double, scale: Double) {
        precondition(scale > 0, "ResidualAnalysis: a scale of \(scale)")
        (self.network, self.centre, self.scale) = (network, centre, scale)
    }

    public func callAsFunction<H: Map>(
        _ background: PointEstimate, _ observation: Observation<H>
    ) -> Analyzed<PointEstimate> where H.Input == Tensor, H.Output == Tensor {
        let state = background.mean
        let seen = observation.operator.linearized(at: state)
        let innovation = observation.mask * (observation.values - seen.value)
        let change = increment(state, seen.adjoint(innovation), seen.adjoint(observation.mask))
        return Analyzed(
            belief: PointEstimate(state + change),
            logLikelihood: observation.logLikelihood(ofErrorFree: innovation))
    }

    /// The change of states `[..., n]`, from innovations in their space and from where there are any.
    public func increment(_ state: Tensor, _ innovation: Tensor, _ coverage: Tensor) -> Tensor {
        let type = network.leaves.first?.type ?? state.type
        let channels = [
            (state - Tensor(floatLiteral: centre)) * Tensor(floatLiteral: 1 / scale), innovation, coverage,
        ]
        let output = network(Tensor.stacked(channels.map { $0.cast(to: type) }, axis: -2))
        return output.element(0, axis: -2).cast(to: state.type)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&network, "network") }
}
