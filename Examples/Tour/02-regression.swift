import Experiments
import Supervised
import Tensors

func regressionInClosedForm() -> Figure {
    // Ten inputs, of which three matter.
    let keys = Key(2).split(2)
    let x = keys[0].normal([50, 10])
    let truth = Tensor([2, -1, 0.5] + [Double](repeating: 0, count: 7))
    let y = x.vectorProduct(truth) + keys[1].normal([50])

    // The squared error plus a penalty of the weights is least where (Xᵀ X / n + λ) w = Xᵀ y / n.
    let (a, b) = (x - x.mean(axes: [0]), y - y.mean())
    func weights(_ penalty: Double) -> Tensor {
        (a.transposed.matrixProduct(a) / 50 + penalty * Tensor.identity(10)).inverse()
            .vectorProduct(a.transposed.vectorProduct(b) / 50)
    }
    let samples = Samples(x, .numbers(y.values))
    for penalty in [0.001, 0.1, 1] {
        let model = RidgeModel(penalty: penalty).fitted(to: samples, FitSetting()).predictor
        let difference = (weights(penalty) - model.map.weight.flattened()).absolute().maximum().scalar
        let error = (weights(penalty) - truth).squared().sum().sqrt().scalar
        print("penalty \(penalty): error of the weights \(rounded(error)), same as RidgeModel: \(difference < 1e-12)")
    }
    let penalties = (0...40).map { Double.exp(0.25 * Double($0) - 7) }
    let paths = Tensor.stacked(penalties.map { weights($0) }, axis: 1)
    let lines = (0..<10).map { curve(nil, penalties, paths[$0].values, $0 < 3 ? .vermillion : .gray) }
    return chart(PanelAxis("penalty", isLogarithmic: true), "weights", lines)
}
