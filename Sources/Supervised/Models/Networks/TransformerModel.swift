import Networks
import Studies
import Tensors

/// Transformer blocks over the rows of pictures, or the columns of a table, with learned positions; the outputs follow
/// from the mean over the places, or with a causal mask from the last one.
public struct TransformerModel: NetworkModel {
    public static let name = "transformer"
    public static let summary = "attention over rows of pictures or columns of tables"
    public static let reference = "Vaswani et al., Attention is all you need, NIPS (2017)"
    public static let ownParameters: [Parameter<Self>] = [
        .integer("channels", \.channels, 1...4096, "Channels of every place; a multiple of the heads."),
        .integer("heads", \.heads, 1...256, "Heads of attention."),
        .integer("depth", \.depth, 1...100, "Number of blocks."),
        .flag("causal", \.isCausal, "Whether a place attends to itself and those before alone."),
    ]

    public var channels = 32, heads = 4, depth = 2, isCausal = false
    public var training = TrainingOptions()

    public init() {}

    public var complexity: Double { Double(channels * depth) }

    public func structuralFault(_ layout: SampleLayout) -> (problem: String, expected: String)? {
        channels % heads == 0 ? nil : ("\(channels) channels in \(heads) heads", "a multiple of the heads")
    }

    public func weights(_ layout: SampleLayout) -> Double {
        Double(depth) * 12 * Double(channels) * Double(channels)
            + Double(channels * (sequenceShape(layout).times + sequenceShape(layout).channels))
    }

    public func network(_ layout: SampleLayout, key: Key) -> TransformerNetwork {
        let (times, inputs) = sequenceShape(layout)
        let keys = key.split(depth + 3)
        return TransformerNetwork(
            entry: Dense(inputs, channels, key: keys[depth], type: .float32),
            positions: (0.02 * keys[depth + 1].normal([times, channels])).cast(to: .float32),
            blocks: (0..<depth).map { i in
                TransformerBlock(
                    channels, heads: heads, hidden: 4 * channels, activation: .gelu, isCausal: isCausal,
                    dropout: training.dropout, key: keys[i], type: .float32)
            }, last: LayerNormalization(channels, type: .float32),
            readout: Dense(channels, layout.outputs, key: keys[depth + 2], type: .float32))
    }
}

public struct TransformerNetwork: TrainedMap {
    public var entry: Dense
    /// `[times, channels]`
    public var positions: Tensor
    public var blocks: [TransformerBlock]
    public var last: LayerNormalization
    public var readout: Dense

    private func output(_ x: Tensor) -> Tensor {
        let seen = last(x)
        let isCausal = blocks.first?.isCausal ?? false
        return readout(isCausal ? seen.element(seen.shape[1] - 1, axis: 1) : seen.mean(axes: [1]))
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        output(blocks.reduce(entry(sequences(x)) + positions) { $1($0) })
    }

    public func training(_ x: Tensor, key: Key) -> (output: Tensor, next: TransformerNetwork) {
        let keys = key.split(blocks.count)
        let seen = blocks.indices.reduce(entry(sequences(x)) + positions) { signal, i in
            blocks[i].training(signal, key: keys[i]).output
        }
        return (output(seen), self)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&entry, "entry")
        visitor.visit(&positions, "positions")
        visitor.visit(&blocks, "blocks")
        visitor.visit(&last, "last")
        visitor.visit(&readout, "readout")
    }
}
