import Networks
import Studies
import Tensors

/// Causal convolutions over the rows of pictures, or the columns of a table, each looking back twice as far as the one
/// before, as residuals; the outputs follow from the last place. Reference: Bai, Kolter & Koltun 2018, arXiv 1803.01271.
public struct TemporalConvolutionModel: NetworkModel {
    public static let name = "temporal-convolution"
    public static let summary = "dilated causal convolutions over rows of pictures or columns of tables"
    public static let reference = "Bai, Kolter & Koltun, arXiv 1803.01271 (2018)"
    public static let ownParameters: [Parameter<Self>] = [
        .integer("channels", \.channels, 1...4096, "Channels of every layer."),
        .integer("depth", \.depth, 1...20, "Number of layers."),
        .integer("reach", \.reach, 1...100, "Weights of a kernel along the sequence."),
    ]

    public var channels = 32, depth = 3, reach = 3
    public var training = TrainingOptions()

    public init() {}

    public var complexity: Double { Double(channels * depth) }

    public func weights(_ layout: SampleLayout) -> Double {
        Double(depth * reach) * Double(channels) * Double(channels)
            + Double(channels * sequenceShape(layout).channels)
    }

    public func network(_ layout: SampleLayout, key: Key) -> CausalNetwork {
        let keys = key.split(depth + 2)
        return CausalNetwork(
            entry: Dense(sequenceShape(layout).channels, channels, key: keys[depth], type: .float32),
            layers: (0..<depth).map { i in
                CausalConvolution(
                    channels, channels, width: reach, dilation: 1 << min(i, 20), key: keys[i], type: .float32)
            }, readout: Dense(channels, layout.outputs, key: keys[depth + 1], type: .float32),
            dropout: Dropout(training.dropout))
    }
}

public struct CausalNetwork: TrainedMap {
    public var entry: Dense
    public var layers: [CausalConvolution]
    public var readout: Dense
    public let dropout: Dropout

    private func last(_ x: Tensor) -> Tensor {
        let signal = entry(sequences(x)).transposed
        let seen = layers.reduce(signal) { $0 + $1($0).maximum(0) }
        return seen.element(seen.shape[2] - 1, axis: 2)
    }

    public func callAsFunction(_ x: Tensor) -> Tensor { readout(last(x)) }

    public func training(_ x: Tensor, key: Key) -> (output: Tensor, next: CausalNetwork) {
        (readout(dropout.training(last(x), key: key).output), self)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&entry, "entry")
        visitor.visit(&layers, "layers")
        visitor.visit(&readout, "readout")
    }
}
