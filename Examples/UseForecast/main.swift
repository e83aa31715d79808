// Use a learned forecast: a Gaussian process in an ensemble filter, with the error that it knows of itself.
import Assimilation
import Dynamics
import Kernels
import Learning
import Tensors

let physical = RungeKutta4(Lorenz63(), step: 0.02).repeated(5)
let learned = physical.trajectory(from: physical.repeated(50)(Tensor([1, 2, 20])), steps: 1000)
let surrogate = GaussianProcess(maximumPoints: 300, like: learned).model(of: learned)
let ownError = surrogate.correction.modelError(at: learned)

// A truth that was not learned from; only its first variable is observed, with an error of 1.
let start = physical.repeated(50)(Tensor([-3, 5, 30]))
let twin = simulate(
    physical, from: start, observing: LinearOperator.first(1, of: 3), errorCovariance: Tensor.identity(1), steps: 500,
    key: Key(1))
let members = Ensemble(members: learned.taking(Tensor(integers: (0..<30).map { 30 * $0 })), key: Key(2))

func error<M: StateMap>(_ model: M, _ modelError: ModelError?) -> Tensor {
    compile(like: members) { members in
        let filter = Cycle(EachMember(model, modelError: modelError), Inflated(ETKF(), by: 1.05))
        return twin.errors(of: filter(from: members, twin.observations).analyses.mean)[100..<500].mean()
    }(members)
}
print("RMSE of the analyses: physical model \(error(physical, nil)), learned \(error(surrogate, ownError))")
print("Without observations: \((twin.truth - learned.mean(axes: [0])).squared().mean().sqrt())")

// It stands wherever a physical model does: its tangent and adjoint are derived, as 4D-Var asks.
let (tangent, dx, dy) = (surrogate.linearized(at: start), Key(3).normal([3]), Key(4).normal([3]))
print("⟨M dx, dy⟩ = \(tangent(dx).dot(dy)), ⟨dx, M* dy⟩ = \(dx.dot(tangent.adjoint(dy)))")
