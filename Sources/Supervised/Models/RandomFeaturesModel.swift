import Learning
import Networks
import Studies
import Tensors

/// Ridge regression on the inputs and on cosines of random sums of them, which tends to the regression with a Gaussian
/// kernel as they become more. Reference: Rahimi & Recht 2007 (NIPS).
public struct RandomFeaturesModel: SupervisedModel {
    public static let name = "random-features"
    public static let summary = "ridge regression on random cosines of the inputs"
    public static let reference = "Rahimi & Recht, Random features for large-scale kernel machines, NIPS (2007)"
    public static let tasks: Set<SupervisedTask> = [.regression]
    public static let parameters: [Parameter<Self>] = [
        .integer("features", \.features, 1...10_000, "Number of random cosines."),
        .real("length", \.length, 1e-3...1e6, "Distance over which values change, in standard deviations of inputs."),
        .real("penalty", \.penalty, 0...1e9, "Penalty of half the squared coefficients."),
    ]

    public var features = 300, length = 3.0, penalty = 1e-4

    public init() {}
    public init(features: Int, length: Double, penalty: Double) {
        (self.features, self.length, self.penalty) = (features, length, penalty)
    }

    public var complexity: Double { Double(features) - penalty / (1 + penalty) }

    public func fault(_ layout: SampleLayout) -> (problem: String, expected: String)? {
        let width = Double(features + layout.features)
        return layout.fault(
            of: "\(features) features of \(layout.count) samples", numbers: width * (Double(layout.count) + 2 * width))
    }

    public func template(_ layout: SampleLayout) -> RandomFeaturesPredictor {
        RandomFeaturesPredictor(
            hidden: Dense(
                weight: Tensor.zeros([layout.features, features]), bias: Tensor.zeros([features])),
            readout: Dense(weight: Tensor.zeros([layout.features + features, 1]), bias: Tensor.zeros([1])))
    }

    public func fitted(to samples: Samples, _ setting: FitSetting) -> FittedModel<RandomFeaturesPredictor> {
        var predictor = template(samples.layout)
        let keys = setting.key.split(2)
        predictor.hidden = Dense(
            weight: keys[0].normal([samples.layout.features, features]) / Tensor(length),
            bias: (2 * keys[1].uniform([features]) - 1) * Tensor(Double.pi))
        let ridge = LinearRegression(penalties: Tensor(penalty * Double(samples.count)))
        predictor.readout = ridge.fit(predictor.features(samples.matrix), samples.targets.tensor).map
        return FittedModel(predictor)
    }
}

public struct RandomFeaturesPredictor: Predictor {
    public var hidden: Dense
    public var readout: Dense

    func features(_ x: Tensor) -> Tensor { Tensor.concatenated([x, hidden(x).cos()], axis: -1) }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        readout(features(x.reshaped([x.shape[0], hidden.inputs]).cast(to: .float64))).reshaped([x.shape[0]])
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&hidden, "hidden")
        visitor.visit(&readout, "readout")
    }
}
