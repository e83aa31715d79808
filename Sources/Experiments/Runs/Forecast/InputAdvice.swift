import Studies
import Tensors

/// Whether the square root of an input would forecast the target better than the input itself.
///
/// Amounts such as rain have rare large values. Under the logarithm of the target, what is linear in them multiplies: a
/// few days of rain then forecast floods that nobody has seen. Held against each other are regressions one step ahead
/// on the target and the input, by their RMSE in the units of the target.
struct InputAdvice {
    let input: String
    let plain: Double
    let rooted: Double

    /// Advice on all inputs without a transform that are never negative, where the square root saves a tenth of the
    /// error.
    ///
    /// - Parameters:
    ///   - training: the only times that are looked at.
    static func all(_ model: ModelSeries, target: Int, training: Range<Int>) -> [InputAdvice] {
        let columns = model.table.variables.indices.map(model.table.numbers.column)
        return model.inputs.enumerated().compactMap { i, input in
            let v = model.outputs + i
            let known = columns[v][training].filter { !$0.isNaN }
            guard model.transforms[v] == nil, known.allSatisfy({ $0 >= 0 }), known.contains(where: { $0 > 0 }) else {
                return nil
            }
            func error(_ transform: (Double) -> Double) -> Double? {
                // An input that is known enters with the step that is forecast.
                let ahead = input.future == .known ? 1 : 0
                let steps = training.dropLast().filter { t in
                    !(columns[target][t] + columns[target][t + 1] + columns[v][t + ahead]).isNaN
                }
                let pairs = steps.map { t in (columns[target][t], transform(columns[v][t + ahead])) }
                return regressionError(
                    pairs, truth: steps.map { columns[target][$0 + 1] }, model.transforms[target])
            }
            guard let plain = error({ $0 }), let rooted = error({ $0.squareRoot() }), rooted < 0.9 * plain else {
                return nil
            }
            return InputAdvice(input: input.name, plain: plain, rooted: rooted)
        }
    }

    func text(units: String?) -> String {
        let format = NumberFormat([plain, rooted])
        let unit = units.map { " " + UnitText.display($0) } ?? ""
        return "the input '\(input)' has no transform: under 'transform: sqrt' a regression on it one step ahead has "
            + "an RMSE of \(format.text(rooted))\(unit) in the training period, against \(format.text(plain))\(unit)"
    }

    /// RMSE of least squares on a value under the transform and a regressor, after the inverse of the transform.
    private static func regressionError(
        _ pairs: [(value: Double, regressor: Double)], truth: [Double], _ transform: ValueTransform?
    ) -> Double? {
        guard pairs.count > 30 else { return nil }
        func transformed(_ value: Double) -> Double { transform?(value) ?? value }
        func centered(_ values: [Double]) -> (mean: Double, rest: [Double]) {
            let mean = values.reduce(0, +) / Double(values.count)
            return (mean, values.map { $0 - mean })
        }
        let (before, driver) = (centered(pairs.map { transformed($0.value) }), centered(pairs.map(\.regressor)))
        let after = centered(truth.map(transformed))
        func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        let (a, b, c) = (
            product(before.rest, before.rest), product(before.rest, driver.rest), product(driver.rest, driver.rest)
        )
        let determinant = a * c - b * b
        guard determinant > 1e-12 * a * c else { return nil }
        let (p, q) = (product(before.rest, after.rest), product(driver.rest, after.rest))
        let (own, driven) = ((p * c - q * b) / determinant, (a * q - b * p) / determinant)
        let squares = truth.indices.map { i -> Double in
            let forecast = after.mean + own * before.rest[i] + driven * driver.rest[i]
            let error = (transform?.inverse(forecast) ?? forecast) - truth[i]
            return error * error
        }
        return (squares.reduce(0, +) / Double(squares.count)).squareRoot()
    }
}
