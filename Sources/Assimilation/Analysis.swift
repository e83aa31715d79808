import Tensors

/// Corrects a belief by an observation.
public protocol Analysis: Tree {
    associatedtype State: Belief
    func callAsFunction<H: Map>(_ background: State, _ observation: Observation<H>) -> Analyzed<State>
    where H.Input == Tensor, H.Output == Tensor
}

/// What an analysis returns: the corrected belief, and how probable the observation was.
public struct Analyzed<State: Belief>: Tree {
    public var belief: State
    /// `log p(observation | background)`, a scalar.
    public var logLikelihood: Tensor

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&belief, "belief")
        visitor.visit(&logLikelihood, "logLikelihood")
    }
}

/// `log N(d; 0, S)` of an innovation with missing values, whose rows of `S` are those of the identity.
func gaussianLogLikelihood(_ innovation: Tensor, _ covariance: Tensor, mask: Tensor) -> Tensor {
    let factor = covariance.cholesky()
    let white = factor.triangularSolve(innovation.expanded(axis: -1))
    let logTwoPi = 1.8378770664093453
    return -0.5 * (white.squared().sum() + logTwoPi * mask.sum()) - factor.diagonal().log().sum()
}
