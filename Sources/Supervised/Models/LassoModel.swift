import Assimilation
import Studies
import Tensors

/// Linear regression with a penalty of the coefficients' sizes, which makes some of them zero:
/// `Σ (y − b − x β)² / 2n + penalty Σ |βⱼ|` made least.
public struct LassoModel: SupervisedModel {
    public static let name = "lasso"
    public static let summary = "linear regression with a penalty of absolute coefficients, some of which become zero"
    public static let reference = "Tibshirani, J. R. Stat. Soc. B 58 (1996), 267-288"
    public static let tasks: Set<SupervisedTask> = [.regression]
    public static let parameters: [Parameter<Self>] = [
        .real("penalty", \.penalty, 0...1e9, "Penalty of the absolute coefficients of standardised inputs.")
    ]

    public var penalty = 1e-2

    public init() {}
    public init(penalty: Double) { self.penalty = penalty }

    public var complexity: Double { -penalty }

    public func template(_ layout: SampleLayout) -> LinearPredictor { LinearPredictor(layout, .identity) }

    public func fitted(to samples: Samples, _ setting: FitSetting) -> FittedModel<LinearPredictor> {
        ElasticNetModel(penalty: penalty, share: 1).fitted(to: samples, setting)
    }
}
