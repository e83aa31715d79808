import Foundation
import Learning
import Tensors

/// A cycle that baselines count in.
struct BaseCycle: Sendable, Equatable {
    let name: String
    /// In steps.
    let period: Double
}

/// Forecasts of a single series that any model must beat.
enum StructuralBaseline: String, Sendable, CaseIterable {
    case climatology = "climatology + trend"
    case persistence
    case seasonalPersistence = "seasonal persistence"

    /// Those that can be made, with a cycle or without.
    static func all(_ cycle: BaseCycle?) -> [StructuralBaseline] {
        cycle == nil ? [.climatology, .persistence] : allCases
    }

    /// One sentence.
    ///
    /// - Parameter cycle: the name of the cycle that comes back, nil if there is none.
    func text(_ cycle: String?) -> String {
        let isYear = cycle == StructuralCycle.yearName
        let name = isYear ? "year" : cycle.map { "cycle of \($0)" } ?? ""
        return switch self {
        case .climatology where cycle == nil: "a straight line, by least squares over the values before each start"
        case .climatology:
            "mean course of the \(name) about a straight line, by least squares over the ten "
                + "\(isYear ? "years" : "cycles") before each start, or the last that hold enough values"
        case .persistence: "the last value"
        case .seasonalPersistence where cycle == nil: "no forecast: there is no cycle"
        case .seasonalPersistence:
            isYear
                ? "the value a year before the target, or the last of that season, plus the growth over the last year"
                : "the last value a whole number of cycles of \(cycle ?? "") before the target, plus the growth"
        }
    }
}

/// The means that baselines forecast, from the past of each start alone. NaN where no forecast is possible yet.
struct BaselineMeans: Sendable {
    private let given: [Double]
    /// The last value up to each time, NaN before the first.
    private let carried: [Double]
    private let sums: [Double]
    /// How many values there are before each time.
    private let known: [Int]
    /// The first time with a value.
    private let first: Int
    /// The means of the ten cycles up to each start.
    private let courses: [MeanCourse.Fitted?]
    /// The steps of the cycle that comes back.
    private let cycle: Int?

    /// - Parameter base: the cycle that windows and seasonal persistence count in, nil for none.
    init(_ given: [Double], course: MeanCourse, base: BaseCycle?) {
        self.given = given
        first = given.firstIndex { !$0.isNaN } ?? given.count
        cycle = base.map { max(1, Int($0.period.rounded())) }
        courses = course.upToEach(window: cycle.map { 10 * $0 }, least: base?.period ?? 1, from: first)
        carried = SeasonalSeries(SeriesTable(given, width: 1), season: .none).carriedForward().values.numbers
        known = given.reduce(into: [0]) { $0.append($0[$0.count - 1] + ($1.isNaN ? 0 : 1)) }
        // From the first value, so that a large offset costs no digits.
        let origin = first < given.count ? given[first] : 0
        sums = carried.reduce(into: [0]) { $0.append($0[$0.count - 1] + ($1.isNaN ? 0 : $1 - origin)) }
    }

    /// The forecast of `target`, made `lead` steps before.
    func mean(_ baseline: StructuralBaseline, target: Int, lead: Int) -> Double {
        let start = target - lead
        guard start >= first else { return .nan }
        switch baseline {
        case .climatology: return courses[start]?.value(at: target) ?? .nan
        case .persistence: return carried[start]
        case .seasonalPersistence:
            guard let cycle else { return .nan }
            var cycles = (lead + cycle - 1) / cycle
            guard start + 1 >= first + 2 * cycle, target - cycles * cycle >= first else { return .nan }
            // Where that value is missing, one of the cycles before has the same place in it; in a long gap the last
            // value is nearer.
            let last = cycles + 2
            while cycles < last, target - cycles * cycle > first, given[target - cycles * cycle].isNaN { cycles += 1 }
            let value = target - cycles * cycle >= first ? given[target - cycles * cycle] : .nan
            return value.isNaN ? carried[start] : value + Double(cycles) * growth(start, cycle)
        }
    }

    /// The growth from the last cycle but one to the last; none where half of either is missing.
    private func growth(_ start: Int, _ cycle: Int) -> Double {
        let (end, middle, begin) = (start + 1, start + 1 - cycle, start + 1 - 2 * cycle)
        guard 2 * (known[end] - known[middle]) >= cycle, 2 * (known[middle] - known[begin]) >= cycle else { return 0 }
        return (sums[end] - 2 * sums[middle] + sums[begin]) / Double(cycle)
    }
}
