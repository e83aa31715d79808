import Assimilation

/// The particle filter with the optimal proposal.
public struct OptimalParticles: ParticleMethod {
    public static let name = "optimal-particles"
    public static let summary = "particle filter with the optimal proposal; needs model error"
    public static let parameters: [Parameter<Self>] = [
        .members(\.members), .threshold(\.threshold), .jitter(\.jitter),
    ]
    public static let requirements: [Requirement] = [.modelError, .linearObservations]
    public static let costs: CostTerms = [.observedSquared, .variablesSquared]
    public static let drawsModelError = true

    public var members = 20, threshold = 0.5, jitter = 0.0

    public init() {}
    public init(members: Int, threshold: Double = 0.5, jitter: Double = 0) {
        (self.members, self.threshold, self.jitter) = (members, threshold, jitter)
    }

    public func analysis<Model, Operator>(_ problem: Problem<Model, Operator>) -> OptimalProposal {
        OptimalProposal(modelError: problem.modelError ?? .none(problem.variables))
    }
}
