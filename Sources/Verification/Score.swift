/// A score of forecasts of one variable at one lead: its names, its unit, its orientation, and its series.
///
/// Anyone can make one; those of ``all`` are taken by experiments, in results, tables and figures.
public struct Score: Sendable {
    public enum Unit: Sendable {
        /// That of the variable.
        case variable
        /// A pure number.
        case one
    }
    /// Which of two values is better.
    public enum Orientation: Sendable, Equatable {
        case lower, higher
        /// The closer one to a number.
        case near(Double)
    }

    /// In files.
    public let name: String
    /// In tables and figures.
    public let title: String
    /// In full, for descriptions in files.
    public let longName: String
    public let unit: Unit
    public let orientation: Orientation
    /// The contribution of each time, and the function of their means that makes the score.
    public let series: @Sendable (ScoredForecasts) -> ScoreSeries

    public init(
        _ name: String, title: String, longName: String? = nil, unit: Unit, _ orientation: Orientation,
        series: @escaping @Sendable (ScoredForecasts) -> ScoreSeries
    ) {
        (self.name, self.title, self.longName) = (name, title, longName ?? title)
        (self.unit, self.orientation, self.series) = (unit, orientation, series)
    }

    /// Whether a value is better than another.
    public func isBetter(_ value: Double, than other: Double) -> Bool {
        switch orientation {
        case .lower: value < other
        case .higher: value > other
        case .near(let best): abs(value - best) < abs(other - best)
        }
    }
}

extension Score {
    public static let rmse = Score(
        "rmse", title: "RMSE", longName: "root-mean-square error", unit: .variable, .lower
    ) { $0.points.rootMeanSquareError }

    public static let crps = Score(
        "crps", title: "CRPS", longName: "continuous ranked probability score", unit: .variable, .lower
    ) { $0.distribution.crps }

    public static let coverage50 = coverage("coverage50", of: 0.5)
    public static let coverage90 = coverage("coverage90", of: 0.9)

    /// The correlation of anomalies.
    public static let correlation = Score("correlation", title: "Anomaly correlation", unit: .one, .higher) {
        $0.anomalies.correlation
    }

    /// Of ensembles √((N + 1) / N) · spread / RMSE.
    public static let spreadErrorRatio = Score(
        "spread_error_ratio", title: "Spread / error", unit: .one, .near(1)
    ) { $0.distribution.spreadErrorRatio }

    /// The fraction of times at which the truth lies in the central interval of a probability.
    private static func coverage(_ name: String, of level: Double) -> Score {
        Score(name, title: "Coverage of the \(Int(100 * level)) % interval", unit: .one, .near(level)) {
            $0.distribution.coverage(of: level)
        }
    }

    /// The scores that experiments take.
    public static let all = [rmse, crps, coverage50, coverage90, correlation, spreadErrorRatio]
}

extension Score: Hashable {
    public static func == (a: Score, b: Score) -> Bool { a.name == b.name }
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension Score: Codable {
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let name = try container.decode(String.self)
        guard let known = Score.all.first(where: { $0.name == name }) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "the score '\(name)', expected one of \(Score.all.map(\.name))")
        }
        self = known
    }
}
