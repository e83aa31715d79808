import Dynamics
import Experiments
import Supervised
import Tensors

func timeSeriesWithMemory() -> Figure {
    // One of the three variables of Lorenz's model of 1963, every 0.1 units of time.
    let states = RungeKutta4(Lorenz63(), step: 0.01).repeated(10).trajectory(from: Tensor([1, 2, 20]), steps: 2000)
    let series = Array(states.transposed[0].values.dropFirst(100))

    // The next value from the last ones: what is not observed has left its trace in the past.
    func fit(memory: Int) -> (error: Double, found: [Double], truth: [Double]) {
        let rows = (0..<(series.count - memory)).map { Array(series[$0..<($0 + memory)]) }
        let samples = Samples(Tensor(rows: rows) / 10, .numbers(Array(series.dropFirst(memory))))
        let (training, test) = (samples.taking(Array(0..<1000)), samples.taking(Array(1200..<1800)))
        let model = KernelRidgeModel(length: 1, penalty: 1e-6).fitted(to: training, FitSetting()).predictor
        let (found, truth) = (model(test.inputs).values, Array(series[(1200 + memory)..<(1800 + memory)]))
        return ((Tensor(found) - Tensor(truth)).squared().mean().sqrt().scalar, found, truth)
    }
    let times = (0..<100).map { Double($0) / 10 }
    var layers: [PanelLayer] = []
    for memory in [1, 2, 3, 4] {
        let (error, found, truth) = fit(memory: memory)
        print("from \(memory) past value\(memory == 1 ? "" : "s"): RMSE", rounded(error))
        if memory == 1 { layers.append(curve("truth", times, Array(truth[..<100]), .gray)) }
        let color: FigureColor = memory == 1 ? .vermillion : .blue
        if memory % 2 == 1 { layers.append(curve("memory \(memory)", times, Array(found[..<100]), color)) }
    }
    return chart("time", "x", layers)
}
