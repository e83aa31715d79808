import Assimilation
import Tensors

/// The ensemble score filter: a reversed diffusion along the scores of background and likelihood.
public struct ScoreFilterMethod: EnsembleMethod {
    public static let name = "score-filter"
    public static let summary = "ensemble drawn by a reversed diffusion along the scores of background and likelihood"
    public static let reference =
        "Bao, Zhang & Zhang, An ensemble score filter for tracking high-dimensional nonlinear systems, CMAME 432 (2024)"
    public static let ownParameters: [Parameter<Self>] = [
        .real(
            "final-scale", \.finalScale, 1e-6...1, unit: "share of the state",
            "Share of a state that is left at the end of the diffusion."),
        .real(
            "initial-variance", \.initialVariance, 1e-9...1, unit: "variance, in squares of the state's unit",
            "Variance of the noise at the start of the diffusion."),
        .integer("diffusion-steps", \.diffusionSteps, 1...1_000_000, "Steps of the reversed diffusion."),
    ]
    public static let costs: CostTerms = [.membersSquared, .diffusion]
    public static let takesMemory = false

    public var ensemble = EnsembleTreatment()
    public var finalScale = 0.5, initialVariance = 0.025, diffusionSteps = 500

    public init() {}

    public func analysis<Model, Operator>(_ problem: Problem<Model, Operator>) -> EnsembleScoreFilter {
        let schedule = NoiseSchedule(finalScale: Tensor(finalScale), initialVariance: Tensor(initialVariance))
        return EnsembleScoreFilter(schedule, steps: diffusionSteps)
    }
}
