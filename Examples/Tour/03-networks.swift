import Experiments
import Networks
import Supervised
import Tensors

func networks() -> Figure {
    // A wave that becomes shorter, observed with noise.
    let keys = Key(3).split(2)
    let x = 2 * keys[0].uniform([200, 1]) - 1
    let truth = { (x: Tensor) in (3 * (x + 1) * (x + 1)).sin() }
    let y = truth(x) + 0.1 * keys[1].normal([200, 1])
    let samples = Samples(x, .numbers(y.values))

    // One hidden layer: a sum of bent lines, as many as it has units.
    let line = Tensor(rows: (-100...100).map { [Double($0) / 100] })
    var layers = [points("samples", x.values, y.values, .gray)]
    for (units, color) in [(4, FigureColor.sky), (16, .vermillion), (64, .blue)] {
        let options = TrainingOptions(epochs: 400, rate: 0.02, batch: 50)
        let model = DenseModel(widths: [units], options)
        let fit = model.fitted(to: samples, FitSetting(key: Key(4)))
        let error = (fit.predictor(line) - truth(line).flattened()).squared().mean().sqrt().scalar
        print("\(units) units, \(model.weightCount(samples.layout)) weights: RMSE against the wave", rounded(error, 2))
        layers.append(curve("\(units) units", line.values, fit.predictor(line).values, color))
    }
    return chart("x", "y", layers)
}
