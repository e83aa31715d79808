import Tensors

/// A belief that a given gain can correct, as in `FixedGain`.
public protocol Correctable: Belief {
    /// The belief after `x ← x + K (y − h(x))`.
    ///
    /// - Parameter gain: `K`, `[n, m]`.
    func corrected<H: StateMap>(by gain: Tensor, _ observation: Observation<H>) -> Analyzed<Self>
}

/// An analysis whose gain is a free parameter: to be learned, or known beforehand.
///
///     x ← x + K (y − h(x))
///
/// A single state moves by it; a Gaussian's covariance follows in Joseph's form, right for any gain; the members of an
/// ensemble each see a perturbed observation. Cost O(n m), and O(n² m) for a Gaussian.
public struct FixedGain<State: Correctable>: Analysis {
    /// `K`, `[n, m]`
    public var gain: Tensor

    public init(_ gain: Tensor) {
        precondition(gain.rank == 2, "a gain of shape \(gain.shape): expected [variables, observed values]")
        self.gain = gain
    }

    public func callAsFunction<H: StateMap>(_ background: State, _ observation: Observation<H>) -> Analyzed<State> {
        background.corrected(by: gain, observation)
    }
    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&gain, "gain") }
}

extension PointEstimate: Correctable {
    /// The likelihood is that of a state without error, `N(y − h(x); 0, R)`.
    public func corrected<H: StateMap>(by gain: Tensor, _ observation: Observation<H>) -> Analyzed<PointEstimate> {
        let innovation = observation.mask * (observation.values - observation.operator(mean))
        return Analyzed(
            belief: PointEstimate(mean + gain.vectorProduct(innovation)),
            logLikelihood: gaussianLogLikelihood(
                innovation, observation.maskedErrorCovariance, mask: observation.mask))
    }
}

extension Gaussian: Correctable {
    /// `P ← (I − K H) P (I − K H)ᵀ + K R Kᵀ` with `H` the derivative of the operator at the mean.
    public func corrected<H: StateMap>(by gain: Tensor, _ observation: Observation<H>) -> Analyzed<Gaussian> {
        let mask = observation.mask
        let gain = gain * mask
        let matrix = mask.expanded(axis: -1) * observation.operator.matrix(at: mean)
        let innovation = mask * (observation.values - observation.operator(mean))
        let cross = covariance.matrixProduct(matrix.transposed)
        let error = observation.maskedErrorCovariance
        return Analyzed(
            belief: Gaussian(
                mean: mean + gain.vectorProduct(innovation),
                covariance: josephForm(covariance, gain: gain, operatorMatrix: matrix, cross: cross, error: error)),
            logLikelihood: gaussianLogLikelihood(innovation, matrix.matrixProduct(cross) + error, mask: mask))
    }
}

extension Ensemble: Correctable {
    /// `E ← E + (y + ε − h(E)) Kᵀ` with perturbations `ε ~ N(0, R)` of mean zero over the members.
    public func corrected<H: StateMap>(by gain: Tensor, _ observation: Observation<H>) -> Analyzed<Ensemble> {
        let seen = ObservedEnsemble(self, observation)
        let keys = key.split(2)
        let innovations = seen.perturbedInnovations(observation, self, .centered, keys[0])
        return Analyzed(
            belief: Ensemble(members: members + innovations.matrixProduct(gain.transposed), key: keys[1]),
            logLikelihood: seen.logLikelihood)
    }
}
