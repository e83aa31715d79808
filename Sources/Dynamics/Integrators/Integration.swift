import Tensors

/// The end of an integration with adaptive steps, and the place where it stopped if it did not get there.
public struct Integration: Tree {
    /// The state at the end, `[n]`; NaN where the integration did not get there.
    public var state: Tensor
    /// The last time that was reached, and the state there.
    public var time: Tensor
    public var reached: Tensor
    /// 1 where the integration got to its end, see `Status`.
    public var status: Tensor
    /// The number of steps that were tried.
    public var steps: Tensor
    /// The index of the component that had the largest error in the last step that was tried.
    public var worst: Tensor

    /// The ways in which an integration ends.
    public enum Status: Int, Sendable, CaseIterable {
        /// More steps than are allowed.
        case tooManySteps = 0
        case arrived = 1
        /// A step so short that time stands still: the solution does not exist further, or is not a number.
        case underflow = 2
    }

    /// The way in which it ended; the tensors must be known.
    public var outcome: Status { Status(rawValue: status.integers[0]) ?? .underflow }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&state, "state")
        visitor.visit(&time, "time")
        visitor.visit(&reached, "reached")
        visitor.visit(&status, "status")
        visitor.visit(&steps, "steps")
        visitor.visit(&worst, "worst")
    }
}

/// An integrator that chooses its steps by an estimate of their errors.
public protocol AdaptiveIntegrator: Integrator {
    /// The state at the end, and where the integration stopped if it did not get there.
    ///
    /// Derivatives are those of the accepted steps, with the times between them held constant; only the state has
    /// them. They cost about three times the integration.
    func integration<F: Tendency>(_ f: F, from state: Tensor, at start: Tensor, to end: Tensor) -> Integration
}

extension AdaptiveIntegrator {
    public func callAsFunction<F: Tendency>(
        _ f: F, from state: Tensor, at start: Tensor, to end: Tensor
    ) -> Tensor {
        integration(f, from: state, at: start, to: end).state
    }
}
