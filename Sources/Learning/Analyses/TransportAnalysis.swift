import Assimilation
import Networks
import Tensors

/// An ensemble analysis for posteriors that are not Gaussian: a network moves every member, knowing the member, what
/// would be observed of it, what was, what the ensemble is like, and random numbers of its own.
///
///     xᵢ ← xᵢ + stateScale · map(e(xᵢ), h(xᵢ), y, mean over j of encoder(e(xⱼ)), zᵢ),   zᵢ ~ N(0, I)
///
/// `e` are features of a state. The order of the members does not matter, nor does their number, but for sampling.
/// Trained with the energy score, which is least for the true posterior whatever its shape. Missing values are seen as
/// zeros. The likelihood is the mean of `N(y; h(xᵢ), R)` over the members.
///
/// References: Spantini, Baptista & Marzouk, *Coupling techniques for nonlinear ensemble filtering*, SIAM Rev. 64
/// (2022), 921–953; Zaheer et al., *Deep sets*, arXiv 1703.06114.
public struct TransportAnalysis: Analysis {
    public var encoder: DenseNetwork
    public var map: DenseNetwork
    /// Of states `[..., n]`, `[..., e]`.
    private let features: @Sendable (Tensor) -> Tensor
    /// The number of random numbers of a member.
    public let noise: Int
    /// The scale of observations.
    public let observationScale: Double
    /// The scale of the network's changes.
    public let stateScale: Double

    /// - Parameters:
    ///   - variables: the number of variables, `n`.
    ///   - featureCount: the number of features, `e`.
    ///   - observed: the number of observed values.
    ///   - context: the number of means over the ensemble.
    ///   - features: of states, of about the size of one.
    public init(
        variables: Int, featureCount: Int, observed: Int, width: Int = 48, context: Int = 16, noise: Int = 2,
        observationScale: Double = 1, stateScale: Double = 1, key: Key, type: ElementType = .float32,
        features: @escaping @Sendable (Tensor) -> Tensor
    ) {
        let keys = key.split(2)
        encoder = DenseNetwork(widths: [featureCount, width, context], activation: .silu, key: keys[0], type: type)
        map = DenseNetwork(
            widths: [featureCount + 2 * observed + context + noise, width, width, variables], activation: .silu,
            key: keys[1], startingAtZero: true, type: type)
        (self.features, self.noise) = (features, noise)
        (self.observationScale, self.stateScale) = (observationScale, stateScale)
    }

    public func callAsFunction<H: StateMap>(
        _ background: Ensemble, _ observation: Observation<H>
    ) -> Analyzed<Ensemble> {
        let keys = background.key.split(2)
        let values = observation.mask * observation.values
        let seen = observation.mask * vmap { (x: Tensor) in observation.operator(x) }(background.members)
        let likelihoods = vmap { (y: Tensor) in observation.logLikelihood(ofErrorFree: values - y) }(seen)
        return Analyzed(
            belief: Ensemble(members: moved(background.members, seen: seen, values, key: keys[0]), key: keys[1]),
            logLikelihood: likelihoods.logSumExp() - Tensor(Double(background.count)).log())
    }

    /// The analysed members of an ensemble `[N, n]` that is seen as `[N, m]` and an observation `[m]`.
    public func moved(_ members: Tensor, seen: Tensor, _ values: Tensor, key: Key) -> Tensor {
        let type = map.layers[0].weight.type
        let count = members.shape[0]
        let states = features(members).cast(to: type)
        func all(_ x: Tensor) -> Tensor { x.cast(to: type).expanded(axis: 0).broadcast(to: [count, x.shape[0]]) }
        let scale = Tensor(floatLiteral: 1 / observationScale)
        let input = [
            states, (scale * seen).cast(to: type), all(scale * values), all(encoder(states).mean(axes: [0])),
            key.normal([count, noise]).cast(to: type),
        ]
        let change = map(Tensor.concatenated(input, axis: -1)) * Tensor(floatLiteral: stateScale)
        return members + change.cast(to: members.type)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&encoder, "encoder")
        visitor.visit(&map, "map")
    }
}
