import Networks
import Studies
import Tensors

/// Regression of counts, whose variance is their mean, none negative, on the logarithm of the mean.
public struct PoissonModel: SupervisedModel {
    public static let name = "poisson"
    public static let summary = "regression of counts, whose variance is their mean, none negative"
    public static let reference = "McCullagh & Nelder, Generalized linear models (1989)"
    public static let tasks: Set<SupervisedTask> = [.regression]
    public static let parameters: [Parameter<Self>] = [
        .penalty(\.penalty)
    ]

    public var penalty = 1e-3

    public init() {}
    public init(penalty: Double) { self.penalty = penalty }

    public var complexity: Double { -penalty }

    public func template(_ layout: SampleLayout) -> LinearPredictor { LinearPredictor(layout, .exponential) }

    public func fault(_ targets: Targets) -> (problem: String, expected: String)? {
        GeneralizedLinear.Family.poisson.fault(targets)
    }

    public func fitted(to samples: Samples, _ setting: FitSetting) -> FittedModel<LinearPredictor> {
        GeneralizedLinear.fitted(.poisson, samples, penalty: penalty)
    }
}
