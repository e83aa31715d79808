import Tensors

/// An affine map of the last axis, `y = x W + b`: `[..., inputs] → [..., outputs]`.
public struct Dense: Map {
    /// `W`, of shape `[inputs, outputs]`.
    public var weight: Tensor
    /// `b`, of shape `[outputs]`.
    public var bias: Tensor

    /// A layer of given weights: `[inputs, outputs]` and `[outputs]`.
    public init(weight: Tensor, bias: Tensor) {
        precondition(
            weight.rank == 2 && bias.shape == [weight.shape[1]],
            "Dense: weights of shape \(weight.shape) and a bias of shape \(bias.shape)")
        self.weight = weight
        self.bias = bias
    }

    /// A layer of random weights and of bias zero.
    public init(
        _ inputs: Int, _ outputs: Int, key: Key, initialization: Initialization = .glorotUniform,
        type: ElementType = .float64
    ) {
        precondition(inputs > 0 && outputs > 0, "Dense: from \(inputs) to \(outputs) elements")
        weight = initialization.weights([inputs, outputs], inputs: inputs, outputs: outputs, key: key, type: type)
        bias = Tensor.zeros([outputs], type: type)
    }

    public var inputs: Int { weight.shape[0] }
    public var outputs: Int { weight.shape[1] }

    public func callAsFunction(_ x: Tensor) -> Tensor { x.mappingLastAxis(weight) + bias }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&weight, "weight")
        visitor.visit(&bias, "bias")
    }
}

extension Tensor {
    /// `x W` along the last axis as one matrix product, whatever the axes before it.
    func mappingLastAxis(_ weight: Tensor) -> Tensor {
        precondition(
            rank > 0 && shape[rank - 1] == weight.shape[0],
            "a layer for a last axis of length \(weight.shape[0]) was given the shape \(shape)")
        return reshaped([shape.dropLast().reduce(1, *), weight.shape[0]]).matrixProduct(weight)
            .reshaped(Array(shape.dropLast()) + [weight.shape[1]])
    }
}
