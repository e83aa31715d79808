// Learn the forecast and the analysis together, from observations alone: neither the truth nor the dynamics are shown.
import Assimilation
import Dynamics
import Kernels
import Learning
import Networks
import Tensors

let world = RungeKutta4(Lorenz96(), step: 0.05)
func twin(_ steps: Int, _ key: Key) -> Twin<LinearOperator> {
    let keys = key.split(2)
    return simulate(  // everything is observed, with an error of 1
        world, from: world.repeated(400)(8 + keys[0].normal([40])), observing: LinearOperator(Tensor.identity(40)),
        errorCovariance: Tensor.identity(40), steps: steps, key: keys[1])
}
let seen = (1...16).map { twin(300, Key($0)).observations }

// A tendency that is the same everywhere, and a gain that depends on the state: the only knowledge there is.
let field = BilinearConvolution(1, linear: 8, products: 8, width: 5, key: Key(1), type: .float32)
    .then(PeriodicNetwork(channels: [16, 1], width: 1, key: Key(2), startingAtZero: true, type: .float32))
let forecast = RungeKutta4(FieldNetwork(field, center: 2.5, scale: 4, outputScale: 12), step: 0.05)
let gain = GainNetwork(channels: 2, width: 16, depth: 3, key: Key(3), type: .float32)
let start = Cycle(PointForecast(forecast), ResidualAnalysis(gain, center: 2.5, scale: 4))

let objective = FilterObjective(  // the error of each forecast against the observation that it has not seen
    learning: start, from: seen, loss: .predictionError, segment: 10,
    start: { _ in PointEstimate(Tensor([2.5]) + Tensor.zeros([40])) })
let rate = Schedule(4e-3, decay: .cosine(steps: 60 * 30, final: 0.02))
let training = Training(objective, Adam(rate: rate).clipped(to: .norm(1)), epochs: 60, like: start)
let learned = training(start, key: Key(4)) { if $0.step % 20 == 0 { print("prediction error \($0.loss / 10)") } }.best

let test = twin(600, Key(99))  // another truth
let errors = compile(like: learned) { cycle in
    test.errors(of: cycle(from: PointEstimate(Tensor.zeros([40])), test.observations).analyses.mean)[100..<600].mean()
}(learned)
print("RMSE of the analyses, of observations with an error of 1: \(errors)")
