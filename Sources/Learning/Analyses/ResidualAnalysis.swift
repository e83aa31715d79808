import Assimilation
import Tensors

/// An analysis without an ensemble: a network says from the forecast how the innovations are to change it.
///
///     x ← x + K d + b,   d = Hᵀ mask ∘ (y − h(x)),   K, b = network((x − centre) / scale, Hᵀ mask)
///
/// The innovation is taken to the variables by the adjoint of the operator about the forecast. The network knows how
/// errors grow from the state alone; trained through the cycles it comes near to an ensemble filter with one forecast.
/// It computes in the element type of its weights. The likelihood is that of a state without error, `N(d; 0, R)`.
///
/// Reference: Bocquet, Farchi, Finn, Durand, Cheng, Chen, Pasmans & Carrassi, *Accurate deep learning-based filtering
/// for chaotic dynamics by identifying instabilities without an ensemble*, Chaos 34 (2024), 091104.
public struct ResidualAnalysis: Analysis {
    /// Of two channels: the state, and where there is an observation.
    public var network: GainNetwork
    /// The center and the scale of states.
    public let center: Double
    public let scale: Double

    public init(_ network: GainNetwork, center: Double, scale: Double) {
        precondition(scale > 0, "ResidualAnalysis: a scale of \(scale)")
        (self.network, self.center, self.scale) = (network, center, scale)
    }

    public func callAsFunction<H: StateMap>(
        _ background: PointEstimate, _ observation: Observation<H>
    ) -> Analyzed<PointEstimate> {
        let state = background.mean
        let seen = observation.operator.linearized(at: state)
        let innovation = observation.mask * (observation.values - seen.value)
        let gain = gain(state, seen.adjoint(observation.mask))
        let change = gain.increment(seen.adjoint(innovation).cast(to: gain.shift.type))
        return Analyzed(
            belief: PointEstimate(state + change.cast(to: state.type)),
            logLikelihood: observation.logLikelihood(ofErrorFree: innovation))
    }

    /// The gain at states `[..., n]`, where the coverage is 1 at observed variables.
    public func gain(_ state: Tensor, _ coverage: Tensor) -> LocalGain {
        let type = network.last.bias.type
        let normalized = (state - Tensor(floatLiteral: center)) * Tensor(floatLiteral: 1 / scale)
        return network(Tensor.stacked([normalized, coverage].map { $0.cast(to: type) }, axis: -2))
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&network, "network") }
}
