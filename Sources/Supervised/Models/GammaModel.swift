import Networks
import Studies
import Tensors

/// Regression of positive numbers, whose standard deviation is proportional to their mean, on the logarithm of the mean.
public struct GammaModel: SupervisedModel {
    public static let name = "gamma"
    public static let summary = "regression of positive numbers, whose standard deviation is proportional to their mean"
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
        GeneralizedLinear.Family.gamma.fault(targets)
    }

    public func fitted(to samples: Samples, _ setting: FitSetting) -> FittedModel<LinearPredictor> {
        GeneralizedLinear.fitted(.gamma, samples, penalty: penalty)
    }
}
