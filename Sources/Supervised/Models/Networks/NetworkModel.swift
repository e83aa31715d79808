import Networks
import Studies
import Tensors

/// A model that is a network: its parameters besides those of every training, and the network of a layout.
public protocol NetworkModel: SupervisedModel where Fitted == NetworkPredictor<Network> {
    associatedtype Network: TrainedMap<Tensor, Tensor>
    static var ownParameters: [Parameter<Self>] { get }
    var training: TrainingOptions { get set }
    func network(_ layout: SampleLayout, key: Key) -> Network
    /// The weights of a network of a layout, about, as a number that may be large.
    func weights(_ layout: SampleLayout) -> Double
    /// Parameters that do not fit together or to samples of this layout, besides their number.
    func structuralFault(_ layout: SampleLayout) -> (problem: String, expected: String)?
}

extension NetworkModel {
    public static var tasks: Set<SupervisedTask> { Set(SupervisedTask.allCases) }

    public static var parameters: [Parameter<Self>] {
        ownParameters + [
            .integer("epochs", \.training.epochs, 1...100_000, "Passes over the samples."),
            .real("rate", \.training.rate, 1e-8...100, "Highest learning rate."),
            .integer("batch", \.training.batch, 1...1_000_000, unit: "samples", "Samples of one step."),
            .real("decay", \.training.decay, 0...10, "Decay of the weights beside the rate, for Adam."),
            .real("dropout", \.training.dropout, 0...0.95, "Share of hidden units that a step leaves out."),
            .choice("optimizer", \.training.optimizer, "Rule that follows the gradients."),
            .integer(
                "shift", \.training.augmentation.shift, 0...1000, unit: "points",
                "Largest random shift of the pictures of a step."),
            .flag("mirror", \.training.augmentation.mirrors, "Whether half of the pictures of a step are mirrored."),
        ]
    }

    public func structuralFault(_ layout: SampleLayout) -> (problem: String, expected: String)? { nil }

    public func fault(_ layout: SampleLayout) -> (problem: String, expected: String)? {
        if let fault = structuralFault(layout) { return fault }
        if layout.shape.count == 1, !training.augmentation.isNone {
            return ("a 'shift' or 'mirror' of samples that are no pictures", "pictures, or neither")
        }
        let count = weights(layout)
        return count <= Self.mostWeights
            ? nil : ("a network of \(NumberText.short(count)) weights", "at most \(NumberText.short(Self.mostWeights))")
    }

    static var mostWeights: Double { 2e7 }

    public func template(_ layout: SampleLayout) -> NetworkPredictor<Network> {
        NetworkPredictor(network(layout, key: Key(0)), layout)
    }

    public func fitted(to samples: Samples, _ setting: FitSetting) -> FittedModel<NetworkPredictor<Network>> {
        let keys = setting.key.split(2)
        var inner = setting
        inner.key = keys[1]
        return NetworkTraining(options: training).fitted(network(samples.layout, key: keys[0]), to: samples, inner)
    }

    /// The number of weights of a network of a layout, counted.
    public func weightCount(_ layout: SampleLayout) -> Int {
        network(layout, key: Key(0)).leaves.reduce(0) { $0 + $1.count }
    }

    public var complexity: Double { Double(training.epochs) }
}

/// Samples as sequences, `[batch, times, channels]`: the rows of pictures, or the columns of a table one after another.
func sequences(_ x: Tensor) -> Tensor {
    if x.rank == 2 { return x.expanded(axis: -1) }
    let (batch, channels, height, width) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    return x.transposed(to: [0, 2, 1, 3]).reshaped([batch, height, channels * width])
}

/// Times and channels of the sequences of a layout.
func sequenceShape(_ layout: SampleLayout) -> (times: Int, channels: Int) {
    layout.shape.count == 1
        ? (layout.shape[0], 1) : (layout.shape[1], layout.shape[0] * layout.shape[2])
}
