import Experiments
import Supervised
import Tensors

func classification() -> Figure {
    // Two classes, each along half a circle.
    let keys = Key(6).split(2)
    let (angle, noise) = (Double.pi * keys[0].uniform([400]), 0.15 * keys[1].normal([400, 2]))
    let classes = (0..<400).map { $0 % 2 }
    let side = Tensor(classes.map(Double.init))
    let arc = Tensor.stacked([angle.cos() + side, angle.sin() * (1 - 2 * side) + 0.4 * side], axis: 1)
    let samples = Samples(arc + noise, .classes(classes, names: ["upper", "lower"]))
    let (training, test) = (samples.taking(Array(0..<300)), samples.taking(Array(300..<400)))

    func panel(_ name: String, _ model: some SupervisedModel) -> Panel {
        let fitted = model.fitted(to: training, FitSetting()).predictor
        let found = Predictions(of: fitted, test)
        let score = { (score: SupervisedScore) in rounded(score.value(found, test.targets) ?? .nan) }
        print(name, "- accuracy:", score(.accuracy), "log loss:", score(.logLoss), "Brier score:", score(.brier))
        var panel = landscape(name, limit: 1.2) { 2 * fitted.predictions($0).transposed[1] - 1 }
        let places = test.inputs.transposed
        panel.layers.append(points(nil, places[0].values, places[1].values, .ink))
        return panel
    }
    let dense = DenseModel(widths: [32], TrainingOptions(epochs: 100, rate: 0.01, batch: 30))
    return Figure(panels: [panel("logistic", LogisticModel()), panel("dense network", dense)], columns: 2)
}
