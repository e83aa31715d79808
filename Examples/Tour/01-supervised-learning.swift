import Experiments
import Supervised
import Tensors

func supervisedLearning() -> Figure {
    // Pairs (x, y): y is a cubic of x, and noise.
    let keys = Key(1).split(2)
    let x = 2 * keys[0].uniform([60, 1]) - 1
    let y = (0.5 - x + 2 * x * x * x + 0.3 * keys[1].normal([60, 1])).flattened().values
    let training = Samples(x[0..<40], .numbers(Array(y[0..<40])))
    let test = Samples(x[40..<60], .numbers(Array(y[40..<60])))

    // A model is fitted to pairs of training, and judged on others.
    let line = Tensor(rows: (-50...50).map { [Double($0) / 50] })
    func fit(_ name: String, _ model: some SupervisedModel, _ color: FigureColor) -> PanelLayer {
        let fitted = model.fitted(to: training, FitSetting()).predictor
        let score = { SupervisedScore.rmse.value(Predictions(of: fitted, $0), $0.targets) ?? .nan }
        print(name, "- RMSE of training:", rounded(score(training)), "of test:", rounded(score(test)))
        return curve(name, line.values, fitted(line).values, color)
    }
    return chart(
        "x", "y", points("training", x[0..<40].values, Array(y[0..<40]), .gray),
        points("test", x[40..<60].values, Array(y[40..<60]), .vermillion), fit("mean", ConstantModel(), .purple),
        fit("line", PolynomialModel(degree: 1), .sky), fit("cubic", PolynomialModel(degree: 3), .blue))
}
