import Assimilation
import Networks
import Tensors

/// An ensemble analysis for posteriors that are not Gaussian: a network moves every member, knowing the member, the observation, what
/// the ensemble is like, and random numbers of its own.
///
///     xᵢ ← xᵢ + map(e(xᵢ), y, mean over j of encoder(e(xⱼ)), zᵢ),   zᵢ ~ N(0, I)
///
/// `e` are features of a state. The order of the members does not matter, nor does their number, but for sampling. Trained with the
/// energy score, which is least for the true posterior whatever its shape. The likelihood is the mean of `N(y; h(xᵢ), R)` over the
/// members.
///
/// References: Spantini, Baptista & Marzouk, *Coupling techniques for nonlinear ensemble filtering*, SIAM Rev. 64 (2022), 921–953;
/// Zaheer et al., *Deep sets*, arXiv 1703.06114.
public struct TransportAnalysis: Analysis {
    public var encoder: DenseNetwork
    public var map: DenseNetwork
    /// Of states `[..., n]`, `[..., e]`.
    private let features: @Sendable (Tensor) -> Tensor
    /// The number of random numbers of a member.
    public let noise: Int
    /// What observations are divided by.
    public let observationScale: Double

    /// - Parameters:
    ///   - variables: the number of variables, `n`.
    ///   - featureCount: the number of features, `e`.
    ///   - observed: the number of observed values.
    ///   - context: the number of means over the ensemble.
    ///   - features: of states, of about the size of one.
    public init(
        variables: Int, featureCount: Int, observed: Int, width: Int = 48, context: Int = 16, noise: Int = 2,
        observationScale: Double = 1, key: Key, type: ElementType = .float32,
        features: @escaping @Sendable (Tensor) -> Tensor
    ) {
        let keys = key.split(2)
        encoder = DenseNetwork(widths: [featureCount, width, context], activation: .silu, key: keys[0], type: type)
        map = DenseNetwork(
            widths: [featureCount + observed + context + noise, width, width, variables], activation: .silu,
            key: keys[1], startingAtZero: true, type: type)
        (self.features, self.noise, self.observationScale) = (features, noise, observationScale)
    }

    public func callAsFunction<H: Map>(
        _ background: Ensemble, _ observation: Observation<H>
    ) -> Analyzed<Ensemble> where H.Input == Tensor, H.Output == Tensor {
        let keys = background.key.split(2)
        let values = observation.mask * observation.values
        let likelihoods = vmap { (x: Tensor) in
            observation.logLikelihood(ofErrorFree: observation.mask * (values - observation.operator(x)))
        }(background.members)
        return Analyzed(
            belief: Ensemble(members: moved(background.members, values, key: keys[0]), key: keys[1]),
            logLikelihood: likelihoods.logSumExp() - Tensor(Double(background.count)).log())
    }

    /// The analysed members of ensembles `[..., N, n]` and observations `[..., m]`.
    func moved(_ members: Tensor, _ values: Tensor, key: Key) -> Tensor {
        let type = map.layers[0].weight.type
        let seen = features(members).cast(to: type)
        let lead = Array(members.shape.dropLast())
        func spread(_ x: Tensor) -> Tensor {
            x.cast(to: type).expanded(axis: -2).broadcast(to: lead + [x.shape[x.rank - 1]])
        }
        let context = encoder(seen).mean(axes: [-2])
        let random = key.normal(lead + [noise]).cast(to: type)
        let observed = spread(values * Tensor(floatLiteral: 1 / observationScale))
        let input = Tensor.concatenated([seen, observed, spread(context), random], axis: -1)
        return members + map(input).cast(to: members.type)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&encoder, "encoder")
        visitor.visit(&map, "map")
    }
}
