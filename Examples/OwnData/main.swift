// Data of one's own: the gain of a filter is learned from observations with gaps,
// without a truth and for a model of one's own.
import Assimilation
import Kernels
import Learning
import Networks
import Tensors

struct Damped: Map {  // what is known of the dynamics: a rotation that loses energy
    let step: Double
    func callAsFunction(_ x: Tensor) -> Tensor {
        let (a, b) = (x[0], x[1])
        return Tensor.stacked([a - Tensor(step) * b, b + Tensor(step) * a]) * Tensor(1 - 0.05 * step)
    }
    mutating func walk<V: TreeVisitor>(_ visitor: inout V) {}  // nothing of it is learned
}

/// Rows of two stations, NaN where a value is missing; read yours with `CSVTable` of `Experiments`,
/// or in any other way.
func rows(_ count: Int, seed: Int) -> [[Double]] {
    let noise = Key(seed).normal([count, 4])
    var state = (1.0, 0.0)
    return (0..<count).map { time in
        let e = noise[time].values
        state = (0.995 * state.0 - 0.2 * state.1 + 0.2 * e[0], 0.995 * state.1 + 0.2 * state.0 + 0.2 * e[1])
        return [state.0 + 0.5 * e[2], time % 7 == 3 ? .nan : state.1 + 0.5 * e[3]]
    }
}
func observations(_ rows: [[Double]]) -> Observations<LinearOperator> {
    Observations(rows, errorCovariance: 0.25 * Tensor.identity(2), operator: LinearOperator(Tensor.identity(2)))
}
let (training, validation) = (observations(rows(600, seed: 1)), observations(rows(600, seed: 2)))

typealias Gain = FixedGain<PointEstimate>
let objective = FilterObjective(  // the error of forecasts against observations that they have not seen
    [training, validation], loss: .predictionError, segment: 20, held: 1,
    start: { _ in PointEstimate(Tensor.zeros([2])) },
    filter: { (gain: Gain) in Cycle(PointForecast(Damped(step: 0.2)), gain) })
let start = Gain(0.1 * Tensor.identity(2))
let learned = Training(objective, Adam(rate: 0.01).clipped(to: .norm(1)), epochs: 20, like: start)(start, key: Key(3)) {
    _ in
}.best

func error(_ gain: Gain) -> Tensor {  // of forecasts one step ahead, against observations that nothing was learned from
    let test = observations(rows(600, seed: 4))
    let run = Cycle(PointForecast(Damped(step: 0.2)), gain)(from: PointEstimate(Tensor.zeros([2])), test)
    return (((run.backgrounds.mean - test.values).squared() * test.mask).sum() / test.mask.sum()).sqrt()
}
print("RMSE of forecasts against observations: before \(error(start)), learned \(error(learned))")
print("gain: \(learned.gain.values)")
