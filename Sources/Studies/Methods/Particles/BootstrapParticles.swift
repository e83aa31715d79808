import Assimilation

/// The particle filter that weights by the likelihood and resamples.
public struct BootstrapParticles: ParticleMethod {
    public static let name = "bootstrap-particles"
    public static let summary = "particle filter that weights by the likelihood and resamples"
    public static let reference =
        "Gordon, Salmond & Smith, Novel approach to nonlinear/non-Gaussian Bayesian state estimation, IEE-F 140 (1993)"
    public static let parameters: [Parameter<Self>] = [
        .members(\.members), .threshold(\.threshold), .jitter(\.jitter),
    ]
    public static let costs: CostTerms = [.variablesSquared]
    public static let takesMemory = true

    public var members = 20, threshold = 0.5, jitter = 0.0

    public init() {}
    public init(members: Int, threshold: Double = 0.5, jitter: Double = 0) {
        (self.members, self.threshold, self.jitter) = (members, threshold, jitter)
    }

    public func analysis<Model, Operator>(_ problem: Problem<Model, Operator>) -> BootstrapAnalysis {
        BootstrapAnalysis()
    }
}
