import Networks
import Studies
import Tensors

/// A network of dense layers.
public struct DenseModel: NetworkModel {
    public static let name = "dense"
    public static let summary = "a network of dense layers"
    public static let reference = "Rumelhart, Hinton & Williams, Nature 323 (1986), 533-536"
    public static let ownParameters: [Parameter<Self>] = [
        .integer("width", \.width, 1...100_000, unit: "units", "Units of each hidden layer."),
        .integer("depth", \.depth, 0...100, "Number of hidden layers."),
        .choice("activation", \.activation, "Nonlinearity between layers."),
    ]

    public var width = 64, depth = 1, activation = Activation.relu
    public var training = TrainingOptions()
    /// Widths of the hidden layers where they differ.
    public var widths: [Int]?

    public init() {}
    public init(widths: [Int], activation: Activation = .relu, _ training: TrainingOptions) {
        (self.widths, self.activation, self.training) = (widths, activation, training)
        (width, depth) = (widths.first ?? 1, widths.count)
    }

    public var complexity: Double { Double(depth * width) }

    private var hidden: [Int] { widths ?? [Int](repeating: width, count: depth) }

    public func weights(_ layout: SampleLayout) -> Double {
        let sizes = ([layout.features] + hidden + [layout.outputs]).map(Double.init)
        return zip(sizes, sizes.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
    }

    public func network(_ layout: SampleLayout, key: Key) -> FlatNetwork {
        FlatNetwork(
            DenseNetwork(
                widths: [layout.features] + hidden + [layout.outputs], activation: activation, key: key,
                initialization: activation == .relu ? .heNormal : .glorotUniform, type: .float32),
            dropout: training.dropout)
    }
}

/// A dense network on samples of any shape, with dropout behind each hidden layer.
public struct FlatNetwork: TrainedMap {
    public var base: DenseNetwork
    public let dropout: Dropout

    init(_ base: DenseNetwork, dropout: Double) { (self.base, self.dropout) = (base, Dropout(dropout)) }

    public func callAsFunction(_ x: Tensor) -> Tensor { base(x.reshaped([x.shape[0], base.layers[0].inputs])) }

    public func training(_ x: Tensor, key: Key) -> (output: Tensor, next: FlatNetwork) {
        if dropout.rate == 0 { return (self(x), self) }
        let keys = key.split(base.layers.count)
        var signal = base.layers[0](x.reshaped([x.shape[0], base.layers[0].inputs]))
        for (i, layer) in base.layers.enumerated().dropFirst() {
            signal = layer(dropout.training(base.activation(signal), key: keys[i]).output)
        }
        return (signal, self)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&base, "base") }
}
