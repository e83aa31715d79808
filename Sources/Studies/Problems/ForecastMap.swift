import Assimilation
import Dynamics
import Kernels
import Learning
import Tensors

/// A forecast model as filters, smoothers and variational methods call it: a map of the state from one observation
/// time to the next, which may depend on the number of the step.
///
/// A model with a memory has it behind the variables of the state.
public protocol ForecastMap: StateMap, ForecastModel {
    /// The number of values behind a state of `n` variables.
    func memory(of n: Int) -> Int

    /// The states at all times of a trajectory `[T, n]` that the model has followed from rest, `[T, n + memory]`.
    func states(following trajectory: Tensor) -> Tensor
}

extension ForecastMap {
    /// The same at all steps.
    public func callAsFunction(_ state: Tensor, step: Tensor) -> Tensor { self(state) }

    public func memory(of n: Int) -> Int { 0 }
    public func states(following trajectory: Tensor) -> Tensor { trajectory }
}

extension Reservoir: ForecastMap {
    public func states(following trajectory: Tensor) -> Tensor {
        let first = trajectory[0..<1].padded(axis: 1, before: 0, after: memory(of: trajectory.shape[1]))
        if trajectory.shape[0] == 1 { return first }
        return compile(like: Pair(Pair(self, first), trajectory)) {
            Tensor.concatenated([$0.first.second, $0.first.first.states(along: $0.second)])
        }(Pair(Pair(self, first), trajectory))
    }
}

extension Repeated: ForecastModel where Base: StateMap {}
extension Repeated: ForecastMap where Base: StateMap {}
extension Corrected: ForecastMap {}
extension Bounded: ForecastMap {}

/// A forecast model and its model error.
public struct ForecastChoice: Sendable {
    public let model: any ForecastMap
    /// nil for a model that is taken to be perfect.
    public let modelError: ModelError?
    /// The standard deviation of that error, where it was estimated.
    public var deviation: Double?
    /// The training; nil for a physical model.
    public var record: TrainingRecord?

    public init(
        _ model: any ForecastMap, modelError: ModelError?, deviation: Double? = nil, record: TrainingRecord? = nil
    ) {
        (self.model, self.modelError, self.deviation, self.record) = (model, modelError, deviation, record)
    }
}
