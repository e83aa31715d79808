// Learn the analysis: the gain of a filter without an ensemble, by gradients through its cycles.
import Assimilation
import Dynamics
import Kernels
import Learning
import Networks
import Tensors

let model = RungeKutta4(Lorenz96(), step: 0.05)
func twin(_ steps: Int, seed: Int) -> Twin<LinearOperator> {
    let keys = Key(seed).split(2)
    return simulate(  // everything is observed, with an error of 1
        model, from: model.repeated(400)(8 + keys[0].normal([40])), observing: LinearOperator(Tensor.identity(40)),
        errorCovariance: Tensor.identity(40), steps: steps, key: keys[1])
}
let (training, test) = (twin(10_000, seed: 1), twin(1000, seed: 2))
typealias Gain = FixedGain<PointEstimate>

let objective = FilterObjective(  // the error against the truth; gradients go back through ten cycles
    [training.observations], truths: [training.truth], loss: .squaredError, segment: 10,
    start: { PointEstimate(training.truth[0] + $0.normal([40])) },
    filter: { (gain: Gain) in Cycle(PointForecast(model), gain) })
let start = Gain(0.5 * Tensor.identity(40))
let descent = Training(objective, Adam(rate: Schedule(3e-4)).clipped(to: .norm(1)), epochs: 10, like: start)
let state = descent(start, key: Key(3)) { print("epoch \($0.step): mean squared error \($0.loss / 10)") }

func error(_ gain: Gain) -> Tensor {
    compile(like: gain) { gain in
        let run = Cycle(PointForecast(model), gain)(from: PointEstimate(test.truth[0] + 1), test.observations)
        return test.errors(of: run.analyses.mean)[100..<1000].mean()
    }(gain)
}
print("RMSE on another truth: before \(error(start)), learned \(error(state.best))")
print("what an innovation does to the variables around it:", (-3...3).map { state.best.gain[20 + $0].values[20] })
