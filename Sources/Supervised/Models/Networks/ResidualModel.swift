import Networks
import Studies
import Tensors

/// Residual blocks of two convolutions of 3 × 3 points with group normalisation, in stages that halve the picture and
/// double the channels; the mean over the picture and the outputs.
///
/// Reference: He et al. 2016, arXiv 1512.03385 and 1603.05027 (normalisation and rectifier before each convolution).
public struct ResidualModel: NetworkModel {
    public static let name = "residual"
    public static let summary = "residual blocks of convolutions of pictures"
    public static let reference = "He et al., Deep residual learning for image recognition, CVPR (2016)"
    public static let needsPictures = true
    public static let ownParameters: [Parameter<Self>] = [
        .integer("channels", \.channels, 1...4096, "Channels of the first stage; each next one has twice as many."),
        .integer("stages", \.stages, 1...6, "Stages, between which pictures are halved."),
        .integer("blocks", \.blocks, 1...50, "Residual blocks of each stage."),
    ]

    public var channels = 16, stages = 2, blocks = 1
    public var training = TrainingOptions()

    public init() {}

    public var complexity: Double { Double((channels << stages) * blocks) }

    public func structuralFault(_ layout: SampleLayout) -> (problem: String, expected: String)? {
        guard layout.shape.count == 3 else { return ("convolutions of a table", "pictures, or another model") }
        return min(layout.shape[1], layout.shape[2]) >> (stages - 1) < 1
            ? ("\(stages) stages on pictures of \(layout.shape[1]) × \(layout.shape[2])", "fewer stages") : nil
    }

    public func weights(_ layout: SampleLayout) -> Double {
        let last = Double(channels) * Double(1 << (stages - 1))
        return 18 * Double(blocks) * last * last * 4 / 3 + last * Double(layout.outputs)
    }

    public func network(_ layout: SampleLayout, key: Key) -> ResidualNetwork {
        let keys = key.split(stages * blocks + stages + 2)
        var next = 0
        func nextKey() -> Key {
            defer { next += 1 }
            return keys[next]
        }
        func convolution(_ inputs: Int, _ outputs: Int, _ size: Int) -> Convolution2D {
            Convolution2D(inputs, outputs, size: size, key: nextKey(), type: .float32)
        }
        let first = convolution(layout.shape[0], channels, 3)
        let stages = (0..<stages).map { stage in
            ResidualStage(
                entry: stage == 0 ? nil : convolution(channels << (stage - 1), channels << stage, 1),
                blocks: (0..<blocks).map { _ in ResidualBlock(channels << stage, key: nextKey()) })
        }
        let readout = Dense(channels << (self.stages - 1), layout.outputs, key: nextKey(), type: .float32)
        return ResidualNetwork(first: first, stages: stages, readout: readout, dropout: Dropout(training.dropout))
    }
}

/// `x + W₂ a(norm W₁ a(norm x))`, with convolutions for `W`.
public struct ResidualBlock: Map {
    public var normalizations: [GroupNormalization]
    public var convolutions: [Convolution2D]

    init(_ channels: Int, key: Key) {
        let groups = [8, 4, 2, 1].first { channels % $0 == 0 } ?? 1
        normalizations = (0..<2).map { _ in GroupNormalization(channels, groups: groups, type: .float32) }
        convolutions = key.split(2).enumerated().map { i, key in
            Convolution2D(
                channels, channels, size: 3, key: key, initialization: i == 0 ? .heNormal : .zeros, type: .float32)
        }
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        zip(normalizations, convolutions).reduce(x) { $1.1($1.0($0).maximum(0)) } + x
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&normalizations, "normalizations")
        visitor.visit(&convolutions, "convolutions")
    }
}

/// Residual blocks of one size of pictures; the entry halves those of the stage before.
public struct ResidualStage: Map {
    public var entry: Convolution2D?
    public var blocks: [ResidualBlock]

    public func callAsFunction(_ x: Tensor) -> Tensor {
        let start = entry.map { $0(x.averagePooling([2, 2])) } ?? x
        return blocks.reduce(start) { $1($0) }
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&entry, "entry")
        visitor.visit(&blocks, "blocks")
    }
}

public struct ResidualNetwork: TrainedMap {
    public var first: Convolution2D
    public var stages: [ResidualStage]
    public var readout: Dense
    public let dropout: Dropout

    private func seen(_ x: Tensor) -> Tensor { stages.reduce(first(x)) { $1($0) }.maximum(0).mean(axes: [2, 3]) }

    public func callAsFunction(_ x: Tensor) -> Tensor { readout(seen(x)) }

    public func training(_ x: Tensor, key: Key) -> (output: Tensor, next: ResidualNetwork) {
        (readout(dropout.training(seen(x), key: key).output), self)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&first, "first")
        visitor.visit(&stages, "stages")
        visitor.visit(&readout, "readout")
    }
}
