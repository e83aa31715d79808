// Learn the forecast: Lorenz's model of 1996 from a trajectory,
// knowing only that it is local and the same at every place.
import Dynamics
import Kernels
import Learning
import Tensors

let physical = RungeKutta4(Lorenz96(), step: 0.05)
func states(_ count: Int, seed: Int) -> Tensor {
    compile(like: Key(seed)) { key in
        physical.trajectory(from: physical.repeated(400)(8 + key.normal([40])), steps: count)
    }(Key(seed))
}
let (learned, test) = (states(400, seed: 1), states(1000, seed: 2))

// The change over a step, as a function of seven neighbours: ridge regression on random cosines, in closed form.
let features = RandomFeatures(300, view: .near(reach: 3), length: 6, like: learned, key: Key(3))
let surrogate = features.model(of: learned)
// Half a model: the truth with another forcing, and what its errors along the trajectory teach.
let wrong = RungeKutta4(Lorenz96(forcing: 7), step: 0.05)
let hybrid = features.correction(of: wrong, along: learned)

/// Root-mean-square errors of forecasts over 1, 2, … steps from every 20th state.
func errors<M: StateMap>(_ model: M) -> [Double] {
    let starts = Tensor(integers: Array(stride(from: 0, to: 900, by: 20)))
    return compile(like: test) { test in
        let paths = model.trajectory(from: test.taking(starts), steps: 40)
        let truth = Tensor.stacked((1...40).map { test.taking(starts + Tensor(integer: $0)) })
        return (paths - truth).squared().mean(axes: [1, 2]).sqrt()
    }(test).values
}
let rows = [
    ("persistence", errors(Persistent())), ("wrong forcing", errors(wrong)), ("random features", errors(surrogate)),
    ("corrected", errors(hybrid)),
]
print("RMSE after 0.05, 0.5, 1 and 2 units of time; the climate's deviation is \(test.variance().sqrt())")
for (name, error) in rows { print(name, error[0], error[9], error[19], error[39]) }
