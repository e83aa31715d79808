import Foundation
import Learning

/// The mean course of the year about a straight line in time, by least squares over any stretch of a series.
struct SeasonalTrend: Sendable {
    let period: Double
    private let harmonics: Int
    /// The sums of products of the regressors with each other and with the values, before each time.
    private let products: [[Double]]

    init(_ values: [Double], period: Double, harmonics: Int) {
        (self.period, self.harmonics) = (period, harmonics)
        var sums = [Double](repeating: 0, count: Self.count(harmonics) * (Self.count(harmonics) + 1))
        var products = [sums]
        for (time, value) in values.enumerated() {
            if !value.isNaN {
                let row = Self.regressors(time, period, harmonics)
                var place = 0
                for a in row {
                    for b in row + [value] {
                        sums[place] += a * b
                        place += 1
                    }
                }
            }
            products.append(sums)
        }
        self.products = products
    }

    /// The coefficients over a stretch; nil if it is shorter than two years.
    func coefficients(over times: Range<Int>) -> [Double]? {
        guard Double(times.count) >= 2 * period else { return nil }
        let k = Self.count(harmonics)
        let sums =
            Tensor(products[times.upperBound], shape: [k, k + 1])
            - Tensor(products[times.lowerBound], shape: [k, k + 1])
        // The smallest ridge keeps a stretch with gaps solvable.
        let matrix = sums.slice(axis: 1, from: 0, to: k) + 1e-9 * Tensor.identity(k)
        return matrix.symmetricSolve(sums.slice(axis: 1, from: k, to: k + 1)).values
    }

    func value(_ coefficients: [Double], at time: Int) -> Double {
        zip(coefficients, Self.regressors(time, period, harmonics)).map(*).reduce(0, +)
    }

    private static func count(_ harmonics: Int) -> Int { 2 + 2 * harmonics }

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
        case .climatology:
            "mean course of the year about a straight line, by least squares over the ten years before each start"
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
    /// Of the ten years up to each start.
    private let coefficients: [[Double]?]
    private let year: Int

    init(_ given: [Double], trend: SeasonalTrend) {
        self.trend = trend
        year = max(1, Int(trend.period.rounded()))
        let decade = 10 * year
        coefficients = given.indices.map { trend.coefficients(over: max(0, $0 + 1 - decade)..<($0 + 1)) }
        carried = SeasonalSeries(given.map { [$0] }, period: 1, firstPhase: 0).carriedForward().map { $0[0] }
        sums = carried.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
    }

    /// The forecast of `target`, made `lead` steps before; NaN if the series has not begun early enough.
    func mean(_ baseline: StructuralBaseline, target: Int, lead: Int) -> Double {
        let start = target - lead
        switch baseline {
        case .climatology:
            guard start >= 0, let coefficients = coefficients[start] else { return .nan }
            return trend.value(coefficients, at: target)
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
