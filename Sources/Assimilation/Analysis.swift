import Tensors

/// Corrects a belief by an observation.
public protocol Analysis<State>: Tree {
    associatedtype State: Belief
    func callAsFunction<H: StateMap>(_ background: State, _ observation: Observation<H>) -> Analyzed<State>

    /// The same, with the change of the last iteration, a scalar; zero of an analysis that does not iterate to a
    /// tolerance.
    func converging<H: StateMap>(
        _ background: State, _ observation: Observation<H>
    ) -> (analyzed: Analyzed<State>, lastChange: Tensor)
}

extension Analysis {
    public func converging<H: StateMap>(
        _ background: State, _ observation: Observation<H>
    ) -> (analyzed: Analyzed<State>, lastChange: Tensor) {
        (self(background, observation), 0)
    }
}

/// The result of an analysis: the corrected belief, and the likelihood of the observation.
public struct Analyzed<State: Belief>: Tree {
    public var belief: State
    /// `log p(observation | background)`, a scalar.
    public var logLikelihood: Tensor

    public init(belief: State, logLikelihood: Tensor) {
        self.belief = belief
        self.logLikelihood = logLikelihood
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&belief, "belief")
        visitor.visit(&logLikelihood, "logLikelihood")
    }
}

/// `log N(d; 0, S)` of an innovation with missing values, whose rows of `S` are those of the identity.
func gaussianLogLikelihood(_ innovation: Tensor, _ covariance: Tensor, mask: Tensor) -> Tensor {
    WhitenedInnovation(innovation, covariance).logLikelihood(mask: mask)
}

/// An innovation `d` and the factor of its covariance `S`, from which both the likelihood and `S⁻¹ d` follow.
struct WhitenedInnovation {
    private let factor: Tensor
    private let white: Tensor

    init(_ innovation: Tensor, _ covariance: Tensor) {
        factor = covariance.cholesky()
        white = factor.triangularSolve(innovation.expanded(axis: -1))
    }

    /// `S⁻¹ d`, `[m]`.
    var solved: Tensor { factor.triangularSolve(white, transposed: true).flattened() }

    /// `log N(d; 0, S)`; missing values have rows of the identity in `S`.
    func logLikelihood(mask: Tensor) -> Tensor {
        let logTwoPi = 1.8378770664093453
        return -0.5 * (white.squared().sum() + logTwoPi * mask.sum()) - factor.diagonal().log().sum()
    }
}
