import Assimilation
import Studies
import Tensors

/// Linear regression with both penalties:
/// `Σ (y − b − x β)² / 2n + penalty (share Σ |βⱼ| + (1 − share) Σ βⱼ² / 2)` made least.
public struct ElasticNetModel: SupervisedModel {
    public static let name = "elastic-net"
    public static let summary = "linear regression with penalties of absolute and of squared coefficients"
    public static let reference = "Zou & Hastie, J. R. Stat. Soc. B 67 (2005), 301-320"
    public static let tasks: Set<SupervisedTask> = [.regression]
    public static let parameters: [Parameter<Self>] = [
        .real("penalty", \.penalty, 0...1e9, "Penalty of the coefficients of standardised inputs."),
        .real("share", \.share, 0...1, "Part of the penalty that is of absolute coefficients; 1 is the lasso."),
    ]

    public var penalty = 1e-2, share = 0.5

    public init() {}
    public init(penalty: Double, share: Double) { (self.penalty, self.share) = (penalty, share) }

    public var complexity: Double { -penalty }

    public func template(_ layout: SampleLayout) -> LinearPredictor { LinearPredictor(layout, .identity) }

    public func fitted(to samples: Samples, _ setting: FitSetting) -> FittedModel<LinearPredictor> {
        // Without absolute coefficients the minimum is known in closed form.
        if penalty * share == 0 { return RidgeModel(penalty: penalty).fitted(to: samples, setting) }
        let descent = CoordinateDescent(penalty: penalty, share: share)
        let (map, converged) = descent.fit(samples.matrix, samples.targets.tensor)
        return FittedModel(
            LinearPredictor(map, .identity), outcome: converged ? .completed : .diverged(step: descent.maximumSweeps))
    }
}
