/// How the level of a structural time series moves.
public enum StructuralTrend: String, Sendable, Codable, CaseIterable {
    /// A level with a slope, both of which may change: the local linear trend.
    case linear
    /// A level that may change, without a slope: the local level.
    case level
    /// A constant.
    case none
}

/// A cycle of a structural time series: a season, a day, or a period of one's own.
public struct StructuralCycle: Sendable, Codable, Hashable {
    /// As texts call it, such as `day`.
    public let name: String
    /// In steps; need not be whole.
    public let period: Double
    /// The number of harmonics, with frequencies 2πh / period.
    public let harmonics: Int

    /// - Precondition: `2 · harmonics < period`.
    public init(_ name: String = "cycle", period: Double, harmonics: Int) {
        precondition(
            period > 0 && harmonics > 0 && Double(2 * harmonics) < period,
            "\(harmonics) harmonics of a period of \(period) steps")
        (self.name, self.period, self.harmonics) = (name, period, harmonics)
    }
}

/// Which components a structural time series has.
public struct StructuralOptions: Sendable, Codable, Hashable {
    public let trend: StructuralTrend
    public let cycles: [StructuralCycle]
    /// The order of the autoregressive remainder; 0 for none.
    public let remainderOrder: Int
    /// Whether the errors of the observations are given with them, in place of an irregular part that is learned.
    public let hasGivenErrors: Bool

    /// - Precondition: no period twice.
    public init(
        trend: StructuralTrend = .linear, cycles: [StructuralCycle], remainderOrder: Int = 0,
        hasGivenErrors: Bool = false
    ) {
        precondition(
            remainderOrder >= 0 && Set(cycles.map(\.period)).count == cycles.count,
            "cycles of \(cycles.map(\.period)) steps, a remainder of order \(remainderOrder)")
        (self.trend, self.cycles) = (trend, cycles)
        (self.remainderOrder, self.hasGivenErrors) = (remainderOrder, hasGivenErrors)
    }

    /// A local linear trend and one cycle.
    public init(period: Double, harmonics: Int, remainderOrder: Int = 0) {
        self.init(
            cycles: harmonics == 0 ? [] : [StructuralCycle(period: period, harmonics: harmonics)],
            remainderOrder: remainderOrder)
    }

    var trendCount: Int { trend == .linear ? 2 : 1 }
    var harmonicCount: Int { cycles.map(\.harmonics).reduce(0, +) }
    /// The angle that each harmonic of each cycle turns in a step.
    var angles: [Double] {
        cycles.flatMap { cycle in (1...cycle.harmonics).map { 2 * Double.pi * Double($0) / cycle.period } }
    }
    /// The number of variables of which nothing is known at first: level, slope, pairs of harmonics.
    public var diffuseCount: Int { trendCount + 2 * harmonicCount }
    /// The number of variables of the state: level, slope, a pair for each harmonic, lags of the remainder.
    public var stateCount: Int { diffuseCount + remainderOrder }

    /// A component with a variance to be learned.
    public enum Part: Sendable, Hashable {
        case irregular, level, slope, remainder
        /// A harmonic of a cycle, both from 0.
        case harmonic(cycle: Int, number: Int)
    }

    /// In the order of the variances.
    public var parts: [Part] {
        let harmonics = cycles.indices.flatMap { cycle in
            (0..<cycles[cycle].harmonics).map { Part.harmonic(cycle: cycle, number: $0) }
        }
        return (hasGivenErrors ? [] : [.irregular]) + (trend == .none ? [] : [.level])
            + (trend == .linear ? [.slope] : []) + harmonics + (remainderOrder > 0 ? [.remainder] : [])
    }
    public var varianceCount: Int { parts.count }
}
