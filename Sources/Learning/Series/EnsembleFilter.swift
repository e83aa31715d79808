import Assimilation
import Tensors

/// An ensemble analysis that forecasters can use, by its name; anyone can make one of an analysis.
public struct EnsembleFilter: Sendable {
    /// In configurations, saved models, and names of methods.
    public let name: String
    /// One phrase.
    public let summary: String
    public let analysis: any Analysis<Ensemble>

    public init(_ name: String, summary: String, _ analysis: any Analysis<Ensemble>) {
        (self.name, self.summary, self.analysis) = (name, summary, analysis)
    }

    public static let etkf = EnsembleFilter("etkf", summary: "ensemble transform Kalman filter", ETKF())
    public static let enkf = EnsembleFilter("enkf", summary: "stochastic ensemble Kalman filter", StochasticEnKF())

    /// Those that configurations can name and saved models be opened with.
    public static let all = [etkf, enkf]
}

extension EnsembleFilter: Hashable, CustomStringConvertible {
    public static func == (a: EnsembleFilter, b: EnsembleFilter) -> Bool { a.name == b.name }
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
    public var description: String { name }
}

extension EnsembleFilter: Codable {
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let name = try container.decode(String.self)
        guard let known = EnsembleFilter.all.first(where: { $0.name == name }) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "the filter '\(name)', expected one of \(EnsembleFilter.all.map(\.name))")
        }
        self = known
    }
}
