import Experiments
import Supervised
import Tensors

func crossValidation() -> Figure {
    let keys = Key(14).split(2)
    let x = 2 * keys[0].uniform([60, 1]) - 1
    let y = (0.5 - x + 2 * x * x * x + 0.3 * keys[1].normal([60, 1])).flattened()
    let data = SupervisedData(.table(Table(x)), .numbers(y.values))

    // Each tenth is predicted by models that were fitted to the other nine.
    let folds = Folds(.random, count: 10).all(data.targets)
    let models = (0...12).map { PolynomialModel(degree: $0) }
    let rule = ModelSearch(rule: .oneStandardError)
    guard let found = select(models, data, folds, score: .mse, by: rule) else { return Figure(panels: []) }
    print("smallest error: degree \(found.best); simplest within one standard error: degree \(found.chosen)")

    // The choice is a part of the method: an outer round judges it on folds that it has not seen.
    let outer = nested(models, data, outer: folds, inner: Folds(count: 5), score: .mse, by: rule)
    print("degrees chosen in ten outer folds:", outer.chosen.compactMap(\.self))
    print("squared error of the whole method:", rounded(outer.validation.mean ?? .nan), "- of the noise alone: 0.09")

    let degrees = models.map { Double($0.degree) }
    let scores = found.candidates.map { ($0.validation.mean ?? .nan, $0.validation.standardError ?? .nan) }
    return chart(
        .whole("degree", Array(0...12)), PanelAxis("squared error", low: 0, high: 0.6),
        band("one standard error", degrees, scores.map { $0.0 - $0.1 }, scores.map { $0.0 + $0.1 }),
        curve("cross-validation", degrees, scores.map(\.0), .blue, .disk), upright(Double(found.chosen)))
}
