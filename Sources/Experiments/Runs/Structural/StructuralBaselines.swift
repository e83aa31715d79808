import Foundation
import Learning

/// The mean course of the year about a straight line in time, by least squares.
struct SeasonalTrend: Sendable {
    let period: Double
    let harmonics: Int
    private let coefficients: Tensor

    /// Fitted to the values at `times` that are not missing.
    init(_ values: [Double], over times: Range<Int>, period: Double, harmonics: Int) {
        (self.period, self.harmonics) = (period, harmonics)
        let known = times.filter { !values[$0].isNaN }
        let regressors = Tensor(rows: known.map { Self.regressors($0, period, harmonics) })
        let transposed = regressors.transposed
        // The smallest ridge keeps a short series solvable.
        let matrix = transposed.matrixProduct(regressors) + 1e-9 * Tensor.identity(regressors.shape[1])
        coefficients = matrix.symmetricSolve(
            transposed.vectorProduct(Tensor(known.map { values[$0] })).expanded(axis: -1)
        ).flattened()
    }

    subscript(time: Int) -> Double {
        coefficients.dot(Tensor(Self.regressors(time, period, harmonics))).scalar
    }

    private static func regressors(_ time: Int, _ period: Double, _ harmonics: Int) -> [Double] {
        let years = Double(time) / period
        return [1, years / 10]
            + (0..<harmonics).flatMap { h -> [Double] in
                let angle = 2 * Double.pi * Double(h + 1) * years
                return [cos(angle), sin(angle)]
            }
    }
}

/// Forecasts of a single series that any model must beat.
enum StructuralBaseline: String, Sendable, CaseIterable {
    case climatology = "climatology + trend"
    case persistence
    case seasonalPersistence = "seasonal persistence"

    var text: String {
        switch self {
        case .climatology: "mean course of the year about a straight line, by least squares before the period"
        case .persistence: "the last value"
        case .seasonalPersistence: "the value a year before the target, plus the growth over the last year"
        }
    }
}

/// The means that baselines forecast, from what was given up to each start alone.
struct BaselineMeans: Sendable {
    private let carried: [Double]
    private let sums: [Double]
    private let trend: SeasonalTrend
    private let year: Int

    init(_ given: [Double], trend: SeasonalTrend) {
        self.trend = trend
        year = max(1, Int(trend.period.rounded()))
        carried = SeasonalSeries(given.map { [$0] }, period: 1, firstPhase: 0).carriedForward().map { $0[0] }
        sums = carried.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
    }

    /// The forecast of `target`, made `lead` steps before; NaN if the series has not begun early enough.
    func mean(_ baseline: StructuralBaseline, target: Int, lead: Int) -> Double {
        let start = target - lead
        switch baseline {
        case .climatology: return trend[target]
        case .persistence: return start >= 0 ? carried[start] : .nan
        case .seasonalPersistence:
            let years = (lead + year - 1) / year
            guard start + 1 >= 2 * year, target - years * year >= 0 else { return .nan }
            let growth = (sums[start + 1] - 2 * sums[start + 1 - year] + sums[start + 1 - 2 * year]) / Double(year)
            return carried[target - years * year] + Double(years) * growth
        }
    }
}

extension SeasonalSeries {
    fileprivate func map<T>(_ row: ([Double]) -> T) -> [T] { values.map(row) }
}
