import Experiments
import Supervised
import Tensors

func underAndOverFitting() -> Figure {
    // Thirty noisy values of a cubic to fit to, a thousand to judge on.
    let keys = Key(13).split(2)
    let x = 2 * keys[0].uniform([1030, 1]) - 1
    let y = (0.5 - x + 2 * x * x * x + 0.3 * keys[1].normal([1030, 1])).flattened()
    let all = Samples(x, .numbers(y.values))
    let (training, new) = (all.taking(Array(0..<30)), all.taking(Array(30..<1030)))

    func errors(_ model: PolynomialModel, _ name: String) -> (training: Double, new: Double) {
        let fitted = model.fitted(to: training, FitSetting()).predictor
        let found = [training, new].map { SupervisedScore.rmse.value(Predictions(of: fitted, $0), $0.targets) ?? .nan }
        print("\(name): training \(rounded(found[0])), new values \(rounded(found[1]))")
        return (found[0], found[1])
    }
    // More degrees always fit the training better; new values, only as far as there is something to find.
    let degrees = Array(0...12)
    let found = degrees.map { errors(PolynomialModel(degree: $0), "degree \($0)") }
    // A penalty tames the richest one.
    _ = errors(PolynomialModel(degree: 12, penalty: 1e-3), "degree 12, with a penalty of 0.001")
    let places = degrees.map(Double.init)
    return chart(
        .whole("degree", degrees), PanelAxis("RMSE", isLogarithmic: true),
        curve("training", places, found.map(\.training), .sky, .disk),
        curve("new values", places, found.map(\.new), .vermillion, .disk))
}
