import Networks
import Studies
import Tensors

/// The mean of the targets, or the shares of the classes, whatever the inputs: what any model must beat.
public struct ConstantModel: SupervisedModel {
    public static let name = "constant"
    public static let summary = "the mean, or the shares of the classes: the baseline"
    public static let reference = "Hastie, Tibshirani & Friedman, The elements of statistical learning (2009), 2.4"
    public static let tasks = Set(SupervisedTask.allCases)
    public static let parameters: [Parameter<Self>] = []

    public init() {}

    public var complexity: Double { 0 }

    public func template(_ layout: SampleLayout) -> LinearPredictor {
        LinearPredictor(layout, layout.task == .regression ? .identity : .softmax)
    }

    public func fitted(to samples: Samples, _ setting: FitSetting) -> FittedModel<LinearPredictor> {
        var predictor = template(samples.layout)
        switch samples.targets {
        case .numbers(let values): predictor.map.bias = Tensor([values.mean])
        case .classes(let classes, let names):
            // Half a sample more for each class, so that none is impossible.
            let counts = names.indices.map { name in Double(classes.count { $0 == name }) + 0.5 }
            predictor.map.bias = Tensor(counts).log()
        }
        return FittedModel(predictor)
    }
}
