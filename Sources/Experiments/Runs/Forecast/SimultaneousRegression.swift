import Learning

/// Estimates of a variable's anomaly from the anomalies of the others at the same time, by least squares over the times
/// before the test alone: what neighbours that are still observed tell of a withheld value without any model of time.
///
/// Of the variables that have a value at the time, the eight that are most correlated with the wanted one are used;
/// where none has a value, the estimate is the mean.
struct SimultaneousRegression {
    private static let mostPredictors = 8
    private let anomalies: SeriesTable
    private let end: Int
    private var fits: [[Int]: [Double]] = [:]
    private var orders: [Int: [Int]] = [:]

    /// - Parameter end: the first time of the test.
    init(_ anomalies: SeasonalSeries, before end: Int) { (self.anomalies, self.end) = (anomalies.values, end) }

    /// The anomaly of a variable at a time.
    mutating func estimate(_ variable: Int, at time: Int) -> Double {
        let row = anomalies[time]
        let predictors = order(variable).filter { !row[$0].isNaN }.prefix(Self.mostPredictors)
        let fit = fit(variable, Array(predictors))
        return zip(fit.dropFirst(), predictors).reduce(fit[0]) { $0 + $1.0 * row[$1.1] }
    }

    /// The other variables, the most correlated with this one first.
    private mutating func order(_ variable: Int) -> [Int] {
        if let known = orders[variable] { return known }
        let others = (0..<anomalies.width).filter { $0 != variable }.map { ($0, abs(correlation(variable, $0))) }
        let order = others.sorted { ($0.1, $1.0) > ($1.1, $0.0) }.map(\.0)
        orders[variable] = order
        return order
    }

    private func correlation(_ a: Int, _ b: Int) -> Double {
        let pairs = (0..<end).map { (anomalies[$0, a], anomalies[$0, b]) }.filter { !$0.0.isNaN && !$0.1.isNaN }
        let count = Double(max(1, pairs.count))
        let (x, y) = (pairs.reduce(0) { $0 + $1.0 } / count, pairs.reduce(0) { $0 + $1.1 } / count)
        let sums = pairs.reduce((xx: 0.0, yy: 0.0, xy: 0.0)) { sums, pair in
            let (dx, dy) = (pair.0 - x, pair.1 - y)
            return (sums.xx + dx * dx, sums.yy + dy * dy, sums.xy + dx * dy)
        }
        return sums.xx > 0 && sums.yy > 0 ? sums.xy / (sums.xx * sums.yy).squareRoot() : 0
    }

    /// The intercept and the coefficients of the predictors; the last predictors have none where
    /// too few times know them all.
    private mutating func fit(_ variable: Int, _ predictors: [Int]) -> [Double] {
        let key = [variable] + predictors
        if let known = fits[key] { return known }
        var used = predictors
        var rows = complete([variable] + used)
        while !used.isEmpty, rows.count < 5 * (used.count + 1) {
            used.removeLast()
            rows = complete([variable] + used)
        }
        let fit = coefficients(rows, count: used.count)
        fits[key] = fit + [Double](repeating: 0, count: predictors.count - used.count)
        return fits[key] ?? fit
    }

    /// The anomalies of some variables at the times before the test at which all are known.
    private func complete(_ variables: [Int]) -> [[Double]] {
        (0..<end).map { t in variables.map { anomalies[t, $0] } }.filter { !$0.contains(where: \.isNaN) }
    }

    private func coefficients(_ rows: [[Double]], count k: Int) -> [Double] {
        guard !rows.isEmpty else { return [Double](repeating: 0, count: k + 1) }
        let means = (0...k).map { j in rows.reduce(0) { $0 + $1[j] } / Double(rows.count) }
        guard k > 0 else { return [means[0]] }
        var (products, sums) = ([Double](repeating: 0, count: k * k), [Double](repeating: 0, count: k))
        for row in rows {
            for i in 0..<k {
                let x = row[i + 1] - means[i + 1]
                sums[i] += x * (row[0] - means[0])
                for j in 0..<k { products[i * k + j] += x * (row[j + 1] - means[j + 1]) }
            }
        }
        // The smallest ridge keeps predictors that nearly follow from each other solvable.
        let trace = (0..<k).reduce(0) { $0 + products[$1 * k + $1] }
        let matrix = Tensor(products, shape: [k, k]) + Tensor(1e-9 * max(trace, 1e-300)) * Tensor.identity(k)
        let slopes = matrix.symmetricSolve(Tensor(sums, shape: [k, 1])).values
        return [zip(slopes, means.dropFirst()).reduce(means[0]) { $0 - $1.0 * $1.1 }] + slopes
    }
}
