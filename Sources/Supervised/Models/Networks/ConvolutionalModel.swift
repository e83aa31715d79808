import Networks
import Studies
import Tensors

/// A network of convolutions of 3 × 3 points, each followed by a normalisation over the batch, a rectifier and the
/// maximum over 2 × 2 points, with twice the channels of the one before; a hidden dense layer and the outputs.
public struct ConvolutionalModel: NetworkModel {
    public static let name = "convolutional"
    public static let summary = "convolutions and pooling of pictures, then dense layers"
    public static let reference = "LeCun et al., Proc. IEEE 86 (1998), 2278-2324"
    public static let needsPictures = true
    public static let ownParameters: [Parameter<Self>] = [
        .integer(
            "channels", \.channels, 1...4096, "Channels of the first convolution; each next one has twice as many."),
        .integer("depth", \.depth, 1...10, "Number of convolutions, each of which halves the picture."),
        .integer("width", \.width, 1...100_000, unit: "units", "Units of the hidden dense layer."),
        .choice("padding", \.padding, "Points beyond the edges."),
        .flag("normalized", \.isNormalized, "Whether convolutions are normalised over the batch."),
    ]

    public var channels = 16, depth = 2, width = 64, padding = Padding.zero, isNormalized = true
    public var training = TrainingOptions()

    public init() {}
    public init(
        channels: Int, depth: Int, width: Int, isNormalized: Bool = true, _ training: TrainingOptions
    ) {
        (self.channels, self.depth, self.width, self.isNormalized) = (channels, depth, width, isNormalized)
        self.training = training
    }

    public var complexity: Double { Double(channels << depth) + Double(width) }

    public func structuralFault(_ layout: SampleLayout) -> (problem: String, expected: String)? {
        guard layout.shape.count == 3 else { return ("convolutions of a table", "pictures, or another model") }
        return size(layout) == nil
            ? (
                "\(depth) convolutions that each halve pictures of \(layout.shape[1]) × \(layout.shape[2])",
                "fewer, so that a point is left"
            ) : nil
    }

    /// Height and width behind the convolutions; nil where nothing is left.
    private func size(_ layout: SampleLayout) -> (Int, Int)? {
        var (height, width) = (layout.shape[1], layout.shape[2])
        for _ in 0..<depth {
            if padding == .valid { (height, width) = (height - 2, width - 2) }
            (height, width) = (height / 2, width / 2)
            if height < 1 || width < 1 { return nil }
        }
        return (height, width)
    }

    public func weights(_ layout: SampleLayout) -> Double {
        let last = Double(channels) * Double(1 << (depth - 1))
        let (height, breadth) = size(layout) ?? (1, 1)
        let convolutions = 9 * last * last + 9 * Double(layout.shape[0] * channels)
        return convolutions + last * Double(height * breadth) * Double(width) + Double(width * layout.outputs)
    }

    public func network(_ layout: SampleLayout, key: Key) -> PictureNetwork {
        guard let (height, breadth) = size(layout) else {
            preconditionFailure("\(depth) convolutions of \(layout.shape)")
        }
        let keys = key.split(depth + 2)
        let blocks = (0..<depth).map { i in
            ConvolutionBlock(
                i == 0 ? layout.shape[0] : channels << (i - 1), channels << i, padding: padding,
                isNormalized: isNormalized, key: keys[i])
        }
        let last = (channels << (depth - 1)) * height * breadth
        let readout = DenseNetwork(
            widths: [last, width, layout.outputs], activation: .relu, key: keys[depth], initialization: .heNormal,
            type: .float32)
        return PictureNetwork(blocks, FlatNetwork(readout, dropout: training.dropout))
    }
}

/// Blocks of convolutions, then a dense network.
public struct PictureNetwork: TrainedMap {
    public var blocks: [ConvolutionBlock]
    public var readout: FlatNetwork

    init(_ blocks: [ConvolutionBlock], _ readout: FlatNetwork) { (self.blocks, self.readout) = (blocks, readout) }

    public func callAsFunction(_ x: Tensor) -> Tensor { readout(blocks.reduce(x) { $1($0) }) }

    public func training(_ x: Tensor, key: Key) -> (output: Tensor, next: PictureNetwork) {
        var (signal, next) = (x, self)
        for i in blocks.indices { (signal, next.blocks[i]) = blocks[i].training(signal, key: key) }
        return (readout.training(signal, key: key).output, next)
    }

    public func adopting(_ other: PictureNetwork) -> PictureNetwork {
        var result = self
        result.blocks = zip(blocks, other.blocks).map { $0.adopting($1) }
        return result
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&blocks, "blocks")
        visitor.visit(&readout, "readout")
    }
}

/// A convolution of 3 × 3 points, a normalisation, a rectifier, the maximum over 2 × 2 points.
public struct ConvolutionBlock: TrainedMap {
    public var convolution: Convolution2D
    public var normalization: BatchNormalization?

    init(_ inputs: Int, _ outputs: Int, padding: Padding, isNormalized: Bool, key: Key) {
        convolution = Convolution2D(inputs, outputs, size: 3, padding: padding, key: key, type: .float32)
        normalization = isNormalized ? BatchNormalization(outputs, type: .float32) : nil
    }

    private func pooled(_ x: Tensor) -> Tensor { x.maximum(0).maximumPooling([2, 2]) }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        let wide = convolution(x)
        return pooled(normalization?(wide) ?? wide)
    }

    public func training(_ x: Tensor, key: Key) -> (output: Tensor, next: ConvolutionBlock) {
        guard let normalization else { return (self(x), self) }
        var next = self
        let (wide, statistics) = normalization.training(convolution(x), key: key)
        next.normalization = statistics
        return (pooled(wide), next)
    }

    public func adopting(_ other: ConvolutionBlock) -> ConvolutionBlock {
        var result = self
        if let normalization, let statistics = other.normalization {
            result.normalization = normalization.adopting(statistics)
        }
        return result
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&convolution, "convolution")
        visitor.visit(&normalization, "normalization")
    }
}
