import Tensors

/// How a state is drowned in noise from time 0 to time 1, and the diffusion that brings it back.
///
///     z(t) | x ~ N(α x, β² I),   α = 1 − (1 − a) t,   β² = b + (1 − b) t
///     dz = f z dt + g dw,   f = d log α / dt,   g² = dβ² / dt − 2 f β²
///
/// The variance is in units of the square of the state's. Reference: Song et al., *Score-based generative modeling
/// through stochastic differential equations* (ICLR 2021), on the diffusion and its reversal.
public struct NoiseSchedule: Tree {
    /// `a`, the share of the state that remains at the end.
    public var finalScale: Tensor
    /// `b`, the variance of the noise that a state has from the start: the width of the kernel about every member.
    public var initialVariance: Tensor

    public init(finalScale: Tensor = 0.5, initialVariance: Tensor = 0.025) {
        (self.finalScale, self.initialVariance) = (finalScale, initialVariance)
    }

    /// `α`
    public func scale(_ time: Tensor) -> Tensor { 1 - (1 - finalScale) * time }
    /// `β²`
    public func variance(_ time: Tensor) -> Tensor { initialVariance + (1 - initialVariance) * time }
    /// `f`
    public func drift(_ time: Tensor) -> Tensor { (finalScale - 1) / scale(time) }
    /// `g²`
    public func diffusion(_ time: Tensor) -> Tensor { 1 - initialVariance - 2 * drift(time) * variance(time) }

    /// One step of Euler and Maruyama back in time, for states `[..., n]` with the scores and standard
    /// normal noise of their shape.
    ///
    ///     z ← z − (f z − g² score) δ + g √δ ξ
    public func reversed(_ states: Tensor, scores: Tensor, noise: Tensor, time: Tensor, step: Double) -> Tensor {
        let diffusion = diffusion(time)
        return states - Tensor(step) * (drift(time) * states - diffusion * scores)
            + (Tensor(step) * diffusion).sqrt() * noise
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&finalScale, "finalScale")
        visitor.visit(&initialVariance, "initialVariance")
    }
}

/// The derivative of the logarithm of a density that is a mixture of normal ones, `Σ wⱼ N(z; cⱼ, v I)`:
/// `Σ pⱼ (cⱼ − z) / v` with the probabilities `pⱼ` that `z` is of component `j`.
///
/// - Parameters:
///   - state: `z`, `[n]`.
///   - centres: `c`, `[N, n]`.
///   - logWeights: logarithms of the weights, `[N]`, up to a constant; equal ones by default.
public func mixtureScore(
    at state: Tensor, centers: Tensor, variance: Tensor, logWeights: Tensor? = nil
) -> Tensor {
    // |z − c|² but for |z|², which is the same for all: a product of matrices where there are many states.
    let kernels = (centers.vectorProduct(state) - 0.5 * centers.squared().sum(axes: [-1])) / variance
    let joint = logWeights.map { kernels + $0 } ?? kernels
    let probabilities = (joint - joint.logSumExp()).exp()
    return (centers.transposed.vectorProduct(probabilities) - state) / variance
}
