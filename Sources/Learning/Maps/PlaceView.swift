import Assimilation
import Tensors

/// The input of a learned function of the state at a place, and its output there.
public enum PlaceView: Sendable, Equatable, Codable {
    /// The whole state at once, and something for every variable: one place.
    case wholeState
    /// On a periodic line the variables up to `reach` places away, and something for the one in the middle. The
    /// function is the same at all places: every time gives as many samples as there are variables.
    case near(reach: Int)

    /// `[..., n]` to `[..., places, inputs]`.
    public func inputs(_ x: Tensor) -> Tensor {
        switch self {
        case .wholeState: x.expanded(axis: -2)
        case .near(let reach): Tensor.stacked((-reach...reach).map { x.rolled(by: -$0) }, axis: -1)
        }
    }

    /// The outputs at every place, `[..., places, outputs]`, as a state `[..., n]`.
    public func state(_ outputs: Tensor) -> Tensor {
        switch self {
        case .wholeState: outputs.element(0, axis: -2)
        case .near: outputs.element(0, axis: -1)
        }
    }

    /// A state `[..., n]` as what is said at every place, `[..., places, outputs]`.
    public func outputs(_ state: Tensor) -> Tensor {
        switch self {
        case .wholeState: state.expanded(axis: -2)
        case .near: state.expanded(axis: -1)
        }
    }

    /// How many places a state of `n` variables has.
    public func places(_ n: Int) -> Int {
        switch self {
        case .wholeState: 1
        case .near: n
        }
    }

    /// Samples in rows, `[samples · places, …]`, of what is there at every place.
    func rows(_ values: Tensor) -> Tensor { values.reshaped([-1, values.shape[values.rank - 1]]) }
}

/// A function of the state that is learned at once from its values, without a search by gradients of all that it holds.
public protocol RegressionMap: StateMap {
    /// The same map with values near `targets` at `states`, both `[samples, n]`.
    func fitted(to targets: Tensor, at states: Tensor) -> Self
}

extension RegressionMap {
    /// The model of the next state that is learned from a trajectory `[T, n]`: the state and its learned change.
    public func model(of trajectory: Tensor) -> Corrected<Persistent, Self> {
        correction(of: Persistent(), along: trajectory)
    }

    /// A model of the next state, and what is learned of its errors along a trajectory `[T, n]`.
    public func correction<Base: StateMap>(of base: Base, along trajectory: Tensor) -> Corrected<Base, Self> {
        precondition(
            trajectory.rank == 2 && trajectory.shape[0] > 1,
            "no transitions in a trajectory of shape \(trajectory.shape)")
        let count = trajectory.shape[0]
        let states = trajectory[0..<(count - 1)]
        return Corrected(base, by: fitted(to: trajectory[1..<count] - base.ensemble(states), at: states))
    }
}
