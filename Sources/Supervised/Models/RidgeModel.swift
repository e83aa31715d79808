import Learning
import Studies
import Tensors

/// Linear regression with a ridge: `Σ (y − b − x β)² / 2n + penalty |β|² / 2` made least.
public struct RidgeModel: SupervisedModel {
    public static let name = "ridge"
    public static let summary = "linear regression with a penalty of squared coefficients"
    public static let reference = "Hoerl & Kennard, Technometrics 12 (1970), 55-67"
    public static let tasks: Set<SupervisedTask> = [.regression]
    public static let parameters: [Parameter<Self>] = [
        .penalty(\.penalty)
    ]

    public var penalty = 1e-3

    public init() {}
    public init(penalty: Double) { self.penalty = penalty }

    public var complexity: Double { -penalty }

    public func template(_ layout: SampleLayout) -> LinearPredictor { LinearPredictor(layout, .identity) }

    public func fitted(to samples: Samples, _ setting: FitSetting) -> FittedModel<LinearPredictor> {
        let ridge = LinearRegression(penalties: Tensor(penalty * Double(samples.count)))
        return FittedModel(LinearPredictor(ridge.fit(samples.matrix, samples.targets.tensor).map, .identity))
    }
}
