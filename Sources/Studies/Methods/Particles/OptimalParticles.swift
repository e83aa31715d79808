import Assimilation
import Tensors

/// The particle filter with the optimal proposal.
public struct OptimalParticles: ParticleMethod {
    public static let name = "optimal-particles"
    public static let summary = "particle filter with the optimal proposal, by model error or by a kernel"
    public static let reference =
        "Doucet, Godsill & Andrieu, On sequential Monte Carlo sampling methods, Statistics and Computing 10 (2000)"
    public static let parameters: [Parameter<Self>] = [
        .members(\.members), .threshold(\.threshold), .jitter(\.jitter),
        .real(
            "kernel", \.kernel, 0...100, unit: "widths of Scott's kernel",
            "Width of a kernel about the particles that is added to the model error; 0: none."),
    ]
    public static let requirements: [Requirement] = [.modelError(unless: "kernel"), .linearObservations]
    public static let costs: CostTerms = [.observedSquared, .variablesSquared]
    public static let drawsModelError = true

    public var members = 20, threshold = 0.5, jitter = 0.0, kernel = 0.0

    public init() {}
    public init(members: Int, threshold: Double = 0.5, jitter: Double = 0, kernel: Double = 0) {
        (self.members, self.threshold, self.jitter, self.kernel) = (members, threshold, jitter, kernel)
    }

    public func analysis<Model, Operator>(_ problem: Problem<Model, Operator>) -> OptimalProposal {
        OptimalProposal(
            modelError: problem.modelError,
            kernel: kernel > 0 || problem.modelError == nil ? Tensor(kernel) : nil)
    }
}
