import Tensors

/// A multilayer perceptron on the last axis: affine maps with an activation between them, none after the last.
public struct DenseNetwork: Map {
    public var layers: [Dense]
    public let activation: Activation

    /// A network of given layers.
    public init(_ layers: [Dense], activation: Activation) {
        precondition(
            !layers.isEmpty && zip(layers, layers.dropFirst()).allSatisfy { $0.outputs == $1.inputs },
            "DenseNetwork: layers from \(layers.map(\.inputs)) to \(layers.map(\.outputs)) do not fit")
        self.layers = layers
        self.activation = activation
    }

    /// A network with random weights.
    ///
    /// - Parameters:
    ///   - widths: the lengths of input, hidden layers and output: `[50, 32, 4]` has one hidden layer.
    ///   - startingAtZero: whether the last layer starts at zero, so that a residual starts as nothing.
    public init(
        widths: [Int], activation: Activation = .tanh, key: Key, initialization: Initialization = .glorotUniform,
        startingAtZero: Bool = false, type: ElementType = .float64
    ) {
        precondition(widths.count >= 2, "DenseNetwork: widths \(widths) need at least an input and an output")
        let last = widths.count - 2
        let layers = key.split(widths.count - 1).enumerated().map { i, key in
            Dense(
                widths[i], widths[i + 1], key: key,
                initialization: i == last && startingAtZero ? .zeros : initialization, type: type)
        }
        self.init(layers, activation: activation)
    }

    public var widths: [Int] { [layers[0].inputs] + layers.map(\.outputs) }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        layers.dropFirst().reduce(layers[0](x)) { signal, layer in layer(activation(signal)) }
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&layers, "layers") }
}
