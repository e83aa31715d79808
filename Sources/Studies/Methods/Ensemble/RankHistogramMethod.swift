import Assimilation

/// The rank histogram filter: updates of observed values without a Gaussian assumption.
public struct RankHistogramMethod: EnsembleMethod {
    public static let name = "rank-histogram"
    public static let summary =
        "rank histogram filter: no Gaussian assumption for observed values, regression for the state"
    public static let reference =
        "Anderson, A non-Gaussian ensemble filter update for data assimilation, MWR 138 (2010)"

    public static let ownParameters: [Parameter<Self>] = [
        .flag("tails", \.hasTails, "1: Gaussian beyond the outer members; 0: nothing there, the form of DAPPER.")
    ]

    public var ensemble = EnsembleTreatment()
    public var hasTails = true

    public init() {}
    public init(members: Int, inflation: Double = 1, rotates: Bool = false, hasTails: Bool = true) {
        ensemble = EnsembleTreatment(members: members, inflation: inflation, rotates: rotates)
        self.hasTails = hasTails
    }

    public func analysis<Model, Operator>(_ problem: Problem<Model, Operator>) -> RankHistogramFilter {
        RankHistogramFilter(hasTails: hasTails)
    }
}
